//! The file to load: its digest, its form, its encoding.

use std::{
    fmt::Write as _,
    fs::File,
    io::{BufReader, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use aws_lc_rs::digest;
use encoding_rs::{Encoding, GB18030, UTF_8};

use super::lines::RawLines;

/// Bytes that are read at a time.
const BUFFER_BYTES: usize = 128 * 1024;
/// Bytes at the beginning of a file by which its encoding is told.
const SAMPLE_BYTES: usize = 1024 * 1024;
/// The byte order mark of UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Form of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One application or request in proto3 JSON a line.
    Jsonl,
    /// One application a row under a row of headings.
    Csv,
}

/// Encoding of the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum TextEncoding {
    /// By the beginning of the file.
    #[default]
    Auto,
    /// UTF-8.
    #[value(name = "utf-8")]
    Utf8,
    /// GB18030, and with it GBK and GB2312.
    Gb18030,
}

/// A file, looked at once from beginning to end.
pub(super) struct Source {
    path: PathBuf,
    /// SHA-256 of the whole file.
    pub(super) digest: [u8; 32],
    /// Size in bytes.
    pub(super) size: u64,
    /// Form of the lines.
    pub(super) format: Format,
    /// Encoding of the text.
    pub(super) encoding: &'static Encoding,
    /// Bytes of the byte order mark.
    bom: u64,
}

impl Source {
    /// Reads the file once.
    ///
    /// # Errors
    /// When it cannot be read, or is in an encoding that is not taken.
    pub(super) fn open(path: &Path, format: Option<Format>, encoding: TextEncoding) -> anyhow::Result<Self> {
        let cannot = || format!("cannot read {}", path.display());
        let mut file = File::open(path).with_context(cannot)?;
        let mut context = digest::Context::new(&digest::SHA256);
        let (mut size, mut sample) = (0u64, Vec::new());
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let count = file.read(&mut buffer).with_context(cannot)?;
            let part = &buffer[..count];
            if part.is_empty() {
                break;
            }
            context.update(part);
            size += count as u64;
            sample.extend_from_slice(&part[..count.min(SAMPLE_BYTES - sample.len())]);
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(context.finish().as_ref());
        if sample.starts_with(b"\xFF\xFE") || sample.starts_with(b"\xFE\xFF") {
            bail!("{}: the file is in UTF-16; save it as UTF-8 or GB18030", path.display());
        }
        let format = format.unwrap_or_else(|| format_of(path));
        let encoding = match encoding {
            TextEncoding::Utf8 => UTF_8,
            TextEncoding::Gb18030 => GB18030,
            TextEncoding::Auto => encoding_of(&sample, format),
        };
        let bom = if sample.starts_with(BOM) { BOM.len() as u64 } else { 0 };
        Ok(Self { path: path.to_owned(), digest, size, format, encoding, bom })
    }

    /// The digest in lower-case hexadecimal.
    pub(super) fn digest_text(&self) -> String {
        self.digest.iter().fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Where the first line begins: behind the byte order mark.
    pub(super) const fn begin(&self) -> u64 {
        self.bom
    }

    /// The lines behind line `number`, which ends at byte `end`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn lines_after(&self, number: u64, end: u64) -> anyhow::Result<RawLines<BufReader<File>>> {
        let cannot = || format!("cannot read {}", self.path.display());
        let mut file = File::open(&self.path).with_context(cannot)?;
        file.seek(SeekFrom::Start(end)).with_context(cannot)?;
        Ok(RawLines::after(BufReader::with_capacity(BUFFER_BYTES, file), number, end))
    }
}

fn format_of(path: &Path) -> Format {
    let csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    if csv { Format::Csv } else { Format::Jsonl }
}

/// JSON is UTF-8. A CSV whose beginning is not UTF-8 is GB18030, as Excel saves it in China.
fn encoding_of(sample: &[u8], format: Format) -> &'static Encoding {
    // The last character of the sample may be cut.
    let valid = match std::str::from_utf8(sample) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && sample.len() == SAMPLE_BYTES,
    };
    if format == Format::Jsonl || valid { UTF_8 } else { GB18030 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_of_a_csv_is_told_by_its_beginning() {
        let (gb18030, _, _) = GB18030.encode("投保单号,投保人姓名\n");
        assert_eq!(encoding_of(&gb18030, Format::Csv), GB18030);
        assert_eq!(encoding_of("投保单号,投保人姓名\n".as_bytes(), Format::Csv), UTF_8);
        assert_eq!(encoding_of(b"application_no,policyholder_name\n", Format::Csv), UTF_8);
        assert_eq!(encoding_of(&gb18030, Format::Jsonl), UTF_8);
        let mut cut = "a".repeat(SAMPLE_BYTES - 1).into_bytes();
        cut.push("字".as_bytes()[0]);
        assert_eq!(
            encoding_of(&cut, Format::Csv),
            UTF_8,
            "a character cut by the end of the sample is no fault"
        );
        assert_eq!(encoding_of(&"字".as_bytes()[..2], Format::Csv), GB18030);
    }

    #[test]
    fn the_form_is_told_by_the_name() {
        assert_eq!(format_of(Path::new("book.CSV")), Format::Csv);
        assert_eq!(format_of(Path::new("book.jsonl")), Format::Jsonl);
        assert_eq!(format_of(Path::new("book")), Format::Jsonl);
    }

    #[test]
    fn the_byte_order_mark_is_no_part_of_the_first_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.csv");
        std::fs::write(&path, b"\xEF\xBB\xBFa\nb\n").unwrap();
        let source = Source::open(&path, None, TextEncoding::Auto).unwrap();
        let mut lines = source.lines_after(0, source.begin()).unwrap();
        let first = lines.next().unwrap().unwrap();
        assert_eq!((first.bytes, first.end), (Some(b"a".to_vec()), 5));
        let second = source.lines_after(1, 5).unwrap().next().unwrap().unwrap();
        assert_eq!((second.number, second.bytes), (2, Some(b"b".to_vec())));
        std::fs::write(&path, b"\xFF\xFEa\0").unwrap();
        assert!(Source::open(&path, None, TextEncoding::Auto).is_err());
    }
}
