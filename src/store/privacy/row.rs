//! The row of a request or grant: read, locked, inserted, and its parts in the terms of the decisions.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::access::{
    Field, Office, Purpose, SecrecyClass, Subject,
    approval::{AccessState, Member, Request},
    grant::Grant,
};
use zhenshi_domain::{application::Channel, coded_enum};

use crate::store::{StoreError, Tx, codes::Coded as _};

coded_enum! {
    /// How data are given. Append-only.
    AccessKind {
        /// To look at (查阅).
        View = 1,
        /// To take away (外借).
        Loan = 2,
    }
}

coded_enum! {
    /// By what somebody of another house is registered. Append-only.
    OutsiderDocument {
        /// 介绍信.
        Letter = 1,
        /// 工作证.
        WorkCard = 2,
    }
}

/// To what access is asked, as ids. See [`Subject`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectIds {
    /// A customer.
    Customer(Uuid),
    /// A party of a submission.
    Party(Uuid, i16),
    /// A customer in a case: case, customer.
    CaseMember(Uuid, Uuid),
    /// A case.
    Case(Uuid),
}

impl SubjectIds {
    /// As the decisions see it.
    pub const fn subject(self) -> Subject {
        match self {
            Self::Customer(id) => Subject::Customer(id.as_u128()),
            Self::Party(id, no) => Subject::Party(id.as_u128(), no),
            Self::CaseMember(case, customer) => Subject::CaseMember(case.as_u128(), customer.as_u128()),
            Self::Case(id) => Subject::Case(id.as_u128()),
        }
    }

    /// Its columns: kind, customer, submission, party, case.
    pub(super) const fn columns(self) -> (i16, Option<Uuid>, Option<Uuid>, Option<i16>, Option<Uuid>) {
        match self {
            Self::Customer(id) => (1, Some(id), None, None, None),
            Self::Party(id, no) => (2, None, Some(id), Some(no), None),
            Self::CaseMember(case, customer) => (3, Some(customer), None, None, Some(case)),
            Self::Case(id) => (4, None, None, None, Some(id)),
        }
    }

    /// The ids that an audit entry names.
    pub(super) fn ids(self) -> Vec<Uuid> {
        match self {
            Self::Customer(id) | Self::Party(id, _) | Self::Case(id) => vec![id],
            Self::CaseMember(case, customer) => vec![case, customer],
        }
    }

    /// What an audit entry calls it.
    pub(super) const fn kind_name(self) -> &'static str {
        match self {
            Self::Customer(_) => "customer",
            Self::Party(..) => "submission",
            Self::CaseMember(..) | Self::Case(_) => "case",
        }
    }
}

/// A request or grant, as its row holds it. See the columns in the migration.
#[derive(Debug, Clone)]
pub struct GrantRow {
    /// Id, a UUIDv7.
    pub id: Uuid,
    /// Whether to look at or to take away.
    pub kind: AccessKind,
    /// Where it stands.
    pub state: AccessState,
    /// To what.
    pub subject: SubjectIds,
    /// Which parts.
    pub fields: Vec<Field>,
    /// What for.
    pub purpose: Purpose,
    /// For how many calendar days it was asked.
    pub days: u8,
    /// How many copies are taken away; 1 to look at.
    pub copies: i16,
    /// The subject's class when it was asked for.
    pub class: SecrecyClass,
    /// By what somebody of another house is registered.
    pub outsider: Option<OutsiderDocument>,
    /// Who asked.
    pub requester_code: String,
    /// His place then.
    pub requester_office: Office,
    /// His channel then.
    pub channel: Option<Channel>,
    /// His branch then.
    pub branch_code: String,
    /// Whom he reported to then.
    pub leader_code: String,
    /// When he asked.
    pub requested_time: DateTime<Utc>,
    /// Who signed for his department.
    pub head_code: Option<String>,
    /// When.
    pub head_time: Option<DateTime<Utc>>,
    /// Who decided in customer service.
    pub decider_code: Option<String>,
    /// When.
    pub decided_time: Option<DateTime<Utc>>,
    /// When it ends by itself.
    pub end_time: Option<DateTime<Utc>>,
    /// Who ended it early.
    pub ended_by: Option<String>,
    /// When.
    pub ended_time: Option<DateTime<Utc>>,
    /// Why, sealed.
    pub reason_text_id: Uuid,
    /// Who of another house will look, sealed.
    pub outsider_text_id: Option<Uuid>,
    /// What was said on refusing, sealed.
    pub note_text_id: Option<Uuid>,
}

