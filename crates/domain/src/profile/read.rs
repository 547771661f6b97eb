//! Reads a profile by hand, key by key, so that every error names its key and all of them are told at once.

use toml::{Table, Value};

use super::{
    MinorExemption, Override, Profile, ProfileError, Required, RequiredField, RequiredParty, Weighing,
    Weight,
    section::{Found, Section, choice, text, wrong},
};
use crate::{
    application::Channel,
    finding::Code,
    rules::{self, recorded},
};

const WEIGHTS: [(&str, Weight); 3] =
    [("blocking", Weight::Blocking), ("advisory", Weight::Advisory), ("off", Weight::Off)];
pub(super) const CHANNELS: [(&str, Channel); 4] = [
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
pub(super) fn name_of<T: Copy + PartialEq, const N: usize>(
    names: &[(&'static str, T); N],
    value: T,
) -> &'static str {
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

/// The profile in `file`, or everything that is wrong with it, in the order of the keys.
pub(super) fn profile(file: &str) -> Result<Profile, Vec<ProfileError>> {
    let table: Table = file.parse().map_err(|error: toml::de::Error| {
        let line =
            error.span().map_or(1, |span| file.get(..span.start).unwrap_or(file).matches('\n').count() + 1);
        vec![wrong(&format!("line {line}"), error.message())]
    })?;
    let mut profile = Profile::default();
    let mut errors = Vec::new();
    for (key, value) in &table {
        match key.as_str() {
            "rule" => weights(&mut profile, value, &mut errors),
            "override" => profile.overrides = each(key, value, &mut errors, overriding),
            "cooling_off" => profile.cooling_off = each(key, value, &mut errors, super::cooling_off::line),
            "required" => profile.required = each(key, value, &mut errors, required),
            "case" => super::case::read(&mut profile.cases, value, &mut errors),
            "clue" => super::clue::read(&mut profile.clues, value, &mut errors),
            "minor_insured_exemption" => match choice(&EXEMPTIONS)(key, value) {
                Ok(exemption) => profile.minor_insured_exemption = exemption,
                Err(error) => errors.push(error),
            },
            _ => errors.push(wrong(key, "no such key")),
        }
    }
    profile.required.sort_unstable();
    profile.required.dedup();
    if errors.is_empty() { Ok(profile) } else { Err(errors) }
}

fn weights(profile: &mut Profile, value: &Value, errors: &mut Vec<ProfileError>) {
    let Some(rules) = value.as_table() else {
        errors.push(wrong("rule", "must be a table"));
        return;
    };
    for (name, value) in rules {
        let key = format!("rule.{name}");
        let code = code(&key, name).map_err(|error| errors.push(error)).ok();
        let Some(mut section) = Section::open(&key, value, &["severity", "from", "until"], errors) else {
            continue;
        };
        let weight = section.needed("severity", choice(&WEIGHTS));
        let period = section.period();
        // What says the same as the default says nothing.
        if let Some((code, weight)) = code.zip(weight)
            && weight.severity() != Some(code.severity)
        {
            profile.weights.insert(code.name, Weighing { weight, period });
        }
    }
}

fn overriding(at: &str, value: &Value, errors: &mut Vec<ProfileError>) -> Option<Override> {
    let keys = ["rule", "channel", "product", "severity", "from", "until"];
    let mut section = Section::open(at, value, &keys, errors)?;
    let rule = section.needed("rule", |key, value| code(key, &text(key, value)?));
    let channel = section.optional("channel", choice(&CHANNELS));
    let product = section.optional("product", text);
    let weight = section.needed("severity", choice(&WEIGHTS));
    let period = section.period();
    if !section.has("channel") && !section.has("product") {
        section.fail("", "needs a channel or a product; for all of them use [rule.CODE]");
    }
    Some(Override { rule: rule?.name, channel, product, weight: weight?, period })
}

fn required(at: &str, value: &Value, errors: &mut Vec<ProfileError>) -> Option<Required> {
    let fields = RequiredField::ALL.map(|field| (field.path(), field));
    let mut section = Section::open(at, value, &["party", "field", "channel", "from", "until"], errors)?;
    let party = section.needed("party", choice(&PARTIES));
    let field = section.needed("field", choice(&fields));
    let channel = section.optional("channel", choice(&CHANNELS));
    let period = section.period();
    Some(Required { party: party?, field: field?, channel, period })
}

/// Reads every table of an array; its place stands in the key, from 0.
fn each<T>(
    key: &str,
    value: &Value,
    errors: &mut Vec<ProfileError>,
    read: impl Fn(&str, &Value, &mut Vec<ProfileError>) -> Option<T>,
) -> Vec<T> {
    let Some(list) = value.as_array() else {
        errors.push(wrong(key, "must be a list of tables, written [[…]]"));
        return Vec::new();
    };
    let tables = list.iter().enumerate();
    tables.filter_map(|(place, value)| read(&format!("{key}[{place}]"), value, errors)).collect()
}

fn code(key: &str, name: &str) -> Found<Code> {
    let code = rules::code(name).ok_or_else(|| wrong(key, "no rule has this code"))?;
    if recorded::CODES.contains(&code) {
        return Err(wrong(key, "the recorder adds this code; its severity is fixed"));
    }
    Ok(code)
}
