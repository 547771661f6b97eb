//! Countries of ISO 3166-1: which codes there are, and which of them are China's.
//!
//! `data/countries.txt` has one line per country: alpha-2, alpha-3, numeric. To add a country add its line.

/// Every country, sorted by alpha-2.
const COUNTRIES: &str = include_str!("../../data/countries.txt");

/// Codes of ICAO 9303 part 3 that stand for a nationality where ISO 3166-1 has none: the British classes, the United
/// Nations, Kosovo, stateless persons and refugees.
const ICAO: [&str; 14] =
    ["GBD", "GBN", "GBO", "GBP", "GBS", "UNO", "UNA", "UNK", "RKS", "EUE", "XXA", "XXB", "XXC", "XXX"];

/// What a stated nationality is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nationality {
    /// Chinese: China with Hong Kong, Macau and Taiwan, which have codes of their own.
    Chinese,
    /// Of another country, or stateless.
    Foreign,
}

/// Reads a nationality: alpha-2 or alpha-3, upper or lower case, spaces around. `None` if it is no such code.
pub fn nationality(raw: &str) -> Option<Nationality> {
    let code = raw.trim();
    if !matches!(code.len(), 2 | 3) || !code.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    // Nearly everybody's.
    if code == "CHN" || code == "CN" {
        return Some(Nationality::Chinese);
    }
    let code = code.to_ascii_uppercase();
    if is_chinese(&code) {
        return Some(Nationality::Chinese);
    }
    let known = rows().any(|row| row.alpha_2 == code || row.alpha_3 == code) || ICAO.contains(&code.as_str());
    known.then_some(Nationality::Foreign)
}

/// Whether `code` is an alpha-3 code (upper case) of ISO 3166-1 or of ICAO 9303.
pub(super) fn is_alpha_3(code: &str) -> bool {
    rows().any(|row| row.alpha_3 == code) || ICAO.contains(&code)
}

/// Whether `code` is a numeric code of three digits.
pub(super) fn is_numeric(code: &str) -> bool {
    rows().any(|row| row.numeric == code)
}

/// Whether `code` (upper case, or numeric) is one of China's.
pub(super) fn is_chinese(code: &str) -> bool {
    matches!(code, "CN" | "HK" | "MO" | "TW" | "CHN" | "HKG" | "MAC" | "TWN" | "156" | "344" | "446" | "158")
}

struct Row {
    alpha_2: &'static str,
    alpha_3: &'static str,
    numeric: &'static str,
}

fn rows() -> impl Iterator<Item = Row> {
    COUNTRIES.lines().filter_map(|line| {
        let mut fields = line.split(' ');
        Some(Row { alpha_2: fields.next()?, alpha_3: fields.next()?, numeric: fields.next()? })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_both_lengths_and_any_case() {
        for code in ["CN", "chn", " HKG ", "MO", "twn"] {
            assert_eq!(nationality(code), Some(Nationality::Chinese), "{code}");
        }
        for code in ["SG", "SGP", "gb", "GBN", "XXA"] {
            assert_eq!(nationality(code), Some(Nationality::Foreign), "{code}");
        }
        for code in ["", "中国", "156", "ZZ", "KAA", "C", "CHINA", "é"] {
            assert_eq!(nationality(code), None, "{code}");
        }
    }

    #[test]
    fn the_table_is_whole() {
        assert_eq!((COUNTRIES.lines().count(), rows().count()), (249, 249));
        let right = |row: &Row| (row.alpha_2.len(), row.alpha_3.len(), row.numeric.len()) == (2, 3, 3);
        assert!(rows().all(|row| right(&row)));
        assert!(is_alpha_3("KAZ") && is_numeric("398") && !is_numeric("000"));
    }
}
