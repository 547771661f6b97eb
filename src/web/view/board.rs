//! The board: one line, counts that are links, cases, tables, and what is drawn.

use askama::Template;
use uuid::Uuid;

use super::{cases::CaseLine, layout::Layout};
use crate::{app::case::board::ClearedBy, web::say::Say};

/// What to do next.
#[derive(Debug)]
pub(in crate::web) struct Next {
    pub(in crate::web) text: String,
    pub(in crate::web) href: String,
    pub(in crate::web) detail: Option<String>,
}

/// A count that is a link.
#[derive(Debug)]
pub(in crate::web) struct Figure {
    pub(in crate::web) label: String,
    pub(in crate::web) count: i64,
    pub(in crate::web) href: String,
    /// It should be nothing.
    pub(in crate::web) alarming: bool,
}

/// Some cases under a head.
pub(in crate::web) struct Block {
    pub(in crate::web) title: String,
    pub(in crate::web) href: String,
    pub(in crate::web) lines: Vec<CaseLine>,
}

/// A seller of the team.
#[derive(Debug)]
pub(in crate::web) struct SellerRow {
    pub(in crate::web) code: String,
    pub(in crate::web) href: String,
    pub(in crate::web) open: i64,
    pub(in crate::web) overdue: i64,
    pub(in crate::web) returned: i64,
}

/// Urging all who are late.
#[derive(Debug)]
pub(in crate::web) struct Urge {
    pub(in crate::web) count: i64,
    pub(in crate::web) request_id: Uuid,
}

/// The newest list: listed = distributed + merged + held.
#[derive(Debug)]
pub(in crate::web) struct Reconciled {
    pub(in crate::web) day: String,
    pub(in crate::web) sealed: bool,
    pub(in crate::web) listed: i64,
    pub(in crate::web) distributed: i64,
    pub(in crate::web) merged: i64,
    pub(in crate::web) held: i64,
}

impl Reconciled {
    /// Whether the figures add up.
    pub(in crate::web) const fn adds_up(&self) -> bool {
        self.listed == self.distributed + self.merged + self.held
    }
}

/// A submission that waits to be verified.
pub(in crate::web) struct Claim {
    pub(in crate::web) line: CaseLine,
    /// What is claimed.
    pub(in crate::web) outcome: String,
    /// What there is for it.
    pub(in crate::web) evidence: Vec<String>,
    /// Id and version.
    pub(in crate::web) key: String,
}

/// Data that somebody has seen in clear.
#[derive(Debug)]
pub(in crate::web) struct RevealLine {
    pub(in crate::web) time: String,
    pub(in crate::web) who: String,
    /// Which parts.
    pub(in crate::web) fields: String,
    /// What for.
    pub(in crate::web) purpose: String,
    /// Who enquired and how he was identified; empty if nobody did.
    pub(in crate::web) enquirer: String,
    /// By what.
    pub(in crate::web) ground: String,
    /// Where that is; empty if it is no grant.
    pub(in crate::web) href: String,
    /// How many parties were shown.
    pub(in crate::web) parties: String,
}

/// The board.
#[derive(Template)]
#[template(path = "board/page.html")]
pub(in crate::web) struct BoardPage {
    pub(in crate::web) page: Layout,
    pub(in crate::web) next: Option<Next>,
    pub(in crate::web) figures: Vec<Figure>,
    pub(in crate::web) reconciled: Option<Reconciled>,
    pub(in crate::web) urge: Option<Urge>,
    pub(in crate::web) blocks: Vec<Block>,
    pub(in crate::web) sellers: Vec<SellerRow>,
    pub(in crate::web) away: Vec<String>,
    pub(in crate::web) has_queue: bool,
    pub(in crate::web) queue: Vec<Claim>,
    /// The reader may return.
    pub(in crate::web) returns: bool,
    pub(in crate::web) request_id: Uuid,
    /// Days that `cleared` looks back.
    pub(in crate::web) days: i64,
    pub(in crate::web) cleared: Vec<ClearedBy>,
    /// Who has seen data in clear lately; none for whom that is not.
    pub(in crate::web) reveals: Option<Vec<RevealLine>>,
    /// Days that `reveals` looks back.
    pub(in crate::web) reveal_days: i64,
    /// The newest exports of unmasked data; none for whom that is not.
    pub(in crate::web) exports: Option<Vec<ExportLine>>,
}

impl BoardPage {
    /// A board with nothing on it.
    pub(in crate::web) const fn of(page: Layout) -> Self {
        Self {
            page,
            next: None,
            figures: Vec::new(),
            reconciled: None,
            urge: None,
            blocks: Vec::new(),
            sellers: Vec::new(),
            away: Vec::new(),
            has_queue: false,
            queue: Vec::new(),
            returns: false,
            request_id: Uuid::nil(),
            days: 0,
            cleared: Vec::new(),
            reveals: None,
            reveal_days: 0,
            exports: None,
        }
    }
}

/// An export of unmasked data.
#[derive(Debug)]
pub(in crate::web) struct ExportLine {
    pub(in crate::web) href: String,
    pub(in crate::web) time: String,
    pub(in crate::web) export_no: String,
    pub(in crate::web) who: String,
    pub(in crate::web) state: String,
    /// How many parties are in it; empty while there is no file.
    pub(in crate::web) parties: String,
}

/// A figure of a table that is drawn.
#[derive(Debug)]
pub(in crate::web) struct Cell {
    /// For the plot; empty for none.
    pub(in crate::web) value: String,
    pub(in crate::web) text: String,
}

impl Cell {
    pub(in crate::web) fn count(count: i64) -> Self {
        Self { value: count.to_string(), text: count.to_string() }
    }

    pub(in crate::web) fn percent(rate: Option<i64>) -> Self {
        rate.map_or_else(
            || Self { value: String::new(), text: "–".into() },
            |rate| Self { value: rate.to_string(), text: format!("{rate}%") },
        )
    }

    /// `part` of `all`, to a tenth of a percent.
    pub(in crate::web) fn percent_of(part: i64, all: i64) -> Self {
        let tenths = (part * 1_000 + all / 2) / all.max(1);
        let rate = format!("{}.{}", tenths / 10, tenths % 10);
        Self { text: format!("{rate}% ({part}/{all})"), value: rate }
    }
}

/// A row of such a table.
#[derive(Debug)]
pub(in crate::web) struct Row {
    pub(in crate::web) head: String,
    pub(in crate::web) cells: Vec<Cell>,
}

/// A table that is drawn.
#[derive(Debug)]
pub(in crate::web) struct Plot {
    pub(in crate::web) title: String,
    pub(in crate::web) kind: &'static str,
    pub(in crate::web) stack: bool,
    pub(in crate::web) percent: bool,
    pub(in crate::web) first: String,
    pub(in crate::web) heads: Vec<String>,
    pub(in crate::web) rows: Vec<Row>,
}

/// What is drawn, as a part of the board.
#[derive(Template)]
#[template(path = "board/plots.html")]
pub(in crate::web) struct Plots {
    pub(in crate::web) say: Say,
    pub(in crate::web) plots: Vec<Plot>,
}
