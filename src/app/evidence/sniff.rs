//! The media type of a content, told from its first bytes: what a file is called, and what a caller says of it, counts for
//! nothing. Documents that can carry programs (office files, archives) are not taken: they are printed to PDF first.
//!
//! To allow a type: its line in [`ALLOWED`], its test, and `docs/cases.md`.

/// The types that are taken: as `infer` names them, and by their registered name.
const ALLOWED: [(&str, &str); 8] = [
    ("application/pdf", "application/pdf"),
    ("image/jpeg", "image/jpeg"),
    ("image/png", "image/png"),
    ("image/tiff", "image/tiff"),
    ("image/heif", "image/heif"),
    ("audio/mpeg", "audio/mpeg"),
    ("audio/x-wav", "audio/vnd.wave"),
    ("audio/m4a", "audio/mp4"),
];

/// The type of a content that begins with `first`; none if it cannot be told or is not taken.
pub fn content_type(first: &[u8]) -> Option<&'static str> {
    let found = infer::get(first)?.mime_type();
    ALLOWED.iter().find(|(name, _)| *name == found).map(|(_, registered)| *registered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_from_the_first_bytes() {
        let padded = |first: &[u8]| [first, &[0; 64]].concat();
        let table: [(&[u8], &str); 9] = [
            (b"%PDF-1.7\n", "application/pdf"),
            (b"\xFF\xD8\xFF\xE0\x00\x10JFIF", "image/jpeg"),
            (b"\x89PNG\r\n\x1a\n", "image/png"),
            (b"II\x2a\x00\x08\x00\x00\x00", "image/tiff"),
            (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "image/heif"),
            (b"ID3\x04\x00", "audio/mpeg"),
            (b"\xFF\xFB\x90\x00", "audio/mpeg"),
            (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/vnd.wave"),
            (b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00", "audio/mp4"),
        ];
        for (first, wanted) in table {
            assert_eq!(content_type(&padded(first)), Some(wanted));
        }
    }

    #[test]
    fn other_types_are_not_taken_whatever_they_are_called() {
        let refused: [&[u8]; 10] = [
            b"",
            b"%PD",
            b"MZ\x90\x00\x03",
            b"\x7fELF\x02\x01\x01",
            b"PK\x03\x04\x14\x00",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            b"<html><script>alert(1)</script>",
            b"<svg xmlns='http://www.w3.org/2000/svg'>",
            b"#!/bin/sh\n",
            "测试".as_bytes(),
        ];
        for first in refused {
            assert_eq!(content_type(first), None, "{first:?}");
        }
    }
}
