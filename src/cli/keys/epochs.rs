//! `zhenshi keys rotate --kind fingerprint`: two epochs of fingerprints beside each other, until everything is found by the newer one
//! (docs/keys.md). Every step keeps its place in the database: run again, it goes on there.

use std::{sync::Arc, time::Duration};

use anyhow::bail;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{Context, Kind, TAKE_UP, add, output, print};
use crate::{
    security::{fingerprint::Prints, keyring::Keyring, sealing::Sealer},
    store::{
        Store, StoreError,
        epoch::{Comparison, EpochRotation, Switched, Tools},
    },
    worker::keyring::POLL_INTERVAL,
};

/// How long the switch waits for a list that is being written.
const LIST_WAIT: Duration = Duration::from_mins(10);
/// Batches between two lines of progress.
const BATCHES_A_LINE: u32 = 10;

/// Rotates the fingerprint key.
pub(super) async fn rotate(context: &Context, store: &Store) -> anyhow::Result<()> {
    let open = store.epoch_rotations().await?.iter().any(|rotation| rotation.finished_time.is_none());
    let in_force = store.keys_in_force().await?.fingerprint;
    if !open && Kind::Fingerprint.newest(&context.config.keyring_file().load()?) <= in_force {
        add(context, Kind::Fingerprint)?;
    }
    let ring = context.config.keyring_file().load()?;
    store.check_keyring(Arc::new(ring.clone())).await?;
    let Some(rotation) = opened(context, store, &ring).await? else {
        bail!("the newest fingerprint key is in force already")
    };
    let to = rotation.to_epoch;
    output::note(format!(
        "epoch {to} is written beside epoch {}; {} submissions were there before",
        rotation.from_epoch, rotation.submissions
    ));
    if rotation.switched_time.is_none() {
        let compared = fill(context, store, &ring, &rotation).await?;
        output::note(format!(
            "compared: {} values are shared by the same contacts in both epochs; {} of destroyed persons stay behind",
            compared.values, compared.destroyed
        ));
        switch(context, store, &ring, to).await?;
        output::note(format!("epoch {to} is in force"));
    }
    let (mut batches, mut told) = (0_u32, 0);
    while store.drop_epoch(to, context.clock.now()).await? {
        batches += 1;
        if batches.is_multiple_of(BATCHES_A_LINE) {
            let dropped = progress(store, to).await?.dropped;
            // Stretches without rows of the old epoch say nothing.
            if dropped > told {
                output::note(format!("{dropped} rows of epoch {} dropped", rotation.from_epoch));
                told = dropped;
            }
        }
    }
    let done = progress(store, to).await?;
    let version = store.keys_in_force().await?.fingerprint;
    let text = format!(
        "fingerprint key {version} is in force (epoch {to}), {} fingerprints were made anew; older versions can go when no backup \
         needs them: zhenshi keys retire --kind fingerprint --version N",
        done.made
    );
    let said = json!({
        "kind": "fingerprint", "version": version, "epoch": to, "made": done.made, "dropped": done.dropped,
    });
    print(context, &said, text);
    Ok(())
}

/// Opens the rotation as soon as every running process holds the key; or gives the one that is open.
async fn opened(context: &Context, store: &Store, ring: &Keyring) -> anyhow::Result<Option<EpochRotation>> {
    let mut waited = Duration::ZERO;
    loop {
        match store.open_epoch_rotation(ring, context.clock.now()).await {
            Err(StoreError::Unfit(_)) if waited < TAKE_UP => {
                sleep(POLL_INTERVAL).await;
                waited += POLL_INTERVAL;
            }
            ended => return Ok(ended?),
        }
    }
}

fn tools(
    context: &Context,
    ring: &Keyring,
    current: crate::security::fingerprint::Fingerprints,
) -> anyhow::Result<Tools> {
    Ok(Tools {
        sealer: Arc::new(Sealer::new(ring)?),
        prints: Arc::new(Prints::new(current, ring.fingerprint.clone())),
        at: context.clock.now(),
    })
}

