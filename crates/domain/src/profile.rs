//! The rule profile (`rules.toml`): how much each code weighs, which fields are required beyond article 5, and how far
//! the exemption of minors goes. Without a profile the articles' own defaults hold.
//!
//! The whole file is read and checked before anything is judged by it; an unknown key, code or value is an error that
//! names the key. To add a setting: a field of [`Profile`], a line in [`read`], and one in [`Profile::canonical`].

mod read;

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use thiserror::Error;

use crate::{
    application::Channel,
    finding::{Code, Severity},
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
    const fn severity(self) -> Option<Severity> {
        match self {
            Self::Blocking => Some(Severity::Blocking),
            Self::Advisory => Some(Severity::Advisory),
            Self::Off => None,
        }
    }
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
}

/// A party that fields can be required of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequiredParty {
    /// The policyholder.
    Policyholder,
    /// Every insured.
    Insured,
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
    const fn name(self) -> &'static str {
        match self {
            Self::CertificateNumber => "certificate_number",
            Self::AllFields => "all_fields",
        }
    }
}

/// How applications are judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    weights: BTreeMap<&'static str, Weight>,
    overrides: Vec<Override>,
    required: Vec<Required>,
    minor_insured_exemption: MinorExemption,
}

impl Profile {
    /// Reads a profile from TOML.
    ///
    /// # Errors
    /// [`ProfileError`] for the first key that is unknown or has an impossible value.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        read::profile(text)
    }

    /// The weight of `code` in `channel` for the product called `product`; `None` when it is switched off.
    ///
    /// The last override that matches decides, then the rule's own line, then the code's default.
    pub fn severity(&self, code: &Code, channel: Channel, product: &str) -> Option<Severity> {
        let matches = |over: &&Override| {
            over.rule == code.name
                && over.channel.is_none_or(|only| only == channel)
                && over.product.as_ref().is_none_or(|only| only == product)
        };
        let over = self.overrides.iter().rev().find(matches).map(|over| over.weight);
        match over.or_else(|| self.weights.get(code.name).copied()) {
            Some(weight) => weight.severity(),
            None => Some(code.severity),
        }
    }

    /// The fields that `channel` requires of `party` beyond article 5.
    pub fn required(
        &self,
        party: RequiredParty,
        channel: Channel,
    ) -> impl Iterator<Item = RequiredField> + '_ {
        let applies = move |required: &&Required| {
            required.party == party && required.channel.is_none_or(|only| only == channel)
        };
        self.required.iter().filter(applies).map(|required| required.field)
    }

    /// What a minor insured may leave out.
    pub const fn minor_insured_exemption(&self) -> MinorExemption {
        self.minor_insured_exemption
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
        for (code, weight) in &self.weights {
            writeln!(out, "\n[rule.{code}]\nseverity = \"{}\"", read::weight_name(*weight))?;
        }
        for over in &self.overrides {
            writeln!(out, "\n[[override]]\nrule = \"{}\"", over.rule)?;
            if let Some(channel) = over.channel {
                writeln!(out, "channel = \"{}\"", read::channel_name(channel))?;
            }
            if let Some(product) = &over.product {
                writeln!(out, "product = {}", toml::Value::from(product.as_str()))?;
            }
            writeln!(out, "severity = \"{}\"", read::weight_name(over.weight))?;
        }
        for required in &self.required {
            let party = read::party_name(required.party);
            writeln!(out, "\n[[required]]\nparty = \"{party}\"\nfield = \"{}\"", required.field.path())?;
            if let Some(channel) = required.channel {
                writeln!(out, "channel = \"{}\"", read::channel_name(channel))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
