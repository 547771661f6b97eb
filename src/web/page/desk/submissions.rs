//! 核验记录: submissions by the number of their application, and one with everything that was found.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use serde::Deserialize;
use uuid::Uuid;
use zhenshi_domain::{finding::Severity, mask, party::Role, verdict::Verdict};

use super::Making;
use crate::{
    app::{
        ArgRow, FindingRow, PersonPayload, SubmissionFilter, SubmissionRow,
        export_suspicion_list::certificate_word,
        get_submission::{ShownParty, get_submission},
        list_submissions::list_submissions,
    },
    web::{
        Site,
        error::{PageError, url_escape},
        page::case::given::Given,
        person::Person,
        render,
        say::{self, Say},
        view::{
            case::{Fact, deeds::Input},
            desk::{Cell, DeskPage, Form, Grid, GridRow},
            layout::Section,
            words,
        },
    },
    words::WordArg,
};

/// Rows of a page.
const PAGE: u16 = 50;
/// Longest number of an application that is looked for.
const MOST_NUMBER: usize = 64;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    application_no: String,
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    before: Option<Uuid>,
}

const VERDICTS: [(Verdict, &str, &str, &str); 3] = [
    (Verdict::Accepted, "accepted", "page-submissions-accepted", "tag-green"),
    (Verdict::Rejected, "rejected", "page-submissions-rejected", "tag-red"),
    (Verdict::NotApplicable, "not-applicable", "page-submissions-not-applicable", ""),
];

/// A verdict in words, and the class of its tag.
pub(super) fn verdict(verdict: Verdict) -> (&'static str, &'static str) {
    VERDICTS
        .iter()
        .find(|(known, ..)| *known == verdict)
        .map_or(("", ""), |(_, _, words, class)| (words, class))
}

pub(super) async fn all(
    person: Person,
    State(site): State<Arc<Site>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let say = &person.say;
    let number: String = asked.application_no.trim().chars().take(MOST_NUMBER).collect();
    let wanted = VERDICTS.iter().find(|(_, value, ..)| *value == asked.verdict).map(|(verdict, ..)| *verdict);
    let filter = SubmissionFilter {
        application_no: (!number.is_empty()).then(|| number.clone()),
        verdict: wanted,
        before: asked.before,
        ..SubmissionFilter::default()
    };
    let found = list_submissions(&site.app, person.principal(), filter, PAGE).await?;
    let typed = Given::new(vec![
        ("application_no".into(), number.clone()),
        ("verdict".into(), asked.verdict.clone()),
    ]);
    let mut making = Making::new(say, Some(&typed), "search");
    making.add("application_no", "list-column-application-no", false, Input::Text);
    making.choice(
        "verdict",
        "page-submissions-verdict",
        false,
        &VERDICTS.map(|(_, value, words, _)| (value, words)),
    );
    let layout = person.layout(Section::Submissions, say.t("page-nav-submissions"));
    let mut page = DeskPage::new(layout, say.t("page-submissions-lead"));
    page.search = Some(Form {
        action: "/submissions".into(),
        head: String::new(),
        hidden: Vec::new(),
        fields: making.done(),
        buttons: vec![("", say.t("page-desk-search"))],
    });
    page.links.push(("/try".into(), say.t("page-nav-try")));
    let next = found.next.map(|next| {
        let query = format!(
            "application_no={}&verdict={}&before={next}",
            url_escape(&number),
            url_escape(&asked.verdict)
        );
        (format!("/submissions?{query}"), say.t("page-desk-next"))
    });
    page.grids.push(grid(say, &found.rows, next));
    Ok(render::page(&page))
}

fn grid(say: &Say, rows: &[(SubmissionRow, bool)], next: Option<(String, String)>) -> Grid {
    let row = |(row, current): &(SubmissionRow, bool)| {
        let (words, class) = verdict(row.decision.verdict);
        let standing = if *current {
            say.t("page-submissions-current")
        } else if row.superseded {
            say.t("page-submissions-superseded")
        } else {
            String::new()
        };
        GridRow {
            cells: vec![
                Cell::link(row.application_no.clone(), format!("/submissions/{}", row.id)),
                Cell::text(row.revision.to_string()),
                Cell::tag(say.t(words), class),
                Cell::text(row.decision.findings.len().to_string()),
                Cell::lines(vec![say.t(words::channel(row.channel)), row.branch_code.clone()]),
                Cell::text(say::time(row.decision.decided_time)),
                Cell::text(standing),
            ],
            ..GridRow::default()
        }
    };
    let head = |id: &str, number| (say.t(id), number);
    Grid {
        caption: say.t("page-nav-submissions"),
        heads: vec![
            head("list-column-application-no", false),
            head("page-submissions-revision", true),
            head("page-submissions-verdict", false),
            head("page-submissions-findings-count", true),
            head("list-column-channel", false),
            head("page-submissions-decided", false),
            head("page-submissions-standing", false),
        ],
        rows: rows.iter().map(row).collect(),
        empty: say.t("page-submissions-none"),
        next,
        choose: None,
    }
}

