//! The rule profile (`rules.toml`): how much each code weighs, which fields are required beyond article 5, how far the
//! exemption of minors goes, which clues the daily list looks for, and how cases are judged. Without a
//! profile the articles' own defaults hold.
//!
//! The whole file is read and checked before anything is judged by it; an unknown key, code or value is an error that
//! names the key. To add a setting: a field of [`Profile`], a line in [`read`], and one in [`Profile::canonical`].

mod case;
mod clue;
mod cooling_off;
mod period;
mod read;
mod section;

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use chrono::NaiveDate;
pub use period::Period;
use thiserror::Error;

use crate::{
    application::{Channel, ProductClass},
    case::settings::CaseSettings,
    cooling_off::{self as days, CoolingOffLine, Sale},
    finding::{Code, Severity},
    suspicion::{
        Clue,
        settings::{ClueSettings, Clues},
    },
};

/// What is wrong with a profile, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{key}: {problem}")]
pub struct ProfileError {
    /// The key that is wrong, such as `rule.FIELD_MISSING.severity`.
    pub key: String,
    /// What is wrong with it.
    pub problem: String,
}

/// How much a code weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// `blocking`
    Blocking,
    /// `advisory`
    Advisory,
    /// `off`: not a finding at all.
    Off,
}

impl Weight {
    /// Its name in the profile.
    pub fn name(self) -> &'static str {
        read::weight_name(self)
    }

    const fn severity(self) -> Option<Severity> {
        match self {
            Self::Blocking => Some(Severity::Blocking),
            Self::Advisory => Some(Severity::Advisory),
            Self::Off => None,
        }
    }
}

/// How much a code weighs everywhere, and on which application dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighing {
    /// Weight.
    pub weight: Weight,
    /// When; at other times the code's default holds.
    pub period: Period,
}

/// Another weight for one channel, one product, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Name of the code.
    pub rule: &'static str,
    /// Only in this channel.
    pub channel: Option<Channel>,
    /// Only for this product code.
    pub product: Option<String>,
    /// Weight there.
    pub weight: Weight,
    /// When.
    pub period: Period,
}

/// A party that fields can be required of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequiredParty {
    /// The policyholder.
    Policyholder,
    /// Every insured.
    Insured,
}

impl RequiredParty {
    /// Its name in the profile.
    pub fn name(self) -> &'static str {
        read::party_name(self)
    }
}

/// A field that can be required.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequiredField {
    /// Name.
    Name,
    /// Sex.
    Sex,
    /// Birth date.
    BirthDate,
    /// Number of the certificate.
    CertificateNumber,
    /// Last day of the certificate.
    CertificateValidUntil,
    /// Address.
    Address,
    /// At least one telephone.
    Phones,
    /// E-mail address.
    Email,
    /// Nationality.
    Nationality,
}

impl RequiredField {
    /// Every field.
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::Sex,
        Self::BirthDate,
        Self::CertificateNumber,
        Self::CertificateValidUntil,
        Self::Address,
        Self::Phones,
        Self::Email,
        Self::Nationality,
    ];

    /// Its path below the person, by which the profile names it too.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Sex => "sex",
            Self::BirthDate => "birth_date",
            Self::CertificateNumber => "certificate.number",
            Self::CertificateValidUntil => "certificate.valid_until",
            Self::Address => "address",
            Self::Phones => "phones",
            Self::Email => "email",
            Self::Nationality => "nationality",
        }
    }
}

/// A field that is required beyond article 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Required {
    /// Of whom.
    pub party: RequiredParty,
    /// Which field.
    pub field: RequiredField,
    /// Only in this channel.
    pub channel: Option<Channel>,
    /// When.
    pub period: Period,
}

/// What 「未成年被保險人除外」 of article 5 lets a minor insured leave out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MinorExemption {
    /// The certificate number, with its kind: the words stand right behind it.
    #[default]
    CertificateNumber,
    /// Everything that article 5 asks of an insured.
    AllFields,
}

impl MinorExemption {
    /// Its name in the profile.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CertificateNumber => "certificate_number",
            Self::AllFields => "all_fields",
        }
    }
}

/// How applications are judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    weights: BTreeMap<&'static str, Weighing>,
    overrides: Vec<Override>,
    cooling_off: Vec<CoolingOffLine>,
    required: Vec<Required>,
    minor_insured_exemption: MinorExemption,
    clues: Clues,
    cases: CaseSettings,
}

