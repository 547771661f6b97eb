//! Submissions with their findings and sealed parties: the rows, their digest, and reading them back.
//!
//! The same row types are written by the recorder and read by `audit verify`, so that both digest the same fields.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::{ApplicationKind, Channel},
    finding::{Arg, Finding, Severity},
    party::Role,
    verdict::Verdict,
};

use super::{
    Scope, Store, StoreError, Tx,
    codes::Coded as _,
    product::{Columns, ProductRow},
};
use crate::security::sealing::Sealed;

/// A finding as it is kept: code and arguments, never a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingRow {
    /// Code.
    pub code: String,
    /// Path within the application.
    pub field_path: String,
    /// Weight under the profile that judged.
    pub severity: Severity,
    /// Article, if one asks for it.
    pub article: Option<i16>,
    /// Numbers and catalogue keys of the words.
    pub args: BTreeMap<String, ArgRow>,
}

/// An argument of a finding's words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum ArgRow {
    /// A count or a length.
    Number(u32),
    /// A word of the catalogue.
    Key(String),
}

impl From<&Finding> for FindingRow {
    fn from(finding: &Finding) -> Self {
        let arg = |arg: Arg| match arg {
            Arg::Number(number) => ArgRow::Number(number),
            Arg::Key(key) => ArgRow::Key(key.to_owned()),
        };
        Self {
            code: finding.code.name.to_owned(),
            field_path: finding.field_path.as_str().to_owned(),
            severity: finding.severity,
            article: finding.code.article.map(i16::from),
            args: finding.args.iter().map(|(name, value)| ((*name).to_owned(), arg(*value))).collect(),
        }
    }
}

/// What was decided, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Verdict.
    pub verdict: Verdict,
    /// Findings, in the order of the rules.
    pub findings: Vec<FindingRow>,
    /// Name of the rule set.
    pub rule_set_version: String,
    /// Name of the working-day calendar.
    pub calendar_version: String,
    /// Name of the seller directory.
    pub directory_version: String,
    /// When it was decided.
    pub decided_time: DateTime<Utc>,
}

/// A submission as it is kept, without its parties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmissionRow {
    /// Id, a UUIDv7 of `recorded_time`.
    pub id: Uuid,
    /// Head it belongs to.
    pub application_id: Uuid,
    /// Counts the submissions of the application.
    pub revision: i32,
    /// System that numbered the application.
    pub source: String,
    /// Kind of the application.
    pub kind: ApplicationKind,
    /// Number of the application.
    pub application_no: String,
    /// Revision of the source.
    pub source_revision: Option<i64>,
    /// A revision in force was as new or newer.
    pub superseded: bool,
    /// Sales channel.
    pub channel: Channel,
    /// Branch.
    pub branch_code: String,
    /// Seller.
    pub seller_code: String,
    /// Agency.
    pub agency_code: String,
    /// Policy.
    pub policy_no: String,
    /// Application that a servicing change or a claim belongs to.
    pub original_application_no: String,
    /// Class and term of the main contract.
    pub product: ProductRow,
    /// Who sent it.
    pub caller: String,
    /// Its idempotency key.
    pub request_id: Uuid,
    /// HMAC of its content.
    pub request_digest: Vec<u8>,
    /// Verdict and findings.
    pub decision: Decision,
    /// When it was recorded.
    pub recorded_time: DateTime<Utc>,
}

/// A sealed party, or what belongs to nobody (`party_no` -1, no role).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// Number of the party; -1 for what belongs to nobody.
    pub party_no: i16,
    /// Role of the party.
    pub role: Option<Role>,
    /// Epoch of the fingerprint.
    pub epoch: i16,
    /// Fingerprint of the party's certificate, if it has any text.
    pub subject_fingerprint: Option<Uuid>,
    /// The data; the wrapped key is empty after it was destroyed.
    pub sealed: Sealed,
}

