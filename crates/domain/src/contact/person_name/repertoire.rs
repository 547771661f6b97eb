//! Which Han characters a name may have: those of GB 18030-2022 and of Unicode 17.0, in planes 0, 2 and 3. A new extension
//! block is one line.

/// Blocks of assigned ideographs, first and last.
const IDEOGRAPHS: [(char, char); 15] = [
    ('\u{3005}', '\u{3005}'),   // 々
    ('\u{3007}', '\u{3007}'),   // 〇
    ('\u{3400}', '\u{4DBF}'),   // extension A
    ('\u{4E00}', '\u{9FFF}'),   // the 2022 edition adds U+9FA6 to U+9FB3 and U+9FBC to U+9FEF
    ('\u{F900}', '\u{FAD9}'),   // compatibility ideographs: kept as they are registered
    ('\u{20000}', '\u{2A6DF}'), // extension B
    ('\u{2A700}', '\u{2B73F}'), // extension C
    ('\u{2B740}', '\u{2B81D}'), // extension D
    ('\u{2B820}', '\u{2CEAD}'), // extension E
    ('\u{2CEB0}', '\u{2EBE0}'), // extension F
    ('\u{2EBF0}', '\u{2EE5D}'), // extension I
    ('\u{2F800}', '\u{2FA1D}'), // compatibility supplement
    ('\u{30000}', '\u{3134A}'), // extension G
    ('\u{31350}', '\u{323AF}'), // extension H
    ('\u{323B0}', '\u{33479}'), // extension J
];

/// Whether `c` is an assigned ideograph.
pub(super) fn is_ideograph(c: char) -> bool {
    IDEOGRAPHS.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// Whether `c` is what a system leaves of a character that it cannot write: replacement characters, private use,
/// code points without a character.
pub(super) const fn is_damage(c: char) -> bool {
    matches!(
        c,
        '\u{FFFD}' | '\u{FFFC}' | '?' | '\u{25A1}' | '\u{3013}' | '\u{E000}'..='\u{F8FF}' | '\u{FFFE}' | '\u{FFFF}'
            | '\u{F0000}'..='\u{10FFFF}' | '\u{3347A}'..='\u{DFFFF}'
    )
}
