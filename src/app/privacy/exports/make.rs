//! Making the file of an approved export: opened, written, encrypted to the receiver, all in memory. Done by who approves last, and
//! by a job if that did not come to its end.

use std::{iter, str::FromStr as _, sync::Arc};

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::file::{self, OpenedParty};
use crate::{
    app::{App, AppError},
    security::sealing::{Place, Sealer},
    store::{
        StoreError,
        payload::Payload,
        privacy::export::produce::{ExportParty, Job, Made},
    },
    words::Words,
};

/// Largest piece of a file, in bytes.
const PIECE_BYTES: usize = 64 * 1024;

/// Makes the file of the export `id`, if it is approved and has none.
///
/// # Errors
/// When the database refuses or cannot be reached, or something does not open.
pub async fn make_export(app: &App, id: Uuid, words: &Arc<Words>) -> Result<(), AppError> {
    let begun = app.store.begin_export(app.privacy_tools(), id).await;
    let Some(job) = begun.map_err(|error| app.failed(&error))? else { return Ok(()) };
    let (sealer, words, now) = (app.sealer.clone(), words.clone(), app.clock.now());
    let expire_time = now + app.privacy.export_lasts;
    // Opening and writing thousands of rows is work for a thread that may block.
    let making = tokio::task::spawn_blocking(move || make(&sealer, &words, &job, now, expire_time));
    let made = making.await.map_err(|_| StoreError::Unexpected("making an export ended by a panic".into()));
    let made = made.flatten().map_err(|error| app.failed(&error))?;
    app.store.finish_export(app.privacy_tools(), id, made).await.map_err(|error| app.failed(&error))
}

/// Makes the files that were left without, and destroys those whose time is over; how many that was.
///
/// # Errors
/// When the database cannot be reached.
pub async fn tend_exports(app: &App, words: &Arc<Words>) -> Result<usize, AppError> {
    let approved = app.store.approved_exports().await.map_err(|error| app.failed(&error))?;
    for id in &approved {
        make_export(app, *id, words).await?;
    }
    let destroyed = app.store.destroy_exports(app.privacy_tools()).await;
    Ok(approved.len() + destroyed.map_err(|error| app.failed(&error))?)
}

fn make(
    sealer: &Sealer,
    words: &Words,
    job: &Job,
    now: DateTime<Utc>,
    expire_time: DateTime<Utc>,
) -> Result<Made, StoreError> {
    let parties = job.parties.iter().map(|party| open(sealer, party)).collect::<Result<Vec<_>, _>>()?;
    let plain = Zeroizing::new(file::write(words, job, &parties, now).map_err(|_| broken("writing"))?);
    let encrypted = encrypt(&job.export.recipient, &plain)?;
    Ok(Made {
        sha256: digest(&SHA256, &encrypted).as_ref().to_vec(),
        pieces: encrypted.chunks(PIECE_BYTES).map(<[u8]>::to_vec).collect(),
        expire_time,
        row_count: parties.len(),
        withheld: job.withheld,
    })
}

fn open<'a>(sealer: &Sealer, party: &'a ExportParty) -> Result<OpenedParty<'a>, StoreError> {
    let payload = match &party.sealed {
        None => None,
        Some(value) => {
            let place = Place { table: "sealed", row: party.submission_id, party_no: party.party_no };
            Some(Payload::decode(&sealer.open(place, value)?, &party.submission_id)?)
        }
    };
    Ok(OpenedParty { party, payload })
}

/// Encrypts to the receiver. The file's key is age's own luck: nobody here could repeat it, nor has to.
fn encrypt(recipient: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    use std::io::Write as _;
    let recipient = age::x25519::Recipient::from_str(recipient).map_err(|_| broken("its recipient"))?;
    let recipients = iter::once(&recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(|_| broken("encrypting"))?;
    let mut encrypted = Vec::with_capacity(plain.len() + PIECE_BYTES);
    let mut writer = encryptor.wrap_output(&mut encrypted).map_err(|_| broken("encrypting"))?;
    writer.write_all(plain).map_err(|_| broken("encrypting"))?;
    writer.finish().map_err(|_| broken("encrypting"))?;
    Ok(encrypted)
}

fn broken(what: &str) -> StoreError {
    StoreError::Unexpected(format!("an export could not be made: {what}"))
}
