//! Everything that can be done with a case from its page, each with its form.
//!
//! To add one: a variant, its line in [`Deed::ALL`], its fields in [`fields`], its arm in [`super::act`], and its words
//! `page-case-do-<slug>` (and `page-case-why-<slug>` if the case's own facts can stand against it).

use zhenshi_domain::{
    application::Channel,
    case::{
        Move, Outcome,
        evidence::{ContactMeans, ContactResult},
    },
};

use super::given::Given;
use crate::{
    app::{
        CallBackAnswer, CaseRow, OpinionKind,
        case::{extend_case::MOST_WORKING_DAYS, get_case::ShownDetails},
    },
    security::{principal::ALL_CHANNELS, role::Role},
    web::{
        say::{self, Say},
        view::{
            case::{
                deeds::{Field, Input},
                named,
            },
            words,
        },
    },
};

/// Most characters of a reason, a note or a question.
pub(super) const NOTE_CHARACTERS: usize = 2_000;
/// Most characters of a comment, a summary, an opinion or an answer.
pub(super) const LONG_CHARACTERS: usize = 4_000;
/// Most characters of a code of the directory or a number of another system.
pub(super) const CODE_CHARACTERS: usize = 64;

/// Something that can be done with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Start,
    Submit,
    Verify,
    Return,
    Release,
    Hold,
    Merge,
    Assign,
    Redirect,
    TakeOver,
    Comment,
    Attempt,
    RequestCallBack,
    AnswerCallBack,
    AnswerAssist,
    OverrideAssist,
    Pause,
    Resume,
    Extend,
    Urge,
    Appeal,
    DecideAppeal,
    RecordOpinion,
    ReplyToOpinion,
    ReportAgency,
    Commission,
    Withdraw,
    Reopen,
}

impl Deed {
    /// Every deed in the order in which the page offers them, with its part of the address and the moves that it is.
    pub(super) const ALL: [(Self, &'static str, &'static [Move]); 28] = [
        (Self::Start, "start", &[Move::Start]),
        (Self::Submit, "submit", &[Move::Submit]),
        (Self::Verify, "verify", &[Move::Verify, Move::Close]),
        (Self::Return, "return", &[Move::Return]),
        (Self::Release, "release", &[Move::Release]),
        (Self::Hold, "hold", &[Move::Hold]),
        (Self::Merge, "merge", &[Move::Merge]),
        (Self::Assign, "assign", &[Move::Assign, Move::Reassign]),
        (Self::Redirect, "redirect", &[Move::Redirect]),
        (Self::TakeOver, "take-over", &[Move::TakeOver]),
        (Self::Comment, "comment", &[Move::Comment]),
        (Self::Attempt, "attempt", &[Move::RecordContactAttempt]),
        (Self::RequestCallBack, "request-call-back", &[Move::RequestCallBack]),
        (Self::AnswerCallBack, "answer-call-back", &[Move::AnswerCallBack]),
        (Self::AnswerAssist, "answer-assist", &[Move::AnswerAssist]),
        (Self::OverrideAssist, "override-assist", &[Move::OverrideAssist]),
        (Self::Pause, "pause", &[Move::Pause]),
        (Self::Resume, "resume", &[Move::Resume]),
        (Self::Extend, "extend", &[Move::Extend]),
        (Self::Urge, "urge", &[Move::Urge]),
        (Self::Appeal, "appeal", &[Move::Appeal]),
        (Self::DecideAppeal, "decide-appeal", &[Move::DecideAppeal]),
        (Self::RecordOpinion, "record-opinion", &[]),
        (Self::ReplyToOpinion, "reply-to-opinion", &[]),
        (Self::ReportAgency, "report-agency", &[Move::ReportAgencyRefusal]),
        (Self::Commission, "commission", &[Move::DecideCommission]),
        (Self::Withdraw, "withdraw", &[Move::Withdraw]),
        (Self::Reopen, "reopen", &[Move::Reopen]),
    ];

