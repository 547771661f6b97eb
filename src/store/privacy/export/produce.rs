//! Making an export's file, downloading it, and destroying it when its time is over.
//!
//! Of whom data go into the file is committed to the audit log before anything is opened. A process that dies after that
//! leaves the export approved: the next one writes it down again and makes the file.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{access::SecrecyClass, party::Role};

use super::{
    SUBJECT, correct,
    row::{ExportRow, ExportState, lock, select_exports},
};
use crate::{
    security::{
        scope::{SYSTEM_ACTOR, Scope},
        sealing::Sealed,
    },
    store::{
        Store, StoreError, Tx, audit,
        codes::Coded as _,
        privacy::{Tools, Who, grant::facts, row::wrong},
    },
};

/// Customers that one audit entry names.
const CUSTOMERS_AN_ENTRY: usize = 500;
/// Most files that one pass destroys.
const BATCH: i64 = 100;

/// A party of an export.
#[derive(Debug)]
pub struct ExportParty {
    /// Its customer.
    pub customer_id: Uuid,
    /// Number of its application.
    pub application_no: String,
    /// Submission.
    pub submission_id: Uuid,
    /// Number of the party.
    pub party_no: i16,
    /// Role.
    pub role: Role,
    /// What is sealed; none if its key was destroyed.
    pub sealed: Option<Sealed>,
}

/// An export whose file is to be made.
#[derive(Debug)]
pub struct Job {
    /// The export.
    pub export: ExportRow,
    /// Its parties.
    pub parties: Vec<ExportParty>,
    /// How many were left out because their files are classified.
    pub withheld: usize,
}

/// A file that was made, encrypted to the receiver.
#[derive(Debug)]
pub struct Made {
    /// Its pieces.
    pub pieces: Vec<Vec<u8>>,
    /// SHA-256 over them.
    pub sha256: Vec<u8>,
    /// When it is destroyed.
    pub expire_time: DateTime<Utc>,
    /// Parties in it.
    pub row_count: usize,
    /// Parties left out.
    pub withheld: usize,
}

struct Raw {
    customer_id: Uuid,
    application_no: String,
    submission_id: Uuid,
    party_no: i16,
    role: i16,
    class: Option<i16>,
}

