//! The language of a call whose message says none: `accept-language` (RFC 9110, 12.5.4), else the default.

use http::HeaderMap;

use crate::words::Language;

/// The first language that the caller accepts and the catalogues have.
pub(super) fn accepted(headers: &HeaderMap) -> Language {
    let Some(text) = headers.get("accept-language").and_then(|value| value.to_str().ok()) else {
        return Language::default();
    };
    let mut wishes: Vec<(f32, &str)> = text.split(',').map(wish).collect();
    // Stable: equal weights keep their order.
    wishes.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let known = |(weight, tag): &(f32, &str)| {
        (*weight > 0.0 && !tag.is_empty()).then(|| Language::parse(tag)).flatten()
    };
    wishes.iter().find_map(known).unwrap_or_default()
}

/// One range with its weight; a weight that cannot be read is the usual one.
fn wish(part: &str) -> (f32, &str) {
    let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
    let weight = parameters.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse().ok());
    (weight.unwrap_or(1.0), tag.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_known_language_wins() {
        let language = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("accept-language", text.parse().unwrap());
            accepted(&headers)
        };
        assert_eq!(accepted(&HeaderMap::new()), Language::ZhHans);
        assert_eq!(language("en"), Language::En);
        assert_eq!(language("fr, zh-TW;q=0.5, en;q=0.9"), Language::En);
        assert_eq!(language("fr, zh-TW;q=0.5, en;q=0"), Language::ZhHant);
        assert_eq!(language("fr"), Language::ZhHans);
        assert_eq!(language(",;q=,*"), Language::ZhHans);
    }
}
