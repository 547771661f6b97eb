//! `zhenshi config check`: reads the configuration and the rule profile as the service would, looks whether the files are there
//! that it names, tells everything that is wrong with its key, and says in words what the profile does. `config show` is in [`show`].

mod show;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use serde_json::json;
use zhenshi_domain::{
    cooling_off::CoolingOffLine,
    finding::Severity,
    profile::{MinorExemption, Override, Period, Profile, ProfileError, Required, channel_name, class_name},
    rules,
    suspicion::{Clue, settings::ClueSettings},
};

use super::{EXIT_FINDINGS, explain::language, output};
use crate::{
    config::{Layers, Wrong},
    words::{Language, WordArg, Words},
};

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Check the configuration and the rule profile, naming every wrong key, and explain the profile in words.
    Check(CheckArgs),
    /// Show every key of the configuration in force and what its value is from: default, file, env or flag.
    Show,
}

/// Flags of `config check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Rule profile to check (default: `rules.profile` of the configuration).
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Language of the words: zh-Hans, zh-Hant or en.
    #[arg(long, default_value = "zh-Hans", value_parser = language)]
    language: Language,
}

/// Runs a subcommand. `check` ends with exit code 1 if something is wrong with what was read.
pub fn run(layers: &Layers, as_json: bool, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check(args) => check(layers, as_json, args),
        Command::Show => show::run(layers, as_json),
    }
}

fn check(layers: &Layers, as_json: bool, args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let words = Words::load()?;
    let (config, wrong) = layers.look();
    let mut errors: Vec<(String, String)> =
        wrong.into_iter().map(|Wrong { key, problem }| (key, problem)).collect();
    let unreadable = config.unreadable_files();
    let profile = match args.profile.as_ref() {
        Some(path) => read(path)?,
        None => match config.rules.profile.as_ref() {
            // One that cannot be read is among the files that cannot.
            Some(path) if unreadable.iter().all(|(key, _)| key != "rules.profile") => read(path)?,
            _ => Ok(Profile::default()),
        },
    };
    errors.extend(unreadable);
    let said = match profile {
        Ok(profile) => sentences(&profile, &words, args.language),
        Err(wrong) => {
            errors.extend(wrong.into_iter().map(|ProfileError { key, problem }| (key, problem)));
            Vec::new()
        }
    };
    if as_json {
        let errors: Vec<_> =
            errors.iter().map(|(key, problem)| json!({ "key": key, "problem": problem })).collect();
        output::json(&json!({ "errors": errors, "profile": said }));
    } else {
        for (key, problem) in &errors {
            output::line(format!("{key}: {problem}"));
        }
        for sentence in &said {
            output::line(sentence);
        }
    }
    Ok(if errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FINDINGS) })
}

fn read(path: &Path) -> anyhow::Result<Result<Profile, Vec<ProfileError>>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Profile::check(&text))
}

/// What a profile does, one sentence for each setting that is not the default, in the order in which they are looked at.
fn sentences(profile: &Profile, words: &Words, language: Language) -> Vec<String> {
    let writer = Writer { words, language };
    let mut said = Vec::new();
    if profile.minor_insured_exemption() == MinorExemption::AllFields {
        said.push(writer.say("profile-minor-all-fields", &[]));
    }
    said.extend(profile.cooling_off().iter().rev().map(|line| writer.cooling_off(line)));
    // The last override decides, and overrides go before the rule's own line.
    said.extend(profile.overrides().iter().rev().map(|over| writer.overriding(over)));
    said.extend(profile.weights().map(|(code, rule)| {
        writer.weight(code, rule.weight.name(), &writer.wherever(None, None, rule.period))
    }));
    said.extend(profile.requirements().iter().map(|required| writer.required(required)));
    said.extend(profile.clue_settings().map(|(clue, settings)| writer.clue(clue, settings)));
    if said.is_empty() {
        said.push(writer.say("profile-default", &[]));
    }
    said
}

/// Writes sentences about a profile in one language.
struct Writer<'a> {
    words: &'a Words,
    language: Language,
}

