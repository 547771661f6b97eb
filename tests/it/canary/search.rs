//! Finds planted values in bytes, in every form in which they might have been written.

use std::collections::HashMap;

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE},
};

/// One way to write one value.
struct Needle {
    /// The value and the form, for the report.
    what: String,
    bytes: Vec<u8>,
}

/// Looks for a set of values at once.
pub struct Searcher {
    needles: Vec<Needle>,
    /// Needles by their first two bytes, so that one pass over the bytes is enough.
    starts: HashMap<[u8; 2], Vec<usize>>,
    /// The same as flags: most places of a file begin nothing.
    begins: Vec<bool>,
}

impl Searcher {
    /// A searcher of `values`; of a value with a serial number behind it, its beginning is enough.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut needles: Vec<Needle> = Vec::new();
        for value in values {
            for (form, bytes) in forms(value) {
                if needles.iter().all(|known| known.bytes != bytes) {
                    needles.push(Needle { what: format!("{value} as {form}"), bytes });
                }
            }
        }
        let mut starts: HashMap<[u8; 2], Vec<usize>> = HashMap::new();
        let mut begins = vec![false; 1 << 16];
        for (place, needle) in needles.iter().enumerate() {
            let start = [needle.bytes[0], needle.bytes[1]];
            starts.entry(start).or_default().push(place);
            begins[usize::from(u16::from_be_bytes(start))] = true;
        }
        Self { needles, starts, begins }
    }

    /// What of the values stands in `bytes`, each once, with the place of its first occurrence.
    pub fn hits(&self, place: &str, bytes: &[u8]) -> Vec<String> {
        let mut found: HashMap<usize, usize> = HashMap::new();
        let mut at = 0;
        while at + 1 < bytes.len() {
            let start = [bytes[at], bytes[at + 1]];
            if self.begins[usize::from(u16::from_be_bytes(start))] {
                for needle in &self.starts[&start] {
                    if bytes[at..].starts_with(&self.needles[*needle].bytes) {
                        found.entry(*needle).or_insert(at);
                    }
                }
            }
            at += 1;
        }
        let told = found.into_iter().map(|(needle, at)| {
            let around = &bytes[at.saturating_sub(60)..bytes.len().min(at + 60)];
            let what = &self.needles[needle].what;
            format!("{place}: {what} at byte {at}: {}", String::from_utf8_lossy(around))
        });
        told.collect()
    }
}

/// As `{:?}` writes a slice, without what follows the last byte.
fn list(bytes: &[u8]) -> Vec<u8> {
    format!("{bytes:?}").trim_matches(['[', ']']).as_bytes().to_vec()
}

/// `value` as text in three encodings, as digits of its bytes, and as the escapes of the formats that carry it.
fn forms(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf8 = value.as_bytes();
    let each =
        |write: fn(u8) -> String| utf8.iter().map(|byte| write(*byte)).collect::<String>().into_bytes();
    let units = |write: fn(u16) -> String| value.encode_utf16().map(write).collect::<String>().into_bytes();
    let mut forms = vec![
        ("UTF-8", utf8.to_vec()),
        ("UTF-16LE", value.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16BE", value.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("hex", each(|byte| format!("{byte:02x}"))),
        ("HEX", each(|byte| format!("{byte:02X}"))),
        ("escaped bytes", each(|byte| byte.escape_ascii().to_string())),
        (
            "octal bytes",
            each(|byte| if byte.is_ascii() { char::from(byte).to_string() } else { format!("\\{byte:03o}") }),
        ),
        ("list of bytes", list(utf8)),
        (
            "percent",
            each(|byte| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") }),
        ),
        (
            "JSON escapes",
            units(|unit| {
                if unit < 128 {
                    char::from_u32(unit.into()).into_iter().collect()
                } else {
                    format!("\\u{unit:04x}")
                }
            }),
        ),
        (
            "Rust escapes",
            units(|unit| {
                if unit < 128 {
                    char::from_u32(unit.into()).into_iter().collect()
                } else {
                    format!("\\u{{{unit:x}}}")
                }
            }),
        ),
    ];
    // Base64 looks different by where in a group of three bytes the value begins; what its neighbours write is left out.
    for shift in 0..3 {
        let shifted = [&[0; 2][..shift], utf8].concat();
        // Characters of six bits: those that share bits with a neighbour are left out.
        let (skip, whole) = ((shift * 8).div_ceil(6), shifted.len() * 8 / 6);
        for (name, engine) in [("base64", &BASE64_STANDARD), ("base64url", &BASE64_URL_SAFE)] {
            let text = engine.encode(&shifted);
            forms.push((name, text.as_bytes()[skip..whole].to_vec()));
        }
    }
    forms
}

#[test]
fn every_form_is_found_wherever_it_stands() {
    let values = ["Zk7Kanari", "金丝雀藏", "13924680007"];
    let searcher = Searcher::new(values);
    for value in values {
        for (form, bytes) in forms(value) {
            for before in ["", "a", "some text before "] {
                let text = [before.as_bytes(), &bytes, b" and after"].concat();
                assert!(!searcher.hits("text", &text).is_empty(), "{value} as {form} after {before:?}");
            }
        }
        // As another program would write it, with neighbours.
        for before in ["", "x", "xy", "xyz"] {
            let text = format!("{before}{value}0001 and more");
            assert!(!searcher.hits("text", BASE64_STANDARD.encode(&text).as_bytes()).is_empty(), "{text}");
            assert!(!searcher.hits("text", BASE64_URL_SAFE.encode(&text).as_bytes()).is_empty(), "{text}");
        }
        let debug = format!("{:?}", prost::bytes::Bytes::from(value.to_owned()));
        assert!(!searcher.hits("text", debug.as_bytes()).is_empty(), "{debug}");
        let debug = format!("{:?}", value.as_bytes());
        assert!(!searcher.hits("text", debug.as_bytes()).is_empty(), "{debug}");
    }
    assert_eq!(searcher.hits("text", "Zk7Kanar 金丝雀 1392468000 and nothing".as_bytes()), [] as [String; 0]);
}
