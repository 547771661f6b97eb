//! Addresses as they are compared: one text without spaces and commas, whether it came in parts or whole; and, in
//! [`check`], how much of an address is there.

mod check;
pub mod codes;
mod parts;

pub use check::{check, faults};

use crate::{application::Address, contact::placeholder, text::fold_words};

/// What some systems write as the city of a municipality or of counties that stand directly under a province.
const NO_CITY: [&str; 4] = ["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"];

/// Whether an address is given: something beyond the region's names.
pub fn is_given(address: &Address) -> bool {
    !written(address).is_none_or(crate::text::is_blank)
}

/// The part that says where in the region: the detail, or else the whole text.
pub fn written(address: &Address) -> Option<&str> {
    let (detail, text) = (address.detail.expose().as_str(), address.text.expose().as_str());
    [detail, text].into_iter().find(|part| !crate::text::is_blank(part))
}

/// The form of an address: its parts joined (they win when both are there), or its text. `None` if none is given or
/// a placeholder stands in its place.
pub fn fingerprint_form(address: &Address) -> Option<String> {
    if written(address).is_none_or(placeholder::is_placeholder_address) {
        return None;
    }
    let fold = |part: &str| -> String {
        fold_words(part).chars().filter(|c| !matches!(c, ' ' | ',' | '，' | '、' | '。' | ';')).collect()
    };
    if crate::text::is_blank(address.detail.expose()) {
        return Some(fold(address.text.expose())).filter(|form| !form.is_empty());
    }
    let [province, city, district] =
        [&address.province, &address.city, &address.district].map(|part| fold(part));
    // A municipality is its own province and city.
    let city = if city == province || NO_CITY.contains(&city.as_str()) { "" } else { &city };
    Some(format!("{province}{city}{district}{}", fold(address.detail.expose())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(province: &str, city: &str, district: &str, detail: &str) -> Address {
        Address {
            province: province.into(),
            city: city.into(),
            district: district.into(),
            detail: detail.into(),
            ..Address::default()
        }
    }

    fn text(text: &str) -> Address {
        Address { text: text.into(), ..Address::default() }
    }

    #[test]
    fn parts_and_text_meet() {
        let form = Some("示例省示例市示例区示例路1号A座".to_owned());
        assert_eq!(fingerprint_form(&parts("示例省", "示例市", "示例区", "示例路1号A座")), form);
        assert_eq!(fingerprint_form(&text(" 示例省 示例市，示例区\u{3000}示例路１号ａ座")), form);
        let both = Address {
            text: "别处".into(), ..parts("示例省", "示例市", "示例区", "示例路1号A座")
        };
        assert_eq!(fingerprint_form(&both), form);
        let municipality = fingerprint_form(&text("北京市朝阳区示例路1号"));
        for city in ["北京市", "市辖区", ""] {
            assert_eq!(fingerprint_form(&parts("北京市", city, "朝阳区", "示例路1号")), municipality);
        }
    }

    #[test]
    fn a_region_alone_is_no_address() {
        for address in [Address::default(), parts("示例省", "示例市", "示例区", " "), text("\u{3000}")]
        {
            assert!(!is_given(&address));
            assert_eq!(fingerprint_form(&address), None);
        }
        for placeholder in ["不详", "同身份证", "无"] {
            assert_eq!(fingerprint_form(&text(placeholder)), None);
            assert_eq!(fingerprint_form(&parts("示例省", "示例市", "示例区", placeholder)), None);
        }
    }
}
