//! Entries of the directory, both ways: one [`Resource`] for each kind.

mod parts;

use parts::{
    Masked, agency_kind, agency_kind_number, day, etag, given, leaves, person, seller_kind,
    seller_kind_number, staff_role, staff_role_number, timestamp,
};
use tonic_types::FieldViolation;
use zhenshi_domain::application::Person;
use zhenshi_proto::zhenshi::v1 as proto;

use super::enums::{number, read};
use crate::{
    app::{
        PersonPayload,
        directory::{
            Duty, Entry, EntryKind, EntryRow,
            entry::{Draft, Field, Problem},
            import::{columns::headers, report::sentence},
        },
    },
    words::{Language, Words},
};

/// A kind of entry on the wire.
pub(in crate::grpc) trait Resource: prost::Message + Default + Clone {
    /// Its kind.
    const KIND: EntryKind;

    /// The entry, and what of it cannot be read.
    fn draft(self) -> (Draft, Vec<Problem>);
    /// Version that the caller saw.
    fn etag(&self) -> &str;
    /// The entry with its personal data, which are masked here; without them they are left out.
    fn of(row: &EntryRow, person: Option<&PersonPayload>) -> Self;
}

/// Everything that is wrong with an entry of `kind`, by the paths of the fields in the request.
pub(in crate::grpc) fn violations(
    kind: EntryKind,
    problems: &[Problem],
    words: &Words,
    language: Language,
) -> Vec<FieldViolation> {
    let violation = |problem: &Problem| {
        let path = format!("{}.{}", resource(kind), column(kind, problem.field));
        FieldViolation::new(path, sentence(words, language, *problem))
    };
    problems.iter().map(violation).collect()
}

/// The name of a field in an entry of `kind`, which is also the English header of its column.
pub(in crate::grpc) fn column(kind: EntryKind, field: Field) -> &'static str {
    headers(kind, field).first().copied().unwrap_or_default()
}

/// The name of an entry of `kind` in the request that writes it.
pub(in crate::grpc) const fn resource(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Channel => "channel_unit",
        EntryKind::Branch => "branch",
        EntryKind::Agency => "agency",
        EntryKind::Seller => "seller",
        EntryKind::Staff => "staff_member",
    }
}

impl Resource for proto::ChannelUnit {
    const KIND: EntryKind = EntryKind::Channel;

    fn draft(self) -> (Draft, Vec<Problem>) {
        let Self { code, name, channel, inactive, etag: _, recorded_time: _, changed_time: _ } = self;
        let problems = Vec::new();
        let entry = Entry {
            channel: read::<proto::Channel>(channel),
            name,
            active: !inactive,
            ..Entry::new(Self::KIND, code)
        };
        (Draft { entry, person: Person::default() }, problems)
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn of(row: &EntryRow, _person: Option<&PersonPayload>) -> Self {
        let entry = &row.entry;
        Self {
            code: entry.code.clone(),
            name: entry.name.clone(),
            channel: entry.channel.map_or(0, number::<proto::Channel>),
            inactive: !entry.active,
            etag: etag(row),
            recorded_time: Some(timestamp(row.recorded_time)),
            changed_time: Some(timestamp(row.changed_time)),
        }
    }
}

impl Resource for proto::Branch {
    const KIND: EntryKind = EntryKind::Branch;

    fn draft(self) -> (Draft, Vec<Problem>) {
        let Self { code, name, inactive, etag: _, recorded_time: _, changed_time: _ } = self;
        let problems = Vec::new();
        let entry = Entry { name, active: !inactive, ..Entry::new(Self::KIND, code) };
        (Draft { entry, person: Person::default() }, problems)
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn of(row: &EntryRow, _person: Option<&PersonPayload>) -> Self {
        let entry = &row.entry;
        Self {
            code: entry.code.clone(),
            name: entry.name.clone(),
            inactive: !entry.active,
            etag: etag(row),
            recorded_time: Some(timestamp(row.recorded_time)),
            changed_time: Some(timestamp(row.changed_time)),
        }
    }
}

impl Resource for proto::Agency {
    const KIND: EntryKind = EntryKind::Agency;

