//! The desks beside the case: the lists of every day, sorting, verification, submissions, entry by hand, the try-it form.

mod entry;
mod export;
mod lists;
pub(super) mod many;
mod queue;
mod sorting;
mod submissions;
mod try_it;

use std::sync::Arc;

use axum::{Router, routing::get};

use super::case::given::Given;
use crate::web::{
    Site,
    say::Say,
    view::case::deeds::{Field, Input},
};

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/lists", get(lists::all))
        .route("/lists/{kind}/{date}", get(lists::one))
        .route("/lists/{kind}/{date}/{file}", get(export::export))
        .route("/sorting", get(sorting::show).post(sorting::act))
        .route("/verification", get(queue::show).post(queue::act))
        .route("/submissions", get(submissions::all))
        .route("/submissions/{id}", get(submissions::one))
        .route("/cases/new", get(entry::show).post(entry::enter))
        .route("/try", get(try_it::show).post(try_it::judge))
}

/// Makes the fields of a form that is no deed of a case.
pub(in crate::web) struct Making<'a> {
    say: &'a Say,
    given: Option<&'a Given>,
    form: &'static str,
    made: Vec<Field>,
}

impl<'a> Making<'a> {
    pub(in crate::web) const fn new(say: &'a Say, given: Option<&'a Given>, form: &'static str) -> Self {
        Self { say, given, form, made: Vec::new() }
    }

    pub(in crate::web) fn add(
        &mut self,
        name: &'static str,
        label: &'static str,
        required: bool,
        input: Input,
    ) -> &mut Self {
        let (value, error) = self.given.map_or_else(Default::default, |given| given.of(name));
        let most = match input {
            Input::Text => 200,
            Input::Area => 2_000,
            _ => 0,
        };
        self.made.push(Field {
            name,
            id: format!("{}-{name}", self.form),
            label: self.say.t(label),
            hint: String::new(),
            input,
            required,
            value,
            error,
            most,
        });
        self
    }

    /// Of several: value in the form, message.
    pub(in crate::web) fn choice(
        &mut self,
        name: &'static str,
        label: &'static str,
        required: bool,
        of: &[(&str, &str)],
    ) -> &mut Self {
        let options = of.iter().map(|(value, words)| ((*value).to_owned(), self.say.t(words))).collect();
        self.add(name, label, required, Input::Choice(options))
    }

    /// Takes so many characters instead of as many as its kind does.
    pub(in crate::web) fn most(&mut self, most: usize) -> &mut Self {
        if let Some(field) = self.made.last_mut() {
            field.most = most;
        }
        self
    }

    pub(in crate::web) fn hint(&mut self, hint: &'static str) -> &mut Self {
        let hint = self.say.t(hint);
        if let Some(field) = self.made.last_mut() {
            field.hint = hint;
        }
        self
    }

    /// What the field has when nothing was typed yet.
    pub(in crate::web) fn starting_with(&mut self, value: &str) -> &mut Self {
        if let Some(field) = self.made.last_mut().filter(|_| self.given.is_none()) {
            value.clone_into(&mut field.value);
        }
        self
    }

    pub(in crate::web) fn done(&mut self) -> Vec<Field> {
        std::mem::take(&mut self.made)
    }
}