/// Makes everything anew that was recorded before, and compares.
async fn fill(
    context: &Context,
    store: &Store,
    ring: &Keyring,
    rotation: &EpochRotation,
) -> anyhow::Result<Comparison> {
    let to = rotation.to_epoch;
    let mut tools = tools(context, ring, store.open_epoch(ring).await?)?;
    let mut batches = 0_u32;
    loop {
        tools.at = context.clock.now();
        if !store.backfill_submissions(to, tools.clone()).await?
            && !store.backfill_directory(to, tools.clone()).await?
        {
            break;
        }
        batches += 1;
        if batches.is_multiple_of(BATCHES_A_LINE) {
            let come = progress(store, to).await?;
            output::note(format!(
                "{} looked at of {} and the directory, {} fingerprints made anew",
                come.looked_at, come.submissions, come.made
            ));
        }
    }
    while store.backfill_values(to, tools.clone()).await? {}
    let compared = store.compare_epochs(to).await?;
    if !compared.is_whole() {
        bail!(
            "epoch {to} is not put in force: of {} values {} are not shared by the same contacts, {} customers, {} approvals, {} \
             sealed parties and {} contacts of the directory are not found in it; what ended in the directory since the last list \
             counts until the next one is sealed",
            compared.values,
            compared.values_missed,
            compared.customers_missed,
            compared.approvals_missed,
            compared.subjects_missed,
            compared.directory_missed
        );
    }
    Ok(compared)
}

/// Puts the new epoch in force as soon as no list is being written.
async fn switch(context: &Context, store: &Store, ring: &Keyring, to: i16) -> anyhow::Result<()> {
    let mut waited = Duration::ZERO;
    loop {
        match store.switch_epoch(to, context.clock.now()).await? {
            Switched::Now => return Ok(()),
            Switched::NewValues => {
                let tools = tools(context, ring, store.open_epoch(ring).await?)?;
                while store.backfill_values(to, tools.clone()).await? {}
            }
            Switched::ListOpen if waited >= LIST_WAIT => {
                bail!(
                    "a list is being written, or a baseline waits for its own: run the command again when it is sealed"
                )
            }
            Switched::ListOpen => {
                if waited.is_zero() {
                    output::note("a list is being written: epoch is put in force when it is sealed");
                }
                sleep(POLL_INTERVAL).await;
                waited += POLL_INTERVAL;
            }
        }
    }
}

async fn progress(store: &Store, to: i16) -> anyhow::Result<EpochRotation> {
    let found = store.epoch_rotations().await?.into_iter().find(|rotation| rotation.to_epoch == to);
    found.ok_or_else(|| anyhow::anyhow!("the rotation to epoch {to} is gone"))
}

/// The epochs as `keys status` shows them.
pub(super) async fn state(store: &Store) -> anyhow::Result<Value> {
    let in_force = store.keys_in_force().await?;
    let rotations: Vec<Value> = store
        .epoch_rotations()
        .await?
        .iter()
        .map(|one| {
            json!({
                "from": one.from_epoch, "to": one.to_epoch, "submissions": one.submissions, "looked_at": one.looked_at,
                "made": one.made, "dropped": one.dropped, "switched": one.switched_time, "finished": one.finished_time,
            })
        })
        .collect();
    Ok(json!({ "epoch": in_force.epoch, "version": in_force.fingerprint, "rotations": rotations }))
}

/// The same in words.
pub(super) async fn show(store: &Store) -> anyhow::Result<()> {
    let in_force = store.keys_in_force().await?;
    output::line(format!("fingerprint {}: in force (epoch {})", in_force.fingerprint, in_force.epoch));
    for one in store.epoch_rotations().await? {
        let end = match (one.switched_time, one.finished_time) {
            (None, _) => "under way",
            (Some(_), None) => "in force, the old one is being dropped",
            (Some(_), Some(_)) => "done",
        };
        output::line(format!(
            "fingerprints from epoch {} to {}: {} of {} looked at, {} made anew, {} dropped, {end}",
            one.from_epoch, one.to_epoch, one.looked_at, one.submissions, one.made, one.dropped
        ));
    }
    Ok(())
}
