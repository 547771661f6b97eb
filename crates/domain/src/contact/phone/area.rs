//! Area codes of fixed lines and how many digits their local numbers have, as data. When cities merge their areas or go
//! over to eight digits, a line here changes and nothing else.
//!
//! Source: the pattern of fixed lines of libphonenumber 9.0.43 for CN, taken apart code by code (`tests/differential`
//! compares every one). Codes that ended when areas were merged (0410 into 024, 0732 into 0731, 0910 into 029 …) are
//! not in it: nobody can be called there.

use super::SHORT_AREA;

/// How many digits the local numbers of an area have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Local {
    /// Seven.
    Seven,
    /// Eight.
    Eight,
    /// Seven or eight: sources differ, or the area is on its way from seven to eight.
    Either,
}

/// The first two digits of the long codes, without trunk 0, and every third digit that is in use.
const LONG_CODES: [(&str, &str); 48] = [
    ("31", "0123456789"),
    ("33", "5"),
    ("34", "9"),
    ("35", "0123456789"),
    ("37", "012345679"),
    ("39", "1234568"),
    ("41", "1256789"),
    ("42", "179"),
    ("43", "123456789"),
    ("45", "123456789"),
    ("46", "4789"),
    ("47", "0123456789"),
    ("48", "23"),
    ("51", "0123456789"),
    ("52", "37"),
    ("53", "0123456789"),
    ("54", "36"),
    ("55", "0123456789"),
    ("56", "12346"),
    ("57", "0123456789"),
    ("58", "0"),
    ("59", "123456789"),
    ("63", "1235"),
    ("66", "0238"),
    ("69", "12"),
    ("70", "1"),
    ("71", "0123456789"),
    ("72", "248"),
    ("73", "01456789"),
    ("74", "3456"),
    ("75", "0123456789"),
    ("76", "023689"),
    ("77", "0123456789"),
    ("79", "0123456789"),
    ("81", "23678"),
    ("82", "567"),
    ("83", "0123456789"),
    ("85", "1456789"),
    ("87", "0123456789"),
    ("88", "3678"),
    ("89", "12345678"),
    ("90", "123689"),
    ("91", "12345679"),
    ("93", "0123456789"),
    ("94", "13"),
    ("95", "12345"),
    ("97", "0123456789"),
    ("99", "0123456789"),
];

/// Codes with trunk 0 whose local numbers all have eight digits; those of 010 and 02x have, too.
const EIGHT_DIGITS: [&str; 40] = [
    "0311", "0371", "0377", "0379", "0411", "0431", "0432", "0451", "0510", "0511", "0512", "0513", "0514",
    "0515", "0516", "0517", "0518", "0519", "0523", "0527", "0531", "0532", "0551", "0571", "0573", "0574",
    "0575", "0576", "0577", "0579", "0591", "0595", "0731", "0755", "0757", "0760", "0769", "0791", "0871",
    "0898",
];
/// Codes with trunk 0 where both are met.
const EITHER: [&str; 4] = ["0433", "0435", "0754", "0851"];

/// How long the local numbers behind an area code (with trunk 0) are; `None` if there is no such code.
pub(super) fn local(area: &str) -> Option<Local> {
    if area.len() == SHORT_AREA {
        // The form of a fixed line lets 010 and 02x through, 026 excepted.
        return Some(Local::Eight);
    }
    let (first_two, third) = area.strip_prefix('0')?.split_at_checked(2)?;
    LONG_CODES.iter().find(|(known, thirds)| *known == first_two && thirds.contains(third))?;
    Some(if EIGHT_DIGITS.contains(&area) {
        Local::Eight
    } else if EITHER.contains(&area) {
        Local::Either
    } else {
        Local::Seven
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_lengths() {
        for (area, expected) in [
            ("010", Some(Local::Eight)),
            ("0755", Some(Local::Eight)),
            ("0432", Some(Local::Eight)),
            ("0433", Some(Local::Either)),
            ("0851", Some(Local::Either)),
            // Siping and Lishui still have seven.
            ("0434", Some(Local::Seven)),
            ("0578", Some(Local::Seven)),
            ("0931", Some(Local::Seven)),
            ("0994", Some(Local::Seven)),
            // Merged, or never given out.
            ("0410", None),
            ("0732", None),
            ("0910", None),
            ("0300", None),
            ("0400", None),
            ("0800", None),
        ] {
            assert_eq!(local(area), expected, "{area}");
        }
    }

    #[test]
    fn the_tables_agree() {
        assert!(EIGHT_DIGITS.iter().all(|area| local(area) == Some(Local::Eight)));
        assert!(EITHER.iter().all(|area| local(area) == Some(Local::Either)));
        let codes: Vec<_> = (300..1000).filter(|code| local(&format!("0{code}")).is_some()).collect();
        assert_eq!(codes.len(), 311);
    }
}
