//! What can be done with a case, as forms: their fields, what was typed, what is wrong with it.

/// How a field is filled in.
pub(in crate::web) enum Input {
    /// One line.
    Text,
    /// Several lines.
    Area,
    /// One of several: value and words. The empty value stands for none.
    Choice(Vec<(String, String)>),
    /// A day.
    Date,
    /// A day and a time.
    Moment,
    /// A number from one to another.
    Number(u16, u16),
    /// Yes or no.
    Check,
}

impl Input {
    /// The `type` of an `input`.
    pub(in crate::web) const fn kind(&self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Moment => "datetime-local",
            Self::Number(..) => "number",
            Self::Check => "checkbox",
            Self::Text | Self::Area | Self::Choice(_) => "text",
        }
    }
}

/// A field.
pub(in crate::web) struct Field {
    pub(in crate::web) name: &'static str,
    /// Of the whole page: what a label points to.
    pub(in crate::web) id: String,
    pub(in crate::web) label: String,
    pub(in crate::web) hint: String,
    pub(in crate::web) input: Input,
    pub(in crate::web) required: bool,
    /// What was typed.
    pub(in crate::web) value: String,
    /// What is wrong with it.
    pub(in crate::web) error: String,
    /// Most characters; 0: none are counted.
    pub(in crate::web) most: usize,
}

impl Field {
    /// What describes it to who does not see it: ids of hint and error.
    pub(in crate::web) fn described_by(&self) -> String {
        let parts = [(!self.hint.is_empty(), "hint"), (!self.error.is_empty(), "error")];
        let ids = parts.iter().filter(|(there, _)| *there).map(|(_, part)| format!("{}-{part}", self.id));
        ids.collect::<Vec<_>>().join(" ")
    }
}

/// Something that can be done.
pub(in crate::web) struct DeedView {
    /// Its part of the address.
    pub(in crate::web) slug: &'static str,
    pub(in crate::web) label: String,
    /// What it means, where the words alone do not say it.
    pub(in crate::web) hint: String,
    /// Sent with it: a second pressing is the same call.
    pub(in crate::web) request_id: String,
    pub(in crate::web) fields: Vec<Field>,
    /// It leads on: stands first.
    pub(in crate::web) primary: bool,
    /// Ends or undoes something.
    pub(in crate::web) grave: bool,
    /// Its form is open: it was not done.
    pub(in crate::web) open: bool,
}
