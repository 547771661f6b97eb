//! The lending register: an entry when a loan is agreed to, its end confirmed by somebody else, and told when it is overdue.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    access::{Field, approval},
    coded_enum,
    event::EventData,
};

use super::{
    Tools, Who,
    register::grant_digest,
    request::{self, Used},
    row::{GrantRow, SubjectIds, subject, wrong},
};
use crate::{
    ids,
    security::scope::{SYSTEM_ACTOR, Scope},
    store::{
        Store, StoreError, Tx, audit,
        case::request::RequestKey,
        outbox::{self, NewEvent},
    },
};

/// Most loans that one pass of the job tells of.
const BATCH: i64 = 100;

coded_enum! {
    /// How a loan ended. Append-only.
    LoanEnd {
        /// 归还.
        Returned = 1,
        /// 销毁.
        Destroyed = 2,
    }
}

/// An entry of the register.
#[derive(Debug, Clone)]
pub struct LoanRow {
    /// Its grant.
    pub grant_id: Uuid,
    /// Who has it.
    pub borrower_code: String,
    /// Of whom.
    pub subject: SubjectIds,
    /// Which parts.
    pub fields: Vec<Field>,
    /// How many copies.
    pub copies: i16,
    /// Since when.
    pub lent_time: DateTime<Utc>,
    /// Until when.
    pub due_time: DateTime<Utc>,
    /// How it ended; none while it is out.
    pub end: Option<LoanEnd>,
    /// Who confirmed that.
    pub confirmed_by: Option<String>,
    /// When.
    pub confirmed_time: Option<DateTime<Utc>>,
}

impl LoanRow {
    /// Whether it is out beyond its time.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.end.is_none() && now >= self.due_time
    }
}

/// What became of a confirmation.
#[derive(Debug)]
pub enum Answer {
    /// Done, now or by an earlier call with the same key.
    Done(Box<LoanRow>),
    /// The key was used for other content.
    Reused,
    /// No such loan within the scope.
    NotFound,
    /// It has ended already.
    Ended,
    /// The borrower does not confirm his own return.
    OwnLoan,
}

/// Which ones.
#[derive(Debug, Clone, Default)]
pub struct LoanFilter {
    /// Only those that are out.
    pub out_only: bool,
    /// Only those that are out and were due by then.
    pub due_by: Option<DateTime<Utc>>,
    /// The last one of the page before.
    pub after: Option<Uuid>,
}

struct Raw {
    grant_id: Uuid,
    borrower_code: String,
    subject_kind: i16,
    customer_id: Option<Uuid>,
    submission_id: Option<Uuid>,
    party_no: Option<i16>,
    case_id: Option<Uuid>,
    fields: Vec<i16>,
    copies: i16,
    lent_time: DateTime<Utc>,
    due_time: DateTime<Utc>,
    loan_end: Option<i16>,
    confirmed_by: Option<String>,
    confirmed_time: Option<DateTime<Utc>>,
}

/// `select_loans!("WHERE …", arguments)`: loans with what their grants say.
macro_rules! select_loans {
    ($tail:tt $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Raw,
            "SELECT l.grant_id, l.borrower_code, g.subject_kind, g.customer_id, g.submission_id, g.party_no, g.case_id,
             g.fields, g.copies, l.lent_time, l.due_time, l.loan_end, l.confirmed_by, l.confirmed_time
             FROM loan AS l JOIN access_grant AS g ON g.id = l.grant_id " + $tail
            $(, $argument)*
        )
    };
}

/// Enters a loan that was just agreed to.
pub(super) async fn enter(
    tx: &mut Tx,
    tools: &Tools,
    actor: &str,
    grant: &GrantRow,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let due = approval::end_of_access(now, grant.days);
    sqlx::query!(
        "INSERT INTO loan (grant_id, borrower_code, lent_time, due_time) VALUES ($1, $2, $3, $4)",
        grant.id,
        grant.requester_code,
        now,
        due,
    )
    .execute(&mut *tx)
    .await?;
    let about = [vec![grant.id], grant.subject.ids()].concat();
    let mut entry = tools.entry(actor, "LEND", grant.subject.kind_name(), about, now)?;
    entry.reason = format!(
        "{} borrower={} due={}",
        super::grant::facts(&grant.fields, grant.purpose, grant.class),
        grant.requester_code,
        due.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    );
    audit::append(tx, &entry).await
}

