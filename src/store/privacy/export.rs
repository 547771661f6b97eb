//! Exports of unmasked data: asked for and decided on. Making the file stands in [`produce`], the register in [`list`], what may
//! be a correction in [`correct`].

mod correct;
pub mod list;
pub mod produce;
pub mod row;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zeroize::Zeroizing;
use zhenshi_domain::{
    access::{Field, Office, Purpose, SecrecyClass},
    shanghai,
};

use row::{ExportFormat, ExportKind, ExportRow, ExportState, lock, read};

use super::{
    Tools, Who,
    grant::facts,
    request::{self, Used},
    text::{self, NewText},
};
use crate::{
    ids,
    security::sealing::Sealer,
    store::{Store, StoreError, Tx, audit, case::request::RequestKey},
};

/// What an audit entry about an export is about.
const SUBJECT: &str = "unmasked_export";
/// Most parties of one export.
pub const MOST_ROWS: i64 = 10_000;

/// What it is of.
#[derive(Debug, Clone)]
pub enum ExportOf {
    /// The members of the sealed suspicion list of a working day.
    List(NaiveDate),
    /// The members of cases.
    Cases(Vec<Uuid>),
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewExport {
    /// What it is for.
    pub kind: ExportKind,
    /// Format of the file.
    pub format: ExportFormat,
    /// Language of its headings.
    pub language: String,
    /// What it is of.
    pub of: ExportOf,
    /// Which parts, each once.
    pub fields: Vec<Field>,
    /// What for.
    pub purpose: Purpose,
    /// The age public key.
    pub recipient: String,
    /// The report that it corrects.
    pub corrects_id: Option<Uuid>,
    /// Why, sealed.
    pub reason: NewText,
    /// Who gets it, sealed.
    pub receiver: NewText,
}

/// What somebody decides.
#[derive(Debug, Clone)]
pub struct NewDecision {
    /// Yes or no.
    pub agrees: bool,
    /// The general manager's approval, sealed.
    pub general_manager: Option<NewText>,
    /// Why not, sealed.
    pub note: Option<NewText>,
}

/// What became of it.
#[derive(Debug)]
pub enum Answer {
    /// Done, now or by an earlier call with the same key.
    Done(Box<ExportRow>),
    /// The key was used for other content.
    Reused,
    /// No such export within the scope.
    NotFound,
    /// There is no such list or case, or nobody in it.
    NoSubject,
    /// More parties than [`MOST_ROWS`].
    TooLarge(i64),
    /// Its own, or agreed to by the same person already.
    SecondPerson,
    /// Its state does not allow it.
    Refused(&'static str),
}

/// Nothing is left to be decided.
const NOT_WAITING: &str = "NOT_WAITING";
/// The general manager's approval has to be given with the manager's.
const GENERAL_MANAGER: &str = "GENERAL_MANAGER";

impl Store {
    /// Asks for an export. A correction that is none is refused, and the attempt written down.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached, or a text does not open.
    pub async fn request_export(
        &self,
        tools: Tools,
        who: Who,
        key: RequestKey,
        new: NewExport,
        sealer: Arc<Sealer>,
    ) -> Result<Answer, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                if let Some(answer) = repeated(tx, &who, &key).await? {
                    return Ok(answer);
                }
                let Some(of) = subject(tx, &new.of).await? else { return Ok(Answer::NoSubject) };
                if of.rows > MOST_ROWS {
                    return Ok(Answer::TooLarge(of.rows));
                }
                let now = tools.clock.now();
                let version = match new.corrects_id {
                    None => 1,
                    Some(id) => match correct::version(tx, &sealer, id, &new, &of).await? {
                        None => return Ok(Answer::NotFound),
                        Some(Ok(version)) => version,
                        Some(Err(why)) => return correct::refuse(tx, &tools, &who, id, why, now).await,
                    },
                };
                let id = ids::mint(now, tools.entropy.as_ref())?;
                insert(tx, &who, id, &new, &of, version, now).await?;
                text::insert(tx, id, who.scope.actor(), &new.reason).await?;
                text::insert(tx, id, who.scope.actor(), &new.receiver).await?;
                let mut entry = tools.entry(who.scope.actor(), "REQUEST_EXPORT", SUBJECT, vec![id], now)?;
                entry.reason = facts(&new.fields, new.purpose, SecrecyClass::Ordinary);
                audit::append(tx, &entry).await?;
                finish(tx, &who, &key, id, now).await
            })
        })
        .await
    }

    /// Approves or refuses an export for the caller's role.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn decide_export(
        &self,
        tools: Tools,
        who: Who,
        key: RequestKey,
        id: Uuid,
        decision: NewDecision,
    ) -> Result<Answer, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                if let Some(answer) = repeated(tx, &who, &key).await? {
                    return Ok(answer);
                }
                let Some(mut export) = lock(tx, id).await? else { return Ok(Answer::NotFound) };
                let now = tools.clock.now();
                let NewDecision { agrees, general_manager, note } = decision;
                if let Some(refused) = refusal(&export, &who, agrees, general_manager.is_some()) {
                    let action = "DECIDE_EXPORT_REFUSED";
                    audit::append(tx, &tools.entry(who.scope.actor(), action, SUBJECT, vec![id], now)?)
                        .await?;
                    return Ok(refused);
                }
                if let Some(approval) = &general_manager {
                    text::insert(tx, id, who.scope.actor(), approval).await?;
                    export.general_manager_text_id = Some(approval.id);
                }
                if let Some(note) = &note {
                    text::insert(tx, id, who.scope.actor(), note).await?;
                    export.note_text_id = Some(note.id);
                }
                decide(&mut export, &who, agrees);
                save(tx, &export, now).await?;
                let action = if agrees { "AGREE_TO_EXPORT" } else { "REFUSE_EXPORT" };
                let mut entry = tools.entry(who.scope.actor(), action, SUBJECT, vec![id], now)?;
                export.state.name().clone_into(&mut entry.reason);
                audit::append(tx, &entry).await?;
                finish(tx, &who, &key, id, now).await
            })
        })
        .await
    }

    /// One export with what was written about it: reason, receiver, the general manager's approval, why not. That it is read is
    /// written first, in the same transaction.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached, or a text does not open.
    pub async fn read_export(
        &self,
        tools: Tools,
        who: Who,
        id: Uuid,
        sealer: Arc<Sealer>,
    ) -> Result<Option<(ExportRow, [Zeroizing<String>; 4])>, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                let Some(export) = read(tx, id).await? else { return Ok(None) };
                let now = tools.clock.now();
                audit::append(tx, &tools.entry(who.scope.actor(), "READ_EXPORT", SUBJECT, vec![id], now)?)
                    .await?;
                let mut texts: [Zeroizing<String>; 4] = Default::default();
                let ids = [
                    Some(export.reason_text_id),
                    Some(export.receiver_text_id),
                    export.general_manager_text_id,
                    export.note_text_id,
                ];
                for (text, id) in texts.iter_mut().zip(ids) {
                    if let Some(id) = id {
                        *text = text::open(tx, &sealer, id).await?;
                    }
                }
                Ok(Some((export, texts)))
            })
        })
        .await
    }
}

