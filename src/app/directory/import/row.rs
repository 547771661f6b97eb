//! A row taken apart into an entry. What cannot be read is a problem; what is read is checked with the entry.

use zhenshi_domain::{
    application::{CertificateKind, Person},
    personal::Personal,
};

use super::{columns::Header, read::Cell, vocabulary};
use crate::app::directory::{
    Entry, EntryKind,
    entry::{Draft, Field, Flaw, Problem},
};

/// The entry of a row, and what of it could not be read.
pub(super) fn draft(kind: EntryKind, header: &Header, cells: &[Cell]) -> (Draft, Vec<Problem>) {
    let mut draft = Draft { entry: Entry::new(kind, ""), person: Person::default() };
    let mut problems = Vec::new();
    for (column, cell) in cells.iter().enumerate() {
        let Some(field) = header.field(column) else { continue };
        let read = match cell.flaw {
            Some(flaw) => Err(flaw),
            None if cell.text.is_empty() => Ok(()),
            None => set(&mut draft, field, &cell.text),
        };
        if let Err(flaw) = read {
            problems.push(Problem { field, flaw });
        }
    }
    let certificate = &mut draft.person.certificate;
    if certificate.kind.is_none() && !certificate.number.expose().is_empty() {
        certificate.kind = Some(CertificateKind::ResidentId);
    }
    (draft, problems)
}

fn set(draft: &mut Draft, field: Field, text: &str) -> Result<(), Flaw> {
    let Draft { entry, person } = draft;
    let owned = || text.to_owned();
    match field {
        Field::Code => entry.code = owned(),
        Field::Name if entry.kind.is_person() => person.name = Personal::new(owned()),
        Field::Name => entry.name = owned(),
        Field::Duty => {
            let duty = vocabulary::duty(text).filter(|duty| duty.kind() == entry.kind);
            entry.duty = Some(duty.ok_or(Flaw::UnknownWord)?);
        }
        Field::Channel => entry.channel = Some(vocabulary::channel(text).ok_or(Flaw::UnknownWord)?),
        Field::Branch => entry.branch_code = owned(),
        Field::TeamLeader => entry.team_leader_code = owned(),
        Field::Agency => entry.agency_code = owned(),
        Field::Capacity => entry.capacity = Some(text.parse().map_err(|_| Flaw::NotNumber)?),
        Field::Leave => {
            entry.leaves = vocabulary::leaves(text).ok_or(Flaw::NotDate)?;
            entry.leaves.sort_unstable();
        }
        Field::QualifiedFrom => entry.qualified_from = Some(vocabulary::day(text).ok_or(Flaw::NotDate)?),
        Field::QualifiedUntil => entry.qualified_until = Some(vocabulary::day(text).ok_or(Flaw::NotDate)?),
        Field::Active => entry.active = vocabulary::yes_or_no(text).ok_or(Flaw::UnknownWord)?,
        Field::CertificateKind => {
            person.certificate.kind = Some(vocabulary::certificate(text).ok_or(Flaw::UnknownWord)?);
        }
        Field::CertificateNumber => person.certificate.number = Personal::new(owned()),
        Field::Phones => person.phones.extend(vocabulary::phones(text).map(Personal::from)),
        Field::Address => person.address.text = Personal::new(owned()),
    }
    Ok(())
}
