//! One chunk: its keys are taken, their values judged, and the suspicions written, in one transaction.
//!
//! The transaction locks its `list_run` row, so a worker that is killed leaves the chunk as it was, and two workers never
//! write the same one.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    clue::ClueKey,
    profile::Profile,
    suspicion::{
        Clue, NameKey, Raised, Use,
        excuse::{Pairs, Ties},
        raise, raise_capped, raise_seller_contact,
        settings::Clues,
    },
};

use super::{
    ListKind, OpenList,
    facts::{self, OwnerRow, customer},
    standing::{self, Standing},
    uses::{self, Candidate, MAX_USES, Range, UseRow},
    write,
};
use crate::{
    ids,
    store::{Scope, Store, StoreError, Tx, directory::contacts::Owner as OwnerName},
};

/// What became of asking for a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk {
    /// One was written.
    Written,
    /// All that are left are in other workers' hands.
    Busy,
    /// None is left.
    NoneLeft,
}

/// A suspicion on its way into the tables.
pub(super) struct Found<'a> {
    pub(super) clue: Clue,
    pub(super) value_id: Uuid,
    pub(super) fingerprint: Uuid,
    pub(super) owner: Option<OwnerName>,
    pub(super) raised: Raised,
    pub(super) capped: bool,
    /// The value's uses, of which `raised` names some, and which of them are new.
    pub(super) uses: Vec<&'a UseRow>,
    pub(super) fresh: Vec<bool>,
}

impl Store {
    /// Writes one chunk of `list` that nobody else is at. With `wait`, waits for one that somebody is at rather than
    /// answer [`Chunk::Busy`].
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn write_chunk(
        &self,
        list: &OpenList,
        profile: Arc<Profile>,
        wait: bool,
        at: DateTime<Utc>,
    ) -> Result<Chunk, StoreError> {
        let list = list.clone();
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let Some((number, range)) = claim(tx, &list, wait).await? else {
                    let left = sqlx::query_scalar!(
                        r#"SELECT EXISTS (SELECT FROM list_run WHERE list_id = $1 AND done_time IS NULL) AS "left!""#,
                        list.id,
                    )
                    .fetch_one(tx)
                    .await?;
                    return Ok(if left { Chunk::Busy } else { Chunk::NoneLeft });
                };
                write_range(tx, &list, &profile, range).await?;
                sqlx::query!(
                    "UPDATE list_run SET done_time = $3 WHERE list_id = $1 AND chunk = $2",
                    list.id,
                    number,
                    at,
                )
                .execute(tx)
                .await?;
                Ok(Chunk::Written)
            })
        })
        .await
    }
}

/// Locks a chunk that is not written yet.
async fn claim(tx: &mut Tx, list: &OpenList, wait: bool) -> Result<Option<(i32, Range)>, StoreError> {
    macro_rules! claimed {
        ($row:expr) => {
            $row.map(|row| {
                let range = Range {
                    epoch: row.epoch,
                    clue: row.clue,
                    first: row.first_fingerprint,
                    last: row.last_fingerprint,
                };
                (row.chunk, range)
            })
        };
    }
    let free = sqlx::query!(
        "SELECT chunk, epoch, clue, first_fingerprint, last_fingerprint FROM list_run
         WHERE list_id = $1 AND done_time IS NULL ORDER BY chunk LIMIT 1 FOR UPDATE SKIP LOCKED",
        list.id,
    )
    .fetch_optional(&mut *tx)
    .await?;
    if free.is_some() || !wait {
        return Ok(claimed!(free));
    }
    let next = sqlx::query!(
        "SELECT chunk, epoch, clue, first_fingerprint, last_fingerprint FROM list_run
         WHERE list_id = $1 AND done_time IS NULL ORDER BY chunk LIMIT 1 FOR UPDATE",
        list.id,
    )
    .fetch_optional(tx)
    .await?;
    Ok(claimed!(next))
}

async fn write_range(
    tx: &mut Tx,
    list: &OpenList,
    profile: &Profile,
    range: Range,
) -> Result<(), StoreError> {
    let candidates = uses::find(tx, list, range).await?;
    if candidates.is_empty() {
        return Ok(());
    }
    let uses = uses::read(tx, list, range, &candidates).await?;
    let standings = standing::standings(tx, list, profile, &uses).await?;
    let counted = |used: &&UseRow| counts(list, used, &standings);
    let fingerprints: Vec<Uuid> = candidates.iter().map(|candidate| candidate.fingerprint).collect();
    let named = named(tx, range, &fingerprints).await?;
    let values: Vec<Uuid> = named.values().copied().collect();
    let known = Known {
        family: facts::family(tx, list, &uses).await?,
        cleared: facts::cleared(tx, list, &values).await?,
        owners: facts::owners(tx, list, range, &fingerprints).await?,
        named,
    };
    let mut by_value: HashMap<Uuid, Vec<&UseRow>> = HashMap::new();
    for used in uses.iter().filter(counted) {
        by_value.entry(used.fingerprint).or_default().push(used);
    }
    let mut found = Vec::new();
    for candidate in &candidates {
        if let Some(uses) = by_value.remove(&candidate.fingerprint) {
            judge(list, profile.clues(), range, *candidate, &uses, &standings, &known, &mut found)?;
        }
    }
    write::write(tx, list, range, &found, &standings).await
}