impl Store {
    /// Exports that are approved and have no file yet, oldest first.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn approved_exports(&self) -> Result<Vec<Uuid>, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                let ids = sqlx::query_scalar!(
                    "SELECT id FROM unmasked_export WHERE state = 2 ORDER BY id LIMIT 16"
                )
                .fetch_all(tx)
                .await?;
                Ok(ids)
            })
        })
        .await
    }

    /// What goes into the file of the approved export `id`, after it was written down; none if it is not to be made.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached: then nothing may be opened.
    pub async fn begin_export(&self, tools: Tools, id: Uuid) -> Result<Option<Job>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let Some(export) = lock(tx, id).await? else { return Ok(None) };
                if export.state != ExportState::Approved {
                    return Ok(None);
                }
                let mut raws = members(tx, &export).await?;
                if let Some(report) = export.corrects_id {
                    let given_out = correct::given_out(tx, report).await?;
                    raws.retain(|raw| given_out.contains(&raw.customer_id));
                }
                let all = raws.len();
                let ordinary = |raw: &Raw| {
                    let class = raw.class.map_or(Some(SecrecyClass::Ordinary), SecrecyClass::from_code);
                    // A class that this version does not know is not an ordinary one.
                    class.is_some_and(|class| !class.is_classified())
                };
                let raws: Vec<Raw> = raws.into_iter().filter(ordinary).collect();
                let withheld = all - raws.len();
                tell(tx, &tools, &export, &raws).await?;
                let parties = sealed(tx, raws).await?;
                Ok(Some(Job { export, parties, withheld }))
            })
        })
        .await
    }

    /// Keeps the file of the export `id`, unless another process has made it meanwhile.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn finish_export(&self, tools: Tools, id: Uuid, made: Made) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let Some(export) = lock(tx, id).await? else { return Ok(()) };
                if export.state != ExportState::Approved {
                    return Ok(());
                }
                let now = tools.clock.now();
                let size: usize = made.pieces.iter().map(Vec::len).sum();
                let count = |number| i32::try_from(number).unwrap_or(i32::MAX);
                sqlx::query!(
                    "INSERT INTO unmasked_export_piece (export_id, piece_no, payload)
                     SELECT $1, (piece.no - 1)::int, piece.payload
                     FROM unnest($2::bytea[]) WITH ORDINALITY AS piece (payload, no)",
                    id,
                    &made.pieces,
                )
                .execute(&mut *tx)
                .await?;
                sqlx::query!(
                    "UPDATE unmasked_export SET state = 3, produced_time = $2, expire_time = $3, row_count = $4,
                         withheld_count = $5, size_bytes = $6, sha256 = $7 WHERE id = $1",
                    id,
                    now,
                    made.expire_time,
                    count(made.row_count),
                    count(made.withheld),
                    i64::try_from(size).unwrap_or(i64::MAX),
                    made.sha256,
                )
                .execute(&mut *tx)
                .await?;
                let mut entry = tools.entry(SYSTEM_ACTOR, "EXPORT_PRODUCED", SUBJECT, vec![id], now)?;
                entry.digest = made.sha256;
                audit::append(tx, &entry).await
            })
        })
        .await
    }

    /// The export `id`, if the caller asked for it and its file is there and in force; that he downloads it is written first.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn begin_download(
        &self,
        tools: Tools,
        who: Who,
        id: Uuid,
    ) -> Result<Option<Result<ExportRow, &'static str>>, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                let raw = select_exports!("WHERE id = $1 FOR SHARE", id).fetch_optional(&mut *tx).await?;
                let Some(export) = raw.map(ExportRow::try_from).transpose()? else { return Ok(None) };
                // Others who see it in the register are told no more than that it is not theirs to take.
                if export.requester_code != who.code() {
                    return Ok(Some(Err("NOT_HIS")));
                }
                let now = tools.clock.now();
                match export.state {
                    ExportState::Ready if export.expire_time.is_some_and(|end| now < end) => {}
                    ExportState::Ready | ExportState::Destroyed => return Ok(Some(Err("EXPIRED"))),
                    ExportState::Refused => return Ok(Some(Err("REFUSED"))),
                    ExportState::Awaiting | ExportState::Approved => return Ok(Some(Err("NOT_READY"))),
                }
                let mut entry = tools.entry(who.scope.actor(), "DOWNLOAD_EXPORT", SUBJECT, vec![id], now)?;
                entry.digest = export.sha256.clone().unwrap_or_default();
                audit::append(tx, &entry).await?;
                Ok(Some(Ok(export)))
            })
        })
        .await
    }

    /// The piece `piece_no` of the file of the export `id`; none after the last one.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn export_piece(
        &self,
        scope: Scope,
        id: Uuid,
        piece_no: i32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let piece = sqlx::query_scalar!(
                    "SELECT payload FROM unmasked_export_piece WHERE export_id = $1 AND piece_no = $2",
                    id,
                    piece_no,
                )
                .fetch_optional(tx)
                .await?;
                Ok(piece)
            })
        })
        .await
    }

    /// Destroys files whose time is over; how many.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn destroy_exports(&self, tools: Tools) -> Result<usize, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let now = tools.clock.now();
                let ids = sqlx::query_scalar!(
                    "UPDATE unmasked_export SET state = 5, destroyed_time = $1 WHERE id IN (
                         SELECT id FROM unmasked_export WHERE state = 3 AND expire_time <= $1
                         ORDER BY expire_time LIMIT $2 FOR UPDATE SKIP LOCKED)
                     RETURNING id",
                    now,
                    BATCH,
                )
                .fetch_all(&mut *tx)
                .await?;
                sqlx::query!("DELETE FROM unmasked_export_piece WHERE export_id = ANY($1)", &ids)
                    .execute(&mut *tx)
                    .await?;
                for id in &ids {
                    audit::append(
                        tx,
                        &tools.entry(SYSTEM_ACTOR, "EXPORT_DESTROYED", SUBJECT, vec![*id], now)?,
                    )
                    .await?;
                }
                Ok(ids.len())
            })
        })
        .await
    }
}