    /// The deed of a part of an address.
    pub(super) fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own, _)| *own == slug).map(|(deed, ..)| *deed)
    }

    /// Its part of the address.
    pub(super) fn slug(self) -> &'static str {
        Self::ALL.iter().find(|(deed, ..)| *deed == self).map_or("", |(_, slug, _)| slug)
    }

    /// Whether it leads the case on.
    pub(super) const fn leads_on(self) -> bool {
        matches!(
            self,
            Self::Start
                | Self::Submit
                | Self::Verify
                | Self::AnswerAssist
                | Self::AnswerCallBack
                | Self::DecideAppeal
        )
    }

    /// Whether it ends or undoes something.
    pub(super) const fn is_grave(self) -> bool {
        matches!(self, Self::Withdraw | Self::Return | Self::Commission)
    }
}

/// What the forms choose from.
pub(super) struct Choices<'a> {
    pub(super) say: &'a Say,
    pub(super) case: &'a CaseRow,
    pub(super) details: &'a ShownDetails,
    pub(super) role: Role,
    /// The caller's own channel, if he has one.
    pub(super) channel: Option<Channel>,
    pub(super) now: chrono::DateTime<chrono::Utc>,
}

/// Makes the fields of one form; what was typed and what is wrong comes from `given`.
pub(super) struct Fields<'a> {
    pub(super) form: &'static str,
    pub(super) choices: &'a Choices<'a>,
    pub(super) given: Option<&'a Given>,
    pub(super) made: Vec<Field>,
}

impl Fields<'_> {
    pub(super) fn add(
        &mut self,
        name: &'static str,
        label: &'static str,
        required: bool,
        input: Input,
    ) -> &mut Field {
        let (value, error) = self.given.map_or_else(Default::default, |given| given.of(name));
        let most = match input {
            Input::Text => CODE_CHARACTERS,
            Input::Area => NOTE_CHARACTERS,
            _ => 0,
        };
        let field = Field {
            name,
            id: format!("{}-{name}", self.form),
            label: self.choices.say.t(label),
            hint: String::new(),
            input,
            required,
            value,
            error,
            most,
        };
        self.made.push(field);
        let last = self.made.len() - 1;
        &mut self.made[last]
    }

    fn reason(&mut self, required: bool) {
        self.add("reason", "page-case-field-reason", required, Input::Area);
    }

    fn hinted(&mut self, hint: &'static str) {
        let hint = self.choices.say.t(hint);
        if let Some(field) = self.made.last_mut() {
            field.hint = hint;
        }
    }

    fn long(&mut self, name: &'static str, label: &'static str) {
        self.add(name, label, true, Input::Area).most = LONG_CHARACTERS;
    }

    /// What the field has when nothing was typed yet.
    pub(super) fn starting_with(&mut self, value: String) {
        let untouched = self.given.is_none();
        if let Some(field) = self.made.last_mut().filter(|_| untouched) {
            field.value = value;
        }
    }

    fn choice(
        &mut self,
        name: &'static str,
        label: &'static str,
        required: bool,
        options: Vec<(String, String)>,
    ) {
        // The only one there is need not be chosen; which of several is meant has to be said.
        let only = (required && options.len() == 1).then(|| options[0].0.clone());
        self.add(name, label, required, Input::Choice(options));
        if let Some(only) = only {
            self.starting_with(only);
        }
    }
}

