//! The form (客户信息确认书) for the customer's own signature (亲笔签名, article 13): filled in as far as masking allows,
//! printed, corrected and signed by hand. A page of its own, without scripts.
//!
//! To add a line: its row in [`rows`] and its words in `locales/*/form.ftl`; what it looks like is in
//! `templates/confirmation_form.html`.

use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{mask, party::Role, shanghai};

use crate::{
    app::{
        App, AppError, DatePayload, PersonPayload, export_suspicion_list::certificate_word, suspicions::entry,
    },
    security::{policy::Action, principal::Principal, sealing::Place},
    store::{StoreError, case::form::FormMember, payload::Payload},
    words::{Language, Words},
};

/// Action of the audit entry.
const ACTION_PRINT: &str = "PRINT_CONFIRMATION_FORM";
/// Between several values of one line.
const BETWEEN: &str = "; ";

/// A form to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationForm {
    /// The page.
    pub html: String,
    /// A name for its file.
    pub file_name: String,
}

/// A line: what, and what is on record.
struct Line {
    label: String,
    value: String,
}

/// The page; every value is escaped by the template.
#[derive(Template)]
#[template(path = "confirmation_form.html")]
struct Page {
    lang: &'static str,
    title: String,
    class: String,
    case_no: String,
    printed_by_label: String,
    printed_by: String,
    printed_time: String,
    facts: Vec<Line>,
    intro: String,
    item: String,
    recorded: String,
    right: String,
    wrong: String,
    corrected: String,
    rows: Vec<Line>,
    shared: String,
    no: String,
    yes: String,
    proof: String,
    statement: String,
    sign_customer: String,
    sign_guardian: String,
    sign_staff: String,
    sign_date: String,
    original_seen: String,
    note: String,
}

/// The form of the case `case_id` for its customer `customer_id`. That it is made is in the audit log before anything is
/// opened.
///
/// # Errors
/// [`AppError::QuotaExceeded`]; [`AppError::CaseNotFound`] if there is no such case within the caller's reach, or no such customer of his channel in it.
pub async fn confirmation_form(
    app: &App,
    principal: &Principal,
    (case_id, customer_id): (Uuid, Uuid),
    words: &Words,
    language: Language,
) -> Result<ConfirmationForm, AppError> {
    let scope = principal.permit(Action::GetConfirmationForm)?;
    app.count_look_up(principal, Action::GetConfirmationForm).await?;
    // Whose customers of other channels are stubs gets no form for them.
    let channel = principal.staff.as_ref().and_then(|staff| staff.channel);
    let entry = entry(app, &scope, ACTION_PRINT, "case", vec![case_id, customer_id])
        .map_err(|error| app.failed(&error))?;
    let printed_time = entry.recorded_time;
    let found = app.store.confirmation_form(scope.clone(), (case_id, customer_id), channel, entry).await;
    let Some((case_no, members)) = found.map_err(|error| app.failed(&error))? else {
        return Err(AppError::CaseNotFound);
    };
    let wanted = members.iter().map(|member| (member.submission_id, member.party_no)).collect();
    let sealed = app.store.get_sealed_parties(scope.clone(), wanted).await;
    let sealed = sealed.map_err(|error| app.failed(&error))?;
    // The newest one that was not destroyed.
    let newest = members.iter().find_map(|member| {
        sealed.get(&(member.submission_id, member.party_no)).map(|sealed| (member, sealed))
    });
    let payload = match newest {
        None => Payload::default(),
        Some((member, sealed)) => {
            let place = Place { table: "sealed", row: member.submission_id, party_no: member.party_no };
            app.sealer
                .open(place, sealed)
                .map_err(StoreError::from)
                .and_then(|bytes| Payload::decode(&bytes, &member.submission_id))
                .map_err(|error| app.failed(&error))?
        }
    };
    let writer = Writer { words, language };
    let page = writer.page(&case_no, &members, &payload, scope.actor(), printed_time);
    let html = page
        .render()
        .map_err(|_| app.failed(&StoreError::Unexpected("the confirmation form does not render".into())))?;
    Ok(ConfirmationForm { html, file_name: format!("confirmation-form-{case_no}.html") })
}

/// Writes the page in one language.
struct Writer<'a> {
    words: &'a Words,
    language: Language,
}

