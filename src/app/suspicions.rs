//! Suspicions as they are shown to one caller: members beyond its scope as stubs, the others in full, with their parties
//! in clear where these were asked for (the transport masks them before a byte leaves).

use std::collections::HashSet;

use uuid::Uuid;
use zhenshi_domain::application::Channel;

use super::{App, AppError, get_submission::ShownParty};
use crate::{
    ids,
    security::{scope::Scope, sealing::Place},
    store::{
        StoreError,
        audit::Entry,
        list::read::{MemberOf, MemberRow, SuspicionRow},
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
    /// Beyond the caller's scope.
    Stub {
        /// Customer.
        customer_id: Uuid,
        /// Channel of the application.
        channel: Channel,
    },
    /// Within it.
    Full {
        /// The member.
        row: Box<MemberRow>,
        /// The party in clear: if it was asked for, and its key was not destroyed.
        party: Option<Box<ShownParty>>,
    },
}

/// What `scope` shows of `rows`; nothing is decrypted.
pub(super) fn within(scope: &Scope, rows: Vec<SuspicionRow>) -> Vec<ShownSuspicion> {
    let member = |member: MemberOf| match member {
        MemberOf::Seen(row) if scope.allows_application(&row.source, row.channel, &row.branch_code) => {
            ShownMember::Full { row, party: None }
        }
        // Row security does not know the source.
        MemberOf::Seen(row) => ShownMember::Stub { customer_id: row.customer_id, channel: row.channel },
        MemberOf::Stub { customer_id, channel } => ShownMember::Stub { customer_id, channel },
    };
    let suspicion = |mut row: SuspicionRow| {
        let members = std::mem::take(&mut row.members).into_iter().map(member).collect();
        ShownSuspicion { row, members }
    };
    rows.into_iter().map(suspicion).collect()
}

/// How many customers are shown in full.
pub(super) fn customers(shown: &[ShownSuspicion]) -> usize {
    let members = shown.iter().flat_map(|suspicion| &suspicion.members);
    let different: HashSet<Uuid> = members
        .filter_map(|member| match member {
            ShownMember::Full { row, .. } => Some(row.customer_id),
            ShownMember::Stub { .. } => None,
        })
        .collect();
    different.len()
}

/// Opens the parties of all members in full, in one batch. Whoever calls has written the audit entry.
pub(super) async fn open_parties(
    app: &App,
    scope: &Scope,
    shown: &mut [ShownSuspicion],
) -> Result<(), AppError> {
    let mut wanted: Vec<(Uuid, i16)> =
        full(shown).map(|(row, _)| (row.submission_id, row.party_no)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(());
    }
    let sealed =
        app.store.get_sealed_parties(scope.clone(), wanted).await.map_err(|error| app.failed(&error))?;
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

/// The audit entry of a look under `scope`.
pub(super) fn entry(
    app: &App,
    scope: &Scope,
    action: &str,
    subject_kind: &str,
    subject_ids: Vec<Uuid>,
) -> Result<Entry, StoreError> {
    let now = app.clock.now();
    Ok(Entry {
        id: ids::mint(now, app.entropy.as_ref())?,
        recorded_time: now,
        actor: scope.actor().to_owned(),
        action: action.to_owned(),
        subject_kind: subject_kind.to_owned(),
        subject_ids,
        reason: String::new(),
        digest: Vec::new(),
    })
}