impl GrantRow {
    /// Whether it can be used at `now`.
    pub fn is_in_force(&self, now: DateTime<Utc>) -> bool {
        self.state == AccessState::Granted && self.end_time.is_some_and(|end| now < end)
    }

    /// As who decides on it sees it.
    pub(super) fn request(&self) -> Request<'_> {
        Request {
            state: self.state,
            requester: Member {
                code: &self.requester_code,
                office: self.requester_office,
                channel: self.channel,
                branch_code: &self.branch_code,
                leader_code: &self.leader_code,
            },
            head: self.head_code.as_deref(),
            class: self.class,
            outsider: self.outsider.is_some(),
        }
    }

    /// As a reading sees it; one that was never granted begins and ends at the same instant.
    pub(super) fn grant(&self) -> Grant<'_> {
        let from = self.decided_time.unwrap_or(self.requested_time);
        Grant {
            holder: &self.requester_code,
            state: self.state,
            subject: self.subject.subject(),
            fields: &self.fields,
            class: self.class,
            from,
            until: self.end_time.unwrap_or(from),
        }
    }
}

/// The columns of a row.
pub(super) struct Raw {
    pub(super) id: Uuid,
    pub(super) kind: i16,
    pub(super) state: i16,
    pub(super) subject_kind: i16,
    pub(super) customer_id: Option<Uuid>,
    pub(super) submission_id: Option<Uuid>,
    pub(super) party_no: Option<i16>,
    pub(super) case_id: Option<Uuid>,
    pub(super) fields: Vec<i16>,
    pub(super) purpose: i16,
    pub(super) days: i16,
    pub(super) copies: i16,
    pub(super) class: i16,
    pub(super) outsider_document: Option<i16>,
    pub(super) requester_code: String,
    pub(super) requester_office: i16,
    pub(super) channel: Option<i16>,
    pub(super) branch_code: String,
    pub(super) leader_code: String,
    pub(super) requested_time: DateTime<Utc>,
    pub(super) head_code: Option<String>,
    pub(super) head_time: Option<DateTime<Utc>>,
    pub(super) decider_code: Option<String>,
    pub(super) decided_time: Option<DateTime<Utc>>,
    pub(super) end_time: Option<DateTime<Utc>>,
    pub(super) ended_by: Option<String>,
    pub(super) ended_time: Option<DateTime<Utc>>,
    pub(super) reason_text_id: Uuid,
    pub(super) outsider_text_id: Option<Uuid>,
    pub(super) note_text_id: Option<Uuid>,
}

/// A number that this version does not write, or columns that do not go together.
pub(in crate::store) fn wrong(table: &'static str, column: &'static str, row: Uuid) -> StoreError {
    StoreError::Corrupt { table, column, row: row.to_string() }
}

/// The class of a column that is empty for ordinary files.
pub(in crate::store) fn class(code: Option<i16>, row: Uuid) -> Result<SecrecyClass, StoreError> {
    let class = code.map_or(Some(SecrecyClass::Ordinary), SecrecyClass::from_code);
    class.ok_or_else(|| wrong("customer_class", "class", row))
}

/// The subject of four columns.
pub(super) fn subject(
    kind: i16,
    (customer, submission, party, case): (Option<Uuid>, Option<Uuid>, Option<i16>, Option<Uuid>),
) -> Option<SubjectIds> {
    Some(match kind {
        1 => SubjectIds::Customer(customer?),
        2 => SubjectIds::Party(submission?, party?),
        3 => SubjectIds::CaseMember(case?, customer?),
        4 => SubjectIds::Case(case?),
        _ => return None,
    })
}

