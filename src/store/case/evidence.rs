//! Evidence (证明材料): what it is in plain, its name and content sealed, the content in pieces under one data key.
//!
//! It is written whole or not at all. That it was read stands in the timeline and the audit log before its first piece is
//! read; reading changes nothing else, and does not move the etag.

use uuid::Uuid;
use zeroize::Zeroizing;
use zhenshi_domain::case::{Move, apply_by, evidence::EvidenceFacts};

use super::{
    Answer, CaseEventKind, CaseRefusal, Change, EventData,
    actors::actors,
    change::{Begun, Command, Tools},
    handler, moves,
    parts::{self, EvidenceRow},
    refusal::{NotEligible, WrongArgument},
    request::{self, RequestKey},
    row,
    text::{self, NewText},
};
use crate::{
    ids,
    security::{
        scope::Scope,
        sealing::{Place, Sealer},
    },
    store::{
        Store, StoreError, Tx,
        audit::{self, Entry},
        privacy::{self, Who, evidence::may_read, usage::seen},
    },
};

/// Table of the sealed contents, bound into them.
const TABLE: &str = "case_evidence";
/// No party of a submission.
const NO_PARTY: i16 = -1;

/// Where the content of the evidence `id` belongs.
pub const fn place(id: Uuid) -> Place {
    Place { table: TABLE, row: id, party_no: NO_PARTY }
}

/// A piece of evidence on its way in.
#[derive(Debug)]
pub struct NewEvidence {
    /// Its id, bound into its pieces.
    pub id: Uuid,
    /// What is said of it; an empty collector is who attaches it.
    pub facts: EvidenceFacts,
    /// Media type, told from the content.
    pub content_type: &'static str,
    /// Size of the content in bytes.
    pub size_bytes: i64,
    /// SHA-256 of the content.
    pub sha256: Vec<u8>,
    /// Data key of the pieces, wrapped.
    pub wrapped_key: Vec<u8>,
    /// The pieces, sealed for [`place`].
    pub pieces: Vec<Vec<u8>>,
    /// Name of the file.
    pub file_name: NewText,
}

/// What is wanted of the evidence of a case.
#[derive(Debug)]
pub struct Reading {
    /// The case.
    pub case_id: Uuid,
    /// The piece.
    pub id: Uuid,
    /// What for, sealed.
    pub purpose: NewText,
    /// By which grant.
    pub grant_id: Option<Uuid>,
    /// From how many customers a day on others are told.
    pub customers_told: u32,
}

/// A piece of evidence that may be read.
#[derive(Debug)]
pub struct OpenedEvidence {
    /// What it is.
    pub row: EvidenceRow,
    /// Name of its file; none if its key was destroyed.
    pub file_name: Option<Zeroizing<String>>,
    /// Data key of its pieces, wrapped.
    pub wrapped_key: Vec<u8>,
}

impl Store {
    /// Why nothing can be attached to a case just now; none if something can, or if the key says that it was. Asked before a
    /// content is read, and decided again when it is written.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn refuse_evidence(
        &self,
        scope: Scope,
        case_id: Uuid,
        request_id: Uuid,
    ) -> Result<Option<Answer>, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let Some(case) = row::read(tx, case_id).await? else { return Ok(Some(Answer::NotFound)) };
                // Whether it is this very content is known when that was read.
                let any = RequestKey { request_id, digest: [0; 32] };
                if request::find(tx, scope.actor(), &any).await?.is_some() {
                    return Ok(None);
                }
                let actors = actors(tx, &scope, &case).await?;
                let refused = apply_by(case.state, Move::AttachEvidence, &actors).err();
                Ok(refused.map(|refused| Answer::Refused(refused.into())))
            })
        })
        .await
    }

    /// Attaches a piece of evidence.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn attach_evidence(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        mut new: NewEvidence,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let begun = moves::begin(tx, &tools, &scope, &command, Move::AttachEvidence).await?;
                let mut change = match begun {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let today = zhenshi_domain::shanghai::date(change.now);
                if new.facts.signed_on.is_some_and(|day| day > today) {
                    return Ok(Answer::Refused(CaseRefusal::Argument(WrongArgument::SignedInFuture)));
                }
                if new.facts.collector.is_empty() {
                    change.scope.staff().unwrap_or_default().clone_into(&mut new.facts.collector);
                } else if !is_staff(tx, &new.facts.collector).await? {
                    return Ok(Answer::Refused(CaseRefusal::NotEligible(NotEligible::Unknown)));
                }
                let data = EventData::none()
                    .id("evidence_id", new.id)
                    .number("kind", new.facts.kind.code())
                    .number("size_bytes", new.size_bytes)
                    .name("content_type", new.content_type);
                // The name is a part of the evidence, not a word on the timeline.
                text::insert(tx, change.case.id, &new.file_name).await?;
                change.tell(CaseEventKind::EvidenceAttached, data);
                insert(tx, &change, &new).await?;
                handler::note(tx, &change).await?;
                change.made(new.id);
                change.finish(tx, &tools).await
            })
        })
        .await
    }

    /// The evidence that is to be read, or why it may not be (`privacy/evidence.rs`); none if it is not there, or was destroyed. That it
    /// is read, or was not to be, is written first.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached, or the name does not open.
    pub async fn open_evidence(
        &self,
        tools: Tools,
        who: Who,
        reading: Reading,
        sealer: std::sync::Arc<Sealer>,
    ) -> Result<Option<Result<OpenedEvidence, &'static str>>, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                let Reading { case_id, id, .. } = reading;
                let scope = &who.scope;
                // Locked: entries of one version are numbered.
                let Some(case) = row::lock(tx, case_id).await? else { return Ok(None) };
                let Some(row) = parts::evidence(tx, case_id, Some(id)).await?.pop() else { return Ok(None) };
                let wrapped_key =
                    sqlx::query_scalar!("SELECT wrapped_key FROM case_evidence WHERE id = $1", id)
                        .fetch_one(&mut *tx)
                        .await?;
                let Some(wrapped_key) = wrapped_key else { return Ok(None) };
                let now = tools.clock.now();
                if let Err(why) = may_read(tx, scope, case_id, reading.grant_id, now).await? {
                    let mut entry = entry(&tools, scope, "READ_EVIDENCE_REFUSED", &row, case_id)?;
                    entry.reason = format!("why={why}");
                    audit::append(tx, &entry).await?;
                    return Ok(Some(Err(why)));
                }
                let file_name = match row.file_name_text_id {
                    Some(text_id) => text::open(tx, &sealer, &[text_id]).await?.remove(&text_id),
                    None => None,
                };
                tell_read(tx, &tools, scope, &case, &row, &reading).await?;
                // It shows somebody of the case in clear; whom, nobody but the reader knows.
                let customers = members_of(tx, case_id).await?;
                let told = reading.customers_told;
                let counting = privacy::Tools { clock: tools.clock.clone(), entropy: tools.entropy.clone() };
                seen(tx, &counting, &who, &customers, told, now).await?;
                Ok(Some(Ok(OpenedEvidence { row, file_name, wrapped_key })))
            })
        })
        .await
    }

    /// At most `most` sealed pieces of the evidence `id` from `first` on, with their numbers.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn evidence_pieces(
        &self,
        scope: Scope,
        id: Uuid,
        first: i32,
        most: i64,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let pieces = sqlx::query_scalar!(
                    "SELECT payload FROM case_evidence_piece WHERE evidence_id = $1 AND piece_no >= $2
                     ORDER BY piece_no LIMIT $3",
                    id,
                    first,
                    most,
                )
                .fetch_all(tx)
                .await?;
                Ok(pieces)
            })
        })
        .await
    }
}

