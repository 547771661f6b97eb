//! A case as it opens: in sorting, of nobody, without a clock.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    case::{CallBackDoubt, CaseSource, CaseState},
    suspicion::Clue,
};

use super::{CaseRow, row::NEVER};
use crate::{ids, store::codes::Coded as _};

/// What is known of a case when it opens.
pub(super) struct Opening {
    pub(super) id: Uuid,
    /// Empty until it has one.
    pub(super) case_no: String,
    pub(super) source: CaseSource,
    pub(super) doubt: Option<CallBackDoubt>,
    pub(super) list_id: Option<Uuid>,
    pub(super) channel: Channel,
    pub(super) branch_code: String,
    /// When its sorting ends by itself.
    pub(super) release_time: DateTime<Utc>,
    pub(super) created_by: String,
    pub(super) now: DateTime<Utc>,
}

impl Opening {
    /// Its row; suspicions and members are [added](add).
    pub(super) fn row(self) -> CaseRow {
        CaseRow {
            id: self.id,
            case_no: self.case_no,
            source: self.source,
            doubt: self.doubt,
            state: CaseState::Sorting,
            version: 0,
            list_id: self.list_id,
            priority: 0,
            clues: Vec::new(),
            customers_key: Uuid::nil(),
            seller_codes: Vec::new(),
            agency_codes: Vec::new(),
            channel: self.channel,
            branch_code: self.branch_code,
            channel_received_time: None,
            assignee: None,
            assigned_time: None,
            unit_code: String::new(),
            with_compliance: false,
            nobody_free: false,
            held: false,
            release_time: Some(self.release_time),
            merged_into: None,
            taken_over: false,
            due_time: None,
            due_basis: None,
            due_provisional: false,
            opened_overdue: false,
            call_back_time: None,
            cooling_off_end_date: None,
            calendar_version: String::new(),
            extended_until: None,
            extended_working_days: 0,
            verification_due_time: None,
            unextended_due_time: None,
            paused_since: None,
            urgent_time: NEVER,
            outcome: None,
            cleared_kind: None,
            servicing_no: String::new(),
            submitted_time: None,
            round: 0,
            sampled: false,
            returned_count: 0,
            closed_time: None,
            on_time: None,
            commission_held: false,
            created_by: self.created_by,
            created_time: self.now,
            changed_time: self.now,
        }
    }
}

impl CaseRow {
    /// Whether no channel can clear it up: one person under two certificates is customer service's own to sort out.
    pub fn is_customer_services(&self) -> bool {
        self.clues.contains(&Clue::SamePersonTwice)
    }

    /// Adds what filters go by: the clue, sellers and agencies, each once and in order.
    pub(super) fn add<'a>(
        &mut self,
        clues: impl IntoIterator<Item = Clue>,
        seller_codes: impl IntoIterator<Item = &'a str>,
        agency_codes: impl IntoIterator<Item = &'a str>,
    ) {
        let clues: BTreeSet<i16> =
            self.clues.iter().copied().chain(clues).map(super::super::codes::Coded::number).collect();
        self.clues = clues.into_iter().filter_map(|number| Clue::from_number(number, self.id).ok()).collect();
        merge(&mut self.seller_codes, seller_codes);
        merge(&mut self.agency_codes, agency_codes);
    }
}

fn merge<'a>(codes: &mut Vec<String>, more: impl IntoIterator<Item = &'a str>) {
    codes.extend(more.into_iter().filter(|code| !code.is_empty()).map(ToOwned::to_owned));
    codes.sort_unstable();
    codes.dedup();
}

/// Names the customers of a case: another suspicion of the same ones and of its channel joins it. Those of customer
/// service's own cases have names of their own, so that no channel's suspicion joins them, nor they a channel's.
pub(super) fn customers_key(customers: &BTreeSet<Uuid>, customer_services: bool) -> Uuid {
    let parts: Vec<&[u8]> = customers.iter().map(|id| id.as_bytes().as_slice()).collect();
    ids::derived(if customer_services { "customers of customer service" } else { "customers" }, &parts)
}
