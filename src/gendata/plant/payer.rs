//! Premium from an account that is not the policyholder's, without an approval that covers it (article 11).

use chrono::{Days, NaiveDate};

use super::{Planted, Turn};
use crate::gendata::draft::{Draft, DraftAccount, DraftApproval};
use crate::gendata::luck::Luck;
use crate::gendata::name::{Look, name};
use crate::gendata::people::People;
use crate::gendata::wire::{Application, Purpose};
use crate::gendata::writing;

/// Puts another payer in the first place of the accounts.
pub(super) fn plant(
    turn: Turn,
    draft: &Draft,
    message: &mut Application,
    people: &mut People,
    luck: &mut Luck,
) -> Planted {
    let serial = people.serial();
    let relative = draft.insured(0).filter(|_| turn.number % 3 == 2);
    let account = match relative {
        Some(human) => DraftAccount::of(Purpose::Premium, human),
        None => DraftAccount::new(Purpose::Premium, &people.numbers.card(), &name(serial, Look::Plain)),
    };
    let on = draft.applied_on;
    let approval = |account: &str, approved_on: NaiveDate, valid_until: NaiveDate| DraftApproval {
        serial,
        approved_on,
        account: account.to_owned(),
        valid_until,
    };
    let number = account.number.as_str();
    let (approval, cause) = match turn.number % 4 {
        0 => (None, "another payer, no approval"),
        1 => {
            (Some(approval(number, before(on, 40), before(on, 1))), "another payer, the approval has expired")
        }
        2 => {
            let other = people.numbers.card().number;
            (
                Some(approval(&other, before(on, 5), after(on, 90))),
                "another payer, the approval is for another account",
            )
        }
        _ => (
            Some(approval(number, after(on, 1), after(on, 90))),
            "another payer, approved only after the application",
        ),
    };
    let mut changed = draft.clone();
    changed.accounts.retain(|account| account.purpose != Purpose::Premium);
    changed.accounts.insert(0, account);
    changed.approvals = approval.into_iter().collect();
    let written = writing::write(&changed, luck);
    message.accounts = written.accounts;
    message.approvals = written.approvals;
    Planted { field_path: "accounts[0].holder_name".to_owned(), cause }
}

/// So many days before; dates stay far from the ends of the calendar.
fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

/// So many days after.
fn after(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}