/// The fields of `deed`.
pub(super) fn fields(deed: Deed, choices: &Choices<'_>, given: Option<&Given>) -> Vec<Field> {
    let mut of = Fields { form: deed.slug(), choices, given, made: Vec::new() };
    match deed {
        Deed::Start | Deed::Resume | Deed::Urge | Deed::Release => {}
        Deed::Submit => submit(&mut of),
        Deed::Verify => {
            of.add("note", "page-case-field-note", false, Input::Area);
        }
        Deed::Assign => assign(&mut of),
        Deed::Redirect => redirect(&mut of),
        Deed::Merge => {
            of.add("cases", "page-case-field-cases", true, Input::Area);
            of.hinted("page-case-hint-cases");
            of.reason(true);
        }
        Deed::Comment => of.long("comment", "page-case-field-comment"),
        Deed::Attempt => attempt(&mut of),
        Deed::RequestCallBack => {
            of.add("question", "page-case-field-question", true, Input::Area);
        }
        Deed::AnswerCallBack => answer_call_back(&mut of),
        Deed::AnswerAssist | Deed::OverrideAssist => assist(deed, &mut of),
        Deed::Extend => {
            of.add("working_days", "page-case-field-working-days", true, Input::Number(1, MOST_WORKING_DAYS));
            of.reason(true);
        }
        Deed::DecideAppeal => decide_appeal(&mut of),
        Deed::RecordOpinion => record_opinion(&mut of),
        Deed::ReplyToOpinion => reply(&mut of),
        Deed::ReportAgency => {
            let agencies = choices.case.agency_codes.iter();
            let agencies = agencies.map(|code| (code.clone(), code.clone())).collect();
            of.choice("agency_code", "page-case-field-agency", true, agencies);
            of.reason(true);
        }
        Deed::Hold => {
            let held = choices.case.held;
            let (value, words) =
                if held { ("off", "page-case-hold-off") } else { ("on", "page-case-hold-on") };
            of.choice("hold", "page-case-field-hold", true, vec![(value.into(), choices.say.t(words))]);
            of.reason(true);
        }
        Deed::Commission => {
            let held = choices.case.commission_held;
            let (value, words) =
                if held { ("off", "page-case-commission-off") } else { ("on", "page-case-commission-on") };
            of.choice("hold", "page-case-field-commission", true, vec![(value.into(), choices.say.t(words))]);
            of.reason(true);
        }
        Deed::Return | Deed::TakeOver | Deed::Pause | Deed::Appeal | Deed::Withdraw | Deed::Reopen => {
            of.reason(true);
        }
    }
    of.made
}

fn submit(of: &mut Fields<'_>) {
    let say = of.choices.say;
    let outcomes = Outcome::ALL.iter().map(|one| (one.code().to_string(), say.t(named::outcome(*one))));
    of.choice("outcome", "page-case-field-outcome", true, outcomes.collect());
    of.starting_with(of.choices.case.outcome.map(|one| one.code().to_string()).unwrap_or_default());
    let kinds = named::CLEARED.iter().map(|(_, value, words)| ((*value).to_owned(), say.t(words)));
    of.choice("cleared_kind", "page-case-field-cleared-kind", false, kinds.collect());
    of.hinted("page-case-hint-cleared-kind");
    of.add("servicing_no", "page-case-field-servicing-no", false, Input::Text);
    of.hinted("page-case-hint-servicing-no");
    of.starting_with(of.choices.case.servicing_no.clone());
    of.long("summary", "page-case-field-summary");
}

fn assign(of: &mut Fields<'_>) {
    of.add("staff_code", "page-case-field-staff", false, Input::Text);
    of.hinted("page-case-hint-staff");
    let somebody = of.choices.case.assignee.is_some();
    of.reason(somebody);
}

fn redirect(of: &mut Fields<'_>) {
    let say = of.choices.say;
    let channels =
        ALL_CHANNELS.iter().map(|one| (named::channel_value(*one).to_owned(), say.t(words::channel(*one))));
    of.choice("channel", "page-case-field-channel", true, channels.collect());
    of.add("branch_code", "page-case-field-branch", false, Input::Text);
    of.starting_with(of.choices.case.branch_code.clone());
    of.add("staff_code", "page-case-field-staff", false, Input::Text);
    of.hinted("page-case-hint-staff");
    of.reason(true);
}

fn attempt(of: &mut Fields<'_>) {
    let say = of.choices.say;
    of.add("time", "page-case-field-time", true, Input::Moment);
    of.starting_with(say::time(of.choices.now).replace(' ', "T"));
    let means = ContactMeans::ALL.iter().map(|one| (one.code().to_string(), say.t(named::means(*one))));
    of.choice("means", "page-case-field-means", true, means.collect());
    let results = ContactResult::ALL.iter().map(|one| (one.code().to_string(), say.t(named::result(*one))));
    of.choice("result", "page-case-field-result", true, results.collect());
    of.add("note", "page-case-field-note", false, Input::Area);
}

