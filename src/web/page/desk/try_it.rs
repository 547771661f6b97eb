//! 试核验: an application is typed in and judged by the rules in force; nothing is recorded, and nothing of it is kept.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use axum_extra::extract::Form as Posted;
use chrono::NaiveDate;
use zhenshi_domain::{
    application::{
        Account, AccountKind, AccountPurpose, Address, Application, ApplicationKey, ApplicationKind,
        Certificate, CertificateKind, DateInput, Insured, Person as Party, Product, ProductClass, Relation,
        Sex, Term,
    },
    personal::Personal,
    shanghai,
};

use super::{Making, submissions};
use crate::{
    app::{Decision, export_suspicion_list::certificate_word, try_application::try_application},
    security::{policy::Action, principal::ALL_CHANNELS},
    web::{
        Site,
        error::PageError,
        page::case::given::Given,
        person::Person,
        render,
        say::{self, Say},
        view::{
            case::{
                Fact,
                deeds::{Field, Input},
                named,
            },
            desk::{DeskPage, Form},
            layout::Section,
            words,
        },
    },
};

/// What the source is called that nobody sends from.
const SOURCE: &str = "try-it";
/// Most characters of a field.
const MOST: usize = 200;

const CERTIFICATES: [(CertificateKind, &str); 13] = [
    (CertificateKind::ResidentId, "resident-id"),
    (CertificateKind::HkMacauResidencePermit, "hk-macau-residence-permit"),
    (CertificateKind::TaiwanResidencePermit, "taiwan-residence-permit"),
    (CertificateKind::ForeignerPermanentResidence, "foreigner-permanent-residence"),
    (CertificateKind::HkMacauTravelPermit, "hk-macau-travel-permit"),
    (CertificateKind::TaiwanTravelPermit, "taiwan-travel-permit"),
    (CertificateKind::PrcPassport, "prc-passport"),
    (CertificateKind::ForeignPassport, "foreign-passport"),
    (CertificateKind::OfficerCertificate, "officer-certificate"),
    (CertificateKind::SoldierCertificate, "soldier-certificate"),
    (CertificateKind::HouseholdRegister, "household-register"),
    (CertificateKind::BirthCertificate, "birth-certificate"),
    (CertificateKind::Other, "other"),
];
const CLASSES: [(ProductClass, &str, &str); 6] = [
    (ProductClass::OrdinaryLife, "ordinary-life", "page-try-class-ordinary-life"),
    (ProductClass::Participating, "participating", "page-try-class-participating"),
    (ProductClass::UnitLinked, "unit-linked", "page-try-class-unit-linked"),
    (ProductClass::Universal, "universal", "page-try-class-universal"),
    (ProductClass::Accident, "accident", "page-try-class-accident"),
    (ProductClass::Health, "health", "page-try-class-health"),
];

pub(super) async fn show(person: Person, State(site): State<Arc<Site>>) -> Result<Response, PageError> {
    page(&site, &person, None, None)
}

pub(super) async fn judge(
    person: Person,
    State(site): State<Arc<Site>>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let mut given = Given::new(pairs);
    let application = application(&person.say, &mut given);
    let decision = try_application(&site.app, person.principal(), &application).await?;
    page(&site, &person, Some(&given), Some(&decision))
}

fn page(
    site: &Arc<Site>,
    person: &Person,
    given: Option<&Given>,
    decision: Option<&Decision>,
) -> Result<Response, PageError> {
    let say = &person.say;
    person.principal().permit(Action::ExplainCertificate)?;
    let layout = person.layout(Section::Submissions, say.t("page-nav-try"));
    let layout = layout.under("/submissions", say.t("page-nav-submissions"));
    let mut page = DeskPage::new(layout, say.t("page-try-lead"));
    if let Some(decision) = decision {
        let (words, _) = submissions::verdict(decision.verdict);
        let fact = |id: &str, value: String| Fact { label: say.t(id), value, note: String::new() };
        page.facts = vec![
            fact("page-submissions-verdict", say.t(words)),
            fact("list-fact-rule-set", decision.rule_set_version.clone()),
            fact("page-submissions-decided", say::time(decision.decided_time)),
        ];
        page.grids.push(submissions::findings(say, &decision.findings));
    }
    page.form = Some(Form {
        action: "/try".into(),
        head: say.t("page-try-head"),
        hidden: Vec::new(),
        fields: fields(say, given, shanghai::date(site.app.clock.now())),
        buttons: vec![("judge", say.t("page-try-do"))],
    });
    Ok(render::page(&page))
}

