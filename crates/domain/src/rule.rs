//! What a rule is, and how an application is judged: all rules over the whole of it in one pass.
//!
//! To add a rule see [`crate::rules`].

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    application::{Application, Channel, Person},
    directory::DirectoryFacts,
    finding::{Arg, Code, FieldPath, Finding, Severity},
    profile::Profile,
    rules::{self, Known, applicability, application_date},
    shanghai,
    verdict::Verdict,
};

/// Version of the rules' code. Raise it whenever an application could get another verdict or finding than before, so
/// that the version stored with a verdict keeps explaining it.
pub const CODE_VERSION: &str = "3";

/// One rule. It looks at the whole application and says everything that is wrong in its matter.
pub trait Rule: Sync {
    /// The codes that it can give.
    fn codes(&self) -> &'static [Code];

    /// Adds its findings, in the order of the fields.
    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>);
}

/// What a rule may look at.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The application.
    pub application: &'a Application,
    /// The rule profile in force.
    pub profile: &'a Profile,
    /// What the directory says of it.
    pub directory: &'a DirectoryFacts,
    /// What is known of the policyholder, then of every insured.
    pub known: &'a [Known<'a>],
    /// The day on which ages and validity are counted: see [`age_date`].
    pub as_of: NaiveDate,
    /// Day of the decision in Asia/Shanghai.
    pub decided_on: NaiveDate,
}

/// Where a person stands in an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The policyholder.
    Policyholder,
    /// The insured at this index.
    Insured(usize),
}

impl Place {
    /// The path of a field of the person there; `name` may be dotted.
    pub fn field(self, name: &'static str) -> FieldPath {
        match self {
            Self::Policyholder => FieldPath::new("policyholder").field(name),
            Self::Insured(index) => FieldPath::new("insureds").index(index).field("person").field(name),
        }
    }
}

impl<'a> Context<'a> {
    /// The policyholder, then every insured, each with his place.
    pub fn people(&self) -> impl Iterator<Item = (Place, &'a Person)> + use<'a> {
        let application = self.application;
        let insureds = application.insureds.iter().enumerate();
        std::iter::once((Place::Policyholder, &application.policyholder))
            .chain(insureds.map(|(index, insured)| (Place::Insured(index), &insured.person)))
    }

    /// As [`Self::people`], each with what is known of him.
    pub fn known_people(&self) -> impl Iterator<Item = (Place, &'a Person, &'a Known<'a>)> + use<'a> {
        self.people().zip(self.known).map(|((place, person), known)| (place, person, known))
    }
}

/// Collects findings and gives each the weight that the profile says.
#[derive(Debug)]
pub struct Findings<'a> {
    profile: &'a Profile,
    channel: Channel,
    product: &'a str,
    on: NaiveDate,
    list: Vec<Finding>,
}

impl<'a> Findings<'a> {
    fn new(application: &'a Application, profile: &'a Profile, on: NaiveDate) -> Self {
        let product = &application.product.code;
        Self { profile, channel: application.channel, product, on, list: Vec::new() }
    }

    /// Adds a finding without arguments, unless the profile has switched its code off.
    pub fn add(&mut self, code: Code, field_path: FieldPath) {
        self.add_with(code, field_path, Vec::new());
    }

    /// Adds a finding with the arguments of its words, unless the profile has switched its code off.
    pub fn add_with(&mut self, code: Code, field_path: FieldPath, args: Vec<(&'static str, Arg)>) {
        if let Some(severity) = self.profile.severity(&code, self.channel, self.product, self.on) {
            self.list.push(Finding { code, field_path, severity, args });
        }
    }
}

/// A verdict with everything that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What underwriting is told.
    pub verdict: Verdict,
    /// In the order of [`rules::ALL`], then of the fields.
    pub findings: Vec<Finding>,
}

/// Judges `application` under `profile` at the instant `decided_time`, without a directory.
pub fn judge(application: &Application, profile: &Profile, decided_time: DateTime<Utc>) -> Judgement {
    judge_with(application, profile, &DirectoryFacts::default(), decided_time)
}

/// Judges `application` under `profile` at the instant `decided_time`, with what the directory says of it.
///
/// Outside article 4 nothing is judged and there are no findings. Otherwise every rule runs, and one blocking finding
/// rejects.
pub fn judge_with(
    application: &Application,
    profile: &Profile,
    directory: &DirectoryFacts,
    decided_time: DateTime<Utc>,
) -> Judgement {
    if !applicability::in_scope(&application.product) {
        return Judgement { verdict: Verdict::NotApplicable, findings: Vec::new() };
    }
    let as_of = age_date(application, decided_time);
    let insureds = application.insureds.iter().map(|insured| &insured.person);
    let known: Vec<Known<'_>> = std::iter::once(&application.policyholder)
        .chain(insureds)
        .map(|person| Known::of(person, as_of))
        .collect();
    let cx = Context {
        application,
        profile,
        directory,
        known: &known,
        as_of,
        decided_on: shanghai::date(decided_time),
    };
    let mut out = Findings::new(application, profile, cx.as_of);
    for rule in rules::ALL {
        rule.judge(&cx, &mut out);
    }
    let blocked = out.list.iter().any(|finding| finding.severity == Severity::Blocking);
    let verdict = if blocked { Verdict::Rejected } else { Verdict::Accepted };
    Judgement { verdict, findings: out.list }
}

/// The day on which ages are counted: the application date; the Shanghai date of the decision when that is unset,
/// impossible or not yet come (each of which is a finding of its own).
pub fn age_date(application: &Application, decided_time: DateTime<Utc>) -> NaiveDate {
    let decided_on = shanghai::date(decided_time);
    application_date::stated(application, decided_on).unwrap_or(decided_on)
}