impl Store {
    /// Confirms that a loan came back or was destroyed; its grant ends with it.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn confirm_loan_end(
        &self,
        tools: Tools,
        who: Who,
        key: RequestKey,
        id: Uuid,
        end: LoanEnd,
    ) -> Result<Answer, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                match request::find(tx, who.scope.actor(), &key).await? {
                    Some(Used::Elsewhere) => return Ok(Answer::Reused),
                    Some(Used::Here(id)) => return answer(tx, id).await,
                    None => {}
                }
                // The grant before the loan, as who decides locks it.
                if super::row::lock(tx, id).await?.is_none() {
                    return Ok(Answer::NotFound);
                }
                let Some(loan) = read(tx, id).await? else { return Ok(Answer::NotFound) };
                if loan.borrower_code == who.code() {
                    return Ok(Answer::OwnLoan);
                }
                if loan.end.is_some() {
                    return Ok(Answer::Ended);
                }
                let now = tools.clock.now();
                save_end(tx, id, end, who.code(), now).await?;
                let about = [vec![id], loan.subject.ids()].concat();
                let mut entry = tools.entry(who.scope.actor(), "CONFIRM_LOAN_END", "loan", about, now)?;
                end.name().clone_into(&mut entry.reason);
                entry.digest = grant_digest(tx, id).await?;
                audit::append(tx, &entry).await?;
                request::keep(tx, who.scope.actor(), &key, id, now).await?;
                answer(tx, id).await
            })
        })
        .await
    }

    /// At most `limit` of the register's entries, newest first.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_loans(
        &self,
        scope: Scope,
        filter: LoanFilter,
        limit: i64,
    ) -> Result<Vec<LoanRow>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let raws = select_loans!(
                    "WHERE ($1::uuid IS NULL OR l.grant_id < $1) AND (NOT $2::boolean OR l.loan_end IS NULL)
                         AND ($3::timestamptz IS NULL OR (l.loan_end IS NULL AND l.due_time <= $3))
                     ORDER BY l.grant_id DESC LIMIT $4",
                    filter.after,
                    filter.out_only,
                    filter.due_by,
                    limit,
                )
                .fetch_all(tx)
                .await?;
                raws.into_iter().map(LoanRow::try_from).collect()
            })
        })
        .await
    }

    /// Tells others of loans that are overdue, each once; how many.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn tell_overdue_loans(&self, tools: Tools) -> Result<usize, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let now = tools.clock.now();
                let rows = sqlx::query!(
                    "UPDATE loan SET told_time = $1 WHERE grant_id IN (
                         SELECT grant_id FROM loan WHERE loan_end IS NULL AND told_time IS NULL AND due_time <= $1
                         ORDER BY due_time LIMIT $2 FOR UPDATE SKIP LOCKED)
                     RETURNING grant_id, due_time",
                    now,
                    BATCH,
                )
                .fetch_all(&mut *tx)
                .await?;
                let mut events = Vec::with_capacity(rows.len());
                for row in &rows {
                    let entry = tools.entry(SYSTEM_ACTOR, "LOAN_OVERDUE", "loan", vec![row.grant_id], now)?;
                    audit::append(tx, &entry).await?;
                    events.push(NewEvent {
                        id: ids::mint(now, tools.entropy.as_ref())?,
                        recorded_time: now,
                        case: None,
                        subject_ids: vec![row.grant_id],
                        data: EventData::LoanOverdue { due_time: row.due_time },
                    });
                }
                outbox::add(tx, &events).await?;
                Ok(rows.len())
            })
        })
        .await
    }
}

async fn save_end(
    tx: &mut Tx,
    id: Uuid,
    end: LoanEnd,
    code: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE loan SET loan_end = $2, confirmed_by = $3, confirmed_time = $4 WHERE grant_id = $1",
        id,
        end.code(),
        code,
        now,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE access_grant SET state = 5, ended_by = $2, ended_time = $3 WHERE id = $1 AND state = 3",
        id,
        code,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn answer(tx: &mut Tx, id: Uuid) -> Result<Answer, StoreError> {
    Ok(read(tx, id).await?.map_or(Answer::NotFound, |row| Answer::Done(Box::new(row))))
}

async fn read(tx: &mut Tx, id: Uuid) -> Result<Option<LoanRow>, StoreError> {
    let raw = select_loans!("WHERE l.grant_id = $1", id).fetch_optional(tx).await?;
    raw.map(LoanRow::try_from).transpose()
}

impl TryFrom<Raw> for LoanRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let id = raw.grant_id;
        let columns = (raw.customer_id, raw.submission_id, raw.party_no, raw.case_id);
        let fields = raw.fields.iter().map(|code| Field::from_code(*code)).collect::<Option<Vec<_>>>();
        let end = raw
            .loan_end
            .map(|code| LoanEnd::from_code(code).ok_or_else(|| wrong("loan", "loan_end", id)))
            .transpose()?;
        Ok(Self {
            grant_id: id,
            borrower_code: raw.borrower_code,
            subject: subject(raw.subject_kind, columns)
                .ok_or_else(|| wrong("access_grant", "subject_kind", id))?,
            fields: fields.ok_or_else(|| wrong("access_grant", "fields", id))?,
            copies: raw.copies,
            lent_time: raw.lent_time,
            due_time: raw.due_time,
            end,
            confirmed_by: raw.confirmed_by,
            confirmed_time: raw.confirmed_time,
        })
    }
}