/// Why the caller may not decide so.
fn refusal(export: &ExportRow, who: &Who, agrees: bool, general_manager: bool) -> Option<Answer> {
    if export.state != ExportState::Awaiting {
        return Some(Answer::Refused(NOT_WAITING));
    }
    let own = Some(who.code());
    if export.requester_code == who.code()
        || export.supervisor_code.as_deref() == own
        || export.manager_code.as_deref() == own
    {
        return Some(Answer::SecondPerson);
    }
    let manager = who.office == Office::CustomerServiceManager;
    let needed = export.kind == ExportKind::Report || export.corrects_id.is_some();
    (agrees && manager && needed && !general_manager).then_some(Answer::Refused(GENERAL_MANAGER))
}

/// What the decision makes of it.
fn decide(export: &mut ExportRow, who: &Who, agrees: bool) {
    let own = Some(who.code().to_owned());
    if !agrees {
        export.refused_by = own;
        export.state = ExportState::Refused;
        return;
    }
    if who.office == Office::CustomerServiceManager {
        export.manager_code = own;
    } else {
        export.supervisor_code = own;
    }
    // A correction is approved by the general manager and filed by customer service; no further approvals (11).
    let supervised = export.supervisor_code.is_some() || export.corrects_id.is_some();
    if supervised && export.manager_code.is_some() {
        export.state = ExportState::Approved;
    }
}

