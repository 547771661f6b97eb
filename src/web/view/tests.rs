//! Every template with hostile values, and every word that a template or the code asks for.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use askama::Template;
use chrono::DateTime;
use regex::Regex;
use uuid::Uuid;

use super::{
    board::{
        Block, BoardPage, Cell, Claim, ExportLine, Figure, Next, Plot, Plots, Reconciled, RevealLine, Row,
        SellerRow, Urge,
    },
    calendar::{CalendarPage, Day},
    case::Clock,
    cases::{CaseLine, CaseList, CaseListPart, CasesPage, NotDone, Queue, Report, View},
    deliveries::{DeliveriesPage, DeliveryLine},
    directory::{DirectoryLine, DirectoryPage},
    error::{ErrorPage, ErrorPart},
    layout::{Crumb, Entry, Layout, Who},
    password::PasswordPage,
    sign_in::SignInPage,
};
use crate::{
    web::say::Say,
    words::{Language, Words},
};

/// What could do harm in a page: markup, ends of attributes, writing direction, characters of four bytes, length.
pub(in crate::web) fn hostile() -> String {
    format!("<script>alert(1)</script>\"' onload=x {{{{7*7}}}} \u{202e}囗𠮷\u{2066} {}", "长".repeat(100))
}

pub(in crate::web) fn say(language: Language) -> Say {
    Say::new(Arc::new(Words::load().unwrap()), language)
}

impl Layout {
    /// A frame full of hostile values.
    pub(in crate::web) fn sample(language: Language) -> Self {
        Self {
            say: say(language),
            title: hostile(),
            who: Some(Who { name: hostile(), role: hostile(), csrf: hostile(), local: true, left: 60 }),
            entries: vec![Entry { href: "/", text: hostile(), here: true }],
            crumbs: vec![Crumb { href: hostile(), text: hostile() }],
            now: DateTime::UNIX_EPOCH,
            path: hostile(),
            plots: true,
            script: Some("cases.js"),
        }
    }
}

/// Renders `page` and looks for what must not come through.
pub(in crate::web) fn check(page: &impl Template) {
    let html = page.render().unwrap();
    assert!(!html.contains("<script>"), "{html}");
    assert!(!html.contains("alert(1)</"), "{html}");
    let attribute = Regex::new(r#"<[^<>]*"\s*' onload"#).unwrap();
    assert!(!attribute.is_match(&html), "an attribute was left: {html}");
    for forbidden in [" style=", " onclick=", "javascript:", "hx-on", "<style"] {
        assert!(!html.contains(forbidden), "{forbidden} in {html}");
    }
    assert!(!html.contains(">page-") && !html.contains("\"page-"), "words are missing: {html}");
}

#[test]
fn every_page_stands_hostile_values() {
    for language in Language::ALL {
        let page = || Layout::sample(language);
        check(&board(language));
        check(&Plots { say: say(language), plots: vec![plot()] });
        check(&cases_page(language));
        check(&CaseListPart { list: case_list(language) });
        check(&done(language));
        check(&calendar(language));
        check(&directory(language));
        check(&deliveries(language));
        check(&ErrorPage { page: page(), status: 404, text: hostile(), incident: Uuid::nil() });
        check(&ErrorPart { say: say(language), text: hostile(), incident: Uuid::nil() });
        check(&PasswordPage {
            page: page(),
            csrf: hostile(),
            back: hostile(),
            must: true,
            wrong: Some(hostile()),
        });
        check(&SignInPage {
            page: page(),
            back: hostile(),
            name: hostile(),
            wrong: Some(hostile()),
            lost: true,
            provider: Some(hostile()),
        });
    }
}

fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{folder}/{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            found.extend(files(&name, extension));
        } else if name.ends_with(extension) {
            found.push((name, fs::read_to_string(path).unwrap()));
        }
    }
    found
}