impl Writer<'_> {
    fn say(&self, id: &str, args: &[(&str, &str)]) -> String {
        let args = args.iter().map(|(name, text)| (*name, WordArg::Key(text)));
        self.words.message(self.language, id, args)
    }

    fn cooling_off(&self, line: &CoolingOffLine) -> String {
        let mut parts = Vec::new();
        let channel = line.channel.map(channel_name);
        parts.extend(channel.map(|channel| self.say("profile-channel", &[("channel", channel)])));
        parts.extend(line.class.map(|class| self.say("profile-class", &[("class", class_name(class))])));
        let over = line.over_one_year.map(|over| over.to_string());
        parts.extend(over.map(|over| self.say("profile-over-one-year", &[("over", &over)])));
        let days = line.days.to_string();
        let place = self.joined(parts, line.period, "profile-receipt");
        self.say("profile-cooling-off", &[("days", &days), ("where", &place)])
    }

    fn overriding(&self, over: &Override) -> String {
        let channel = over.channel.map(channel_name);
        let place = self.wherever(channel, over.product.as_deref(), over.period);
        self.weight(over.rule, over.weight.name(), &place)
    }

    fn weight(&self, code: &str, severity: &str, place: &str) -> String {
        let default = match rules::code(code).map(|code| code.severity) {
            Some(Severity::Advisory) => "advisory",
            _ => "blocking",
        };
        let weight = self.say("profile-weight", &[("severity", severity)]);
        let default = self.say("profile-default-weight", &[("severity", default)]);
        let args = [("code", code), ("weight", &weight), ("where", place), ("default", &default)];
        self.say("profile-rule", &args)
    }

    fn required(&self, required: &Required) -> String {
        let id = format!("field-{}", required.field.path().replace(['.', '_'], "-"));
        let field = self.say(&id, &[]);
        let place = self.wherever(required.channel.map(channel_name), None, required.period);
        let args = [("field", field.as_str()), ("party", required.party.name()), ("where", &place)];
        self.say("profile-required", &args)
    }

    fn clue(&self, clue: Clue, settings: ClueSettings) -> String {
        let name = self.say(&format!("clue-{}", clue.name().replace('_', "-").to_lowercase()), &[]);
        if !settings.enabled {
            return self.say("profile-clue-off", &[("clue", &name)]);
        }
        let threshold = settings.threshold.to_string();
        let args = [("clue", name.as_str()), ("threshold", &threshold), ("family", settings.family.name())];
        self.say("profile-clue", &args)
    }

    /// Where and when a setting holds.
    fn wherever(&self, channel: Option<&str>, product: Option<&str>, period: Period) -> String {
        let mut parts = Vec::new();
        parts.extend(channel.map(|channel| self.say("profile-channel", &[("channel", channel)])));
        parts.extend(product.map(|product| self.say("profile-product", &[("product", product)])));
        self.joined(parts, period, "profile")
    }

    /// The places, or everywhere, and the days, in the words that begin with `prefix`.
    fn joined(&self, mut parts: Vec<String>, period: Period, prefix: &str) -> String {
        if parts.is_empty() {
            parts.push(self.say("profile-everywhere", &[]));
        }
        let day = |day: chrono::NaiveDate| day.to_string();
        parts.extend(match (period.from.map(day), period.until.map(day)) {
            (None, None) => None,
            (Some(from), None) => Some(self.say(&format!("{prefix}-from"), &[("from", &from)])),
            (None, Some(until)) => Some(self.say(&format!("{prefix}-until"), &[("until", &until)])),
            (Some(from), Some(until)) => {
                Some(self.say(&format!("{prefix}-from-until"), &[("from", &from), ("until", &until)]))
            }
        });
        let comma = if self.language == Language::En { ", " } else { "，" };
        parts.join(comma)
    }
}

#[cfg(test)]
mod tests {
    use zhenshi_domain::profile::RequiredField;

    use super::*;

    const PROFILE: &str = "minor_insured_exemption = 'all_fields'\n\
        [rule.PAYER_NOT_POLICYHOLDER]\nseverity = 'advisory'\nfrom = 2026-07-01\n\
        [[override]]\nrule = 'PAYER_NOT_POLICYHOLDER'\nchannel = 'direct'\nproduct = 'P-1'\nseverity = 'off'\n\
        from = 2026-07-01\nuntil = 2026-12-31\n\
        [[required]]\nparty = 'policyholder'\nfield = 'email'\nuntil = 2027-06-30\n\
        [clue.SAME_PHONE]\nthreshold = 3\n[clue.SELLER_CONTACT]\nenabled = false\n";

    fn said(text: &str, language: Language) -> Vec<String> {
        sentences(&Profile::parse(text).unwrap(), &Words::load().unwrap(), language)
    }

    #[test]
    fn a_profile_is_explained_in_words() {
        let english = [
            "An insured under 18 may leave out everything that article 5 asks of an insured, not only the certificate number.",
            "PAYER_NOT_POLICYHOLDER is switched off in the direct channel, for product P-1, for applications from \
             2026-07-01 until 2026-12-31 (by default it blocks).",
            "PAYER_NOT_POLICYHOLDER is advisory everywhere, for applications from 2026-07-01 (by default it blocks).",
            "e-mail address is required of the policyholder everywhere, for applications until 2027-06-30.",
            "The daily list looks for “same phone” from 3 customers on; declared relatives are excused.",
            "The daily list does not look for “contact of a seller”.",
        ];
        assert_eq!(said(PROFILE, Language::En), english);
        for language in Language::ALL {
            let text = said(PROFILE, language).join("\n");
            assert!(text.contains("P-1") && text.contains("2027-06-30"), "{text}");
            assert!(!text.contains(['{', '$']) && !text.contains("profile-"), "{text}");
            assert_eq!(said("", language).len(), 1);
        }
    }

    #[test]
    fn lines_of_cooling_off_are_explained_the_deciding_one_first() {
        let text = "[[cooling_off]]\ndays = 12\n\
            [[cooling_off]]\nchannel = 'direct'\nclass = 'health'\nover_one_year = true\ndays = 20\nfrom = 2026-07-01\n";
        let english = [
            "Cooling-off lasts 20 days in the direct channel, for health insurance, for terms of over one year, for receipts \
             signed from 2026-07-01.",
            "Cooling-off lasts 12 days everywhere.",
        ];
        assert_eq!(said(text, Language::En), english);
        for language in Language::ALL {
            let text = said(text, language).join("\n");
            assert!(!text.contains(['{', '$']) && !text.contains("profile-"), "{text}");
        }
    }

    #[test]
    fn every_field_that_can_be_required_has_a_name() {
        let words = Words::load().unwrap();
        for field in RequiredField::ALL {
            let id = format!("field-{}", field.path().replace(['.', '_'], "-"));
            assert!(Language::ALL.iter().all(|language| words.has(*language, &id)), "{id}");
        }
    }
}