impl Writer<'_> {
    fn word(&self, id: &str) -> String {
        self.words.message(self.language, id, std::iter::empty())
    }

    fn page(
        &self,
        case_no: &str,
        members: &[FormMember],
        payload: &Payload,
        printed_by: &str,
        printed_time: DateTime<Utc>,
    ) -> Page {
        Page {
            lang: self.language.as_tag(),
            title: self.word("form-title"),
            class: self.word("form-class"),
            case_no: case_no.to_owned(),
            printed_by_label: self.word("form-printed-by"),
            printed_by: printed_by.to_owned(),
            printed_time: minute(printed_time),
            facts: self.facts(case_no, members),
            intro: self.word("form-intro"),
            item: self.word("form-item"),
            recorded: self.word("form-recorded"),
            right: self.word("form-right"),
            wrong: self.word("form-wrong"),
            corrected: self.word("form-corrected"),
            rows: self.rows(payload),
            shared: self.word("form-shared"),
            no: self.word("form-no"),
            yes: self.word("form-yes"),
            proof: self.word("form-proof"),
            statement: self.word("form-statement"),
            sign_customer: self.word("form-sign-customer"),
            sign_guardian: self.word("form-sign-guardian"),
            sign_staff: self.word("form-sign-staff"),
            sign_date: self.word("form-sign-date"),
            original_seen: self.word("form-original-seen"),
            note: self.word("form-note"),
        }
    }

    fn facts(&self, case_no: &str, members: &[FormMember]) -> Vec<Line> {
        let each = |of: fn(&FormMember) -> &str| {
            let mut values: Vec<&str> = members.iter().map(of).filter(|value| !value.is_empty()).collect();
            values.sort_unstable();
            values.dedup();
            values.join(BETWEEN)
        };
        let mut roles: Vec<Role> = members.iter().map(|member| member.role).collect();
        roles.sort_unstable();
        roles.dedup();
        let roles =
            roles.into_iter().map(|role| self.word(role_word(role))).collect::<Vec<_>>().join(BETWEEN);
        let facts = [
            ("form-case-no", case_no.to_owned()),
            ("form-role", roles),
            ("form-application-no", each(|member| &member.application_no)),
            ("form-policy-no", each(|member| &member.policy_no)),
        ];
        facts.into_iter().map(|(id, value)| self.line(id, value)).collect()
    }

    /// What is on record, masked.
    fn rows(&self, payload: &Payload) -> Vec<Line> {
        let nobody = PersonPayload::default();
        let person = payload.person.as_ref().unwrap_or(&nobody);
        // A payer is known by the name on the account.
        let holder = payload.accounts.first().map_or("", |account| account.holder_name.as_str());
        let name = if payload.person.is_some() { person.name.as_str() } else { holder };
        let sex = match person.sex {
            Some('M') => self.word("form-male"),
            Some(_) => self.word("form-female"),
            None => String::new(),
        };
        let birth_year = match person.birth_date {
            DatePayload::Day(day) => mask::birth_date(day),
            DatePayload::Unset | DatePayload::Impossible => String::new(),
        };
        let [_, province, city, _, _, text] = &person.address;
        let masked = |value: &str, mask: fn(&str) -> String| {
            if value.is_empty() { String::new() } else { mask(value) }
        };
        let has_address = person.address.iter().any(|part| !part.is_empty());
        let rows = [
            ("form-name", masked(name, mask::name)),
            ("form-sex", sex),
            (
                "form-certificate-kind",
                person.kind().map(|kind| self.word(certificate_word(kind))).unwrap_or_default(),
            ),
            ("form-certificate-number", masked(&person.certificate_number, mask::certificate)),
            ("form-birth-year", birth_year),
            ("form-phones", join(person.phones.iter().map(|phone| mask::phone(phone)))),
            ("form-email", masked(&person.email, mask::email)),
            ("form-address", if has_address { mask::address(province, city, text) } else { String::new() }),
            ("form-accounts", join(payload.accounts.iter().map(|account| mask::account(&account.number)))),
        ];
        rows.into_iter().map(|(id, value)| self.line(id, value)).collect()
    }

    fn line(&self, id: &str, value: String) -> Line {
        let value = if value.is_empty() { self.word("form-not-recorded") } else { value };
        Line { label: self.word(id), value }
    }
}

fn join(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join(BETWEEN)
}

/// An instant as the clocks of Asia/Shanghai show it.
fn minute(instant: DateTime<Utc>) -> String {
    format!("{} {}", shanghai::date(instant), shanghai::time(instant).format("%H:%M"))
}

const fn role_word(role: Role) -> &'static str {
    match role {
        Role::Policyholder => "list-role-policyholder",
        Role::Insured => "list-role-insured",
        Role::Payer => "list-role-payer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(role: Role, application_no: &str, policy_no: &str) -> FormMember {
        FormMember {
            submission_id: Uuid::nil(),
            party_no: 0,
            role,
            channel: zhenshi_domain::application::Channel::Bancassurance,
            application_no: application_no.into(),
            policy_no: policy_no.into(),
        }
    }

    /// A person whose every text tries to be more than text.
    fn hostile() -> Payload {
        let script = "<script>alert(1)</script>";
        let person = PersonPayload {
            name: script.into(),
            sex: Some('M'),
            certificate_kind: Some("resident_id".into()),
            certificate_number: "\"><img src=x onerror=alert(1)>".into(),
            phones: vec![script.into()],
            email: "<b>@<i>.example".into(),
            address: ["", "<u>广东省", "<s>广州市", "", "", ""].map(str::to_owned),
            ..PersonPayload::default()
        };
        Payload { person: Some(person), ..Payload::default() }
    }

    fn page(language: Language, members: &[FormMember], payload: &Payload) -> String {
        let words = Words::load().unwrap();
        let writer = Writer { words: &words, language };
        let time = DateTime::from_timestamp(1_764_000_000, 0).unwrap();
        writer.page("20261124-000001", members, payload, "staff:B1", time).render().unwrap()
    }

    #[test]
    fn every_value_is_escaped_and_there_is_no_script() {
        let members = [member(Role::Policyholder, "<script>1</script>", "&<>'\"")];
        for language in Language::ALL {
            let html = page(language, &members, &hostile());
            let body = html.split_once("</style>").unwrap().1;
            for tag in ["<script", "<img", "<b>", "<i>", "<u>", "<s>", "onerror=alert(1)>", "javascript:"] {
                assert!(!body.contains(tag), "{tag}: {body}");
            }
            assert!(body.contains("&#60;"), "escaped, not left out");
            assert!(html.contains("default-src 'none'"));
        }
    }

    #[test]
    fn a_form_without_data_is_a_form_to_be_filled_in() {
        let html = page(Language::ZhHans, &[member(Role::Insured, "A-1", "")], &Payload::default());
        assert_eq!(html.matches("（无记录）").count(), 10, "nine lines and the policy number");
        assert_eq!(html.matches("<td class=\"tick\">☐</td>").count(), 18);
    }
}