/// Whether a use counts in this list: its policy has not ended, and, for a self-inspection, it is not the daily list's.
fn counts(list: &OpenList, used: &UseRow, standings: &HashMap<Uuid, Standing>) -> bool {
    let standing = standings.get(&used.application_id).copied().unwrap_or_default();
    let daily_news = !used.baseline && effective_time(used, standing) >= list.previous_cut_time;
    !standing.ended && (list.kind == ListKind::Daily || !daily_news)
}

/// Since when a use is in force: a reinstated policy's anew.
fn effective_time(used: &UseRow, standing: Standing) -> DateTime<Utc> {
    standing.reinstated_time.map_or(used.recorded_time, |again| again.max(used.recorded_time))
}

/// The ids of values. One that was named under an older key keeps its id: cleared pairs and cases refer to it.
async fn named(tx: &mut Tx, range: Range, fingerprints: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, StoreError> {
    let known = sqlx::query!(
        "SELECT fingerprint, id FROM clue_value WHERE epoch = $1 AND clue = $2 AND fingerprint = ANY($3)",
        range.epoch,
        range.clue,
        fingerprints,
    )
    .fetch_all(tx)
    .await?;
    let mut named: HashMap<Uuid, Uuid> =
        fingerprints.iter().map(|fingerprint| (*fingerprint, value_id(range, *fingerprint))).collect();
    named.extend(known.into_iter().map(|row| (row.fingerprint, row.id)));
    Ok(named)
}

/// The id of a value that is named for the first time.
fn value_id(range: Range, fingerprint: Uuid) -> Uuid {
    ids::derived(
        "clue_value",
        &[&range.epoch.to_be_bytes(), &range.clue.to_be_bytes(), fingerprint.as_bytes()],
    )
}

/// What is known about the customers of a chunk.
struct Known {
    family: Pairs,
    cleared: HashMap<Uuid, Pairs>,
    owners: Vec<OwnerRow>,
    named: HashMap<Uuid, Uuid>,
}

/// Asks every clue of the value.
#[expect(clippy::too_many_arguments, reason = "all of it is what one value is judged by")]
fn judge<'a>(
    list: &OpenList,
    clues: &Clues,
    range: Range,
    candidate: Candidate,
    uses: &[&'a UseRow],
    standings: &HashMap<Uuid, Standing>,
    known: &Known,
    found: &mut Vec<Found<'a>>,
) -> Result<(), StoreError> {
    let key = ClueKey::from_i16(range.clue).ok_or_else(|| StoreError::Corrupt {
        table: "list_run",
        column: "clue",
        row: list.id.to_string(),
    })?;
    let value_id = known
        .named
        .get(&candidate.fingerprint)
        .copied()
        .unwrap_or_else(|| value_id(range, candidate.fingerprint));
    let nobody = Pairs::default();
    let ties = Ties { family: &known.family, cleared: known.cleared.get(&value_id).unwrap_or(&nobody) };
    let seen: Vec<Use> = uses.iter().map(|used| as_use(list, used, standings)).collect();
    let fresh: Vec<bool> = seen.iter().map(|used| used.fresh).collect();
    let capped = uses.first().is_some_and(|used| used.use_count > MAX_USES);
    let customers = usize::try_from(candidate.customers).unwrap_or(usize::MAX);
    let mut add = |clue, raised: Option<Raised>, owner: Option<OwnerName>| {
        if let Some(raised) = raised {
            let (uses, fresh) = (uses.to_vec(), fresh.clone());
            let fingerprint = candidate.fingerprint;
            found.push(Found { clue, value_id, fingerprint, owner, raised, capped, uses, fresh });
        }
    };
    for clue in Clue::of(key) {
        let settings = clues.of(*clue);
        if *clue == Clue::SellerContact {
            for row in known.owners.iter().filter(|row| row.fingerprint == candidate.fingerprint) {
                let raised = raise_seller_contact(&seen, &row.owner, &ties, settings);
                add(*clue, raised, Some(row.name.clone()));
            }
        } else if capped {
            add(*clue, raise_capped(*clue, &seen, customers, settings), None);
        } else {
            add(*clue, raise(*clue, &seen, &ties, settings), None);
        }
    }
    Ok(())
}

fn as_use(list: &OpenList, used: &UseRow, standings: &HashMap<Uuid, Standing>) -> Use {
    let standing = standings.get(&used.application_id).copied().unwrap_or_default();
    let fresh = match list.kind {
        ListKind::Daily => !used.baseline && effective_time(used, standing) >= list.previous_cut_time,
        ListKind::SelfInspection => used.baseline && used.recorded_time >= list.previous_cut_time,
    };
    Use {
        customer: customer(used.customer_id),
        role: used.role,
        minor: used.minor,
        weak: used.weak,
        name: used.name_fingerprint.map(|name| NameKey(name.as_u128())),
        policyholder: customer(used.policyholder_id),
        approved: used.approved,
        fresh,
    }
}

/// The sellers of what was found.
pub(super) fn sellers(found: &[Found<'_>]) -> Vec<String> {
    let members = found.iter().flat_map(|found| found.raised.members.iter().map(|place| found.uses[*place]));
    let sellers: HashSet<&str> =
        members.map(|used| used.seller_code.as_str()).filter(|code| !code.is_empty()).collect();
    sellers.into_iter().map(str::to_owned).collect()
}