impl SubmissionRow {
    /// SHA-256 over the immutable columns, the findings and the hashes of the ciphertexts. Wrapped keys are left out, so
    /// that destroying one leaves the audit chain valid.
    pub fn digest(&self, sealed: &[SealedRow]) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        let mut put = |part: &[u8]| {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        };
        let decision = &self.decision;
        put(self.id.as_bytes());
        put(self.application_id.as_bytes());
        put(&self.revision.to_be_bytes());
        put(&self.kind.number().to_be_bytes());
        put(&self.source_revision.map_or([0xff; 8], i64::to_be_bytes));
        put(&[u8::from(self.superseded), u8::from(self.source_revision.is_some())]);
        put(&self.channel.number().to_be_bytes());
        put(self.request_id.as_bytes());
        put(&self.request_digest);
        put(&decision.verdict.number().to_be_bytes());
        put(&decision.decided_time.timestamp_micros().to_be_bytes());
        put(&self.recorded_time.timestamp_micros().to_be_bytes());
        for text in [
            &self.source,
            &self.application_no,
            &self.branch_code,
            &self.caller,
            &decision.rule_set_version,
            &decision.calendar_version,
            &decision.directory_version,
        ] {
            put(text.as_bytes());
        }
        for finding in &decision.findings {
            put(finding.code.as_bytes());
            put(finding.field_path.as_bytes());
            put(&finding.severity.number().to_be_bytes());
            put(&finding.article.unwrap_or(0).to_be_bytes());
            // A map of strings and numbers always serialises.
            put(serde_json::to_string(&finding.args).unwrap_or_default().as_bytes());
        }
        for part in sealed {
            put(&part.party_no.to_be_bytes());
            put(aws_lc_rs::digest::digest(&SHA256, &part.sealed.payload).as_ref());
        }
        // Columns of later migrations go last, and only with a value: rows from before have the digest of then.
        for (name, text) in [
            ("seller_code", &self.seller_code),
            ("agency_code", &self.agency_code),
            ("policy_no", &self.policy_no),
            ("original_application_no", &self.original_application_no),
        ] {
            if !text.is_empty() {
                put(name.as_bytes());
                put(text.as_bytes());
            }
        }
        let product = self.product.columns();
        for (name, number) in [
            ("product_class", product.product_class.map(i32::from)),
            ("term_unit", product.term_unit.map(i32::from)),
            ("term_length", product.term_length),
        ] {
            if let Some(number) = number {
                put(name.as_bytes());
                put(&number.to_be_bytes());
            }
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(context.finish().as_ref());
        digest
    }
}

impl Store {
    /// The submission of `id`, and whether it is the one in force.
    ///
    /// # Errors
    /// When the database cannot be reached or a row does not hold what this version writes.
    pub async fn get_submission(
        &self,
        scope: Scope,
        id: Uuid,
    ) -> Result<Option<(SubmissionRow, bool)>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let Some(row) = read_submissions(tx, &[id]).await?.pop() else { return Ok(None) };
                let current = sqlx::query_scalar!(
                    r#"SELECT current_submission_id = $2 AS "current" FROM application WHERE id = $1"#,
                    row.application_id,
                    id,
                )
                .fetch_optional(tx)
                .await?;
                Ok(Some((row, current.flatten().unwrap_or(false))))
            })
        })
        .await
    }

    /// The sealed parties of a submission, after an audit entry for looking at them was committed.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn get_sealed(
        &self,
        scope: Scope,
        id: Uuid,
        entry: super::audit::Entry,
    ) -> Result<Vec<SealedRow>, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move { super::audit::append(tx, &entry).await })
        })
        .await?;
        self.with_tx(scope, move |tx| Box::pin(async move { read_shown(tx, id).await })).await
    }
}

