//! The page of facts, forms and tables with hostile values in every place.

use super::*;
use crate::{
    web::view::{
        case::deeds::Input,
        tests::{check, hostile},
    },
    words::Language,
};

fn form() -> Form {
    let field = Field {
        name: "reason",
        id: hostile(),
        label: hostile(),
        hint: hostile(),
        input: Input::Area,
        required: true,
        value: hostile(),
        error: hostile(),
        most: 5,
    };
    Form {
        action: hostile(),
        head: hostile(),
        hidden: vec![("etag", hostile())],
        fields: vec![field],
        buttons: vec![("go", hostile()), ("stop", hostile())],
    }
}

fn sample(language: Language, choose: Option<&'static str>, form_first: bool) -> DeskPage {
    let cells = || {
        vec![
            Cell::text(hostile()),
            Cell::lines(vec![hostile(), hostile()]),
            Cell::link(hostile(), hostile()),
            Cell::tag(hostile(), "tag-red"),
        ]
    };
    let row = || GridRow { value: hostile(), name: hostile(), cells: cells() };
    DeskPage {
        notice: Some(Notice { failed: true, text: hostile(), details: vec![hostile()] }),
        search: Some(form()),
        figures: vec![(hostile(), hostile())],
        facts: vec![Fact { label: hostile(), value: hostile(), note: hostile() }],
        links: vec![(hostile(), hostile())],
        form: Some(form()),
        form_first,
        grids: vec![
            Grid {
                caption: hostile(),
                heads: vec![(hostile(), false), (hostile(), true)],
                rows: vec![row()],
                empty: hostile(),
                next: Some((hostile(), hostile())),
                choose,
            },
            Grid { caption: hostile(), empty: hostile(), ..Grid::default() },
        ],
        ..DeskPage::new(Layout::sample(language), hostile())
    }
}

#[test]
fn the_page_stands_hostile_values() {
    for language in Language::ALL {
        check(&sample(language, None, true));
        check(&sample(language, Some("case"), false));
    }
}
