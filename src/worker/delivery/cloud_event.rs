//! An event as `CloudEvents` 1.0 in its structured JSON form (docs/events.md).

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};
use zhenshi_domain::identity::resident_id;

use crate::store::delivery::lease::{ApplicationName, DueEvent};

/// What the type of every event begins with.
const TYPE_PREFIX: &str = "zhenshi.";
/// Longest number of an application or a policy that is told.
const MAX_NUMBER: usize = 64;
/// Digits of `sequence`: as many as any position has, so that it sorts as text.
const SEQUENCE_DIGITS: usize = 19;

/// The event as bytes: the same each time.
pub fn body(event: &DueEvent, source: &str) -> Vec<u8> {
    let mut data = match &event.data {
        Value::Object(data) => data.clone(),
        _ => Map::new(),
    };
    let mut whole = json!({
        "specversion": "1.0",
        "id": event.id,
        "source": source,
        "type": format!("{TYPE_PREFIX}{}", event.kind),
        "time": event.recorded_time.to_rfc3339_opts(SecondsFormat::Micros, true),
        "datacontenttype": "application/json",
        "sequence": format!("{:0SEQUENCE_DIGITS$}", event.position),
    });
    if let Some((case_id, version)) = event.case {
        whole["subject"] = json!(case_id);
        data.insert("case_id".into(), json!(case_id));
        data.insert("case_version".into(), json!(version));
    }
    if !event.subject_ids.is_empty() {
        data.insert("subject_ids".into(), json!(event.subject_ids));
    }
    if !event.applications.is_empty() {
        data.insert("applications".into(), event.applications.iter().map(application).collect());
    }
    whole["data"] = Value::Object(data);
    // Maps of JSON values always serialise.
    serde_json::to_vec(&whole).unwrap_or_default()
}

fn application(named: &ApplicationName) -> Value {
    let ApplicationName { id, source, application_no, policy_no } = named;
    let mut told = json!({ "application_id": id });
    for (key, number) in [("source", source), ("application_no", application_no), ("policy_no", policy_no)] {
        if is_number(number) {
            told[key] = json!(number);
        }
    }
    told
}

/// Whether a text that somebody else gave as a number looks like one. Sources write what they like there; names and
/// certificates do not leave the service this way, the id alone does.
fn is_number(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/.".contains(&byte);
    (1..=MAX_NUMBER).contains(&text.len())
        && text.bytes().all(plain)
        && resident_id::canonical(text).is_none()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    fn event() -> DueEvent {
        DueEvent {
            id: Uuid::from_u128(1),
            position: 42,
            recorded_time: DateTime::from_timestamp_micros(1_795_000_000_000_001).unwrap(),
            kind: "commission.hold".into(),
            case: Some((Uuid::from_u128(2), 7)),
            data: json!({ "case_no": "20261124-000001", "cause": "confirmed_false" }),
            subject_ids: vec![Uuid::from_u128(3)],
            applications: vec![ApplicationName {
                id: Uuid::from_u128(3),
                source: "core".into(),
                application_no: "A-1".into(),
                policy_no: String::new(),
            }],
        }
    }

    #[test]
    fn an_event_has_every_attribute_of_the_standard() {
        let whole: Value = serde_json::from_slice(&body(&event(), "urn:test")).unwrap();
        let expected = json!({
            "specversion": "1.0",
            "id": "00000000-0000-0000-0000-000000000001",
            "source": "urn:test",
            "type": "zhenshi.commission.hold",
            "time": "2026-11-18T11:06:40.000001Z",
            "datacontenttype": "application/json",
            "sequence": "0000000000000000042",
            "subject": "00000000-0000-0000-0000-000000000002",
            "data": {
                "case_id": "00000000-0000-0000-0000-000000000002",
                "case_no": "20261124-000001",
                "case_version": 7,
                "cause": "confirmed_false",
                "subject_ids": ["00000000-0000-0000-0000-000000000003"],
                "applications": [{
                    "application_id": "00000000-0000-0000-0000-000000000003",
                    "source": "core",
                    "application_no": "A-1",
                }],
            },
        });
        assert_eq!(whole, expected);
        assert_eq!(body(&event(), "urn:test"), body(&event(), "urn:test"));
    }

    #[test]
    fn what_is_no_number_stays_here() {
        for number in ["A-1", "2026/11.24_7", &"9".repeat(64)] {
            assert!(is_number(number), "{number}");
        }
        // The last is the sample number of the standard of resident ID numbers.
        for other in ["", "测试甲", "a b", "a@b", &"9".repeat(65), "11010519491231002X"] {
            assert!(!is_number(other), "{other}");
        }
    }
}