pub(super) async fn one(
    person: Person,
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id = Uuid::try_parse(&id).map_err(|_| PageError::NotFound)?;
    let say = &person.say;
    let shown = get_submission(&site.app, person.principal(), id, true).await?;
    let row = &shown.row;
    let title = say.named("page-submissions-title", &row.application_no);
    let layout =
        person.layout(Section::Submissions, title).under("/submissions", say.t("page-nav-submissions"));
    let mut page = DeskPage::new(layout, String::new());
    page.facts = facts(say, row, shown.current);
    page.grids.push(findings(say, &row.decision.findings));
    page.grids.push(parties(say, &shown.parties));
    Ok(render::page(&page))
}

fn facts(say: &Say, row: &SubmissionRow, current: bool) -> Vec<Fact> {
    let decision = &row.decision;
    let (words, _) = verdict(decision.verdict);
    let standing = if current { say.t("page-submissions-current") } else { String::new() };
    let facts = [
        ("page-submissions-verdict", say.t(words), standing),
        ("page-submissions-revision", row.revision.to_string(), String::new()),
        ("page-submissions-decided", say::time(decision.decided_time), String::new()),
        ("list-column-channel", say.t(words::channel(row.channel)), row.branch_code.clone()),
        ("list-column-seller", row.seller_code.clone(), row.agency_code.clone()),
        ("list-column-policy-no", row.policy_no.clone(), String::new()),
        ("list-column-source", row.source.clone(), row.caller.clone()),
        ("list-fact-rule-set", decision.rule_set_version.clone(), String::new()),
        ("list-fact-calendar", decision.calendar_version.clone(), String::new()),
        ("page-submissions-directory", decision.directory_version.clone(), String::new()),
    ];
    let facts = facts.into_iter().filter(|(_, value, _)| !value.is_empty());
    facts.map(|(id, value, note)| Fact { label: say.t(id), value, note }).collect()
}

/// Findings with what they say, how much they weigh, and which article asks for it.
pub(super) fn findings(say: &Say, rows: &[FindingRow]) -> Grid {
    let row = |row: &FindingRow| {
        let args = row.args.iter().map(|(name, value)| {
            let value = match value {
                ArgRow::Number(count) => WordArg::Number(*count),
                ArgRow::Key(key) => WordArg::Key(key),
            };
            (name.as_str(), value)
        });
        let (weight, class) = match row.severity {
            Severity::Blocking => ("page-submissions-blocking", "tag-red"),
            Severity::Advisory => ("page-submissions-advisory", "tag-blue"),
        };
        let article = row
            .article
            .map(|article| say.n("page-submissions-article", u32::try_from(article).unwrap_or_default()));
        GridRow {
            cells: vec![
                Cell::tag(say.t(weight), class),
                Cell::text(say.words().finding(say.language(), &row.code, &row.field_path, args)),
                Cell::text(article.unwrap_or_default()),
                Cell::lines(vec![row.code.clone(), row.field_path.clone()]),
            ],
            ..GridRow::default()
        }
    };
    let head = |id: &str| (say.t(id), false);
    Grid {
        caption: say.t("page-submissions-findings"),
        heads: vec![
            head("page-submissions-severity"),
            head("page-submissions-message"),
            head("page-submissions-asked-by"),
            head("page-submissions-code"),
        ],
        rows: rows.iter().map(row).collect(),
        empty: say.t("page-submissions-no-findings"),
        next: None,
        choose: None,
    }
}

/// The parties, masked.
pub(super) fn parties(say: &Say, parties: &[ShownParty]) -> Grid {
    let row = |party: &ShownParty| GridRow { cells: party_cells(say, party), ..GridRow::default() };
    Grid { rows: parties.iter().map(row).collect(), ..party_grid(say) }
}

/// The heads of a table of parties.
pub(super) fn party_grid(say: &Say) -> Grid {
    let head = |id: &str| (say.t(id), false);
    Grid {
        caption: say.t("page-submissions-parties"),
        heads: vec![
            head("list-column-role"),
            head("list-column-name"),
            head("list-column-certificate-number"),
            head("list-column-birth-year"),
            head("list-column-phones"),
            head("list-column-accounts"),
            head("list-column-address"),
        ],
        empty: say.t("page-submissions-no-parties"),
        ..Grid::default()
    }
}

/// One party, masked.
pub(super) fn party_cells(say: &Say, party: &ShownParty) -> Vec<Cell> {
    let nobody = PersonPayload::default();
    let person = party.payload.person.as_ref().unwrap_or(&nobody);
    let holder = party.payload.accounts.first().map_or("", |account| account.holder_name.as_str());
    let name = if party.role == Role::Payer { holder } else { &person.name };
    let [_, province, city, _, _, text] = &person.address;
    let birth = match person.birth_date {
        crate::app::DatePayload::Day(day) => mask::birth_date(day),
        _ => String::new(),
    };
    let kind = person.kind().map(|kind| say.t(certificate_word(kind))).unwrap_or_default();
    vec![
        Cell::text(say.t(words::role(party.role))),
        Cell::text(mask::name(name)),
        Cell::lines(vec![kind, mask::certificate(&person.certificate_number)]),
        Cell::text(birth),
        Cell::lines(person.phones.iter().map(|phone| mask::phone(phone)).collect()),
        Cell::lines(party.payload.accounts.iter().map(|account| mask::account(&account.number)).collect()),
        Cell::text(mask::address(province, city, text)),
    ]
}
