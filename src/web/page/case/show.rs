//! The page itself: reads the case with everything that hangs on it, its timeline and its sellers, and shows it.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;

use super::{
    MOST_NUMBER,
    deed::Deed,
    reading,
    shown::{Again, Read, build},
};
use crate::{
    app::{
        AppError, CaseName,
        case::{
            get_case::{ShownCase, View, get_case},
            list_case_events::{Page as Events, list_case_events},
        },
        directory::{EntryKind, get, tools::DirectoryTools},
    },
    web::{Site, error::PageError, person::Person, render, view::case::SellerView},
};
use zhenshi_domain::mask;

/// Most versions of the case whose entries stand on the page; that there are older ones is said.
const MOST_VERSIONS: i64 = 200;
/// Most entries of these.
const MOST_EVENTS: u16 = 1_000;
/// Most sellers whose names are looked up: each is an entry of the audit log.
const MOST_SELLERS: usize = 4;

#[derive(Deserialize)]
pub(super) struct Asked {
    /// What was done before the page was asked for.
    #[serde(default)]
    done: String,
}

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Path(no): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let done = Deed::of_slug(&asked.done).map(|deed| person.say.value("page-case-done", deed.slug()));
    let done = done.or_else(|| (asked.done == "evidence").then(|| person.say.t("page-case-done-evidence")));
    let read = read(&site, &person, &no).await?;
    Ok(render::page(&build(&site, &person, read, done, None)?))
}

/// The page once more, with what was typed and why it was not done.
pub(super) async fn page(
    site: &Arc<Site>,
    person: &Person,
    no: &str,
    again: Option<Again>,
) -> Result<Response, PageError> {
    let status = again.as_ref().map_or(StatusCode::OK, |again| again.status);
    let read = read(site, person, no).await?;
    let page = render::page(&build(site, person, read, None, again)?);
    Ok((status, page).into_response())
}

/// A number as it stands in an address.
pub(super) fn number(no: &str) -> Result<String, PageError> {
    let fits =
        !no.is_empty() && no.len() <= MOST_NUMBER && no.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if fits { Ok(no.to_owned()) } else { Err(PageError::NotFound) }
}

async fn read(site: &Site, person: &Person, no: &str) -> Result<Read, PageError> {
    let (app, principal) = (&site.app, person.principal());
    let shown: ShownCase = get_case(app, principal, CaseName::Number(number(no)?), View::Masked).await?;
    let events = events(site, person, &shown).await?;
    let mut sellers = Vec::new();
    for code in shown.row.seller_codes.iter().take(MOST_SELLERS) {
        sellers.push(seller(site, person, code).await?);
    }
    let grants = reading::grants(site, person, &shown).await?;
    Ok(Read { shown, events, sellers, grants })
}

/// The timeline to its newest entry, of a long one the end.
async fn events(site: &Site, person: &Person, shown: &ShownCase) -> Result<Events, AppError> {
    // Versions count up from one: what lies further back than the page shows is left out, and said to be.
    let first = shown.row.version.saturating_sub(MOST_VERSIONS).max(0);
    list_case_events(&site.app, person.principal(), shown.row.id, Some((first, i16::MAX)), MOST_EVENTS, true)
        .await
}

/// A seller as the directory has him: masked, and his code alone if he is not within reach.
async fn seller(site: &Site, person: &Person, code: &str) -> Result<SellerView, AppError> {
    let tools = DirectoryTools::of(&site.app);
    let bare = |code: &str| SellerView {
        code: code.to_owned(),
        name: String::new(),
        phones: Vec::new(),
        agency: String::new(),
    };
    match get::get(&tools, person.principal(), EntryKind::Seller, code).await {
        Ok(found) => {
            let entry = found.row.entry;
            let mut view = SellerView { agency: entry.agency_code, ..bare(code) };
            if let Some(seller) = found.person {
                view.name = mask::name(&seller.name);
                view.phones = seller.phones.iter().map(|phone| mask::phone(phone)).collect();
            }
            Ok(view)
        }
        Err(AppError::DirectoryEntryNotFound | AppError::NotPermitted(_)) => Ok(bare(code)),
        Err(error) => Err(error),
    }
}
