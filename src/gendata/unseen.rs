//! Faults that the gate cannot see: a stranger's phone or account, which the list finds by comparing applications,
//! and wrong data that looks right, which nobody finds.

use super::draft::DraftAccount;
use super::fault::Fault;
use super::holders;
use super::household::Household;
use super::luck::Luck;
use super::people::home;
use super::plant::Turn;
use super::truth::{ExpectedVerdict, ListTruth, PlantedFault};
use super::wire::{Channel, Purpose};
use super::world::{Made, Shared, Shelf, World, reference};

/// Makes an application with the turn's fault; without an earlier customer to share with, one that nobody can find.
pub(super) fn make(world: &mut World, turn: Turn, channel: Channel, luck: &mut Luck) -> Made {
    let mut draft = world.draft(channel, Household::Oneself, true, luck);
    let victim = match turn.fault {
        Fault::SamePhone | Fault::SameBankAccount => world.memory.victim(luck),
        _ => None,
    };
    let (mut sharings, mut shared) = (Vec::new(), None);
    let (fault, field_path, cause) = match victim {
        Some(victim) => {
            let (path, cause) = if turn.fault == Fault::SamePhone {
                draft.policyholder.phone = victim.phone;
                let now = holders::of_phone(&draft, world.list, &draft.policyholder.phone);
                shared = Some(Shared { code: turn.fault.code(), before: victim.phone_holders, now });
                ("policyholder.phones[0]", "the phone of another customer, no relation declared")
            } else {
                // In his own name, else the gate would see another payer.
                draft.policyholder.bank = victim.bank;
                draft.accounts = vec![DraftAccount::of(Purpose::Premium, &draft.policyholder)];
                let now = holders::of_account(&draft, world.list, &draft.policyholder.bank.number);
                shared = Some(Shared { code: turn.fault.code(), before: victim.account_holders, now });
                ("accounts[0].number", "the bank account of another customer, no relation declared")
            };
            let parties = vec![victim.application, reference(&draft, "policyholder".to_owned())];
            sharings.push(ListTruth::suspicious(turn.fault.code(), parties, cause));
            (turn.fault, path, cause)
        }
        None if turn.number.is_multiple_of(2) => {
            draft.policyholder.phone = world.people.numbers.mobile();
            (
                Fault::Undetectable,
                "policyholder.phones[0]",
                "a wrong phone that looks right and is nobody else's",
            )
        }
        None => {
            draft.policyholder.home = home(luck, world.people.serial());
            (Fault::Undetectable, "policyholder.address", "a wrong address that looks right")
        }
    };
    let planted = PlantedFault {
        expected_code: fault.code(),
        field_path: field_path.to_owned(),
        found_by: fault.found_by(),
        cause,
    };
    let made = world.clean(draft, Shelf::Nowhere, sharings, luck);
    Made { faults: vec![planted], verdict: ExpectedVerdict::Accepted, shared, ..made }
}
