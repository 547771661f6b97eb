//! Somebody else pays: with approvals that hold, with approvals that have run out, and a stranger on the payer's account.

use chrono::{Days, NaiveDate};

use super::super::super::draft::{Draft, DraftAccount, DraftApproval};
use super::super::super::holders::of_account;
use super::super::super::serial::BankAccount;
use super::super::super::wire::{AccountKind, Purpose};
use super::super::LIST_OF_DAY;
use super::super::script::Pen;
use super::SAME_BANK_ACCOUNT;

/// How long an approval that holds does, in days after the application: beyond the last list.
const HOLDS_DAYS: u64 = 180;

/// A company's account.
struct Company {
    name: String,
    bank: BankAccount,
}

fn company_of(pen: &mut Pen<'_>) -> Company {
    let serial = pen.world.people.serial();
    Company {
        name: format!("示例{serial}号样本有限公司"), bank: pen.world.people.numbers.passbook()
    }
}

/// A policy of a stranger that the company pays, approved on the day of the application and until `days` after it.
fn paid(pen: &mut Pen<'_>, company: &Company, days: u64) -> Draft {
    let mut draft = pen.stranger();
    let account = DraftAccount::new(Purpose::Premium, &company.bank, &company.name);
    draft.accounts = vec![DraftAccount { kind: AccountKind::Corporate, ..account }];
    // Before the first day of the story, so that what runs out at once has run out at every cut.
    draft.applied_on = pen.world.as_of.checked_sub_days(Days::new(2)).unwrap_or(pen.world.as_of);
    draft.approvals = vec![DraftApproval {
        serial: pen.world.people.serial(),
        approved_on: draft.applied_on,
        account: company.bank.number.clone(),
        valid_until: later(draft.applied_on, days),
    }];
    draft
}

fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

pub(super) fn company(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let company = company_of(pen);
    let (one, other) = (paid(pen, &company, HOLDS_DAYS), paid(pen, &company, HOLDS_DAYS));
    pen.send((first, 0), &one);
    pen.send((second, 0), &other);
}

pub(super) fn run_out(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let company = company_of(pen);
    let (one, other) = (paid(pen, &company, 0), paid(pen, &company, 0));
    pen.send((first, 0), &one);
    pen.send((second, 0), &other);
    let number = &company.bank.number;
    let holders =
        [of_account(&one, LIST_OF_DAY[first], number), of_account(&other, LIST_OF_DAY[second], number)];
    pen.expect(second, SAME_BANK_ACCOUNT, &holders.concat());
}

pub(super) fn unapproved(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let company = company_of(pen);
    let (one, other) = (paid(pen, &company, HOLDS_DAYS), paid(pen, &company, HOLDS_DAYS));
    let mut stranger = pen.stranger();
    stranger.policyholder.bank.clone_from(&company.bank);
    stranger.accounts = vec![DraftAccount::of(Purpose::Premium, &stranger.policyholder)];
    pen.send((first, 0), &one);
    pen.send((first, 0), &other);
    pen.send((second, 0), &stranger);
    let number = &company.bank.number;
    let holders = [
        of_account(&one, LIST_OF_DAY[first], number),
        of_account(&other, LIST_OF_DAY[first], number),
        of_account(&stranger, LIST_OF_DAY[second], number),
    ];
    pen.expect(second, SAME_BANK_ACCOUNT, &holders.concat());
}