/// A list or cases that are there, with how many parties.
struct Of {
    list: Option<(Uuid, NaiveDate)>,
    case_ids: Vec<Uuid>,
    rows: i64,
}

async fn subject(tx: &mut Tx, of: &ExportOf) -> Result<Option<Of>, StoreError> {
    match of {
        ExportOf::List(day) => {
            let found = sqlx::query!(
                r#"SELECT l.id, (SELECT count(*) FROM suspicion_member m JOIN suspicion s ON s.id = m.suspicion_id
                                 WHERE s.list_id = l.id) AS "rows!"
                   FROM suspicion_list l WHERE l.kind = 1 AND l.list_date = $1 AND l.state = 2"#,
                day
            )
            .fetch_optional(tx)
            .await?;
            let of = |id, rows| Of { list: Some((id, *day)), case_ids: Vec::new(), rows };
            Ok(found.filter(|found| found.rows > 0).map(|found| of(found.id, found.rows)))
        }
        ExportOf::Cases(ids) => {
            let found = sqlx::query!(
                r#"SELECT (SELECT count(*) FROM case_file WHERE id = ANY($1)) AS "cases!",
                          (SELECT count(*) FROM case_member WHERE case_id = ANY($1)) AS "rows!""#,
                ids
            )
            .fetch_one(tx)
            .await?;
            let all = usize::try_from(found.cases).is_ok_and(|cases| cases == ids.len()) && found.rows > 0;
            Ok(all.then(|| Of { list: None, case_ids: ids.clone(), rows: found.rows }))
        }
    }
}

async fn insert(
    tx: &mut Tx,
    who: &Who,
    id: Uuid,
    new: &NewExport,
    of: &Of,
    version: i32,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let day = shanghai::date(now);
    let serial = sqlx::query_scalar!(
        "INSERT INTO export_number (day, last) VALUES ($1, 1) ON CONFLICT (day) DO UPDATE SET last = export_number.last + 1
         RETURNING last",
        day
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!(
        "INSERT INTO unmasked_export (id, export_no, kind, state, format, language, list_id, list_date, case_ids, fields,
             purpose, recipient, requester_code, requested_time, version, corrects_id, reason_text_id, receiver_text_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        id,
        format!("EX-{}-{serial:04}", day.format("%Y%m%d")),
        new.kind.code(),
        ExportState::Awaiting.code(),
        new.format.code(),
        new.language,
        of.list.map(|(id, _)| id),
        of.list.map(|(_, day)| day),
        &of.case_ids,
        &new.fields.iter().map(|field| field.code()).collect::<Vec<_>>(),
        new.purpose.code(),
        new.recipient,
        who.code(),
        now,
        version,
        new.corrects_id,
        new.reason.id,
        new.receiver.id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn save(tx: &mut Tx, export: &ExportRow, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE unmasked_export SET state = $2, supervisor_code = $3, manager_code = $4, general_manager_text_id = $5,
             refused_by = $6, note_text_id = $8,
             supervisor_time = CASE WHEN $3::text IS NULL THEN NULL ELSE COALESCE(supervisor_time, $7) END,
             manager_time = CASE WHEN $4::text IS NULL THEN NULL ELSE COALESCE(manager_time, $7) END,
             refused_time = CASE WHEN $6::text IS NULL THEN NULL ELSE $7 END
         WHERE id = $1",
        export.id,
        export.state.code(),
        export.supervisor_code,
        export.manager_code,
        export.general_manager_text_id,
        export.refused_by,
        now,
        export.note_text_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn repeated(tx: &mut Tx, who: &Who, key: &RequestKey) -> Result<Option<Answer>, StoreError> {
    Ok(match request::find(tx, who.scope.actor(), key).await? {
        None => None,
        Some(Used::Elsewhere) => Some(Answer::Reused),
        Some(Used::Here(id)) => {
            Some(read(tx, id).await?.map_or(Answer::NotFound, |row| Answer::Done(Box::new(row))))
        }
    })
}

async fn finish(
    tx: &mut Tx,
    who: &Who,
    key: &RequestKey,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Answer, StoreError> {
    request::keep(tx, who.scope.actor(), key, id, now).await?;
    Ok(read(tx, id).await?.map_or(Answer::NotFound, |row| Answer::Done(Box::new(row))))
}
