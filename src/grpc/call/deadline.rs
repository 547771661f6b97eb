//! The caller's deadline: `grpc-timeout`, cut to the server's longest.

use std::time::Duration;

use http::HeaderMap;

/// Most digits of a `grpc-timeout` (gRPC over HTTP/2, "Timeout").
const MAX_DIGITS: usize = 8;

/// How long a call may take: the caller's wish, at most `longest`. A wish that cannot be read counts as none.
pub(super) fn of(headers: &HeaderMap, longest: Duration) -> Duration {
    wish(headers).map_or(longest, |wish| wish.min(longest))
}

/// The caller's wish.
pub(super) fn wish(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > MAX_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_hours(number),
        "M" => Duration::from_mins(number),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", text.parse().unwrap());
        wish(&headers)
    }

    #[test]
    fn every_unit_is_read_and_nonsense_is_no_wish() {
        assert_eq!(read("2H"), Some(Duration::from_hours(2)));
        assert_eq!(read("3M"), Some(Duration::from_mins(3)));
        assert_eq!(read("99999999S"), Some(Duration::from_secs(99_999_999)));
        assert_eq!(read("20m"), Some(Duration::from_millis(20)));
        assert_eq!(read("0u"), Some(Duration::ZERO));
        assert_eq!(read("7n"), Some(Duration::from_nanos(7)));
        for nonsense in ["", "S", "5", "5s", "-5S", "+5S", "999999999S", "5 S", "1.5S"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn the_longest_cuts_a_wish_and_stands_for_none() {
        let longest = Duration::from_secs(30);
        let mut headers = HeaderMap::new();
        assert_eq!(of(&headers, longest), longest);
        headers.insert("grpc-timeout", "1H".parse().unwrap());
        assert_eq!(of(&headers, longest), longest);
        headers.insert("grpc-timeout", "1S".parse().unwrap());
        assert_eq!(of(&headers, longest), Duration::from_secs(1));
    }
}