    fn draft(self) -> (Draft, Vec<Problem>) {
        let Self {
            code,
            name,
            kind,
            channel,
            branch_code,
            phones,
            address,
            qualified_from,
            qualified_until,
            inactive,
            etag: _,
            recorded_time: _,
            changed_time: _,
        } = self;
        let mut problems = Vec::new();
        let entry = Entry {
            duty: agency_kind(kind),
            channel: read::<proto::Channel>(channel),
            branch_code,
            qualified_from: given(qualified_from, Field::QualifiedFrom, &mut problems),
            qualified_until: given(qualified_until, Field::QualifiedUntil, &mut problems),
            name,
            active: !inactive,
            ..Entry::new(Self::KIND, code)
        };
        (Draft { entry, person: person(String::new(), (0, String::new()), phones, address) }, problems)
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn of(row: &EntryRow, person: Option<&PersonPayload>) -> Self {
        let entry = &row.entry;
        let masked = Masked::of(person);
        Self {
            code: entry.code.clone(),
            name: entry.name.clone(),
            kind: agency_kind_number(entry.duty),
            channel: entry.channel.map_or(0, number::<proto::Channel>),
            branch_code: entry.branch_code.clone(),
            phones: masked.phones,
            address: masked.address,
            qualified_from: entry.qualified_from.map(day),
            qualified_until: entry.qualified_until.map(day),
            inactive: !entry.active,
            etag: etag(row),
            recorded_time: Some(timestamp(row.recorded_time)),
            changed_time: Some(timestamp(row.changed_time)),
        }
    }
}

impl Resource for proto::Seller {
    const KIND: EntryKind = EntryKind::Seller;

    fn draft(self) -> (Draft, Vec<Problem>) {
        let Self {
            code,
            name,
            kind,
            channel,
            branch_code,
            team_leader_code,
            agency_code,
            certificate_kind,
            certificate_number,
            phones,
            address,
            qualified_from,
            qualified_until,
            inactive,
            etag: _,
            recorded_time: _,
            changed_time: _,
        } = self;
        let mut problems = Vec::new();
        let entry = Entry {
            duty: seller_kind(kind),
            channel: read::<proto::Channel>(channel),
            branch_code,
            team_leader_code,
            agency_code,
            qualified_from: given(qualified_from, Field::QualifiedFrom, &mut problems),
            qualified_until: given(qualified_until, Field::QualifiedUntil, &mut problems),
            active: !inactive,
            ..Entry::new(Self::KIND, code)
        };
        (
            Draft { entry, person: person(name, (certificate_kind, certificate_number), phones, address) },
            problems,
        )
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn of(row: &EntryRow, person: Option<&PersonPayload>) -> Self {
        let entry = &row.entry;
        let masked = Masked::of(person);
        Self {
            code: entry.code.clone(),
            name: masked.name,
            kind: seller_kind_number(entry.duty),
            channel: entry.channel.map_or(0, number::<proto::Channel>),
            branch_code: entry.branch_code.clone(),
            team_leader_code: entry.team_leader_code.clone(),
            agency_code: entry.agency_code.clone(),
            certificate_kind: masked.certificate_kind,
            certificate_number: masked.certificate_number,
            phones: masked.phones,
            address: masked.address,
            qualified_from: entry.qualified_from.map(day),
            qualified_until: entry.qualified_until.map(day),
            inactive: !entry.active,
            etag: etag(row),
            recorded_time: Some(timestamp(row.recorded_time)),
            changed_time: Some(timestamp(row.changed_time)),
        }
    }
}

impl Resource for proto::StaffMember {
    const KIND: EntryKind = EntryKind::Staff;

    fn draft(self) -> (Draft, Vec<Problem>) {
        let Self {
            code,
            name,
            role,
            channel,
            branch_code,
            team_leader_code,
            capacity,
            leaves: sent_leaves,
            certificate_kind,
            certificate_number,
            phones,
            address,
            inactive,
            etag: _,
            recorded_time: _,
            changed_time: _,
        } = self;
        let mut problems = Vec::new();
        let entry = Entry {
            duty: staff_role(role),
            channel: read::<proto::Channel>(channel),
            branch_code,
            team_leader_code,
            capacity,
            leaves: leaves(sent_leaves, &mut problems),
            active: !inactive,
            ..Entry::new(Self::KIND, code)
        };
        (
            Draft { entry, person: person(name, (certificate_kind, certificate_number), phones, address) },
            problems,
        )
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn of(row: &EntryRow, person: Option<&PersonPayload>) -> Self {
        let entry = &row.entry;
        let masked = Masked::of(person);
        Self {
            code: entry.code.clone(),
            name: masked.name,
            role: staff_role_number(entry.duty),
            channel: entry.channel.map_or(0, number::<proto::Channel>),
            branch_code: entry.branch_code.clone(),
            team_leader_code: entry.team_leader_code.clone(),
            capacity: entry.capacity,
            leaves: entry
                .leaves
                .iter()
                .map(|leave| proto::LeavePeriod {
                    first_day: Some(day(leave.first_day)),
                    last_day: Some(day(leave.last_day)),
                })
                .collect(),
            certificate_kind: masked.certificate_kind,
            certificate_number: masked.certificate_number,
            phones: masked.phones,
            address: masked.address,
            inactive: !entry.active,
            etag: etag(row),
            recorded_time: Some(timestamp(row.recorded_time)),
            changed_time: Some(timestamp(row.changed_time)),
        }
    }
}

/// The wire's number of a member of staff's duty.
pub(in crate::grpc) fn role_number(duty: Duty) -> i32 {
    staff_role_number(Some(duty))
}
