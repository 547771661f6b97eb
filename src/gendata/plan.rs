//! How often what happens: the mix of channels, the base rates of the 2014 inspection, and the reserved applications
//! that make sure of every code.
//!
//! The reserved ones count towards the base rates: the rest is made that much cleaner. Only where they alone exceed a
//! rate (runs of less than about 3,100 for each code of false data) do faults come out more frequent than in the
//! inspection.

use super::fault::{Category, Fault, WEIGHTS};
use super::luck::{Luck, MILLION};
use super::wire::Channel;

/// How often each code is planted at least, in runs of [`FULL_FLOOR_COUNT`] and more.
const FLOOR: u64 = 20;
/// Smaller runs have proportionally fewer of each code, but at least one.
const FULL_FLOOR_COUNT: u64 = 2_000;
/// Still smaller runs have only what chance brings.
const SMALLEST_FLOOR_COUNT: u64 = 100;

/// A channel with its share of the applications (percent) and its base rates (millionths of its applications).
struct ChannelRates {
    channel: Channel,
    percent: u32,
    missing: u32,
    false_: u32,
}

/// The inspection of 2014: bancassurance 5.25 % missing and 1.18 % false, agents 0.31 % and 0.39 %, other channels
/// 0.8 % together, which is parted here 0.5 to 0.3. The mix of channels is our own choice.
const RATES: [ChannelRates; 4] = [
    ChannelRates { channel: Channel::IndividualAgents, percent: 45, missing: 3_100, false_: 3_900 },
    ChannelRates { channel: Channel::Bancassurance, percent: 35, missing: 52_500, false_: 11_800 },
    ChannelRates { channel: Channel::Intermediaries, percent: 15, missing: 5_000, false_: 3_000 },
    ChannelRates { channel: Channel::Direct, percent: 5, missing: 5_000, false_: 3_000 },
];

impl ChannelRates {
    const fn rate(&self, category: Category) -> u32 {
        match category {
            Category::Missing => self.missing,
            Category::False => self.false_,
        }
    }

    /// Its share of all faults of the category, as a weight.
    const fn weight(&self, category: Category) -> u32 {
        self.percent * self.rate(category)
    }
}

/// What one application is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) channel: Channel,
    pub(super) fault: Option<Fault>,
}

/// The plan of a run.
pub(super) struct Plan {
    count: u64,
    reserved: u64,
    /// By channel: millionths of the applications that are not reserved, missing and false.
    rates: [(u32, u32); 4],
}

impl Plan {
    /// The plan for so many applications.
    pub(super) fn new(count: u64) -> Self {
        let floor = match count {
            0..SMALLEST_FLOOR_COUNT => 0,
            SMALLEST_FLOOR_COUNT..FULL_FLOOR_COUNT => (FLOOR * count / FULL_FLOOR_COUNT).max(1),
            _ => FLOOR,
        };
        let kinds = WEIGHTS.len() as u64;
        let of = |category| {
            let kinds = WEIGHTS.iter().filter(|(fault, _)| fault.category() == category).count();
            floor * kinds as u64
        };
        let reserved = floor * kinds;
        let (missing, false_) = (of(Category::Missing), of(Category::False));
        let rates = std::array::from_fn(|place| {
            let rate = |category| remaining_rate(place, category, count, missing, false_);
            (rate(Category::Missing), rate(Category::False))
        });
        Self { count, reserved, rates }
    }

    /// What the application at the place is to be. The reserved ones are spread evenly over the run and go through
    /// the faults in turn; the first application is always clean.
    pub(super) fn row(&self, place: u64, luck: &mut Luck) -> Row {
        if let Some(fault) = self.reserved(place) {
            let category = fault.category();
            let channels: [(Channel, u32); 4] =
                std::array::from_fn(|place| (RATES[place].channel, RATES[place].weight(category)));
            return Row { channel: luck.weighted(&channels), fault: Some(fault) };
        }
        let channels: [(usize, u32); 4] = std::array::from_fn(|place| (place, RATES[place].percent));
        let channel = luck.weighted(&channels);
        let (missing, false_) = self.rates[channel];
        let roll = luck.below(MILLION);
        let category = if roll < missing {
            Some(Category::Missing)
        } else if roll < missing + false_ {
            Some(Category::False)
        } else {
            None
        };
        let fault = category.filter(|_| place > 0).map(|category| Fault::draw(category, luck));
        Row { channel: RATES[channel].channel, fault }
    }

    fn reserved(&self, place: u64) -> Option<Fault> {
        let before =
            |place: u64| u128::from(place) * u128::from(self.reserved) / u128::from(self.count.max(1));
        let turn = before(place);
        if before(place + 1) == turn {
            return None;
        }
        let turn = usize::try_from(turn % WEIGHTS.len() as u128).unwrap_or_default();
        Some(WEIGHTS[turn].0)
    }
}

/// The rate (millionths) among the applications of a channel that are not reserved, such that reserved and other
/// faults together make the base rate.
fn remaining_rate(place: usize, category: Category, count: u64, missing: u64, false_: u64) -> u32 {
    let million = u128::from(MILLION);
    let rates = &RATES[place];
    // Expected reserved faults of the channel, in millionths of an application.
    let share = |category, reserved: u64| {
        let total: u32 = RATES.iter().map(|rates| rates.weight(category)).sum();
        u128::from(reserved) * million * u128::from(rates.weight(category)) / u128::from(total)
    };
    let (missing_share, false_share) = (share(Category::Missing, missing), share(Category::False, false_));
    let planted = match category {
        Category::Missing => missing_share,
        Category::False => false_share,
    };
    let others = u128::from(count - missing - false_) * u128::from(rates.percent) * (million / 100);
    let wanted = (others + missing_share + false_share) * u128::from(rates.rate(category)) / million;
    let rate = wanted.saturating_sub(planted) * million / others.max(1);
    u32::try_from(rate).unwrap_or(MILLION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_reserved_places() {
        for (count, floor) in [(99, 0), (100, 1), (1_999, 19), (2_000, 20), (54_321, 20)] {
            let plan = Plan::new(count);
            for (fault, _) in WEIGHTS {
                let planted = (0..count).filter(|place| plan.reserved(*place) == Some(fault)).count();
                assert_eq!(planted, floor, "{fault:?} in {count}");
            }
            assert_eq!(plan.reserved(0), None);
        }
    }

    #[test]
    fn without_reserved_ones_the_rates_are_the_inspections() {
        assert_eq!(Plan::new(99).rates[1], (52_500, 11_800));
    }
}