#[test]
fn every_word_and_file_that_is_asked_for_is_there() {
    let words = Words::load().unwrap();
    let in_code = Regex::new(r#""((?:page|case|list|sign-in)-[a-z0-9-]*[a-z0-9])""#).unwrap();
    let in_page = Regex::new(r#"\b(?:t|n|named|value)\("([a-z0-9-]+)""#).unwrap();
    let kind = Regex::new(r#"\bvalue\(\s*"([a-z0-9-]+)""#).unwrap();
    let asset = Regex::new(r#"asset\("([^"]+)"\)"#).unwrap();
    let (mut asked, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    for (name, text) in files("templates", ".html").into_iter().chain(files("src/web", ".rs")) {
        if name.ends_with("tests.rs") {
            continue;
        }
        for found in asset.captures_iter(&text) {
            assert!(!crate::web::assets::address(&found[1]).is_empty(), "{name} asks for {}", &found[1]);
        }
        let id = if name.rsplit('.').next() == Some("html") { &in_page } else { &in_code };
        asked.extend(id.captures_iter(&text).map(|found| (name.clone(), found[1].to_owned())));
        kinds.extend(kind.captures_iter(&text).map(|found| found[1].to_owned()));
    }
    // Beginnings of ids that are put together elsewhere.
    kinds.extend(BEGINNINGS.map(str::to_owned));
    for (name, id) in asked {
        for language in Language::ALL {
            let there = words.has(language, &id) || kinds.contains(&id);
            assert!(there, "{name} says {id}, which is in no catalogue of {language:?}");
        }
    }
}

/// Why something is refused comes as a code in the failure: each that its page in docs/errors names is said in words.
#[test]
fn every_reason_of_a_refusal_has_words() {
    let words = Words::load().unwrap();
    let code = Regex::new("`([A-Z][A-Z_]+)`").unwrap();
    for (page, kind) in [
        ("ACCESS_NOT_GRANTED", "page-case-not-granted"),
        ("ACCESS_STATE_MISMATCH", "page-access-why"),
        ("EXPORT_STATE_MISMATCH", "page-export-why"),
        ("INCIDENT_STATE_MISMATCH", "page-incident-why"),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/errors/{page}.md"));
        let text = fs::read_to_string(path).unwrap();
        let (_, told) = text.split_once("Metadata: `why` is").expect(page);
        let told = told.lines().next().unwrap();
        let codes: Vec<_> = code.captures_iter(told).map(|found| found[1].to_owned()).collect();
        assert!(codes.len() >= 2, "{page}: {told}");
        for (code, language) in codes.iter().flat_map(|code| Language::ALL.map(|language| (code, language))) {
            let id = format!("{kind}-{}", code.to_ascii_lowercase().replace('_', "-"));
            assert!(words.has(language, &id), "{id} is in no catalogue of {language:?}");
        }
    }
}

/// Beginnings of ids that code puts together.
const BEGINNINGS: [&str; 11] = [
    "page-access-done",
    "page-export-done",
    "page-incident-done",
    "page-role",
    "page-case-do",
    "page-case-done",
    "page-case-why",
    "page-case-file",
    "page-case-not-eligible",
    "page-case-lacks",
    "page-case-not-granted",
];

fn clock() -> Clock {
    Clock { text: hostile(), exact: hostile(), class: "over" }
}

fn case_line() -> CaseLine {
    CaseLine {
        id: Uuid::nil(),
        no: hostile(),
        href: hostile(),
        clock: Some(clock()),
        state: (hostile(), "tag-blue"),
        marks: vec![hostile()],
        clues: vec![hostile()],
        channel: hostile(),
        branch: hostile(),
        sellers: hostile(),
        assignee: hostile(),
        call_back: Some(hostile()),
        call_back_past: true,
        cooling_off: Some(hostile()),
        cooling_off_past: true,
    }
}

fn case_list(language: Language) -> CaseList {
    CaseList {
        say: say(language),
        lines: vec![case_line()],
        next: Some(hostile()),
        first: Some(hostile()),
        selectable: true,
        position: 7,
        now: hostile(),
    }
}

fn cases_page(language: Language) -> CasesPage {
    CasesPage {
        page: Layout::sample(language),
        question: crate::web::page::Question {
            assignee: hostile(),
            seller: hostile(),
            no: hostile(),
            branch: hostile(),
            ..Default::default()
        },
        query: hostile(),
        queues: vec![Queue { key: "mine".into(), text: hostile(), href: hostile(), here: true }],
        views: vec![View { name: hostile(), href: hostile(), here: true }],
        list: case_list(language),
        wrong: vec![hostile(), hostile()],
        keys: true,
        assign: true,
        urge: true,
        claim: true,
        release: true,
        request_id: Uuid::nil(),
    }
}

fn done(language: Language) -> Report {
    Report {
        page: Layout::sample(language),
        back: hostile(),
        changed: 2,
        not_done: vec![NotDone { no: hostile(), href: hostile(), why: hostile() }],
        more: 3,
        told: None,
    }
}

fn board(language: Language) -> BoardPage {
    let mut board = BoardPage::of(Layout::sample(language));
    board.next = Some(Next { text: hostile(), href: hostile(), detail: Some(hostile()) });
    board.figures = vec![Figure { label: hostile(), count: 3, href: hostile(), alarming: true }];
    board.reconciled =
        Some(Reconciled { day: hostile(), sealed: true, listed: 9, distributed: 4, merged: 3, held: 2 });
    board.urge = Some(Urge { count: 3, request_id: Uuid::nil() });
    board.blocks = vec![Block { title: hostile(), href: hostile(), lines: vec![case_line()] }];
    board.sellers = vec![SellerRow { code: hostile(), href: hostile(), open: 1, overdue: 1, returned: 0 }];
    board.away = vec![hostile()];
    board.has_queue = true;
    board.returns = true;
    board.queue =
        vec![Claim { line: case_line(), outcome: hostile(), evidence: vec![hostile()], key: hostile() }];
    board.reveals = Some(vec![RevealLine {
        time: hostile(),
        who: hostile(),
        fields: hostile(),
        purpose: hostile(),
        enquirer: hostile(),
        ground: hostile(),
        href: hostile(),
        parties: hostile(),
    }]);
    board.exports = Some(vec![ExportLine {
        href: hostile(),
        time: hostile(),
        export_no: hostile(),
        who: hostile(),
        state: hostile(),
        parties: hostile(),
    }]);
    board.cleared = vec![crate::app::case::board::ClearedBy { staff_code: hostile(), cleared: 1, closed: 2 }];
    board
}

fn plot() -> Plot {
    Plot {
        title: hostile(),
        kind: "bar",
        stack: true,
        percent: true,
        first: hostile(),
        heads: vec![hostile()],
        rows: vec![Row { head: hostile(), cells: vec![Cell::percent_of(1, 3)] }],
    }
}

fn calendar(language: Language) -> CalendarPage {
    CalendarPage {
        page: Layout::sample(language),
        year: 2026,
        days: vec![Day { date: hostile(), weekday: hostile(), kind: hostile(), works: true }],
        provisional: true,
        open_since: Some(hostile()),
        sources: vec![hostile()],
        imported: Some(hostile()),
        version: hostile(),
        start: hostile(),
        count: hostile(),
        counted: Some(hostile()),
        import: true,
        request_id: Uuid::nil(),
        content: hostile(),
        wrong: Some(hostile()),
    }
}

fn directory(language: Language) -> DirectoryPage {
    DirectoryPage {
        page: Layout::sample(language),
        tabs: vec![(hostile(), hostile(), true)],
        kind: "seller",
        channels: vec![(hostile(), hostile(), true)],
        branch: hostile(),
        lines: vec![DirectoryLine {
            code: hostile(),
            name: hostile(),
            duty: hostile(),
            channel: hostile(),
            branch: hostile(),
            leader: hostile(),
            agency: hostile(),
            capacity: hostile(),
            qualified: hostile(),
            away: Some(hostile()),
            active: true,
        }],
        next: Some(hostile()),
    }
}

fn deliveries(language: Language) -> DeliveriesPage {
    DeliveriesPage {
        page: Layout::sample(language),
        endpoint: hostile(),
        states: vec![(hostile(), hostile(), true)],
        lines: vec![DeliveryLine {
            recorded: hostile(),
            endpoint: hostile(),
            kind: hostile(),
            event_id: hostile(),
            state: hostile(),
            class: "tag-red",
            attempts: hostile(),
            result: hostile(),
            status: hostile(),
            next: Some(hostile()),
            parked: true,
        }],
        redeliver: true,
        request_id: Uuid::nil(),
        next: Some(hostile()),
        told: Some(hostile()),
    }
}
