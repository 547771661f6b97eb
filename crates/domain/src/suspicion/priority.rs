//! The priority of a suspicion: what is looked at first.
//!
//! A sum of five parts, each shown beside it, so that whoever works the list can see why it is in this order. The formula
//! is told in words in `docs/suspicion-list.md`; a change of it changes that page.

use chrono::NaiveDate;

use super::Clue;
use crate::application::Channel;

/// Points when the call-back is today or past: the corrected data must be there when it is made.
pub const CALL_BACK_MOST: i32 = 40;
/// Points fewer for each day until the call-back.
pub const CALL_BACK_DAY: i32 = 5;
/// Points for each customer after the first.
pub const CUSTOMER: i32 = 5;
/// Most points for the number of customers.
pub const CUSTOMERS_MOST: i32 = 25;
/// Points for each earlier suspicion of the members' sellers.
pub const SELLER: i32 = 2;
/// Most points for the sellers' history.
pub const SELLER_MOST: i32 = 20;
/// So many days back a seller's history counts: the year of article 14.
pub const SELLER_HISTORY_DAYS: u64 = 365;

/// What the priority is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Kind of reason.
    pub clue: Clue,
    /// Raised only because the profile lists declared relatives.
    pub declared_family: bool,
    /// Different customers.
    pub customers: usize,
    /// Channel of the newest member's application.
    pub lead_channel: Channel,
    /// The earliest day by which a call-back that is not done is due: as scheduled, or the last day of cooling-off.
    pub call_back: Option<NaiveDate>,
    /// Earlier suspicions of the members' sellers: of the one who has most.
    pub seller_history: i64,
}

/// The parts; the priority is their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priority {
    /// Nearness of the call-back.
    pub call_back: i32,
    /// Number of customers.
    pub customers: i32,
    /// Weight of the clue.
    pub clue: i32,
    /// Base rate of untrue data in the channel.
    pub channel: i32,
    /// Earlier suspicions of the sellers.
    pub seller: i32,
}

impl Priority {
    /// The priority on the day `list_date`.
    pub fn of(facts: &Facts, list_date: NaiveDate) -> Self {
        let days_left = |call: NaiveDate| (call - list_date).num_days().clamp(0, i64::from(CALL_BACK_MOST));
        let points = |count: i64, each: i32, most: i32| {
            i32::try_from(count.clamp(0, i64::from(most))).unwrap_or(most).saturating_mul(each).min(most)
        };
        let call_back = facts.call_back.map_or(0, |call| {
            (CALL_BACK_MOST - points(days_left(call), CALL_BACK_DAY, CALL_BACK_MOST)).max(0)
        });
        let others = i64::try_from(facts.customers).unwrap_or(i64::MAX).saturating_sub(1);
        Self {
            call_back,
            customers: points(others, CUSTOMER, CUSTOMERS_MOST),
            clue: if facts.declared_family { 0 } else { clue_weight(facts.clue) },
            channel: channel_weight(facts.lead_channel),
            seller: points(facts.seller_history, SELLER, SELLER_MOST),
        }
    }

    /// The sum.
    pub const fn total(&self) -> i32 {
        self.call_back + self.customers + self.clue + self.channel + self.seller
    }
}

/// How much a clue weighs: what a seller can have done before what two customers can have in common.
const fn clue_weight(clue: Clue) -> i32 {
    match clue {
        Clue::SellerContact => 30,
        Clue::IdentityConflict => 25,
        Clue::SameBankAccount => 20,
        Clue::SamePhone => 15,
        Clue::SamePersonTwice => 10,
    }
}

/// Untrue data by channel in the inspection of 2014 (6.43 %, 0.70 %, 0.80 %), in points of half a percent.
const fn channel_weight(channel: Channel) -> i32 {
    match channel {
        Channel::Bancassurance => 13,
        Channel::IndividualAgents => 1,
        Channel::Intermediaries | Channel::Direct => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts = Facts {
        clue: Clue::SamePhone,
        declared_family: false,
        customers: 2,
        lead_channel: Channel::IndividualAgents,
        call_back: None,
        seller_history: 0,
    };

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    #[test]
    fn the_parts_are_as_written() {
        let at = |facts: Facts| {
            let parts = Priority::of(&facts, day(23));
            (parts.call_back, parts.customers, parts.clue, parts.channel, parts.seller, parts.total())
        };
        assert_eq!(at(FACTS), (0, 5, 15, 1, 0, 21));
        assert_eq!(at(Facts { call_back: Some(day(23)), ..FACTS }).0, 40);
        assert_eq!(at(Facts { call_back: Some(day(20)), ..FACTS }).0, 40);
        assert_eq!(at(Facts { call_back: Some(day(26)), ..FACTS }).0, 25);
        assert_eq!(at(Facts { call_back: NaiveDate::from_ymd_opt(2027, 11, 1), ..FACTS }).0, 0);
        assert_eq!(at(Facts { customers: 6, ..FACTS }).1, 25);
        assert_eq!(at(Facts { customers: usize::MAX, ..FACTS }).1, 25);
        assert_eq!(at(Facts { customers: 1, ..FACTS }).1, 0);
        assert_eq!(at(Facts { declared_family: true, ..FACTS }).2, 0);
        assert_eq!(at(Facts { lead_channel: Channel::Bancassurance, ..FACTS }).3, 13);
        assert_eq!(at(Facts { seller_history: 3, ..FACTS }).4, 6);
        assert_eq!(at(Facts { seller_history: i64::MAX, ..FACTS }).4, 20);
    }
}