impl Profile {
    /// Reads a profile from TOML.
    ///
    /// # Errors
    /// [`ProfileError`] for the first key that is unknown or has an impossible value.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let unnamed = || ProfileError { key: "profile".to_owned(), problem: "cannot be read".to_owned() };
        Self::check(text).map_err(|errors| errors.into_iter().next().unwrap_or_else(unnamed))
    }

    /// Reads a profile from TOML and tells everything that is wrong with it.
    ///
    /// # Errors
    /// One [`ProfileError`] for every key that is unknown, missing or has an impossible value; never none. A text that is
    /// no TOML has one error, with the line.
    pub fn check(text: &str) -> Result<Self, Vec<ProfileError>> {
        read::profile(text)
    }

    /// The weight of `code` in `channel` for the product called `product` on the day `on` (see [`Period`]); `None` when it
    /// is switched off.
    ///
    /// The last override that matches decides, then the rule's own line, then the code's default.
    pub fn severity(&self, code: &Code, channel: Channel, product: &str, on: NaiveDate) -> Option<Severity> {
        let matches = |over: &&Override| {
            over.rule == code.name
                && over.channel.is_none_or(|only| only == channel)
                && over.product.as_ref().is_none_or(|only| only == product)
                && over.period.contains(on)
        };
        let over = self.overrides.iter().rev().find(matches).map(|over| over.weight);
        let rule =
            || self.weights.get(code.name).filter(|rule| rule.period.contains(on)).map(|rule| rule.weight);
        match over.or_else(rule) {
            Some(weight) => weight.severity(),
            None => Some(code.severity),
        }
    }

    /// The fields that `channel` requires of `party` beyond article 5 on the day `on`, each once.
    pub fn required(
        &self,
        party: RequiredParty,
        channel: Channel,
        on: NaiveDate,
    ) -> impl Iterator<Item = RequiredField> + '_ {
        let applies = move |required: &&Required| {
            required.party == party
                && required.channel.is_none_or(|only| only == channel)
                && required.period.contains(on)
        };
        // The list is sorted by party and field: what is required twice stands side by side.
        let mut last = None;
        self.required
            .iter()
            .filter(applies)
            .map(|required| required.field)
            .filter(move |field| last.replace(*field) != Some(*field))
    }

    /// The codes whose weight differs from the default, in the order of their names.
    pub fn weights(&self) -> impl Iterator<Item = (&'static str, Weighing)> + '_ {
        self.weights.iter().map(|(code, weighing)| (*code, *weighing))
    }

    /// The overrides, in the order in which they were written: a later one goes before an earlier one.
    pub fn overrides(&self) -> &[Override] {
        &self.overrides
    }

    /// The lines of cooling-off, in the order in which they were written: a later one goes before an earlier one.
    pub fn cooling_off(&self) -> &[CoolingOffLine] {
        &self.cooling_off
    }

    /// Days of cooling-off of `sale` with a receipt signed on `receipt_date`.
    pub fn cooling_off_days(&self, sale: Sale, receipt_date: NaiveDate) -> u16 {
        days::days(&self.cooling_off, sale, receipt_date)
    }

    /// Everything that is required beyond article 5.
    pub fn requirements(&self) -> &[Required] {
        &self.required
    }

    /// What a minor insured may leave out.
    pub const fn minor_insured_exemption(&self) -> MinorExemption {
        self.minor_insured_exemption
    }

    /// The settings of the clues of the daily list.
    pub const fn clues(&self) -> &Clues {
        &self.clues
    }

    /// How cases are judged.
    pub const fn cases(&self) -> CaseSettings {
        self.cases
    }

    /// The clues whose settings differ from the default, in order.
    pub fn clue_settings(&self) -> impl Iterator<Item = (Clue, ClueSettings)> + '_ {
        let changed = |clue: &Clue| *self.clues.of(*clue) != ClueSettings::default();
        Clue::ALL.into_iter().filter(changed).map(|clue| (clue, *self.clues.of(clue)))
    }

    /// The profile as text in one spelling, whatever order and comments its file has: for hashing and for the record.
    /// It is itself a profile. The order of overrides means something and stays.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "minor_insured_exemption = \"{}\"", self.minor_insured_exemption.name())?;
        for (code, rule) in &self.weights {
            writeln!(out, "\n[rule.{code}]\nseverity = \"{}\"", rule.weight.name())?;
            write_period(out, rule.period)?;
        }
        for line in &self.cooling_off {
            cooling_off::write(out, line)?;
        }
        for over in &self.overrides {
            writeln!(out, "\n[[override]]\nrule = \"{}\"", over.rule)?;
            if let Some(channel) = over.channel {
                writeln!(out, "channel = \"{}\"", read::channel_name(channel))?;
            }
            if let Some(product) = &over.product {
                writeln!(out, "product = {}", toml::Value::from(product.as_str()))?;
            }
            writeln!(out, "severity = \"{}\"", over.weight.name())?;
            write_period(out, over.period)?;
        }
        for required in &self.required {
            let party = required.party.name();
            writeln!(out, "\n[[required]]\nparty = \"{party}\"\nfield = \"{}\"", required.field.path())?;
            if let Some(channel) = required.channel {
                writeln!(out, "channel = \"{}\"", read::channel_name(channel))?;
            }
            write_period(out, required.period)?;
        }
        for (clue, settings) in self.clue_settings() {
            clue::write(out, clue, &settings)?;
        }
        case::write(out, self.cases)
    }
}

fn write_period(out: &mut String, period: Period) -> fmt::Result {
    for (key, day) in [("from", period.from), ("until", period.until)] {
        if let Some(day) = day {
            writeln!(out, "{key} = {}", day.format("%Y-%m-%d"))?;
        }
    }
    Ok(())
}

/// The name of a class of products in the profile.
pub fn class_name(class: ProductClass) -> &'static str {
    cooling_off::class_name(class)
}

/// The name of a channel in the profile.
pub fn channel_name(channel: Channel) -> &'static str {
    read::channel_name(channel)
}

#[cfg(test)]
mod tests;
