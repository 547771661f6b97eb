//! 名录: who sells and who works on cases, a page at a time. Codes and duties only: names and contacts stay sealed.

use std::sync::Arc;

use axum::{Router, extract::State, response::Response, routing::get};
use axum_extra::extract::Form;
use serde::Deserialize;
use uuid::Uuid;
use zhenshi_domain::shanghai;

use crate::{
    app::directory::{
        EntryKind, EntryRow,
        get::{ListFilter, list},
        tools::DirectoryTools,
    },
    security::principal::ALL_CHANNELS,
    web::{
        Site,
        error::{PageError, url_escape},
        person::Person,
        render, say,
        view::{
            case::named,
            directory::{DirectoryLine, DirectoryPage},
            layout::Section,
            words,
        },
    },
};

/// Entries of a page.
const PAGE_SIZE: u16 = 50;
/// Kinds in the order of the tabs.
const KINDS: [(EntryKind, &str); 5] = [
    (EntryKind::Seller, "seller"),
    (EntryKind::Agency, "agency"),
    (EntryKind::Staff, "staff"),
    (EntryKind::Branch, "branch"),
    (EntryKind::Channel, "channel"),
];

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/directory", get(show))
}

/// Which entries.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    kind: String,
    channel: String,
    branch: String,
    after: String,
}

async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(asked): Form<Asked>,
) -> Result<Response, PageError> {
    let kind = match asked.kind.as_str() {
        "" => EntryKind::Seller,
        text => KINDS.iter().find(|(_, name)| *name == text).ok_or(PageError::Unreadable)?.0,
    };
    let name = KINDS.iter().find(|(of, _)| *of == kind).map_or("seller", |(_, name)| *name);
    let channel = match asked.channel.as_str() {
        "" => None,
        text => {
            let known = ALL_CHANNELS.into_iter().find(|one| named::channel_value(*one) == text);
            Some(known.ok_or(PageError::Unreadable)?)
        }
    };
    let after = match asked.after.as_str() {
        "" => None,
        text => Some(Uuid::try_parse(text).map_err(|_| PageError::Unreadable)?),
    };
    let branch = asked.branch.trim().to_owned();
    let filter = ListFilter { channel, branch_code: (!branch.is_empty()).then(|| branch.clone()), after };
    let tools = DirectoryTools::of(&site.app);
    let page = list(&tools, person.principal(), kind, filter, PAGE_SIZE).await?;
    let today = shanghai::date(site.app.clock.now());
    let say = &person.say;
    let next = page.next.map(|after| {
        format!(
            "/directory?kind={name}&channel={}&branch={}&after={after}",
            asked.channel,
            url_escape(&branch)
        )
    });
    let tabs = KINDS.iter().map(|(of, key)| {
        (format!("/directory?kind={key}"), say.value("page-directory-kind", key), *of == kind)
    });
    let channels = ALL_CHANNELS.iter().map(|one| {
        let value = named::channel_value(*one);
        (value.to_owned(), say.t(words::channel(*one)), asked.channel == value)
    });
    Ok(render::page(&DirectoryPage {
        page: person.layout(Section::Directory, say.t("page-nav-directory")),
        tabs: tabs.collect(),
        kind: name,
        channels: channels.collect(),
        branch,
        lines: page.rows.into_iter().map(|row| line(&person, row, today)).collect(),
        next,
    }))
}

fn line(person: &Person, row: EntryRow, today: chrono::NaiveDate) -> DirectoryLine {
    let (say, entry) = (&person.say, row.entry);
    let away = entry.leaves.iter().find(|one| one.first_day <= today && today <= one.last_day);
    let qualified = match (entry.qualified_from, entry.qualified_until) {
        (None, None) => String::new(),
        (from, until) => {
            let text = |day: Option<chrono::NaiveDate>| day.map(say::date).unwrap_or_default();
            format!("{} – {}", text(from), text(until))
        }
    };
    DirectoryLine {
        name: entry.name,
        duty: entry
            .duty
            .map(|duty| say.value("page-directory-duty", &kebab(&format!("{duty:?}"))))
            .unwrap_or_default(),
        channel: entry.channel.map(|channel| say.t(words::channel(channel))).unwrap_or_default(),
        branch: entry.branch_code,
        leader: entry.team_leader_code,
        agency: entry.agency_code,
        capacity: entry.capacity.map(|most| most.to_string()).unwrap_or_default(),
        qualified,
        away: away.map(|one| say.named("page-board-until", &say::date(one.last_day))),
        active: entry.active,
        code: entry.code,
    }
}

/// `TeamLeader` as `team-leader`.
fn kebab(variant: &str) -> String {
    let mut text = String::new();
    for letter in variant.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}
