//! The half-yearly inspection (fifth text, 14): is what is kept still whole, readable and provable? Each check says what it
//! looked at; the report is signed and kept. The restore drill is put together by the command (`cli/inspect.rs`).
//!
//! To add a check: a function that gives a [`Check`], and its line in [`inspect`].

use std::path::Path;

use aws_lc_rs::{constant_time::verify_slices_are_equal, digest, hmac};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    App,
    checkpoint::read_checkpoints,
    erasure::{certificate::Certificate, ledger::missing},
};
use crate::{
    entropy::bytes,
    ids,
    security::{scope::Scope, sealing::Place},
    store::{
        StoreError,
        case::evidence::place,
        payload::Payload,
        retention::{
            Tools,
            inspect::{EvidenceSample, InspectionRow},
        },
    },
};

/// Sealed parties that are opened when nothing is said.
pub const DEFAULT_SAMPLES: usize = 1_000;
/// Pieces of evidence that are opened.
const EVIDENCE_SAMPLES: i64 = 50;
/// Places that are looked up in one query.
const PLACES: usize = 200;
/// Pieces of evidence that are read at a time.
const PIECES: i64 = 16;
/// What stands before everything that is signed here.
const LABEL: &[u8] = b"zhenshi inspection v1";

/// One check and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was looked at.
    pub name: String,
    /// Nothing was wrong.
    pub passed: bool,
    /// Figures, or what was wrong; no personal data.
    pub detail: String,
}

impl Check {
    /// A check that found nothing wrong, or what `faults` say.
    pub fn of(name: &str, looked_at: &str, faults: &[String]) -> Self {
        let detail = match faults {
            [] => looked_at.to_string(),
            [first, ..] => format!("{} faults, the first: {first}", faults.len()),
        };
        Self { name: name.to_owned(), passed: faults.is_empty(), detail }
    }
}

/// What a report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its id.
    pub id: Uuid,
    /// When it began.
    pub begun_time: DateTime<Utc>,
    /// When it ended.
    pub ended_time: DateTime<Utc>,
    /// Who did it.
    pub performed_by: String,
    /// Nothing was wrong.
    pub passed: bool,
    /// The checks.
    pub checks: Vec<Check>,
}

#[derive(Serialize, Deserialize)]
struct Signed {
    report: Report,
    signature: String,
}

impl Report {
    /// The report with its signature, as it is kept.
    pub fn sign(self, key: &hmac::Key) -> String {
        let signature = BASE64_STANDARD.encode(self.signature(key));
        // Strings, numbers and times always serialise.
        serde_json::to_string_pretty(&Signed { report: self, signature }).unwrap_or_default()
    }

    /// Reads a report back; none if it was changed or signed elsewhere.
    pub fn verify(text: &str, key: &hmac::Key) -> Option<Self> {
        let Signed { report, signature } = serde_json::from_str(text).ok()?;
        let signature = BASE64_STANDARD.decode(signature).ok()?;
        verify_slices_are_equal(report.signature(key).as_ref(), &signature).ok()?;
        Some(report)
    }

    fn signature(&self, key: &hmac::Key) -> hmac::Tag {
        let mut context = hmac::Context::with_key(key);
        context.update(LABEL);
        context.update(&serde_json::to_vec(self).unwrap_or_default());
        context.sign()
    }
}

/// Every check of the database that is open: samples, evidence, chain, ledger and certificates.
///
/// # Errors
/// When the database cannot be reached. What is wrong is no error but in the checks.
pub async fn inspect(app: &App, checkpoint: &Path, samples: usize) -> Result<Vec<Check>, StoreError> {
    Ok(vec![
        sealed(app, samples).await?,
        evidence(app).await?,
        chain(app, checkpoint).await?,
        ledger(app).await?,
        certificates(app).await?,
    ])
}

