//! 查看明文: one part of one customer's data in clear, for a reason; gone from the screen after a minute, never kept by a browser.
//!
//! By the assignment, or by a grant whose number is given (`src/app/privacy`). The answer tells the browser itself to go back
//! when the time is over, so that it does so without a script too.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form as Posted;
use uuid::Uuid;
use zhenshi_domain::access::{Field, Purpose};

use super::{given::Given, refused, show};
use crate::{
    app::{
        CaseName, DatePayload, PersonPayload,
        case::get_case::{View, get_case},
        privacy::{
            SubjectIds,
            reveal_fields::{Asked, Revealed, RevealedParty, reveal_fields},
        },
    },
    security::policy::Action,
    web::{
        Site,
        error::{self, PageError},
        page::desk::Making,
        person::Person,
        render,
        say::{self, Say},
        view::{
            case::{Notice, deeds::Input},
            desk::{Cell, DeskPage, Form, Grid, GridRow},
            layout::Section,
            words,
        },
    },
};

/// Most characters of a reason.
const NOTE_CHARACTERS: usize = 2_000;
/// Seconds for which the values stand on the screen, whatever longer time the use case allows.
const SHOWN_SECONDS: i64 = 60;

/// What can be revealed from the table, and what each is called in an address and in words.
pub(super) const FIELDS: [(Field, &str, &str); 7] = [
    (Field::Name, "name", "page-case-row-name"),
    (Field::BirthDate, "birth_date", "page-case-row-birth"),
    (Field::Certificate, "certificate_number", "page-case-row-certificate"),
    (Field::Phones, "phones", "page-case-row-phones"),
    (Field::Email, "email", "page-case-row-email"),
    (Field::Address, "address", "page-case-row-address"),
    (Field::Accounts, "account_numbers", "page-case-row-accounts"),
];

const PURPOSES: [(Purpose, &str, &str); 4] = [
    (Purpose::Investigation, "investigation", "page-case-purpose-investigation"),
    (Purpose::Verification, "verification", "page-case-purpose-verification"),
    (Purpose::CallBack, "call-back", "page-case-purpose-call-back"),
    (Purpose::Compliance, "compliance", "page-case-purpose-compliance"),
];

/// The customer and the part of an address.
struct Wanted {
    no: String,
    case_id: Uuid,
    customer_id: Uuid,
    field: Field,
    label: &'static str,
    href: String,
}

async fn wanted(
    site: &Site,
    person: &Person,
    (no, customer, field): (String, String, String),
) -> Result<Wanted, PageError> {
    person.principal().permit(Action::RevealFields)?;
    let customer_id = Uuid::try_parse(&customer).map_err(|_| PageError::NotFound)?;
    let (of, part, label) =
        FIELDS.into_iter().find(|(_, part, _)| *part == field).ok_or(PageError::NotFound)?;
    let name = CaseName::Number(show::number(&no)?);
    let case = get_case(&site.app, person.principal(), name, View::Basic).await?;
    let href = format!("/cases/{no}/reveal/{customer_id}/{part}");
    Ok(Wanted { no, case_id: case.row.id, customer_id, field: of, label, href })
}

pub(super) async fn ask(
    person: Person,
    State(site): State<Arc<Site>>,
    Path(address): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    let wanted = wanted(&site, &person, address).await?;
    Ok(render::page(&question(&person, &wanted, None, None)))
}

/// The page that asks for the reason.
fn question(person: &Person, wanted: &Wanted, given: Option<&Given>, notice: Option<Notice>) -> DeskPage {
    let say = &person.say;
    let title = say.named("page-case-reveal-title", &say.t(wanted.label));
    let layout = person.layout(Section::Cases, title).under("/cases", say.t("page-case-cases"));
    let layout = layout.under(format!("/cases/{}", wanted.no), say.named("page-case-title", &wanted.no));
    let mut page = DeskPage::new(layout, say.t("page-case-reveal-lead"));
    let mut making = Making::new(say, given, "reveal");
    making.choice(
        "purpose",
        "page-case-evidence-purpose",
        true,
        &PURPOSES.map(|(_, value, words)| (value, words)),
    );
    making.starting_with("investigation");
    making.add("reason", "page-case-field-reason", true, Input::Area);
    making.add("grant_id", "page-case-field-grant", false, Input::Text).hint("page-case-hint-grant");
    page.notice = notice;
    if person.principal().permit(Action::RequestAccess).is_ok() {
        let href = format!("/access/new?subject={}/{}", wanted.no, wanted.customer_id);
        page.links.push((href, say.t("page-access-ask")));
    }
    page.form = Some(Form {
        action: wanted.href.clone(),
        head: say.t("page-case-reveal-head"),
        hidden: Vec::new(),
        fields: making.done(),
        buttons: vec![("reveal", say.t("page-case-reveal"))],
    });
    page
}

