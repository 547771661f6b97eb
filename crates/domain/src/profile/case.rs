//! `[case]`: when work begins, how long verifiers and other channels have, compliance's share, and which signatures count.
//!
//! To add a setting: a field of [`CaseSettings`], a key here in [`read`] and in [`write`], and its lines in `rules.toml`.

use std::{
    fmt::{self, Write as _},
    ops::RangeInclusive,
};

use chrono::NaiveTime;
use toml::Value;

use super::{
    ProfileError,
    section::{Found, Section, text, wrong},
};
use crate::case::{
    settings::{CaseSettings, MAX_WORKING_DAYS},
    verification::WHOLE,
};

const WORK_BEGINS: &str = "work_begins";
const VERIFICATION: &str = "verification_working_days";
const ASSIST: &str = "assist_working_days";
const SAMPLED: &str = "sampled_per_mille";
const ELECTRONIC: &str = "electronic_signatures";
const KEYS: [&str; 5] = [WORK_BEGINS, VERIFICATION, ASSIST, SAMPLED, ELECTRONIC];
/// How a time of day is written.
const TIME: &str = "%H:%M";

/// Reads the table.
pub(super) fn read(settings: &mut CaseSettings, value: &Value, errors: &mut Vec<ProfileError>) {
    let Some(mut section) = Section::open("case", value, &KEYS, errors) else { return };
    let days = || number(1..=MAX_WORKING_DAYS);
    if let Some(begins) = section.optional(WORK_BEGINS, time) {
        settings.work_begins = begins;
    }
    if let Some(days) = section.optional(VERIFICATION, days()) {
        settings.verification_working_days = days;
    }
    if let Some(days) = section.optional(ASSIST, days()) {
        settings.assist_working_days = days;
    }
    if let Some(share) = section.optional(SAMPLED, number(0..=WHOLE)) {
        settings.sampled_per_mille = share;
    }
    if let Some(counts) = section.optional(ELECTRONIC, flag) {
        settings.electronic_signatures = counts;
    }
}

fn time(key: &str, value: &Value) -> Found<NaiveTime> {
    NaiveTime::parse_from_str(&text(key, value)?, TIME)
        .map_err(|_| wrong(key, "must be a time of day, such as \"09:00\""))
}

fn flag(key: &str, value: &Value) -> Found<bool> {
    value.as_bool().ok_or_else(|| wrong(key, "must be true or false"))
}

fn number(range: RangeInclusive<u16>) -> impl FnOnce(&str, &Value) -> Found<u16> {
    move |key, value| {
        let number = value.as_integer().and_then(|number| u16::try_from(number).ok());
        number
            .filter(|number| range.contains(number))
            .ok_or_else(|| wrong(key, format!("must be a number from {} to {}", range.start(), range.end())))
    }
}

/// Writes the settings in their one spelling; nothing when they are the default, so that its version stays as it was.
pub(super) fn write(out: &mut String, settings: CaseSettings) -> fmt::Result {
    if settings == CaseSettings::default() {
        return Ok(());
    }
    writeln!(out, "\n[case]\n{WORK_BEGINS} = \"{}\"", settings.work_begins.format(TIME))?;
    writeln!(out, "{VERIFICATION} = {}", settings.verification_working_days)?;
    writeln!(out, "{ASSIST} = {}", settings.assist_working_days)?;
    writeln!(out, "{SAMPLED} = {}", settings.sampled_per_mille)?;
    writeln!(out, "{ELECTRONIC} = {}", settings.electronic_signatures)
}

#[cfg(test)]
mod tests {
    use crate::{case::settings::CaseSettings, profile::Profile};

    #[test]
    fn settings_are_read_and_written_and_defaults_say_nothing() {
        let text = "[case]\nwork_begins = '08:30'\nverification_working_days = 2\nsampled_per_mille = 0\nelectronic_signatures = true\n";
        let profile = Profile::parse(text).unwrap();
        let expected = CaseSettings {
            work_begins: chrono::NaiveTime::from_hms_opt(8, 30, 0).unwrap(),
            verification_working_days: 2,
            sampled_per_mille: 0,
            electronic_signatures: true,
            ..CaseSettings::default()
        };
        assert_eq!(profile.cases(), expected);
        assert_eq!(Profile::parse(&profile.canonical()), Ok(profile));
        let default = Profile::parse("[case]\nassist_working_days = 2\n").unwrap();
        assert_eq!(default.canonical(), Profile::default().canonical());
    }

    #[test]
    fn every_error_names_its_key() {
        for (text, key) in [
            ("case = 1", "case"),
            ("[case]\nverification_working_days = 0", "case.verification_working_days"),
            ("[case]\nwork_begins = '24:30'", "case.work_begins"),
            ("[case]\nwork_begins = 9", "case.work_begins"),
            ("[case]\nassist_working_days = 21", "case.assist_working_days"),
            ("[case]\nsampled_per_mille = 1001", "case.sampled_per_mille"),
            ("[case]\nsampled_per_mille = -1", "case.sampled_per_mille"),
            ("[case]\nelectronic_signatures = 'yes'", "case.electronic_signatures"),
            ("[case]\nworking_days = 3", "case.working_days"),
        ] {
            assert_eq!(Profile::parse(text).map_err(|error| error.key), Err(key.to_owned()), "{text}");
        }
    }
}
