//! `[clue.NAME]`: what the daily list looks for.
//!
//! To add a setting: a field of [`ClueSettings`], a key here in [`read`] and in [`write`].

use std::fmt::{self, Write as _};

use toml::Value;

use super::{
    ProfileError,
    section::{Found, Section, choice, wrong},
};
use crate::suspicion::{
    Clue,
    settings::{ClueSettings, Clues, DEFAULT_THRESHOLD, Family},
};

const FAMILIES: [(&str, Family); 2] =
    [(Family::Excused.name(), Family::Excused), (Family::LowPriority.name(), Family::LowPriority)];

/// The most customers that a threshold can ask for: beyond it the clue is off in all but name.
const MAX_THRESHOLD: usize = 100;

/// Reads the tables of all clues.
pub(super) fn read(clues: &mut Clues, value: &Value, errors: &mut Vec<ProfileError>) {
    let Some(tables) = value.as_table() else {
        errors.push(wrong("clue", "must be a table"));
        return;
    };
    for (name, value) in tables {
        let key = format!("clue.{name}");
        let Some(clue) = Clue::ALL.into_iter().find(|clue| clue.name() == name) else {
            errors.push(wrong(&key, "no clue has this name"));
            continue;
        };
        let keys: &[&str] = match clue {
            Clue::SamePhone | Clue::SameBankAccount => &["enabled", "threshold", "family"],
            Clue::SellerContact | Clue::IdentityConflict | Clue::SamePersonTwice => &["enabled"],
        };
        let Some(mut section) = Section::open(&key, value, keys, errors) else { continue };
        let default = ClueSettings::default();
        let enabled = section.optional("enabled", switch).unwrap_or(default.enabled);
        let threshold = section.optional("threshold", count).unwrap_or(default.threshold);
        let family = section.optional("family", choice(&FAMILIES)).unwrap_or(default.family);
        clues.set(clue, ClueSettings { enabled, threshold, family });
    }
}

fn switch(key: &str, value: &Value) -> Found<bool> {
    value.as_bool().ok_or_else(|| wrong(key, "must be true or false"))
}

fn count(key: &str, value: &Value) -> Found<usize> {
    let number = value.as_integer().and_then(|number| usize::try_from(number).ok());
    number
        .filter(|number| (DEFAULT_THRESHOLD..=MAX_THRESHOLD).contains(number))
        .ok_or_else(|| wrong(key, format!("must be a number from {DEFAULT_THRESHOLD} to {MAX_THRESHOLD}")))
}

/// Writes the settings of a clue in their one spelling.
pub(super) fn write(out: &mut String, clue: Clue, settings: &ClueSettings) -> fmt::Result {
    writeln!(out, "\n[clue.{}]\nenabled = {}", clue.name(), settings.enabled)?;
    if matches!(clue, Clue::SamePhone | Clue::SameBankAccount) {
        writeln!(out, "threshold = {}\nfamily = \"{}\"", settings.threshold, settings.family.name())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::{
        profile::Profile,
        suspicion::{Clue, settings::Family},
    };

    #[test]
    fn clues_are_read_and_written_and_defaults_say_nothing() {
        let text = "[clue.SAME_PHONE]\nthreshold = 3\nfamily = 'low_priority'\n[clue.SELLER_CONTACT]\nenabled = false\n";
        let profile = Profile::parse(text).unwrap();
        let phone = profile.clues().of(Clue::SamePhone);
        assert_eq!((phone.enabled, phone.threshold, phone.family), (true, 3, Family::LowPriority));
        assert!(!profile.clues().of(Clue::SellerContact).enabled);
        assert!(profile.clues().of(Clue::SameBankAccount).enabled);
        assert_eq!(Profile::parse(&profile.canonical()).unwrap(), profile);
        let default = Profile::parse("[clue.SAME_PHONE]\nthreshold = 2\n").unwrap();
        assert_eq!(default.canonical(), Profile::default().canonical());
    }

    #[test]
    fn every_error_names_its_key() {
        let text = "[clue.SAME_PHONE]\nthreshold = 1\nenabled = 'yes'\n[clue.SAME_FAX]\n\
                    [clue.IDENTITY_CONFLICT]\nthreshold = 3\n[clue.SAME_BANK_ACCOUNT]\nfamily = 'listed'\n";
        let mut keys: Vec<String> =
            Profile::check(text).unwrap_err().into_iter().map(|error| error.key).collect();
        keys.sort();
        assert_eq!(
            keys,
            [
                "clue.IDENTITY_CONFLICT.threshold",
                "clue.SAME_BANK_ACCOUNT.family",
                "clue.SAME_FAX",
                "clue.SAME_PHONE.enabled",
                "clue.SAME_PHONE.threshold",
            ]
        );
        assert_eq!(Profile::check("clue = 1").unwrap_err()[0].key, "clue");
    }
}
