//! The page of a case with hostile values in every place.

use super::{
    compare::{Head, Mark, Row, Value},
    deeds::Input,
    *,
};
use crate::{
    web::view::tests::{check, hostile},
    words::Language,
};

fn field(input: Input) -> Field {
    Field {
        name: "reason",
        id: hostile(),
        label: hostile(),
        hint: hostile(),
        input,
        required: true,
        value: hostile(),
        error: hostile(),
        most: 10,
    }
}

fn fields() -> Vec<Field> {
    let options = vec![(hostile(), hostile())];
    let inputs = [
        Input::Text,
        Input::Area,
        Input::Choice(options),
        Input::Date,
        Input::Moment,
        Input::Number(1, 5),
        Input::Check,
    ];
    inputs.into_iter().map(field).collect()
}

fn deed(fields: Vec<Field>, open: bool) -> DeedView {
    DeedView {
        slug: "submit",
        label: hostile(),
        hint: hostile(),
        request_id: hostile(),
        fields,
        primary: true,
        grave: true,
        open,
    }
}

fn entry() -> Entry {
    Entry { what: hostile(), who: hostile(), text: hostile(), answer: hostile(), waits: true }
}

impl Comparison {
    fn sample() -> Self {
        let head = |stub| Head { title: hostile(), role: hostile(), stub, nothing: !stub };
        let value = |shared| Value { text: hostile(), href: hostile(), shared, reveal: hostile() };
        let row = |mark| Row {
            label: hostile(),
            mark,
            mark_text: hostile(),
            cells: vec![vec![value(true), value(false)], Vec::new()],
        };
        let rows = [Mark::None, Mark::Same, Mark::Shared, Mark::Differ].into_iter().map(row).collect();
        Self { members: vec![head(true), head(false)], rows }
    }
}

impl CasePage {
    /// A page full of hostile values.
    fn sample(language: Language, failed: bool) -> Self {
        Self {
            page: Layout::sample(language),
            case_no: hostile(),
            etag: hostile(),
            state: (hostile(), "tag-blue"),
            clues: vec![hostile()],
            marks: vec![hostile()],
            clock: Some(Clock { text: hostile(), exact: hostile(), class: "over" }),
            notice: Some(Notice { failed, text: hostile(), details: vec![hostile()] }),
            next: hostile(),
            facts: vec![Fact { label: hostile(), value: hostile(), note: hostile() }],
            missing: vec![
                Lacking { outcome: hostile(), items: vec![hostile()], chosen: true },
                Lacking { outcome: hostile(), items: Vec::new(), chosen: false },
            ],
            suspicions: vec![SuspicionView { clue: hostile(), owner: hostile(), end: hostile() }],
            comparison: Comparison::sample(),
            relations: vec![hostile()],
            sellers: vec![SellerView {
                code: hostile(),
                name: hostile(),
                phones: vec![hostile()],
                agency: hostile(),
            }],
            deeds: vec![deed(fields(), true), deed(Vec::new(), false)],
            hindered: vec![(hostile(), hostile())],
            attempts: vec![AttemptView {
                time: hostile(),
                means: hostile(),
                result: hostile(),
                by: hostile(),
                note: hostile(),
            }],
            evidence: vec![EvidenceView {
                href: hostile(),
                kind: hostile(),
                file_name: hostile(),
                size: hostile(),
                says: vec![hostile(), hostile()],
                attached: hostile(),
                digest: hostile(),
                open: true,
                purpose: hostile(),
                grants: vec![GrantView { id: hostile(), text: hostile(), chosen: true }],
            }],
            asks: vec![(hostile(), hostile())],
            upload: Some(UploadView {
                href: hostile(),
                request_id: hostile(),
                open: true,
                fields: fields(),
                hint: hostile(),
                error: hostile(),
            }),
            forms: vec![(hostile(), hostile())],
            participants: vec![entry()],
            calls: vec![entry()],
            verifications: vec![entry()],
            opinions: vec![entry()],
            appeals: vec![entry()],
            timeline: vec![EventView {
                time: hostile(),
                actor: hostile(),
                what: hostile(),
                states: hostile(),
                details: vec![(hostile(), hostile())],
                note: hostile(),
            }],
            timeline_cut: true,
        }
    }
}

#[test]
fn the_page_stands_hostile_values() {
    for language in Language::ALL {
        check(&CasePage::sample(language, true));
        check(&CasePage::sample(language, false));
    }
}
