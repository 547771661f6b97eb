//! Check digits of ICAO 9303 part 3: weights 7, 3, 1 over the characters, digits as they are, A = 10 to Z = 35, the filler
//! `<` as 0, the sum modulo 10.

/// The weights, from the left, over and over.
const WEIGHTS: [u32; 3] = [7, 3, 1];

/// The check digit of `text`; `None` if it holds another character than a digit, a capital or the filler.
pub(super) fn check_digit(text: impl IntoIterator<Item = u8>) -> Option<u8> {
    let mut sum = 0;
    for (place, byte) in text.into_iter().enumerate() {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'<' => 0,
            _ => return None,
        };
        sum = (sum + u32::from(value) * WEIGHTS[place % WEIGHTS.len()]) % 10;
    }
    char::from_digit(sum, 10).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples() {
        // ICAO 9303 part 3, section 4.9 and its appendix.
        assert_eq!(check_digit(*b"520727"), Some(b'3'));
        assert_eq!(check_digit(*b"AB2134<<<"), Some(b'5'));
        assert_eq!(check_digit(*b"HA672242<658022549601086<<<<<<<<<<<<<<0"), Some(b'8'));
        // An old card of permanent residence.
        assert_eq!(check_digit(*b"KAZ11009012310"), Some(b'5'));
        assert_eq!(check_digit(*b"a"), None);
    }
}
