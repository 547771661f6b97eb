//! `[[cooling_off]]`: days of cooling-off beyond the shipped table.

use std::fmt::{self, Write as _};

use toml::Value;

use super::{
    ProfileError,
    read::{self, CHANNELS, name_of},
    section::{Found, Section, choice, wrong},
    write_period,
};
use crate::{
    application::ProductClass,
    cooling_off::{CoolingOffLine, MAX_DAYS},
};

const CLASSES: [(&str, ProductClass); 6] = [
    ("ordinary_life", ProductClass::OrdinaryLife),
    ("participating", ProductClass::Participating),
    ("unit_linked", ProductClass::UnitLinked),
    ("universal", ProductClass::Universal),
    ("accident", ProductClass::Accident),
    ("health", ProductClass::Health),
];

/// Reads one line.
pub(super) fn line(at: &str, value: &Value, errors: &mut Vec<ProfileError>) -> Option<CoolingOffLine> {
    let keys = ["channel", "class", "over_one_year", "days", "from", "until"];
    let mut section = Section::open(at, value, &keys, errors)?;
    let channel = section.optional("channel", choice(&CHANNELS));
    let class = section.optional("class", choice(&CLASSES));
    let over_one_year = section.optional("over_one_year", flag);
    let days = section.needed("days", days);
    let period = section.period();
    Some(CoolingOffLine { channel, class, over_one_year, days: days?, period })
}

pub(super) fn class_name(class: ProductClass) -> &'static str {
    name_of(&CLASSES, class)
}

fn flag(key: &str, value: &Value) -> Found<bool> {
    value.as_bool().ok_or_else(|| wrong(key, "must be true or false"))
}

fn days(key: &str, value: &Value) -> Found<u16> {
    let days = value.as_integer().and_then(|days| u16::try_from(days).ok());
    days.filter(|days| (1..=MAX_DAYS).contains(days))
        .ok_or_else(|| wrong(key, format!("must be a number of days from 1 to {MAX_DAYS}")))
}

/// Writes one line as the profile has it.
pub(super) fn write(out: &mut String, line: &CoolingOffLine) -> fmt::Result {
    writeln!(out, "\n[[cooling_off]]")?;
    if let Some(channel) = line.channel {
        writeln!(out, "channel = \"{}\"", read::channel_name(channel))?;
    }
    if let Some(class) = line.class {
        writeln!(out, "class = \"{}\"", class_name(class))?;
    }
    if let Some(over_one_year) = line.over_one_year {
        writeln!(out, "over_one_year = {over_one_year}")?;
    }
    writeln!(out, "days = {}", line.days)?;
    write_period(out, line.period)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::{application::Channel, cooling_off::Sale, profile::Profile};

    #[test]
    fn lines_are_read_written_and_used() {
        let text = "[[cooling_off]]\ndays = 12\n\
            [[cooling_off]]\nchannel='direct'\nclass='health'\nover_one_year=false\ndays=7\nfrom=2026-07-01\n";
        let profile = Profile::parse(text).unwrap();
        assert_eq!(Profile::parse(&profile.canonical()), Ok(profile.clone()));
        assert!(!Profile::default().canonical().contains("cooling_off"), "its version stays as it was");
        let day = |day| NaiveDate::from_ymd_opt(2026, 7, day).unwrap();
        let sale = |channel| Sale { channel, class: Some(ProductClass::Health), over_one_year: false };
        assert_eq!(profile.cooling_off_days(sale(Channel::Direct), day(1)), 7);
        assert_eq!(profile.cooling_off_days(sale(Channel::Direct), day(1).pred_opt().unwrap()), 12);
        assert_eq!(profile.cooling_off_days(sale(Channel::Intermediaries), day(1)), 12);
    }

    #[test]
    fn every_error_names_its_key() {
        for (text, key) in [
            ("cooling_off = 1", "cooling_off"),
            ("[[cooling_off]]", "cooling_off[0].days"),
            ("[[cooling_off]]\ndays = 0", "cooling_off[0].days"),
            ("[[cooling_off]]\ndays = 367", "cooling_off[0].days"),
            ("[[cooling_off]]\ndays = '7'", "cooling_off[0].days"),
            ("[[cooling_off]]\ndays = 7\nclass = 'car'", "cooling_off[0].class"),
            ("[[cooling_off]]\ndays = 7\nchannel = 'car'", "cooling_off[0].channel"),
            ("[[cooling_off]]\ndays = 7\nover_one_year = 1", "cooling_off[0].over_one_year"),
            ("[[cooling_off]]\ndays = 7\nproduct = 'P'", "cooling_off[0].product"),
        ] {
            assert_eq!(Profile::parse(text).map_err(|error| error.key), Err(key.to_owned()), "{text}");
        }
    }
}
