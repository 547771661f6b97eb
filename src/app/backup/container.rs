//! The file of a backup: age around a header, the dump in frames, an empty frame, and a trailer.
//!
//! ```text
//! "zhenshi backup 1\n"  header as one line of JSON  { length u32 big-endian, bytes }*  0 u32  trailer as one line of JSON
//! ```
//!
//! age authenticates every 64 KiB and the end; the trailer's digest is over the dump as a whole. A file that was cut, changed
//! or never finished has no end, and is never taken for one that has.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    iter,
    path::Path,
};

use age::{Decryptor, Encryptor, x25519};
use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::BackupError;
use crate::store::dump::{Contents, Schema};

/// What a backup begins with, inside of age.
const MAGIC: &str = "zhenshi backup 1\n";
/// Bytes of a frame.
pub const FRAME_BYTES: usize = 256 * 1024;
/// Longest header or trailer: they are a few hundred bytes.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// What is known before the dump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// When it was begun.
    pub begun_time: DateTime<Utc>,
    /// Version of the program that made it.
    pub program: String,
    /// Migrations of the database.
    pub schema: Schema,
    /// What the view held that was dumped.
    pub contents: Contents,
}

/// What is known after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trailer {
    /// Bytes of the dump.
    pub bytes: u64,
    /// SHA-256 of the dump, base64.
    pub sha256: String,
}

/// Writes a backup for `recipients` into `out`, which `dump` is read from. Gives the trailer.
///
/// # Errors
/// When reading or writing fails: what was written is then no whole backup.
pub fn write(
    out: File,
    recipients: &[x25519::Recipient],
    header: &Header,
    mut dump: impl Read,
    mut progress: impl FnMut(u64),
) -> io::Result<(File, Trailer)> {
    let recipients = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
    let encryptor = Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
    let mut out = encryptor.wrap_output(out)?;
    out.write_all(MAGIC.as_bytes())?;
    write_line(&mut out, header)?;
    let (mut hash, mut bytes, mut frame) = (Context::new(&SHA256), 0u64, vec![0; FRAME_BYTES]);
    loop {
        let filled = fill(&mut dump, &mut frame)?;
        let piece = frame.get(..filled).unwrap_or_default();
        out.write_all(&u32::try_from(filled).unwrap_or(0).to_be_bytes())?;
        if filled == 0 {
            break;
        }
        out.write_all(piece)?;
        hash.update(piece);
        bytes += filled as u64;
        progress(bytes);
    }
    let trailer = Trailer { bytes, sha256: BASE64_STANDARD.encode(hash.finish()) };
    write_line(&mut out, &trailer)?;
    Ok((out.finish()?, trailer))
}

/// A backup that is being read.
pub struct Reading<R> {
    inner: BufReader<R>,
    /// What was known before the dump.
    pub header: Header,
    hash: Context,
    bytes: u64,
    /// Bytes that are left of the frame; none after the last.
    left: Option<usize>,
}

/// Opens the backup in `path` with the secret key of `identity`.
///
/// # Errors
/// When it is no backup, or for somebody else.
pub fn open(path: &Path, identity: &x25519::Identity) -> Result<Reading<impl Read>, BackupError> {
    let file = File::open(path).map_err(BackupError::file(path))?;
    let wrong = |problem: &dyn std::fmt::Display| BackupError::unusable(path, problem);
    let decryptor = Decryptor::new_buffered(BufReader::new(file)).map_err(|error| wrong(&error))?;
    let stream =
        decryptor.decrypt(iter::once(identity as &dyn age::Identity)).map_err(|error| wrong(&error))?;
    let mut inner = BufReader::new(stream);
    let mut magic = vec![0; MAGIC.len()];
    inner.read_exact(&mut magic).map_err(|error| wrong(&error))?;
    if magic != MAGIC.as_bytes() {
        return Err(wrong(&"it is no backup of this program"));
    }
    let header = read_line(&mut inner).map_err(|error| wrong(&error))?;
    Ok(Reading { inner, header, hash: Context::new(&SHA256), bytes: 0, left: Some(0) })
}

