//! Step four: the heads of the applications are locked in order, revisions numbered, and the state moved on.
//!
//! REJECTED touches neither state nor contacts. ACCEPTED becomes the submission in force; NOT_APPLICABLE ends what was in
//! force. A `source_revision` that is not above the head's is superseded: recorded, and nothing else.

use std::collections::HashMap;

use uuid::Uuid;
use zhenshi_domain::{finding::Severity, rules::REVISION_SUPERSEDED, verdict::Verdict};

use super::{
    ContactUse, Contacts, Fresh, Item,
    keys::{Key, pack, unpack},
};
use crate::store::{StoreError, Tx, codes::Coded as _, submission::FindingRow};

/// What a submission does to the contacts of its application.
#[derive(Debug)]
pub(super) enum Effect {
    /// Rejected or superseded: nothing.
    Nothing,
    /// Accepted: the predecessor's keys end, its own begin.
    Replaces(Vec<Key>),
    /// Not applicable: the predecessor's keys end.
    Ends(Vec<Key>),
}

/// A head as it was before this batch.
struct Head {
    last_revision: i32,
    inserted: bool,
    source_revision: Option<i64>,
    content_digest: Option<Vec<u8>>,
    keys: Vec<u8>,
}

/// The keys of its contacts in every epoch that is written, sorted, each once.
fn keys(done: &Fresh<'_>) -> Vec<Key> {
    let of = |contacts: &Contacts| {
        let epoch = contacts.epoch;
        let key =
            move |contact: &ContactUse| Key { epoch, clue: contact.clue, fingerprint: contact.fingerprint };
        contacts.uses.iter().map(key).collect::<Vec<_>>()
    };
    let mut keys: Vec<Key> = done.every_contacts().flat_map(of).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Locks and numbers the heads, decides what each submission does, and moves the heads that existed before.
pub(super) async fn advance(tx: &mut Tx, fresh: &mut [Fresh<'_>]) -> Result<(), StoreError> {
    let mut heads = lock(tx, fresh).await?;
    let mut moved = Vec::new();
    for (place, done) in fresh.iter_mut().enumerate() {
        let Some(head) = heads.remove(&done.item.application_id) else {
            return Err(StoreError::Unexpected("a head was neither made nor found".into()));
        };
        done.submission.revision = head.last_revision;
        let superseded = is_superseded(done.item, &head);
        done.submission.superseded = superseded;
        if superseded && head.content_digest.as_deref() != Some(&done.item.digest[..]) {
            done.submission.decision.findings.push(superseded_finding());
        }
        let predecessor = unpack(&head.keys, done.item.application_id)?;
        done.effect = match done.submission.decision.verdict {
            _ if superseded => Effect::Nothing,
            Verdict::Rejected => Effect::Nothing,
            Verdict::Accepted if head.inserted => Effect::Replaces(Vec::new()),
            Verdict::Accepted => Effect::Replaces(predecessor),
            Verdict::NotApplicable if head.inserted => Effect::Ends(Vec::new()),
            Verdict::NotApplicable => Effect::Ends(predecessor),
        };
        if !head.inserted && !matches!(done.effect, Effect::Nothing) {
            moved.push(place);
        }
    }
    move_on(tx, fresh, &moved).await
}

fn is_superseded(item: &Item, head: &Head) -> bool {
    // A new head holds this item's own revision.
    !head.inserted
        && matches!((item.source_revision, head.source_revision), (Some(own), Some(known)) if own <= known)
}

fn superseded_finding() -> FindingRow {
    FindingRow {
        code: REVISION_SUPERSEDED.name.to_owned(),
        field_path: "source_revision".to_owned(),
        severity: Severity::Advisory,
        article: None,
        args: std::collections::BTreeMap::new(),
    }
}

/// Makes or locks every head, in the order of the ids, and counts the revision up.
async fn lock(tx: &mut Tx, fresh: &[Fresh<'_>]) -> Result<HashMap<Uuid, Head>, StoreError> {
    let column = Columns::of(fresh, |_| true);
    let rows = sqlx::query!(
        r#"INSERT INTO application AS head (id, source, kind, application_no, last_revision, current_submission_id,
               source_revision, content_digest, keys, channel, branch_code, seller_code, agency_code, is_group,
               policy_no, original_application_no)
           SELECT id, source, kind, application_no, 1, current_submission_id, source_revision, content_digest, keys,
               channel, branch_code, seller_code, agency_code, is_group, policy_no, original_application_no
           FROM UNNEST($1::uuid[], $2::text[], $3::smallint[], $4::text[], $5::uuid[], $6::bigint[], $7::bytea[],
               $8::bytea[], $9::smallint[], $10::text[], $11::text[], $12::text[], $13::boolean[], $14::text[],
               $15::text[])
               AS new (id, source, kind, application_no, current_submission_id, source_revision, content_digest, keys,
                   channel, branch_code, seller_code, agency_code, is_group, policy_no, original_application_no)
           ORDER BY id
           ON CONFLICT (id) DO UPDATE SET last_revision = head.last_revision + 1
           RETURNING id, last_revision, source_revision, content_digest, keys,
               -- A row that this statement made has no deleter yet; one that it updated has.
               (head.xmax = 0) AS "inserted!""#,
        &column.ids,
        &column.sources,
        &column.kinds,
        &column.application_nos,
        &column.current as &[Option<Uuid>],
        &column.source_revisions as &[Option<i64>],
        &column.digests as &[Option<Vec<u8>>],
        &column.keys,
        &column.channels,
        &column.branch_codes,
        &column.seller_codes,
        &column.agency_codes,
        &column.groups,
        &column.policy_nos,
        &column.original_nos,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let head = Head {
                last_revision: row.last_revision,
                inserted: row.inserted,
                source_revision: row.source_revision,
                content_digest: row.content_digest,
                keys: row.keys,
            };
            (row.id, head)
        })
        .collect())
}

