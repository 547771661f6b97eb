//! What the profile says of a clue (`[clue.NAME]`): whether it is on, from how many customers, and what becomes of
//! declared relatives.

use super::Clue;

/// What becomes of pairs that an application declares spouse, parent or child.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Family {
    /// `excused`: not listed.
    #[default]
    Excused,
    /// `low_priority`: listed with no weight of the clue.
    LowPriority,
}

impl Family {
    /// Its name in the profile.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Excused => "excused",
            Self::LowPriority => "low_priority",
        }
    }
}

/// Fewest different customers that make a sharing suspicious (article 7: 兩個以上).
pub const DEFAULT_THRESHOLD: usize = 2;

/// The settings of one clue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClueSettings {
    /// The clue is looked for.
    pub enabled: bool,
    /// From how many different customers on.
    pub threshold: usize,
    /// What becomes of declared relatives.
    pub family: Family,
}

impl Default for ClueSettings {
    fn default() -> Self {
        Self { enabled: true, threshold: DEFAULT_THRESHOLD, family: Family::default() }
    }
}

/// The settings of every clue, by [`Clue`]'s order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clues([ClueSettings; Clue::ALL.len()]);

impl Clues {
    /// The settings of `clue`.
    pub const fn of(&self, clue: Clue) -> &ClueSettings {
        &self.0[clue as usize]
    }

    /// Replaces the settings of `clue`.
    pub const fn set(&mut self, clue: Clue, settings: ClueSettings) {
        self.0[clue as usize] = settings;
    }
}
