//! Reads a profile by hand, key by key, so that every error names its key.

use toml::{Table, Value};

use super::{
    MinorExemption, Override, Profile, ProfileError, Required, RequiredField, RequiredParty, Weight,
};
use crate::{
    application::Channel,
    finding::Code,
    rules::{self, recorded},
};

type Found<T> = Result<T, ProfileError>;

const WEIGHTS: [(&str, Weight); 3] =
    [("blocking", Weight::Blocking), ("advisory", Weight::Advisory), ("off", Weight::Off)];
const CHANNELS: [(&str, Channel); 4] = [
    ("individual_agents", Channel::IndividualAgents),
    ("bancassurance", Channel::Bancassurance),
    ("intermediaries", Channel::Intermediaries),
    ("direct", Channel::Direct),
];
const PARTIES: [(&str, RequiredParty); 2] =
    [("policyholder", RequiredParty::Policyholder), ("insured", RequiredParty::Insured)];
const EXEMPTIONS: [(&str, MinorExemption); 2] = [
    (MinorExemption::CertificateNumber.name(), MinorExemption::CertificateNumber),
    (MinorExemption::AllFields.name(), MinorExemption::AllFields),
];

/// The name of `value` in its table.
fn name_of<T: Copy + PartialEq, const N: usize>(names: &[(&'static str, T); N], value: T) -> &'static str {
    names.iter().find(|(_, known)| *known == value).map_or("", |(name, _)| name)
}

pub(super) fn weight_name(weight: Weight) -> &'static str {
    name_of(&WEIGHTS, weight)
}

pub(super) fn channel_name(channel: Channel) -> &'static str {
    name_of(&CHANNELS, channel)
}

pub(super) fn party_name(party: RequiredParty) -> &'static str {
    name_of(&PARTIES, party)
}

/// The profile in `text`.
pub(super) fn profile(text: &str) -> Found<Profile> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line =
            error.span().map_or(1, |span| text.get(..span.start).unwrap_or(text).matches('\n').count() + 1);
        wrong(format!("line {line}"), error.message())
    })?;
    let mut profile = Profile::default();
    for (key, value) in &table {
        match key.as_str() {
            "rule" => weights(&mut profile, as_table("rule", value)?)?,
            "override" => profile.overrides = each(key, value, overriding)?,
            "required" => profile.required = each(key, value, required)?,
            "minor_insured_exemption" => profile.minor_insured_exemption = choice(key, value, &EXEMPTIONS)?,
            _ => return Err(unknown(key)),
        }
    }
    profile.required.sort_unstable();
    profile.required.dedup();
    Ok(profile)
}

fn weights(profile: &mut Profile, rules: &Table) -> Found<()> {
    for (name, value) in rules {
        let key = format!("rule.{name}");
        let code = code(&key, name)?;
        let mut weight = None;
        for (setting, value) in as_table(&key, value)? {
            let key = format!("{key}.{setting}");
            match setting.as_str() {
                "severity" => weight = Some(choice(&key, value, &WEIGHTS)?),
                _ => return Err(unknown(&key)),
            }
        }
        let weight = weight.ok_or_else(|| missing(&key, "severity"))?;
        // What says the same as the default says nothing.
        if weight.severity() != Some(code.severity) {
            profile.weights.insert(code.name, weight);
        }
    }
    Ok(())
}

fn overriding(at: &str, table: &Table) -> Found<Override> {
    let (mut rule, mut channel, mut product, mut weight) = (None, None, None, None);
    for (setting, value) in table {
        let key = format!("{at}.{setting}");
        match setting.as_str() {
            "rule" => rule = Some(code(&key, as_text(&key, value)?)?.name),
            "channel" => channel = Some(choice(&key, value, &CHANNELS)?),
            "product" => product = Some(as_text(&key, value)?.to_owned()),
            "severity" => weight = Some(choice(&key, value, &WEIGHTS)?),
            _ => return Err(unknown(&key)),
        }
    }
    if channel.is_none() && product.is_none() {
        return Err(wrong(at.to_owned(), "needs a channel or a product; for all of them use [rule.CODE]"));
    }
    Ok(Override {
        rule: rule.ok_or_else(|| missing(at, "rule"))?,
        channel,
        product,
        weight: weight.ok_or_else(|| missing(at, "severity"))?,
    })
}

fn required(at: &str, table: &Table) -> Found<Required> {
    let (mut party, mut field, mut channel) = (None, None, None);
    let fields = RequiredField::ALL.map(|field| (field.path(), field));
    for (setting, value) in table {
        let key = format!("{at}.{setting}");
        match setting.as_str() {
            "party" => party = Some(choice(&key, value, &PARTIES)?),
            "field" => field = Some(choice(&key, value, &fields)?),
            "channel" => channel = Some(choice(&key, value, &CHANNELS)?),
            _ => return Err(unknown(&key)),
        }
    }
    Ok(Required {
        party: party.ok_or_else(|| missing(at, "party"))?,
        field: field.ok_or_else(|| missing(at, "field"))?,
        channel,
    })
}

/// Reads every table of an array; its place stands in the key, from 0.
fn each<T>(key: &str, value: &Value, read: impl Fn(&str, &Table) -> Found<T>) -> Found<Vec<T>> {
    let list =
        value.as_array().ok_or_else(|| wrong(key.to_owned(), "must be a list of tables, written [[…]]"))?;
    list.iter()
        .enumerate()
        .map(|(place, value)| {
            let at = format!("{key}[{place}]");
            read(&at, as_table(&at, value)?)
        })
        .collect()
}

fn code(key: &str, name: &str) -> Found<Code> {
    let code = rules::code(name).ok_or_else(|| wrong(key.to_owned(), "no rule has this code"))?;
    if recorded::CODES.contains(&code) {
        return Err(wrong(key.to_owned(), "the recorder adds this code; its severity is fixed"));
    }
    Ok(code)
}

fn choice<T: Copy, const N: usize>(key: &str, value: &Value, choices: &[(&'static str, T); N]) -> Found<T> {
    let text = as_text(key, value)?;
    choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        wrong(key.to_owned(), format!("must be one of {}", names.join(", ")))
    })
}

fn as_table<'a>(key: &str, value: &'a Value) -> Found<&'a Table> {
    value.as_table().ok_or_else(|| wrong(key.to_owned(), "must be a table"))
}

fn as_text<'a>(key: &str, value: &'a Value) -> Found<&'a str> {
    value.as_str().ok_or_else(|| wrong(key.to_owned(), "must be a text"))
}

fn unknown(key: &str) -> ProfileError {
    wrong(key.to_owned(), "no such key")
}

fn missing(at: &str, setting: &str) -> ProfileError {
    wrong(format!("{at}.{setting}"), "is missing")
}

fn wrong(key: String, problem: impl Into<String>) -> ProfileError {
    ProfileError { key, problem: problem.into() }
}
