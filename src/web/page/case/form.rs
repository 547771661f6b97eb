//! The forms of what can be done with a case: what they choose from, and their fields.

mod each;

use zhenshi_domain::application::Channel;

use self::each::{
    answer_call_back, assign, assist, attempt, decide_appeal, record_opinion, redirect, reply, submit,
};
use super::{
    deed::{CODE_CHARACTERS, Deed, LONG_CHARACTERS, NOTE_CHARACTERS},
    given::Given,
};
use crate::{
    app::{
        CaseRow,
        case::{extend_case::MOST_WORKING_DAYS, get_case::ShownDetails},
    },
    security::role::Role,
    web::{
        say::Say,
        view::case::deeds::{Field, Input},
    },
};

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
