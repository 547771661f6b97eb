//! What the directory of sellers, agencies and staff says of one application: prepared before it is judged, so that the rules
//! ask nobody.
//!
//! Nothing is said ([`DirectoryFacts::default`]) while no directory is loaded.

use chrono::NaiveDate;

use crate::rule::Place;

/// How a seller or an agency stands on the application date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Known and qualified.
    Qualified,
    /// Not in the directory.
    Unknown,
    /// Known, and the qualification had not begun.
    NotYet,
    /// Known, and the qualification had ended, or the entry is out of use.
    Ended,
}

impl Standing {
    /// The standing on the day `on` of an entry whose qualification lasts `from` a day `until` another, both included.
    pub fn on(on: NaiveDate, active: bool, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Self {
        if from.is_none_or(|from| on < from) {
            Self::NotYet
        } else if !active || until.is_some_and(|until| until < on) {
            Self::Ended
        } else {
            Self::Qualified
        }
    }
}

/// Whose contact a customer gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContactOwner {
    /// 销售人员
    Seller,
    /// 代理机构
    Agency,
    /// 内勤
    Staff,
}

/// A contact of an application that is one of the directory's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedContact {
    /// Whose data it stands in.
    pub place: Place,
    /// Which of his phones; none for his address.
    pub phone: Option<usize>,
    /// Whose it is in the directory.
    pub owner: ContactOwner,
}

/// Everything that the directory says of one application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryFacts {
    /// How the seller stands; none if the application names none or no sellers are loaded.
    pub seller: Option<Standing>,
    /// How the agency stands; none if the application names none or no agencies are loaded.
    pub agency: Option<Standing>,
    /// Contacts of sellers, agencies and staff on customers other than themselves, in the order of the fields.
    pub used: Vec<UsedContact>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qualification_holds_on_its_first_and_on_its_last_day() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day);
        let on = |on, active| Standing::on(day(on).unwrap(), active, day(10), day(20));
        assert_eq!([on(9, true), on(10, true)], [Standing::NotYet, Standing::Qualified]);
        assert_eq!([on(20, true), on(21, true)], [Standing::Qualified, Standing::Ended]);
        assert_eq!(on(15, false), Standing::Ended);
        assert_eq!(Standing::on(day(15).unwrap(), true, None, None), Standing::NotYet);
        assert_eq!(Standing::on(day(15).unwrap(), true, day(15), None), Standing::Qualified);
    }
}
