//! The applications of the story as they were sent: a correction is one of them once more, with another telephone.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufRead as _, BufReader},
};

use anyhow::Context as _;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    gendata::story::Story,
    grpc::client::{Client, JsonReader},
};

/// Telephone numbers of corrections begin with this, which the generator hardly uses.
const CORRECTED_PREFIX: &str = "199";
/// Digits after it.
const CORRECTED_RANGE: u128 = 100_000_000;

/// What was sent of some applications, by number.
pub(super) struct Letters(BTreeMap<String, Vec<Value>>);

impl Letters {
    /// Reads what the story sent of the applications `numbers`.
    pub(super) fn of(story: &Story, numbers: &BTreeSet<String>) -> anyhow::Result<Self> {
        let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for part in story.days.iter().flat_map(|day| &day.parts) {
            let path = &part.applications;
            let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
            for line in BufReader::new(file).lines() {
                let letter: Value = serde_json::from_str(&line?)?;
                let number = letter["application"]["applicationNo"].as_str().unwrap_or_default();
                if numbers.contains(number) {
                    found.entry(number.to_owned()).or_default().push(letter);
                }
            }
        }
        Ok(Self(found))
    }

    /// The telephone that two applications give alike, if each was sent once and both write it alike.
    pub(super) fn shared_phone(&self, one: &str, other: &str) -> Option<String> {
        let [one] = self.0.get(one)?.as_slice() else { return None };
        let [other] = self.0.get(other)?.as_slice() else { return None };
        let (mut ours, mut theirs) = (BTreeSet::new(), BTreeSet::new());
        phones(one, &mut ours);
        phones(other, &mut theirs);
        let mut shared = ours.intersection(&theirs);
        shared.next().filter(|_| shared.next().is_none()).cloned()
    }

    /// The application `number` once more, under `request_id`, with a telephone of its own in the place of `phone`.
    pub(super) async fn correct(
        &self,
        client: &Client,
        number: &str,
        phone: &str,
        request_id: Uuid,
    ) -> anyhow::Result<()> {
        let sent = self.0.get(number).and_then(|letters| letters.first());
        let mut letter = sent.with_context(|| format!("{number} was not sent"))?.clone();
        let own = format!("{CORRECTED_PREFIX}{:08}", request_id.as_u128() % CORRECTED_RANGE);
        replace(&mut letter, phone, &own);
        letter["requestId"] = Value::from(request_id.to_string());
        let revision = letter["application"]["sourceRevision"].as_str().and_then(|text| text.parse().ok());
        letter["application"]["sourceRevision"] = Value::from((revision.unwrap_or(1_i64) + 1).to_string());
        let reader = JsonReader::new().context("the embedded descriptors cannot be read")?;
        let answer = client.verdict(reader.read(&letter.to_string(), 1)?).await?;
        anyhow::ensure!(answer.verdict == "ACCEPTED", "the correction of {number} is {}", answer.verdict);
        Ok(())
    }
}

/// Every telephone of an application.
fn phones(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::Array(all) if name == "phones" => {
                        found.extend(all.iter().filter_map(Value::as_str).map(ToOwned::to_owned));
                    }
                    _ => phones(value, found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|value| phones(value, found)),
        _ => {}
    }
}

fn replace(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::String(text) if text == old => new.clone_into(text),
        Value::Array(all) => all.iter_mut().for_each(|value| replace(value, old, new)),
        Value::Object(fields) => fields.values_mut().for_each(|value| replace(value, old, new)),
        _ => {}
    }
}