/// The submissions of `ids` with their findings, in the order of the ids.
pub(super) async fn read_submissions(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<SubmissionRow>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, application_id, revision, source, kind, application_no, source_revision, superseded, channel,
                branch_code, seller_code, agency_code, policy_no, original_application_no, product_class, term_unit,
                term_length, caller, request_id, request_digest, verdict, rule_set_version, calendar_version,
                directory_version, decided_time, recorded_time
         FROM submission WHERE id = ANY($1) ORDER BY id",
        ids,
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut findings = read_findings(tx, ids).await?;
    rows.into_iter()
        .map(|row| {
            Ok(SubmissionRow {
                id: row.id,
                application_id: row.application_id,
                revision: row.revision,
                source: row.source,
                kind: ApplicationKind::from_number(row.kind, row.id)?,
                application_no: row.application_no,
                source_revision: row.source_revision,
                superseded: row.superseded,
                channel: Channel::from_number(row.channel, row.id)?,
                branch_code: row.branch_code,
                seller_code: row.seller_code,
                agency_code: row.agency_code,
                policy_no: row.policy_no,
                original_application_no: row.original_application_no,
                product: ProductRow::read(
                    Columns {
                        product_class: row.product_class,
                        term_unit: row.term_unit,
                        term_length: row.term_length,
                    },
                    row.id,
                )?,
                caller: row.caller,
                request_id: row.request_id,
                request_digest: row.request_digest,
                decision: Decision {
                    verdict: Verdict::from_number(row.verdict, row.id)?,
                    findings: findings.remove(&row.id).unwrap_or_default(),
                    rule_set_version: row.rule_set_version,
                    calendar_version: row.calendar_version,
                    directory_version: row.directory_version,
                    decided_time: row.decided_time,
                },
                recorded_time: row.recorded_time,
            })
        })
        .collect()
}

async fn read_findings(tx: &mut Tx, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<FindingRow>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT submission_id, code, field_path, severity, article, args
         FROM finding WHERE submission_id = ANY($1) ORDER BY submission_id, ordinal",
        ids,
    )
    .fetch_all(tx)
    .await?;
    let mut findings: BTreeMap<Uuid, Vec<FindingRow>> = BTreeMap::new();
    for row in rows {
        let args = serde_json::from_value(row.args).map_err(|_| StoreError::Corrupt {
            table: "finding",
            column: "args",
            row: row.submission_id.to_string(),
        })?;
        findings.entry(row.submission_id).or_default().push(FindingRow {
            severity: Severity::from_number(row.severity, row.submission_id)?,
            code: row.code,
            field_path: row.field_path,
            article: row.article,
            args,
        });
    }
    Ok(findings)
}

/// The sealed rows of the submission `id` that may be shown: while a legal period runs they are only stored.
async fn read_shown(tx: &mut Tx, id: Uuid) -> Result<Vec<SealedRow>, StoreError> {
    let restricted =
        sqlx::query_scalar!("SELECT party_no FROM sealed WHERE submission_id = $1 AND restricted", id,)
            .fetch_all(&mut *tx)
            .await?;
    let rows = read_sealed(tx, &[id]).await?.into_iter().map(|(_, row)| row);
    Ok(rows.filter(|row| !restricted.contains(&row.party_no)).collect())
}

/// The sealed rows of `ids`, in the order of submission and party.
pub(super) async fn read_sealed(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, SealedRow)>, StoreError> {
    let rows = sqlx::query!(
        "SELECT submission_id, party_no, role, epoch, subject_fingerprint, wrapped_key, payload
         FROM sealed WHERE submission_id = ANY($1) ORDER BY submission_id, party_no",
        ids,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let role =
                if row.role == 0 { None } else { Some(Role::from_number(row.role, row.submission_id)?) };
            let sealed = Sealed { wrapped_key: row.wrapped_key.unwrap_or_default(), payload: row.payload };
            let part = SealedRow {
                party_no: row.party_no,
                role,
                epoch: row.epoch,
                subject_fingerprint: row.subject_fingerprint,
                sealed,
            };
            Ok((row.submission_id, part))
        })
        .collect()
}
