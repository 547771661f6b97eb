//! Cooling-off (猶豫期): until when a customer may withdraw, counted in natural days from the signed receipt.
//!
//! The core's own date holds if it sends one. Otherwise the day after the receipt is day 1, and the number of days is that
//! of a table: [`SHIPPED`], then the lines of the rule profile; the last line that matches decides, on the day of the
//! receipt. To change a shipped line, write one into the profile: verdicts and lists say which profile was in force.

use chrono::{Days, NaiveDate};

use crate::{
    application::{Channel, Product, ProductClass, Term},
    profile::Period,
};

/// Days by default: the floor for individual business.
pub const DEFAULT_DAYS: u16 = 10;
/// Days in the bank and postal channel (保監發〔2014〕3號).
pub const BANCASSURANCE_DAYS: u16 = 15;
/// Days of long-term health insurance (健康保險管理辦法 of 2019, article 15).
pub const LONG_TERM_HEALTH_DAYS: u16 = 15;
/// Most days of a line: more is a typing error.
pub const MAX_DAYS: u16 = 366;

/// Months of a year.
const MONTHS_OF_A_YEAR: u32 = 12;
/// Days of a year.
const DAYS_OF_A_YEAR: u32 = 365;

/// One line of the table: so many days for whatever matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoolingOffLine {
    /// Only in this channel.
    pub channel: Option<Channel>,
    /// Only for this class.
    pub class: Option<ProductClass>,
    /// Only for contracts of over one year (`true`), or only for the others.
    pub over_one_year: Option<bool>,
    /// Natural days.
    pub days: u16,
    /// For receipts signed on these days.
    pub period: Period,
}

/// The lines before those of the profile.
pub const SHIPPED: [CoolingOffLine; 2] = [
    CoolingOffLine {
        channel: None,
        class: Some(ProductClass::Health),
        over_one_year: Some(true),
        days: LONG_TERM_HEALTH_DAYS,
        period: Period::ALWAYS,
    },
    CoolingOffLine {
        channel: Some(Channel::Bancassurance),
        class: None,
        over_one_year: None,
        days: BANCASSURANCE_DAYS,
        period: Period::ALWAYS,
    },
];

/// What the table goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    /// Channel of the application.
    pub channel: Channel,
    /// Class of the main contract; `None` when it is not known: then lines for a class do not match.
    pub class: Option<ProductClass>,
    /// Whether the main contract runs for over one year.
    pub over_one_year: bool,
}

impl Sale {
    /// What was sold.
    pub fn new(channel: Channel, product: &Product) -> Self {
        Self { channel, class: product.class, over_one_year: product.term.is_some_and(is_over_one_year) }
    }
}

impl CoolingOffLine {
    fn matches(&self, sale: Sale, receipt_date: NaiveDate) -> bool {
        self.channel.is_none_or(|only| only == sale.channel)
            && self.class.is_none_or(|only| Some(only) == sale.class)
            && self.over_one_year.is_none_or(|only| only == sale.over_one_year)
            && self.period.contains(receipt_date)
    }
}

/// The days of `sale` with a receipt signed on `receipt_date`, by [`SHIPPED`] and then `lines`.
pub fn days(lines: &[CoolingOffLine], sale: Sale, receipt_date: NaiveDate) -> u16 {
    let mut table = SHIPPED.iter().chain(lines).rev();
    table.find(|line| line.matches(sale, receipt_date)).map_or(DEFAULT_DAYS, |line| line.days)
}

/// The last day of cooling-off: `sent` by the core, else `days` after the receipt.
pub fn last_day(sent: Option<NaiveDate>, receipt_date: NaiveDate, days: u16) -> NaiveDate {
    // The end of chrono's calendar is nobody's cooling-off.
    sent.unwrap_or_else(|| receipt_date.checked_add_days(Days::new(days.into())).unwrap_or(receipt_date))
}

/// Whether a contract runs for over one year: exactly one year is not.
pub const fn is_over_one_year(term: Term) -> bool {
    match term {
        Term::Years(years) => years > 1,
        Term::Months(months) => months > MONTHS_OF_A_YEAR,
        Term::Days(days) => days > DAYS_OF_A_YEAR,
        Term::ToAge(_) | Term::WholeLife => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn sale(channel: Channel, class: ProductClass, term: Term) -> Sale {
        Sale::new(channel, &Product { class: Some(class), term: Some(term), ..Product::default() })
    }

    #[test]
    fn the_shipped_table_is_that_of_the_regulation() {
        use Channel::{Bancassurance, Direct, IndividualAgents, Intermediaries};
        use ProductClass::{Accident, Health, OrdinaryLife};
        for (channel, class, term, expected) in [
            (IndividualAgents, OrdinaryLife, Term::WholeLife, 10),
            (Direct, Accident, Term::Years(1), 10),
            (Bancassurance, OrdinaryLife, Term::Years(5), 15),
            (Bancassurance, Health, Term::Years(1), 15),
            (Intermediaries, Health, Term::Years(2), 15),
            (Intermediaries, Health, Term::ToAge(80), 15),
            (Intermediaries, Health, Term::Months(13), 15),
            (Intermediaries, Health, Term::Days(366), 15),
            // A year and no more is not long-term.
            (Intermediaries, Health, Term::Years(1), 10),
            (Intermediaries, Health, Term::Months(12), 10),
            (Intermediaries, Health, Term::Days(365), 10),
        ] {
            let found = days(&[], sale(channel, class, term), day(11, 2));
            assert_eq!(found, expected, "{channel:?} {class:?} {term:?}");
        }
        assert_eq!(days(&[], Sale::new(Direct, &Product::default()), day(11, 2)), DEFAULT_DAYS);
    }

    #[test]
    fn the_last_line_of_the_day_of_the_receipt_decides() {
        let line = |days, from| CoolingOffLine {
            channel: Some(Channel::Bancassurance),
            class: None,
            over_one_year: None,
            days,
            period: Period { from: Some(from), until: None },
        };
        let lines = [line(20, day(7, 1)), line(30, day(10, 1))];
        let bank = sale(Channel::Bancassurance, ProductClass::Universal, Term::WholeLife);
        for (receipt, expected) in
            [(day(6, 30), 15), (day(7, 1), 20), (day(9, 30), 20), (day(10, 1), 30), (day(12, 31), 30)]
        {
            assert_eq!(days(&lines, bank, receipt), expected, "{receipt}");
        }
        let agent = sale(Channel::IndividualAgents, ProductClass::Universal, Term::WholeLife);
        assert_eq!(days(&lines, agent, day(12, 31)), DEFAULT_DAYS);
    }

    #[test]
    fn day_one_is_the_day_after_the_receipt() {
        assert_eq!(last_day(None, day(11, 2), 1), day(11, 3));
        assert_eq!(last_day(None, day(11, 2), 15), day(11, 17));
        // Natural days, over the ends of months.
        assert_eq!(last_day(None, day(2, 20), 15), day(3, 7));
        assert_eq!(last_day(Some(day(11, 30)), day(11, 2), 15), day(11, 30));
        assert_eq!(last_day(None, NaiveDate::MAX, 15), NaiveDate::MAX);
    }
}
