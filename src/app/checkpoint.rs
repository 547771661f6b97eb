//! Checkpoints of the audit chain: written outside the database, signed, and read back by `audit verify`.

use std::{fs, io::Write as _, path::Path};

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::store::{audit::MAC_BYTES, audit_verify::Checkpoint, relay::Link};

/// A checkpoint as it stands in its file.
#[derive(Serialize, Deserialize)]
struct CheckpointFile {
    position: i64,
    mac: String,
    time: DateTime<Utc>,
    signature: String,
}

/// Why a checkpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file cannot be read or written.
    #[error("checkpoint file: {0}")]
    File(#[from] std::io::Error),
    /// The file is no checkpoint, or was signed with another key.
    #[error("the checkpoint file was changed, or belongs to another installation")]
    Signature,
}

fn signature(key: &hmac::Key, position: i64, mac: &[u8], time: DateTime<Utc>) -> Vec<u8> {
    let mut context = hmac::Context::with_key(key);
    context.update(b"zhenshi checkpoint v1");
    context.update(&position.to_be_bytes());
    context.update(mac);
    context.update(&time.timestamp_micros().to_be_bytes());
    context.sign().as_ref().to_vec()
}

/// Writes the end of the chain to `path`: first beside it, then in its place, so that a kill leaves a whole file.
///
/// # Errors
/// When the file cannot be written.
pub fn write_checkpoint(
    path: &Path,
    key: &hmac::Key,
    link: &Link,
    time: DateTime<Utc>,
) -> Result<(), CheckpointError> {
    let file = CheckpointFile {
        position: link.position,
        mac: BASE64_STANDARD.encode(link.mac),
        time,
        signature: BASE64_STANDARD.encode(signature(key, link.position, &link.mac, time)),
    };
    // Strings, numbers and times always serialise.
    let text = serde_json::to_string_pretty(&file).unwrap_or_default();
    let beside = path.with_extension("new");
    let mut out = fs::File::create(&beside)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    fs::rename(beside, path)?;
    Ok(())
}

/// Reads the checkpoint of `path`; `None` if there is no file.
///
/// # Errors
/// When the file was changed or signed with another key.
pub fn read_checkpoint(path: &Path, key: &hmac::Key) -> Result<Option<Checkpoint>, CheckpointError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let file: CheckpointFile = serde_json::from_str(&text).map_err(|_| CheckpointError::Signature)?;
    let decode = |text: &str| BASE64_STANDARD.decode(text).map_err(|_| CheckpointError::Signature);
    let mac: [u8; MAC_BYTES] = decode(&file.mac)?.try_into().map_err(|_| CheckpointError::Signature)?;
    let expected = signature(key, file.position, &mac, file.time);
    verify_slices_are_equal(&expected, &decode(&file.signature)?).map_err(|_| CheckpointError::Signature)?;
    Ok(Some(Checkpoint { position: file.position, mac }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_comes_back_and_a_changed_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint.json");
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]);
        assert_eq!(read_checkpoint(&path, &key).unwrap(), None);
        let link = Link { position: 7, mac: [2; MAC_BYTES] };
        write_checkpoint(&path, &key, &link, DateTime::from_timestamp_micros(5).unwrap()).unwrap();
        let back = read_checkpoint(&path, &key).unwrap().unwrap();
        assert_eq!((back.position, back.mac), (link.position, link.mac));
        let changed = fs::read_to_string(&path).unwrap().replace("\"position\": 7", "\"position\": 6");
        fs::write(&path, changed).unwrap();
        assert!(matches!(read_checkpoint(&path, &key), Err(CheckpointError::Signature)));
    }
}