fn fields(say: &Say, given: Option<&Given>, today: NaiveDate) -> Vec<Field> {
    let mut of = Making::new(say, given, "try");
    let channels = ALL_CHANNELS.map(|one| (named::channel_value(one), words::channel(one)));
    of.choice("channel", "list-column-channel", true, &channels).starting_with("bancassurance");
    of.choice("class", "page-try-class", false, &CLASSES.map(|(_, value, words)| (value, words)));
    of.starting_with("ordinary-life");
    of.add("years", "page-try-years", false, Input::Number(0, 120)).hint("page-try-years-hint");
    of.add("applied_on", "page-try-applied-on", false, Input::Date).starting_with(&say::date(today));
    of.add("name", "list-column-name", false, Input::Text);
    of.choice("sex", "form-sex", false, &[("M", "form-male"), ("F", "form-female")]);
    of.add("birth_date", "page-try-birth", false, Input::Date);
    let kinds = CERTIFICATES.map(|(kind, value)| (value, certificate_word(kind)));
    of.choice("certificate_kind", "list-column-certificate-kind", false, &kinds).starting_with("resident-id");
    of.add("certificate_number", "list-column-certificate-number", false, Input::Text);
    of.add("valid_until", "page-try-valid-until", false, Input::Date);
    of.add("nationality", "page-try-nationality", false, Input::Text).starting_with("CHN");
    of.add("phone", "list-column-phones", false, Input::Text);
    of.add("email", "page-case-row-email", false, Input::Text);
    of.add("address", "list-column-address", false, Input::Text);
    of.add("account", "list-column-accounts", false, Input::Text);
    of.add("seller_code", "list-column-seller", false, Input::Text);
    of.add("agency_code", "list-column-agency", false, Input::Text);
    of.done()
}

/// What was typed: one who insures himself and pays from his own account. What is wrong with it is the rules' to say.
fn application(say: &Say, given: &mut Given) -> Application {
    let mut text = |name: &'static str| given.text(say, name, MOST, false);
    let (name, number, account) = (text("name"), text("certificate_number"), text("account"));
    let (phone, email, address, nationality) =
        (text("phone"), text("email"), text("address"), text("nationality"));
    let (seller_code, agency_code) = (text("seller_code"), text("agency_code"));
    let kind =
        CERTIFICATES.iter().find(|(_, value)| *value == given.raw("certificate_kind")).map(|(kind, _)| *kind);
    let class = CLASSES.iter().find(|(_, value, _)| *value == given.raw("class")).map(|(class, ..)| *class);
    let years: Option<u32> = given.raw("years").trim().parse().ok();
    let term = years.map(|years| if years == 0 { Term::WholeLife } else { Term::Years(years) });
    let channel = ALL_CHANNELS.into_iter().find(|one| named::channel_value(*one) == given.raw("channel"));
    let sex = match given.raw("sex") {
        "M" => Some(Sex::Male),
        "F" => Some(Sex::Female),
        _ => None,
    };
    let person = Party {
        name: Personal::new(name.clone()),
        sex: Personal::new(sex),
        birth_date: Personal::new(day(given.raw("birth_date"))),
        certificate: Certificate {
            kind,
            number: Personal::new(number),
            valid_until: day(given.raw("valid_until")),
        },
        phones: Some(phone).filter(|phone| !phone.is_empty()).map(Personal::new).into_iter().collect(),
        email: Personal::new(email),
        address: Address { text: Personal::new(address), ..Address::default() },
        nationality,
    };
    let account = (!account.is_empty()).then(|| Account {
        purpose: Some(AccountPurpose::Premium),
        number: Personal::new(account),
        kind: Some(AccountKind::Card),
        bank_code: String::new(),
        holder_name: Personal::new(name),
    });
    Application {
        key: ApplicationKey {
            source: SOURCE.into(),
            kind: ApplicationKind::NewBusiness,
            application_no: SOURCE.into(),
        },
        source_revision: None,
        policy_no: String::new(),
        original_application_no: String::new(),
        channel: channel.unwrap_or(ALL_CHANNELS[0]),
        branch_code: String::new(),
        seller_code,
        agency_code,
        product: Product { class, term, ..Product::default() },
        applied_on: day(given.raw("applied_on")),
        policyholder: person.clone(),
        insureds: vec![Insured { person, relation: Some(Relation::Oneself) }],
        accounts: account.into_iter().collect(),
        approvals: Vec::new(),
    }
}

fn day(sent: &str) -> DateInput {
    match sent.trim() {
        "" => DateInput::Unset,
        sent => NaiveDate::parse_from_str(sent, "%Y-%m-%d").map_or(DateInput::Impossible, DateInput::Day),
    }
}
