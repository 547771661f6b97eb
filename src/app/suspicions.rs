//! Suspicions as they are shown to one caller: members beyond its reach as stubs, the others in full, with their parties
//! in clear where these were asked for (the transport masks them before a byte leaves).

use uuid::Uuid;
use zhenshi_domain::application::Channel;

use super::{App, AppError, get_submission::ShownParty};
use crate::{
    ids,
    security::{
        principal::{Principal, Reach},
        sealing::Place,
    },
    store::{
        StoreError,
        audit::Entry,
        list::read::{MemberRow, SuspicionRow},
        payload::Payload,
    },
};

/// A suspicion as it is shown.
pub struct ShownSuspicion {
    /// The suspicion; its members are in `members`.
    pub row: SuspicionRow,
    /// The members, in their order.
    pub members: Vec<ShownMember>,
}

/// A member as it is shown.
pub enum ShownMember {
    /// Beyond the caller's reach.
    Stub {
        /// Customer.
        customer_id: Uuid,
        /// Channel of the application.
        channel: Channel,
    },
    /// Within reach.
    Full {
        /// The member.
        row: Box<MemberRow>,
        /// The party in clear: if it was asked for, and its key was not destroyed.
        party: Option<Box<ShownParty>>,
    },
}

/// What `reach` shows of `rows`; nothing is decrypted.
pub(super) fn within(reach: &Reach, rows: Vec<SuspicionRow>) -> Vec<ShownSuspicion> {
    let member = |row: MemberRow| {
        if reach.allows(&row.source, row.channel) {
            ShownMember::Full { row: Box::new(row), party: None }
        } else {
            ShownMember::Stub { customer_id: row.customer_id, channel: row.channel }
        }
    };
    let suspicion = |mut row: SuspicionRow| {
        let members = std::mem::take(&mut row.members).into_iter().map(member).collect();
        ShownSuspicion { row, members }
    };
    rows.into_iter().map(suspicion).collect()
}

/// Opens the parties of all members in full, in one batch. Whoever calls has written the audit entry.
pub(super) async fn open_parties(app: &App, shown: &mut [ShownSuspicion]) -> Result<(), AppError> {
    let mut wanted: Vec<(Uuid, i16)> =
        full(shown).map(|(row, _)| (row.submission_id, row.party_no)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(());
    }
    let sealed = app.store.get_sealed_parties(wanted).await.map_err(|error| app.failed(&error))?;
    for (row, party) in full(shown) {
        let Some(sealed) = sealed.get(&(row.submission_id, row.party_no)) else { continue };
        let place = Place { table: "sealed", row: row.submission_id, party_no: row.party_no };
        let opened = app
            .sealer
            .open(place, sealed)
            .map_err(StoreError::from)
            .and_then(|bytes| Payload::decode(&bytes, &row.submission_id))
            .map_err(|error| app.failed(&error))?;
        *party = Some(Box::new(ShownParty { party_no: row.party_no, role: row.role, payload: opened }));
    }
    Ok(())
}

fn full(shown: &mut [ShownSuspicion]) -> impl Iterator<Item = (&MemberRow, &mut Option<Box<ShownParty>>)> {
    shown.iter_mut().flat_map(|suspicion| &mut suspicion.members).filter_map(|member| match member {
        ShownMember::Full { row, party } => Some((&**row, party)),
        ShownMember::Stub { .. } => None,
    })
}

/// The audit entry of a look by `principal`.
pub(super) fn entry(
    app: &App,
    principal: &Principal,
    action: &str,
    subject_kind: &str,
    subject_ids: Vec<Uuid>,
) -> Result<Entry, StoreError> {
    let now = app.clock.now();
    Ok(Entry {
        id: ids::mint(now, app.entropy.as_ref())?,
        recorded_time: now,
        actor: principal.caller.to_string(),
        action: action.to_owned(),
        subject_kind: subject_kind.to_owned(),
        subject_ids,
        reason: String::new(),
        digest: Vec::new(),
    })
}