impl TryFrom<Raw> for GrantRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let id = raw.id;
        let wrong = |column| wrong("access_grant", column, id);
        let columns = (raw.customer_id, raw.submission_id, raw.party_no, raw.case_id);
        let fields = raw.fields.iter().map(|code| Field::from_code(*code)).collect::<Option<Vec<_>>>();
        let channel = raw.channel.map(|number| Channel::from_number(number, id)).transpose()?;
        let outsider = raw
            .outsider_document
            .map(|code| OutsiderDocument::from_code(code).ok_or_else(|| wrong("outsider_document")));
        Ok(Self {
            id,
            kind: AccessKind::from_code(raw.kind).ok_or_else(|| wrong("kind"))?,
            state: AccessState::from_code(raw.state).ok_or_else(|| wrong("state"))?,
            subject: subject(raw.subject_kind, columns).ok_or_else(|| wrong("subject_kind"))?,
            fields: fields.ok_or_else(|| wrong("fields"))?,
            purpose: Purpose::from_code(raw.purpose).ok_or_else(|| wrong("purpose"))?,
            days: u8::try_from(raw.days).map_err(|_| wrong("days"))?,
            copies: raw.copies,
            class: SecrecyClass::from_code(raw.class).ok_or_else(|| wrong("class"))?,
            outsider: outsider.transpose()?,
            requester_code: raw.requester_code,
            requester_office: Office::from_code(raw.requester_office)
                .ok_or_else(|| wrong("requester_office"))?,
            channel,
            branch_code: raw.branch_code,
            leader_code: raw.leader_code,
            requested_time: raw.requested_time,
            head_code: raw.head_code,
            head_time: raw.head_time,
            decider_code: raw.decider_code,
            decided_time: raw.decided_time,
            end_time: raw.end_time,
            ended_by: raw.ended_by,
            ended_time: raw.ended_time,
            reason_text_id: raw.reason_text_id,
            outsider_text_id: raw.outsider_text_id,
            note_text_id: raw.note_text_id,
        })
    }
}

/// `select_grants!("WHERE …", arguments)`: every column of the grants that the clause takes, checked by the build.
macro_rules! select_grants {
    ($tail:tt $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::store::privacy::row::Raw,
            "SELECT g.id, g.kind, g.state, g.subject_kind, g.customer_id, g.submission_id, g.party_no, g.case_id,
             g.fields, g.purpose, g.days, g.copies, g.class, g.outsider_document, g.requester_code, g.requester_office,
             g.channel, g.branch_code, g.leader_code, g.requested_time, g.head_code, g.head_time, g.decider_code,
             g.decided_time, g.end_time, g.ended_by, g.ended_time, g.reason_text_id, g.outsider_text_id,
             g.note_text_id FROM access_grant AS g " + $tail
            $(, $argument)*
        )
    };
}
pub(super) use select_grants;

/// Reads a grant; none if there is none that row security shows.
pub(in crate::store) async fn read(tx: &mut Tx, id: Uuid) -> Result<Option<GrantRow>, StoreError> {
    select_grants!("WHERE g.id = $1", id).fetch_optional(tx).await?.map(GrantRow::try_from).transpose()
}

/// As [`read`], locked until the transaction ends.
pub(in crate::store) async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<GrantRow>, StoreError> {
    let raw = select_grants!("WHERE g.id = $1 FOR UPDATE", id).fetch_optional(tx).await?;
    raw.map(GrantRow::try_from).transpose()
}

/// Whether it can be used, for a reading that shares it with others: nobody ends it before the transaction does.
pub(in crate::store) async fn share(tx: &mut Tx, id: Uuid) -> Result<Option<GrantRow>, StoreError> {
    let raw = select_grants!("WHERE g.id = $1 FOR SHARE", id).fetch_optional(tx).await?;
    raw.map(GrantRow::try_from).transpose()
}