/// Writes the new state of the heads that existed before and are changed by this batch.
async fn move_on(tx: &mut Tx, fresh: &[Fresh<'_>], moved: &[usize]) -> Result<(), StoreError> {
    if moved.is_empty() {
        return Ok(());
    }
    let column = Columns::of(fresh, |place| moved.contains(&place));
    sqlx::query!(
        "UPDATE application AS head
         SET current_submission_id = new.current_submission_id,
             source_revision = COALESCE(new.source_revision, head.source_revision),
             content_digest = new.content_digest,
             keys = new.keys,
             channel = new.channel,
             branch_code = new.branch_code,
             seller_code = new.seller_code,
             agency_code = new.agency_code,
             is_group = new.is_group,
             policy_no = new.policy_no,
             original_application_no = new.original_application_no
         FROM UNNEST($1::uuid[], $2::uuid[], $3::bigint[], $4::bytea[], $5::bytea[], $6::smallint[], $7::text[],
             $8::text[], $9::text[], $10::boolean[], $11::text[], $12::text[])
             AS new (id, current_submission_id, source_revision, content_digest, keys, channel, branch_code,
                 seller_code, agency_code, is_group, policy_no, original_application_no)
         WHERE head.id = new.id",
        &column.ids,
        &column.current as &[Option<Uuid>],
        &column.source_revisions as &[Option<i64>],
        &column.digests as &[Option<Vec<u8>>],
        &column.keys,
        &column.channels,
        &column.branch_codes,
        &column.seller_codes,
        &column.agency_codes,
        &column.groups,
        &column.policy_nos,
        &column.original_nos,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The state that submissions give to their heads, a vector a column.
#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    sources: Vec<String>,
    kinds: Vec<i16>,
    application_nos: Vec<String>,
    current: Vec<Option<Uuid>>,
    source_revisions: Vec<Option<i64>>,
    digests: Vec<Option<Vec<u8>>>,
    keys: Vec<Vec<u8>>,
    channels: Vec<i16>,
    branch_codes: Vec<String>,
    seller_codes: Vec<String>,
    agency_codes: Vec<String>,
    groups: Vec<bool>,
    policy_nos: Vec<String>,
    original_nos: Vec<String>,
}

impl Columns {
    fn of(fresh: &[Fresh<'_>], wanted: impl Fn(usize) -> bool) -> Self {
        let mut columns = Self::default();
        for (_, done) in fresh.iter().enumerate().filter(|(place, _)| wanted(*place)) {
            let (item, verdict) = (done.item, done.submission.decision.verdict);
            // A rejected submission makes a head but puts nothing in force.
            let changes = verdict != Verdict::Rejected;
            let accepted = verdict == Verdict::Accepted;
            columns.ids.push(item.application_id);
            columns.sources.push(item.key.source.clone());
            columns.kinds.push(item.key.kind.number());
            columns.application_nos.push(item.key.application_no.clone());
            columns.current.push(accepted.then_some(done.submission.id));
            columns.source_revisions.push(item.source_revision.filter(|_| changes));
            columns.digests.push(changes.then(|| item.digest.to_vec()));
            columns.keys.push(if accepted { pack(&keys(done)) } else { Vec::new() });
            columns.channels.push(item.channel.number());
            columns.branch_codes.push(item.branch_code.clone());
            columns.seller_codes.push(item.seller_code.clone());
            columns.agency_codes.push(item.agency_code.clone());
            columns.groups.push(item.is_group);
            columns.policy_nos.push(item.policy_no.clone());
            columns.original_nos.push(item.original_application_no.clone());
        }
        columns
    }
}
