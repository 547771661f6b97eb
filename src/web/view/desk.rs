//! Pages that are made of facts, forms and tables: lists, the sorting desk, submissions, the verification queue, manual entry, the
//! try-it form. One context and one template for all of them: what differs is data.

#[cfg(test)]
mod tests;

use askama::Template;

use super::{
    case::{
        Fact, Notice,
        deeds::{self, Field},
    },
    layout::Layout,
};

/// The page.
#[derive(Template)]
#[template(path = "desk/page.html")]
pub(in crate::web) struct DeskPage {
    pub(in crate::web) page: Layout,
    /// What the page is for.
    pub(in crate::web) lead: String,
    /// What has just been done, or why it was not.
    pub(in crate::web) notice: Option<Notice>,
    /// What is asked for, in the address.
    pub(in crate::web) search: Option<Form>,
    /// Figures that are read together.
    pub(in crate::web) figures: Vec<(String, String)>,
    /// Label and value.
    pub(in crate::web) facts: Vec<Fact>,
    /// Where else to go: address and words.
    pub(in crate::web) links: Vec<(String, String)>,
    /// What can be done about the rows that are chosen; else about nothing.
    pub(in crate::web) form: Option<Form>,
    /// The form stands above the tables: it is about no row of them.
    pub(in crate::web) form_first: bool,
    pub(in crate::web) grids: Vec<Grid>,
}

/// A form: of one table's rows if they can be chosen.
pub(in crate::web) struct Form {
    pub(in crate::web) action: String,
    pub(in crate::web) head: String,
    /// Hidden: name and value.
    pub(in crate::web) hidden: Vec<(&'static str, String)>,
    pub(in crate::web) fields: Vec<Field>,
    /// Value of `act`, words; the first leads on.
    pub(in crate::web) buttons: Vec<(&'static str, String)>,
}

/// A table.
#[derive(Default)]
pub(in crate::web) struct Grid {
    pub(in crate::web) caption: String,
    /// Heads, and whether their columns are numbers.
    pub(in crate::web) heads: Vec<(String, bool)>,
    pub(in crate::web) rows: Vec<GridRow>,
    /// What is said if there are none.
    pub(in crate::web) empty: String,
    /// Where the next page is: address and words.
    pub(in crate::web) next: Option<(String, String)>,
    /// Rows can be chosen, under this name.
    pub(in crate::web) choose: Option<&'static str>,
}

/// A row.
#[derive(Default)]
pub(in crate::web) struct GridRow {
    /// What choosing it sends.
    pub(in crate::web) value: String,
    /// How the choice is called.
    pub(in crate::web) name: String,
    pub(in crate::web) cells: Vec<Cell>,
}

/// A cell: one line or several.
#[derive(Default)]
pub(in crate::web) struct Cell {
    pub(in crate::web) lines: Vec<String>,
    /// Where its first line leads.
    pub(in crate::web) href: String,
    /// Class of a tag about its first line.
    pub(in crate::web) tag: Option<&'static str>,
}

impl Cell {
    /// One line.
    pub(in crate::web) fn text(text: impl Into<String>) -> Self {
        Self { lines: vec![text.into()], ..Self::default() }
    }

    /// Several lines.
    pub(in crate::web) const fn lines(lines: Vec<String>) -> Self {
        Self { lines, href: String::new(), tag: None }
    }

    /// One line that leads somewhere.
    pub(in crate::web) fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { lines: vec![text.into()], href: href.into(), tag: None }
    }

    /// A word with a colour.
    pub(in crate::web) fn tag(text: impl Into<String>, class: &'static str) -> Self {
        Self { lines: vec![text.into()], href: String::new(), tag: Some(class) }
    }
}

impl DeskPage {
    /// A page with nothing on it.
    pub(in crate::web) const fn new(page: Layout, lead: String) -> Self {
        Self {
            page,
            lead,
            notice: None,
            search: None,
            figures: Vec::new(),
            facts: Vec::new(),
            links: Vec::new(),
            form: None,
            form_first: false,
            grids: Vec::new(),
        }
    }

    /// Whether a column of a table is of numbers.
    #[expect(clippy::unused_self, reason = "a template reaches only its context")]
    fn is_number(&self, grid: &Grid, place: impl std::borrow::Borrow<usize>) -> bool {
        grid.heads.get(*place.borrow()).is_some_and(|(_, number)| *number)
    }
}