/// The members of the list or the cases, each party once.
async fn members(tx: &mut Tx, export: &ExportRow) -> Result<Vec<Raw>, StoreError> {
    let raws = match export.list_id {
        Some(list) => {
            sqlx::query_as!(
                Raw,
                r#"SELECT DISTINCT ON (m.submission_id, m.party_no) m.customer_id, a.application_no, m.submission_id,
                       m.party_no, m.role,
                       (SELECT c.class FROM customer_class c WHERE c.customer_id = m.customer_id) AS "class?"
                   FROM suspicion_member m JOIN suspicion s ON s.id = m.suspicion_id
                   JOIN application a ON a.id = m.application_id
                   WHERE s.list_id = $1 ORDER BY m.submission_id, m.party_no"#,
                list,
            )
            .fetch_all(tx)
            .await?
        }
        None => {
            sqlx::query_as!(
                Raw,
                r#"SELECT DISTINCT ON (m.submission_id, m.party_no) m.customer_id, a.application_no, m.submission_id,
                       m.party_no, m.role,
                       (SELECT c.class FROM customer_class c WHERE c.customer_id = m.customer_id) AS "class?"
                   FROM case_member m JOIN application a ON a.id = m.application_id
                   WHERE m.case_id = ANY($1) ORDER BY m.submission_id, m.party_no"#,
                &export.case_ids,
            )
            .fetch_all(tx)
            .await?
        }
    };
    Ok(raws)
}

/// Writes down of whom data go into the file: in as many entries as it takes to name everybody.
async fn tell(tx: &mut Tx, tools: &Tools, export: &ExportRow, raws: &[Raw]) -> Result<(), StoreError> {
    let now = tools.clock.now();
    let mut customers: Vec<Uuid> = raws.iter().map(|raw| raw.customer_id).collect();
    customers.sort_unstable();
    customers.dedup();
    let actor = format!("{}{}", crate::security::principal::STAFF_PREFIX, export.requester_code);
    for some in customers.chunks(CUSTOMERS_AN_ENTRY) {
        let about = [vec![export.id], export.case_ids.clone(), some.to_vec()].concat();
        let mut entry = tools.entry(&actor, "EXPORT", SUBJECT, about, now)?;
        entry.reason = format!(
            "{} no={}",
            facts(&export.fields, export.purpose, SecrecyClass::Ordinary),
            export.export_no
        );
        audit::append(tx, &entry).await?;
    }
    Ok(())
}

async fn sealed(tx: &mut Tx, raws: Vec<Raw>) -> Result<Vec<ExportParty>, StoreError> {
    let (submissions, numbers): (Vec<Uuid>, Vec<i16>) =
        raws.iter().map(|raw| (raw.submission_id, raw.party_no)).unzip();
    let found = sqlx::query!(
        r#"SELECT s.submission_id, s.party_no, s.wrapped_key AS "wrapped_key!", s.payload
           FROM sealed s
           JOIN UNNEST($1::uuid[], $2::smallint[]) AS wanted (submission_id, party_no) USING (submission_id, party_no)
           WHERE s.submission_id = ANY($1) AND s.wrapped_key IS NOT NULL AND NOT s.restricted"#,
        &submissions,
        &numbers,
    )
    .fetch_all(tx)
    .await?;
    let mut sealed: HashMap<_, _> = found
        .into_iter()
        .map(|row| {
            let sealed = Sealed { wrapped_key: row.wrapped_key, payload: row.payload };
            ((row.submission_id, row.party_no), sealed)
        })
        .collect();
    raws.into_iter()
        .map(|raw| {
            Ok(ExportParty {
                sealed: sealed.remove(&(raw.submission_id, raw.party_no)),
                role: Role::from_number(raw.role, raw.submission_id)
                    .map_err(|_| wrong("case_member", "role", raw.submission_id))?,
                customer_id: raw.customer_id,
                application_no: raw.application_no,
                submission_id: raw.submission_id,
                party_no: raw.party_no,
            })
        })
        .collect()
}
