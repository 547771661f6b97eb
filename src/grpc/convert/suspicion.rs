//! From the lists to the wire: lists, suspicions with masked members, cleared relations.

use chrono::{Datelike as _, NaiveDate};
use zhenshi_proto::{google::r#type::Date, zhenshi::v1 as proto};

use super::{
    enums::number,
    submission::{party, timestamp},
};
use crate::app::{
    ClearedRelationRow, MemberRow, PriorityRow, SuspicionListRow,
    suspicions::{ShownMember, ShownSuspicion},
};

/// A civil date on the wire.
fn wire_date(day: NaiveDate) -> Date {
    // Months and days are small numbers.
    let small = |number: u32| i32::try_from(number).unwrap_or_default();
    Date { year: day.year(), month: small(day.month()), day: small(day.day()) }
}

/// A list.
pub(in crate::grpc) fn suspicion_list(row: &SuspicionListRow) -> proto::SuspicionList {
    proto::SuspicionList {
        suspicion_list_id: row.id.to_string(),
        kind: number::<proto::SuspicionListKind>(row.kind),
        list_date: Some(wire_date(row.list_date)),
        cut_time: Some(timestamp(row.cut_time)),
        previous_cut_time: Some(timestamp(row.previous_cut_time)),
        state: number::<proto::SuspicionListState>(row.state),
        sealed_time: row.sealed_time.map(timestamp),
        digest: row.digest_text(),
        suspicion_count: row.suspicion_count,
        member_count: row.member_count,
        rule_set_version: row.rule_set_version.clone(),
        calendar_version: row.calendar_version.clone(),
        provisional: row.provisional,
    }
}

/// A suspicion with its members.
pub(in crate::grpc) fn suspicion(shown: &ShownSuspicion) -> proto::Suspicion {
    let row = &shown.row;
    let (owner_kind, owner_code) = match &row.owner {
        Some((kind, code)) => (number::<proto::ContactOwnerKind>(*kind), code.clone()),
        None => (0, String::new()),
    };
    proto::Suspicion {
        suspicion_id: row.id.to_string(),
        suspicion_list_id: row.list_id.to_string(),
        clue: number::<proto::Clue>(row.clue),
        clue_value_id: row.clue_value_id.to_string(),
        owner_kind,
        owner_code,
        customer_count: row.customer_count,
        use_count: row.use_count,
        capped: row.capped,
        lead_channel: number::<proto::Channel>(row.lead_channel),
        lead_branch_code: row.lead_branch_code.clone(),
        priority: Some(priority(row.priority)),
        members: shown.members.iter().map(member).collect(),
        declared_family: row.declared_family,
    }
}

const fn priority(row: PriorityRow) -> proto::SuspicionPriority {
    let PriorityRow { total, call_back, customers, clue, channel, seller } = row;
    proto::SuspicionPriority { total, call_back, customers, clue, channel, seller }
}

fn member(member: &ShownMember) -> proto::SuspicionMember {
    let (row, opened) = match member {
        ShownMember::Full { row, party } => (row, party),
        ShownMember::Stub { customer_id, channel } => {
            return proto::SuspicionMember {
                customer_id: customer_id.to_string(),
                channel: number::<proto::Channel>(*channel),
                ..proto::SuspicionMember::default()
            };
        }
    };
    let MemberRow {
        customer_id,
        source,
        application_kind,
        application_no,
        submission_id,
        party_no,
        role,
        purpose,
        is_new,
        baseline,
        channel,
        branch_code,
        seller_code,
        agency_code,
        policy_no,
        class,
    } = &**row;
    proto::SuspicionMember {
        customer_id: customer_id.to_string(),
        source: source.clone(),
        application_kind: number::<proto::ApplicationKind>(*application_kind),
        application_no: application_no.clone(),
        submission_id: submission_id.to_string(),
        party_no: i32::from(*party_no),
        role: number::<proto::PartyRole>(*role),
        account_purpose: purpose.map_or(0, number::<proto::AccountPurpose>),
        is_new: *is_new,
        baseline: *baseline,
        channel: number::<proto::Channel>(*channel),
        branch_code: branch_code.clone(),
        seller_code: seller_code.clone(),
        agency_code: agency_code.clone(),
        policy_no: policy_no.clone(),
        party: opened.as_deref().map(party),
        secrecy_class: number::<proto::SecrecyClass>(*class),
    }
}

/// A cleared pair.
pub(in crate::grpc) fn cleared_relation(row: &ClearedRelationRow) -> proto::ClearedRelation {
    proto::ClearedRelation {
        cleared_relation_id: row.id.to_string(),
        clue_value_id: row.clue_value_id.to_string(),
        customer_ids: row.customer_ids.map(|id| id.to_string()).into(),
        kind: number::<proto::ClearedRelationKind>(row.kind),
        cleared_time: Some(timestamp(row.cleared_time)),
        ended_time: row.ended_time.map(timestamp),
    }
}