/// Opens sealed parties at random places.
async fn sealed(app: &App, samples: usize) -> Result<Check, StoreError> {
    const NAME: &str = "sealed samples open";
    let Some((first, last)) = app.store.submission_bounds().await? else {
        return Ok(Check::of(NAME, "nothing is sealed yet", &[]));
    };
    let span = last.as_u128().saturating_sub(first.as_u128()).saturating_add(1);
    let (mut opened, mut faults, mut left) = (0usize, Vec::new(), samples);
    while left > 0 {
        let count = left.min(PLACES);
        left -= count;
        let places = (0..count)
            .map(|_| {
                let luck = u128::from_be_bytes(bytes::<16>(app.entropy.as_ref())?);
                Ok(Uuid::from_u128(first.as_u128() + luck % span))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        for sample in app.store.sealed_samples(places).await? {
            let (row, party_no) = (sample.submission_id, sample.party_no);
            let place = Place { table: "sealed", row, party_no };
            // Classified files are samples like all others: nobody sees what opens here.
            match app.sealer.open_classified(place, &sample.sealed) {
                Ok(plain) if Payload::decode(&plain, &row).is_ok() => opened += 1,
                Ok(_) => faults.push(format!("party {party_no} of {row} opens and is no payload")),
                Err(error) => faults.push(format!("party {party_no} of {row}: {error}")),
            }
        }
    }
    Ok(Check::of(NAME, &format!("{opened} opened"), &faults))
}

/// Opens evidence and compares its hash.
async fn evidence(app: &App) -> Result<Check, StoreError> {
    let (mut opened, mut faults) = (0usize, Vec::new());
    for sample in app.store.evidence_samples(EVIDENCE_SAMPLES).await? {
        match is_whole(app, &sample).await {
            Ok(true) => opened += 1,
            Ok(false) => faults.push(format!("evidence {} has another hash", sample.id)),
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => faults.push(format!("evidence {}: {error}", sample.id)),
        }
    }
    Ok(Check::of("evidence opens and has its hash", &format!("{opened} opened"), &faults))
}

async fn is_whole(app: &App, sample: &EvidenceSample) -> Result<bool, StoreError> {
    let mut pieces = app.sealer.open_pieces(place(sample.id), &sample.wrapped_key)?;
    let mut hash = digest::Context::new(&digest::SHA256);
    let mut first = 0;
    loop {
        let mut sealed = app.store.evidence_pieces(Scope::system(), sample.id, first, PIECES + 1).await?;
        let more = i64::try_from(sealed.len()).is_ok_and(|count| count > PIECES);
        if more {
            sealed.pop();
        }
        let count = sealed.len();
        for (number, piece) in sealed.iter().enumerate() {
            hash.update(&pieces.open(piece, !more && number + 1 == count)?);
        }
        if !more {
            return Ok(hash.finish().as_ref() == sample.sha256);
        }
        first += i32::try_from(PIECES).unwrap_or(i32::MAX);
    }
}

/// The audit chain, the rows that it stands for, and the checkpoint.
async fn chain(app: &App, checkpoint: &Path) -> Result<Check, StoreError> {
    const NAME: &str = "audit chain and rows";
    let keys = app.audit_keys.get();
    let read = if checkpoint.exists() { read_checkpoints(checkpoint, &keys) } else { Ok(Vec::new()) };
    let kept = match read {
        Ok(kept) => kept,
        Err(error) => return Ok(Check::of(NAME, "", &[error.to_string()])),
    };
    let report = app.store.verify_audit(keys, kept).await?;
    let faults: Vec<String> = report.faults.iter().map(|fault| fault.problem.clone()).collect();
    let seen = match report.checkpoint {
        Some(position) => format!("checkpoint at {position}"),
        None => "no checkpoint: a cut tail could not be seen".to_owned(),
    };
    Ok(Check::of(
        NAME,
        &format!("{} entries, {} submissions, {seen}", report.entries, report.submissions),
        &faults,
    ))
}

/// The ledger is as it was written, as long as it was, and has everybody whom the database says to be destroyed.
async fn ledger(app: &App) -> Result<Check, StoreError> {
    const NAME: &str = "shred ledger";
    // The database first: what is destroyed meanwhile stands in the ledger before it stands there.
    let (begun, known) = (app.store.shredded_ids().await?, app.known_of_ledger().await?);
    let targets = match app.ledger().read_known(&known) {
        Ok((targets, _)) => targets,
        Err(error) => return Ok(Check::of(NAME, "", &[error.to_string()])),
    };
    let lacking = missing(&begun, &targets);
    let faults: Vec<String> =
        lacking.iter().map(|id| format!("destruction {id} does not stand in it")).collect();
    Ok(Check::of(NAME, &format!("{} destructions", targets.len()), &faults))
}

/// The newest certificates are signed by this installation.
async fn certificates(app: &App) -> Result<Check, StoreError> {
    let rows = app.store.erasures(Scope::system(), false, None, i64::MAX).await?;
    let signed = rows.iter().filter_map(|row| Some((row.id, row.certificate.as_deref()?)));
    let (mut good, mut faults) = (0usize, Vec::new());
    for (id, text) in signed {
        match Certificate::verify(text, &app.witness.key) {
            Some(_) => good += 1,
            None => faults.push(format!("the certificate of {id} was changed")),
        }
    }
    Ok(Check::of("certificates of destruction", &format!("{good} verified"), &faults))
}

/// Signs and keeps the report of `checks`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn keep(
    app: &App,
    performed_by: &str,
    begun_time: DateTime<Utc>,
    checks: Vec<Check>,
) -> Result<InspectionRow, StoreError> {
    let ended_time = app.clock.now();
    let report = Report {
        id: ids::mint(ended_time, app.entropy.as_ref())?,
        begun_time,
        ended_time,
        performed_by: performed_by.to_owned(),
        passed: checks.iter().all(|check| check.passed),
        checks,
    };
    let row = InspectionRow {
        id: report.id,
        begun_time,
        ended_time,
        performed_by: performed_by.to_owned(),
        passed: report.passed,
        report: report.sign(&app.witness.key),
    };
    let tools = Tools { now: ended_time, entropy: app.entropy.clone(), actor: performed_by.to_owned() };
    app.store.keep_inspection(tools, row.clone()).await?;
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_report_is_none() {
        let at = DateTime::from_timestamp_micros(1).unwrap();
        let report = Report {
            id: Uuid::from_u128(1),
            begun_time: at,
            ended_time: at,
            performed_by: "a".into(),
            passed: false,
            checks: vec![Check::of("x", "3", &[]), Check::of("y", "", &["gone".into()])],
        };
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]);
        let text = report.clone().sign(&key);
        assert_eq!(Report::verify(&text, &key), Some(report));
        assert_eq!(Report::verify(&text.replace("1 faults", "0 faults"), &key), None);
    }
}
