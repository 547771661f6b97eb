//! The row of an export: read, locked. Lists stand in `list`.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    access::{Field, Purpose},
    coded_enum,
};

use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx, privacy::row::wrong},
};

/// The table.
const TABLE: &str = "unmasked_export";

coded_enum! {
    /// What an export is for. Append-only.
    ExportKind {
        /// Dealings and cooperation (fifth text, 24).
        Exchange = 1,
        /// A periodic report for another department (10): the general manager approves it too.
        Report = 2,
    }
}

coded_enum! {
    /// Where an export stands. Append-only.
    ExportState {
        /// Waits for approvals.
        Awaiting = 1,
        /// Approved; its file is being made.
        Approved = 2,
        /// Its file is there.
        Ready = 3,
        /// Refused.
        Refused = 4,
        /// Its file was destroyed.
        Destroyed = 5,
    }
}

coded_enum! {
    /// Format of the file inside the encryption. Append-only.
    ExportFormat {
        /// Comma-separated values.
        Csv = 1,
        /// A workbook.
        Xlsx = 2,
    }
}

/// An export, as its row holds it. See the columns in the migration.
#[derive(Debug, Clone)]
pub struct ExportRow {
    /// Id, a UUIDv7.
    pub id: Uuid,
    /// What stands on every page of it.
    pub export_no: String,
    /// What it is for.
    pub kind: ExportKind,
    /// Where it stands.
    pub state: ExportState,
    /// Format of the file.
    pub format: ExportFormat,
    /// Language of its headings.
    pub language: String,
    /// The list that it is of.
    pub list_id: Option<Uuid>,
    /// Its day.
    pub list_date: Option<NaiveDate>,
    /// The cases that it is of otherwise.
    pub case_ids: Vec<Uuid>,
    /// Which parts.
    pub fields: Vec<Field>,
    /// What for.
    pub purpose: Purpose,
    /// The age public key.
    pub recipient: String,
    /// Who asked.
    pub requester_code: String,
    /// When.
    pub requested_time: DateTime<Utc>,
    /// Counts corrections, from 1.
    pub version: i32,
    /// What it corrects.
    pub corrects_id: Option<Uuid>,
    /// Why, sealed.
    pub reason_text_id: Uuid,
    /// Who gets it, sealed.
    pub receiver_text_id: Uuid,
    /// The information supervisor who approved it.
    pub supervisor_code: Option<String>,
    /// The customer-service manager who did.
    pub manager_code: Option<String>,
    /// The general manager's approval, sealed.
    pub general_manager_text_id: Option<Uuid>,
    /// Who refused it.
    pub refused_by: Option<String>,
    /// Why, sealed; none if nothing was said.
    pub note_text_id: Option<Uuid>,
    /// When its file was made.
    pub produced_time: Option<DateTime<Utc>>,
    /// When it is destroyed.
    pub expire_time: Option<DateTime<Utc>>,
    /// Parties in it.
    pub row_count: Option<i32>,
    /// Parties left out.
    pub withheld_count: Option<i32>,
    /// Size of the encrypted file.
    pub size_bytes: Option<i64>,
    /// SHA-256 of it.
    pub sha256: Option<Vec<u8>>,
}

pub(super) struct Raw {
    pub(super) id: Uuid,
    pub(super) export_no: String,
    pub(super) kind: i16,
    pub(super) state: i16,
    pub(super) format: i16,
    pub(super) language: String,
    pub(super) list_id: Option<Uuid>,
    pub(super) list_date: Option<NaiveDate>,
    pub(super) case_ids: Vec<Uuid>,
    pub(super) fields: Vec<i16>,
    pub(super) purpose: i16,
    pub(super) recipient: String,
    pub(super) requester_code: String,
    pub(super) requested_time: DateTime<Utc>,
    pub(super) version: i32,
    pub(super) corrects_id: Option<Uuid>,
    pub(super) reason_text_id: Uuid,
    pub(super) receiver_text_id: Uuid,
    pub(super) supervisor_code: Option<String>,
    pub(super) manager_code: Option<String>,
    pub(super) general_manager_text_id: Option<Uuid>,
    pub(super) refused_by: Option<String>,
    pub(super) note_text_id: Option<Uuid>,
    pub(super) produced_time: Option<DateTime<Utc>>,
    pub(super) expire_time: Option<DateTime<Utc>>,
    pub(super) row_count: Option<i32>,
    pub(super) withheld_count: Option<i32>,
    pub(super) size_bytes: Option<i64>,
    pub(super) sha256: Option<Vec<u8>>,
}

impl TryFrom<Raw> for ExportRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let wrong = |column| wrong(TABLE, column, raw.id);
        let fields = raw.fields.iter().map(|code| Field::from_code(*code)).collect::<Option<Vec<_>>>();
        Ok(Self {
            id: raw.id,
            export_no: raw.export_no,
            kind: ExportKind::from_code(raw.kind).ok_or_else(|| wrong("kind"))?,
            state: ExportState::from_code(raw.state).ok_or_else(|| wrong("state"))?,
            format: ExportFormat::from_code(raw.format).ok_or_else(|| wrong("format"))?,
            language: raw.language,
            list_id: raw.list_id,
            list_date: raw.list_date,
            case_ids: raw.case_ids,
            fields: fields.ok_or_else(|| wrong("fields"))?,
            purpose: Purpose::from_code(raw.purpose).ok_or_else(|| wrong("purpose"))?,
            recipient: raw.recipient,
            requester_code: raw.requester_code,
            requested_time: raw.requested_time,
            version: raw.version,
            corrects_id: raw.corrects_id,
            reason_text_id: raw.reason_text_id,
            receiver_text_id: raw.receiver_text_id,
            supervisor_code: raw.supervisor_code,
            manager_code: raw.manager_code,
            general_manager_text_id: raw.general_manager_text_id,
            refused_by: raw.refused_by,
            note_text_id: raw.note_text_id,
            produced_time: raw.produced_time,
            expire_time: raw.expire_time,
            row_count: raw.row_count,
            withheld_count: raw.withheld_count,
            size_bytes: raw.size_bytes,
            sha256: raw.sha256,
        })
    }
}

/// `select_exports!("WHERE …", arguments)`: every column of the exports that the clause takes.
macro_rules! select_exports {
    ($tail:tt $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::store::privacy::export::row::Raw,
            "SELECT id, export_no, kind, state, format, language, list_id, list_date, case_ids, fields, purpose, recipient,
             requester_code, requested_time, version, corrects_id, reason_text_id, receiver_text_id, supervisor_code,
             manager_code, general_manager_text_id, refused_by, note_text_id, produced_time, expire_time, row_count,
             withheld_count, size_bytes, sha256 FROM unmasked_export " + $tail
            $(, $argument)*
        )
    };
}
pub(super) use select_exports;

/// Reads an export; none if there is none that row security shows.
pub(super) async fn read(tx: &mut Tx, id: Uuid) -> Result<Option<ExportRow>, StoreError> {
    select_exports!("WHERE id = $1", id).fetch_optional(tx).await?.map(ExportRow::try_from).transpose()
}

/// As [`read`], locked until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<ExportRow>, StoreError> {
    let raw = select_exports!("WHERE id = $1 FOR UPDATE", id).fetch_optional(tx).await?;
    raw.map(ExportRow::try_from).transpose()
}

impl Store {
    /// The export `id`; none if there is none within the scope.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn find_export(&self, scope: Scope, id: Uuid) -> Result<Option<ExportRow>, StoreError> {
        self.with_tx(scope, move |tx| Box::pin(async move { read(tx, id).await })).await
    }
}