fn answer_call_back(of: &mut Fields<'_>) {
    let say = of.choices.say;
    let open = of.choices.details.rows.call_back_requests.iter().filter(|call| call.answered_time.is_none());
    let open = open.map(|call| {
        (call.id.to_string(), format!("{} · {}", say::time(call.requested_time), call.requested_by))
    });
    of.choice("id", "page-case-field-call", true, open.collect());
    let answers = [
        CallBackAnswer::Confirmed,
        CallBackAnswer::ToldOtherwise,
        CallBackAnswer::NotReached,
        CallBackAnswer::Refused,
    ];
    let answers =
        answers.iter().map(|one| (named::answer_value(*one).to_owned(), say.t(named::answer(*one))));
    of.choice("answer", "page-case-field-answer", true, answers.collect());
    of.add("note", "page-case-field-note", false, Input::Area);
}

fn assist(deed: Deed, of: &mut Fields<'_>) {
    let say = of.choices.say;
    let mut channels: Vec<Channel> = of
        .choices
        .details
        .rows
        .participants
        .iter()
        .filter(|one| one.assists && one.answered_time.is_none() && !one.overridden)
        .map(|one| one.channel)
        .filter(|channel| {
            deed == Deed::OverrideAssist || of.choices.channel.is_none_or(|own| own == *channel)
        })
        .collect();
    channels.sort_unstable();
    channels.dedup();
    let channels =
        channels.iter().map(|one| (named::channel_value(*one).to_owned(), say.t(words::channel(*one))));
    of.choice("channel", "page-case-field-assist", true, channels.collect());
    let label =
        if deed == Deed::OverrideAssist { "page-case-field-reason" } else { "page-case-field-answer" };
    of.long("answer", label);
}

fn decide_appeal(of: &mut Fields<'_>) {
    let say = of.choices.say;
    let open = of.choices.details.rows.appeals.iter().filter(|appeal| appeal.decided_time.is_none());
    let open = open.map(|appeal| {
        (appeal.id.to_string(), format!("{} · {}", say::time(appeal.appealed_time), appeal.appealed_by))
    });
    of.choice("id", "page-case-field-appeal", true, open.collect());
    let ends = [("yes", "page-case-appeal-accept"), ("no", "page-case-appeal-refuse")];
    let ends = ends.iter().map(|(value, words)| ((*value).to_owned(), say.t(words)));
    of.choice("accept", "page-case-field-decision", true, ends.collect());
    of.reason(true);
}

fn record_opinion(of: &mut Fields<'_>) {
    let say = of.choices.say;
    let mut kinds = vec![OpinionKind::Sanction];
    if of.choices.role == Role::Compliance {
        kinds.push(OpinionKind::Rectification);
    }
    let kinds = kinds.iter().map(|one| (named::opinion_value(*one).to_owned(), say.t(named::opinion(*one))));
    of.choice("kind", "page-case-field-opinion-kind", true, kinds.collect());
    of.add("owner_code", "page-case-field-owner", true, Input::Text);
    of.add("due_date", "page-case-field-due", true, Input::Date);
    of.long("opinion", "page-case-field-opinion");
}

fn reply(of: &mut Fields<'_>) {
    let say = of.choices.say;
    let open = of.choices.details.rows.opinions.iter().filter(|opinion| opinion.replied_time.is_none());
    let open = open.map(|opinion| {
        let words = format!(
            "{} · {} · {}",
            say.t(named::opinion(opinion.kind)),
            opinion.owner_code,
            say::date(opinion.due_date)
        );
        (opinion.id.to_string(), words)
    });
    of.choice("id", "page-case-field-which-opinion", true, open.collect());
    of.long("reply", "page-case-field-reply");
}
