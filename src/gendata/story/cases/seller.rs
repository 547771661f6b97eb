//! Contacts of sellers, agencies and staff in the data of customers.

use super::super::super::holders::{of_phone, who};
use super::super::super::household::Household;
use super::super::super::name::{Look, name};
use super::super::super::people::{Human, home};
use super::super::super::wire::Relation;
use super::super::script::Pen;
use super::super::{DirectoryEntry, EntryKind, LIST_OF_DAY};
use super::{SAME_PHONE, SELLER_CONTACT};

/// Somebody of the directory with his phone, and the code of his entry.
fn entry(pen: &mut Pen<'_>, kind: EntryKind, human: &Human) -> DirectoryEntry {
    let serial = pen.world.people.serial();
    DirectoryEntry {
        kind,
        code: format!("{}-{serial}", if kind == EntryKind::Seller { "SELLER" } else { "STAFF" }),
        phones: vec![human.phone.clone()],
        address: None,
        // Known by his certificate, or by his name only.
        resident_id: if pen.turn.is_multiple_of(2) { human.number() } else { String::new() },
        name: human.name.clone(),
    }
}

/// One customer, or two, who share the phone with each other then.
pub(super) fn phone(pen: &mut Pen<'_>) {
    let day = pen.day();
    let seller = pen.human();
    let kind = pen.pick(&[EntryKind::Seller, EntryKind::Seller, EntryKind::Staff]);
    let told = entry(pen, kind, &seller);
    let code = told.code.clone();
    pen.enter((day, 0), told);
    let customers = pen.pick(&[1, 1, 1, 2]);
    let mut holders = Vec::new();
    for _ in 0..customers {
        let mut draft = pen.stranger();
        draft.policyholder.phone.clone_from(&seller.phone);
        pen.send((day, 1), &draft);
        holders.extend(of_phone(&draft, LIST_OF_DAY[day], &seller.phone));
    }
    pen.expect_of(day, SELLER_CONTACT, &code, &holders);
    if customers > 1 {
        pen.expect(day, SAME_PHONE, &holders);
    }
}

/// The customer has been there for days; what is new is that the phone is a seller's.
pub(super) fn learned_later(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let seller = pen.human();
    let mut draft = pen.stranger();
    draft.policyholder.phone.clone_from(&seller.phone);
    pen.send((first, 0), &draft);
    let told = entry(pen, EntryKind::Seller, &seller);
    let code = told.code.clone();
    pen.enter((second, 0), told);
    pen.expect_of(second, SELLER_CONTACT, &code, &of_phone(&draft, LIST_OF_DAY[first], &seller.phone));
}

pub(super) fn address(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let serial = pen.world.people.serial();
    let office = home(pen.luck, serial);
    let county = office.county;
    let code = format!("AGENCY-{serial}");
    let parts = [county.province, county.city, county.district, &office.detail].map(str::to_owned);
    let told = DirectoryEntry {
        kind: EntryKind::Agency,
        code: code.clone(),
        phones: Vec::new(),
        address: Some(parts),
        resident_id: String::new(),
        name: String::new(),
    };
    pen.enter((first, 0), told);
    let mut draft = pen.stranger();
    draft.policyholder.home = office;
    pen.send((second, 0), &draft);
    pen.expect_of(second, SELLER_CONTACT, &code, &who(&draft, LIST_OF_DAY[second], |_| true));
}

pub(super) fn himself(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let mut draft = pen.household(Household::Child);
    draft.policyholder.name = name(pen.world.people.serial(), Look::Plain);
    for account in &mut draft.accounts {
        account.holder_name.clone_from(&draft.policyholder.name);
    }
    let seller = draft.policyholder.clone();
    let told = entry(pen, EntryKind::Seller, &seller);
    pen.enter((first, 0), told);
    for member in draft.members.iter_mut().filter(|member| member.relation == Relation::Child) {
        if let Some(child) = &mut member.human {
            child.phone.clone_from(&seller.phone);
        }
    }
    pen.send((first, 1), &draft);
    let own = pen.policy(seller);
    pen.send((second, 0), &own);
}