/// Whether the directory knows `code` as a member of staff, in use or not.
async fn is_staff(tx: &mut Tx, code: &str) -> Result<bool, StoreError> {
    let known = sqlx::query_scalar!(
        "SELECT EXISTS (SELECT 1 FROM directory_entry WHERE kind = 5 AND code = $1) AS \"known!\"",
        code
    )
    .fetch_one(tx)
    .await?;
    Ok(known)
}

async fn insert(tx: &mut Tx, change: &Change, new: &NewEvidence) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO case_evidence (id, case_id, kind, content_type, size_bytes, sha256, signer_is_policyholder, signed_on,
             collector, original_seen, electronic, file_name_text_id, wrapped_key, attached_by, attached_time, round)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        new.id,
        change.case.id,
        new.facts.kind.code(),
        new.content_type,
        new.size_bytes,
        new.sha256,
        new.facts.signer_is_policyholder,
        new.facts.signed_on,
        new.facts.collector,
        new.facts.original_seen,
        new.facts.electronic,
        new.file_name.id,
        new.wrapped_key,
        change.scope.staff().unwrap_or_default(),
        change.now,
        change.case.round,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "INSERT INTO case_evidence_piece (evidence_id, piece_no, payload)
         SELECT $1, (piece.no - 1)::int, piece.payload
         FROM unnest($2::bytea[]) WITH ORDINALITY AS piece (payload, no)",
        new.id,
        &new.pieces,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The customers in the case.
async fn members_of(tx: &mut Tx, case_id: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let ids = sqlx::query_scalar!("SELECT DISTINCT customer_id FROM case_member WHERE case_id = $1", case_id)
        .fetch_all(tx)
        .await?;
    Ok(ids)
}

/// Writes that `row` is read: an entry of the timeline beside those of the present version, and one of the audit log.
async fn tell_read(
    tx: &mut Tx,
    tools: &Tools,
    scope: &Scope,
    case: &row::CaseRow,
    row: &EvidenceRow,
    reading: &Reading,
) -> Result<(), StoreError> {
    let now = tools.clock.now();
    text::insert(tx, case.id, &reading.purpose).await?;
    let data = EventData::none().id("evidence_id", row.id).number("kind", row.facts.kind.code());
    sqlx::query!(
        "INSERT INTO case_event (case_id, version, ordinal, kind, actor, recorded_time, state_before, state_after, data,
             text_id)
         SELECT $1, $2, coalesce(max(ordinal) + 1, 0)::smallint, $3, $4, $5, $6, $6, $7, $8
         FROM case_event WHERE case_id = $1 AND version = $2",
        case.id,
        case.version,
        CaseEventKind::EvidenceRead.number(),
        scope.actor(),
        now,
        case.state.code(),
        serde_json::to_value(&data).map_err(|_| StoreError::Unexpected("an entry does not serialise".into()))?,
        reading.purpose.id,
    )
    .execute(&mut *tx)
    .await?;
    let mut entry = entry(tools, scope, "READ_EVIDENCE", row, case.id)?;
    entry.reason = reading.grant_id.map(|id| format!("by={id}")).unwrap_or_default();
    audit::append(tx, &entry).await
}

/// An entry of the audit log about the piece `row` of a case.
fn entry(
    tools: &Tools,
    scope: &Scope,
    action: &str,
    row: &EvidenceRow,
    case_id: Uuid,
) -> Result<Entry, StoreError> {
    let now = tools.clock.now();
    Ok(Entry {
        id: ids::mint(now, tools.entropy.as_ref())?,
        recorded_time: now,
        actor: scope.actor().to_owned(),
        action: action.into(),
        subject_kind: "case_evidence".into(),
        subject_ids: vec![case_id, row.id],
        reason: String::new(),
        digest: row.sha256.clone(),
    })
}