impl<R: Read> Reading<R> {
    /// Reads the trailer, after all of the dump, and compares it with what was read.
    ///
    /// # Errors
    /// When the dump was not read to its end, was cut or changed, or something follows.
    pub fn finish(mut self) -> io::Result<Trailer> {
        let wrong = |problem: &str| io::Error::new(io::ErrorKind::InvalidData, problem.to_owned());
        if self.left.is_some() {
            return Err(wrong("it was not read to its end"));
        }
        let trailer: Trailer = read_line(&mut self.inner)?;
        if trailer.bytes != self.bytes || trailer.sha256 != BASE64_STANDARD.encode(self.hash.finish()) {
            return Err(wrong("the digest of the dump is another"));
        }
        // age has seen the end of the file only when the end was read.
        let mut rest = [0];
        if self.inner.read(&mut rest)? > 0 {
            return Err(wrong("something follows the trailer"));
        }
        Ok(trailer)
    }
}

/// The dump itself.
impl<R: Read> Read for Reading<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == Some(0) {
            let mut length = [0; 4];
            self.inner.read_exact(&mut length)?;
            let length = u32::from_be_bytes(length) as usize;
            if length > FRAME_BYTES {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is too long"));
            }
            self.left = (length > 0).then_some(length);
        }
        let Some(left) = self.left else { return Ok(0) };
        let wanted = left.min(buffer.len());
        let Some(room) = buffer.get_mut(..wanted) else { return Ok(0) };
        let got = self.inner.read(room)?;
        if got == 0 && wanted > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.hash.update(room.get(..got).unwrap_or_default());
        self.bytes += got as u64;
        self.left = Some(left - got);
        Ok(got)
    }
}

/// Fills `frame` as far as there is anything to read.
fn fill(from: &mut impl Read, frame: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = frame.get_mut(filled..).filter(|room| !room.is_empty()) {
        match from.read(room) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn write_line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

fn read_line<T: for<'de> Deserialize<'de>>(from: &mut impl BufRead) -> io::Result<T> {
    let mut line = Vec::new();
    from.take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
    if line.last() != Some(&b'\n') {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it ends too early"));
    }
    Ok(serde_json::from_slice(&line)?)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use super::*;

    fn header() -> Header {
        Header {
            begun_time: DateTime::from_timestamp_micros(1).unwrap(),
            program: "0".into(),
            schema: Schema { newest: 1, count: 1 },
            contents: Contents { rows: BTreeMap::new(), chain: (0, String::new()) },
        }
    }

    fn read(path: &Path, identity: &x25519::Identity) -> Result<Vec<u8>, String> {
        let mut reading = open(path, identity).map_err(|error| error.to_string())?;
        let mut dump = Vec::new();
        reading.read_to_end(&mut dump).map_err(|error| error.to_string())?;
        reading.finish().map_err(|error| error.to_string())?;
        Ok(dump)
    }

    #[test]
    fn a_backup_comes_back_for_its_key_and_a_cut_or_changed_one_never_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.backup");
        let (identity, other) = (x25519::Identity::generate(), x25519::Identity::generate());
        for length in [0, 1, FRAME_BYTES, 3 * FRAME_BYTES + 17] {
            let dump: Vec<u8> = (0..length).map(|place| u8::try_from(place % 251).unwrap()).collect();
            let file = File::create(&path).unwrap();
            write(file, &[identity.to_public()], &header(), &dump[..], |_| ()).unwrap();
            assert_eq!(read(&path, &identity).unwrap(), dump);
            assert!(read(&path, &other).is_err());
            let whole = fs::read(&path).unwrap();
            for cut in [whole.len() - 1, whole.len() / 2, 40.min(whole.len() - 1), 0] {
                fs::write(&path, &whole[..cut]).unwrap();
                assert!(read(&path, &identity).is_err(), "cut at {cut} of {}", whole.len());
            }
            for place in [whole.len() - 1, whole.len() / 2] {
                let mut changed = whole.clone();
                changed[place] ^= 1;
                fs::write(&path, &changed).unwrap();
                assert!(read(&path, &identity).is_err(), "changed at {place}");
            }
        }
    }
}