pub(super) async fn reveal(
    person: Person,
    State(site): State<Arc<Site>>,
    Path(address): Path<(String, String, String)>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let wanted = wanted(&site, &person, address).await?;
    let (say, mut given) = (&person.say, Given::new(pairs));
    let purpose = given.choice(say, "purpose", true, |sent| {
        PURPOSES.iter().find(|(_, value, _)| *value == sent).map(|(purpose, ..)| *purpose)
    });
    let reason = given.text(say, "reason", NOTE_CHARACTERS, true);
    let grant_id = given.choice(say, "grant_id", false, |sent| Uuid::try_parse(sent.trim()).ok());
    let (Some(purpose), false) = (purpose, given.is_wrong()) else {
        let notice = Notice { failed: true, text: say.t("page-case-form-wrong"), details: Vec::new() };
        let page = render::page(&question(&person, &wanted, Some(&given), Some(notice)));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let subject = SubjectIds::CaseMember(wanted.case_id, wanted.customer_id);
    let asked = Asked { subject, fields: vec![wanted.field], purpose, reason, grant_id, enquirer: None };
    match reveal_fields(&site.app, person.principal(), asked).await {
        Ok(revealed) => shown(&site, &person, &wanted, &revealed),
        Err(error) => {
            let Some(text) = refused::access(say, &error) else { return Err(error.into()) };
            let (status, _) = error::says(&error);
            let notice = Notice { failed: true, text, details: Vec::new() };
            Ok((status, render::page(&question(&person, &wanted, Some(&given), Some(notice))))
                .into_response())
        }
    }
}

/// The values, and the order to go back when their time is over.
fn shown(site: &Site, person: &Person, wanted: &Wanted, revealed: &Revealed) -> Result<Response, PageError> {
    let say = &person.say;
    let left = (revealed.shown_until - site.app.clock.now()).num_seconds().clamp(1, SHOWN_SECONDS);
    let back = format!("/cases/{}", wanted.no);
    let title = say.named("page-case-reveal-title", &say.t(wanted.label));
    let layout = person.layout(Section::Cases, title).under("/cases", say.t("page-case-cases"));
    let layout = layout.under(back.clone(), say.named("page-case-title", &wanted.no));
    let mut page =
        DeskPage::new(layout, say.n("page-case-reveal-until", usize::try_from(left).unwrap_or_default()));
    let row = |party: &RevealedParty| GridRow {
        cells: vec![
            Cell::text(say.t(words::role(party.target.role))),
            Cell::lines(values(say, party, wanted.field)),
        ],
        ..GridRow::default()
    };
    page.links.push((back.clone(), say.t("page-case-reveal-back")));
    page.grids.push(Grid {
        caption: say.t(wanted.label),
        heads: vec![(say.t("list-column-role"), false), (say.t(wanted.label), false)],
        rows: revealed.parties.iter().map(row).collect(),
        empty: say.t("page-case-nothing"),
        next: None,
        choose: None,
    });
    let mut answer = render::page(&page);
    let refresh = HeaderValue::from_str(&format!("{left}; url={back}")).map_err(|_| PageError::Unreadable)?;
    answer.headers_mut().insert(HeaderName::from_static("refresh"), refresh);
    Ok(answer)
}

/// What was asked for of a party, and nothing else.
fn values(say: &Say, party: &RevealedParty, field: Field) -> Vec<String> {
    let Some(payload) = &party.payload else {
        return vec![say.t(if party.withheld { "page-case-withheld" } else { "page-case-nothing" })];
    };
    let nobody = PersonPayload::default();
    let person = payload.person.as_ref().unwrap_or(&nobody);
    let holder = || payload.accounts.first().map(|account| account.holder_name.clone()).unwrap_or_default();
    match field {
        Field::Name if payload.person.is_none() => vec![holder()],
        Field::Name => vec![person.name.clone()],
        Field::BirthDate => match person.birth_date {
            DatePayload::Day(day) => vec![say::date(day)],
            DatePayload::Unset | DatePayload::Impossible => Vec::new(),
        },
        Field::Certificate => vec![person.certificate_number.clone()],
        Field::Phones => person.phones.clone(),
        Field::Email => vec![person.email.clone()],
        Field::Address => vec![person.address.concat()],
        Field::Accounts => payload.accounts.iter().map(|account| account.number.clone()).collect(),
        Field::Sex | Field::Nationality | Field::Evidence => Vec::new(),
    }
}
