//! What a form was sent with: read field by field, everything that is wrong noted, everything that was typed kept.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::shanghai;

use crate::{
    app::{App, RequestKey},
    web::{error::PageError, say::Say},
    words::WordArg,
};

/// Fields that are no part of what is asked for.
const FRAME: [&str; 2] = ["csrf", "request_id"];

/// The fields of a form, and what is wrong with them.
#[derive(Debug, Default)]
pub(in crate::web) struct Given {
    fields: BTreeMap<String, String>,
    wrong: BTreeMap<&'static str, String>,
}

impl Given {
    /// Of a field that comes twice the first one counts.
    pub(in crate::web) fn new(pairs: Vec<(String, String)>) -> Self {
        let mut fields = BTreeMap::new();
        for (name, value) in pairs {
            fields.entry(name).or_insert(value);
        }
        Self { fields, wrong: BTreeMap::new() }
    }

    /// What was typed into `name`, and what is wrong with it.
    pub(in crate::web) fn of(&self, name: &str) -> (String, String) {
        (self.raw(name).to_owned(), self.wrong.get(name).cloned().unwrap_or_default())
    }

    /// What was typed into `name`.
    pub(in crate::web) fn raw(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// Whether anything is wrong.
    pub(in crate::web) fn is_wrong(&self) -> bool {
        !self.wrong.is_empty()
    }

    /// Notes what is wrong with `name`.
    pub(in crate::web) fn wrong(&mut self, name: &'static str, told: String) {
        self.wrong.entry(name).or_insert(told);
    }

    /// The key under which what is asked for is done once, however often it is sent: of the form's own number and of all that
    /// stands in it.
    ///
    /// # Errors
    /// [`PageError::Unreadable`] for a form without its number: none of ours.
    pub(in crate::web) fn request(&self, app: &App, what: &str) -> Result<RequestKey, PageError> {
        let request_id = Uuid::try_parse(self.raw("request_id")).map_err(|_| PageError::Unreadable)?;
        let asked = self.fields.iter().filter(|(name, _)| !FRAME.contains(&name.as_str()));
        let asked: BTreeMap<_, _> = asked.collect();
        // A map of texts always serialises.
        let bytes = serde_json::to_vec(&(what, asked)).unwrap_or_default();
        Ok(RequestKey { request_id, digest: app.request_digest(&bytes) })
    }

    /// The version that was seen.
    ///
    /// # Errors
    /// [`PageError::Unreadable`] for a form without one: none of ours.
    pub(in crate::web) fn etag(&self) -> Result<i64, PageError> {
        self.raw("etag").parse().map_err(|_| PageError::Unreadable)
    }

    /// What somebody wrote: trimmed, line breaks as they are kept, without control characters.
    pub(in crate::web) fn text(
        &mut self,
        say: &Say,
        name: &'static str,
        most: usize,
        required: bool,
    ) -> String {
        let text = self.raw(name).replace("\r\n", "\n").trim().to_owned();
        if text.is_empty() && required {
            self.wrong(name, say.t("violation-required"));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            self.wrong(name, say.t("violation-control-characters"));
        }
        if text.chars().count() > most {
            let most = WordArg::Number(u32::try_from(most).unwrap_or(u32::MAX));
            self.wrong(name, say.with("violation-too-long", &[("most", most)]));
        }
        text
    }

    /// One of a closed set; none if it is not chosen.
    pub(in crate::web) fn choice<T>(
        &mut self,
        say: &Say,
        name: &'static str,
        required: bool,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let sent = self.raw(name).to_owned();
        if sent.is_empty() {
            if required {
                self.wrong(name, say.t("violation-required"));
            }
            return None;
        }
        let read = read(&sent);
        if read.is_none() {
            self.wrong(name, say.t("violation-enum"));
        }
        read
    }

    /// A number from `least` to `most`.
    pub(in crate::web) fn number(&mut self, say: &Say, name: &'static str, least: u16, most: u16) -> u16 {
        let sent = self.raw(name).trim().parse().ok().filter(|sent| (least..=most).contains(sent));
        sent.unwrap_or_else(|| {
            let args = [("least", WordArg::Number(least.into())), ("most", WordArg::Number(most.into()))];
            self.wrong(name, say.with("violation-range", &args));
            least
        })
    }

    /// A day; none if it is not given.
    pub(in crate::web) fn date(
        &mut self,
        say: &Say,
        name: &'static str,
        required: bool,
    ) -> Option<NaiveDate> {
        let sent = self.raw(name).trim().to_owned();
        if sent.is_empty() {
            if required {
                self.wrong(name, say.t("violation-required"));
            }
            return None;
        }
        let day = NaiveDate::parse_from_str(&sent, "%Y-%m-%d").ok();
        if day.is_none() {
            self.wrong(name, say.t("violation-date"));
        }
        day
    }

    /// A time of the clocks of Asia/Shanghai.
    pub(in crate::web) fn moment(&mut self, say: &Say, name: &'static str) -> DateTime<Utc> {
        let sent = self.raw(name).trim().to_owned();
        let read = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
        let moment = read.iter().find_map(|format| NaiveDateTime::parse_from_str(&sent, format).ok());
        let Some(moment) = moment else {
            self.wrong(name, say.t(if sent.is_empty() { "violation-required" } else { "violation-date" }));
            return DateTime::UNIX_EPOCH;
        };
        shanghai::at(moment.date(), moment.time())
    }

    /// An id of something on the page.
    pub(in crate::web) fn id(&mut self, say: &Say, name: &'static str) -> Uuid {
        self.choice(say, name, true, |sent| Uuid::try_parse(sent).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{web::view::tests::say, words::Language};

    fn given(pairs: &[(&str, &str)]) -> Given {
        Given::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn everything_that_is_wrong_is_noted_and_what_was_typed_is_kept() {
        let say = say(Language::En);
        let mut form =
            given(&[("a", "  "), ("b", "x\u{7}"), ("c", "12345"), ("d", "2026-02-30"), ("e", "9")]);
        form.text(&say, "a", 10, true);
        form.text(&say, "b", 10, true);
        form.text(&say, "c", 4, true);
        form.date(&say, "d", true);
        form.number(&say, "e", 1, 5);
        for name in ["a", "b", "c", "d", "e"] {
            assert!(!form.of(name).1.is_empty(), "{name}");
        }
        assert_eq!(form.of("d").0, "2026-02-30");
    }

    #[test]
    fn a_time_is_of_shanghai_and_lines_end_alike() {
        let say = say(Language::En);
        let mut form = given(&[("t", "2026-11-24T09:30"), ("x", " one\r\ntwo ")]);
        assert_eq!(form.moment(&say, "t").to_rfc3339(), "2026-11-24T01:30:00+00:00");
        assert_eq!(form.text(&say, "x", 10, true), "one\ntwo");
        assert!(!form.is_wrong());
    }
}
