//! Heads, revisions and contacts: what accepted, rejected, not applicable and superseded submissions do.

use std::sync::Arc;

use uuid::Uuid;
use zhenshi::{
    app::recorder::Recorder,
    store::record::{Answer, ContactUse, Item, Outcome},
};
use zhenshi_domain::{clue::ClueKey, verdict::Verdict};

use crate::support::{
    database::{TestDatabase, count},
    recorder::{item, tools},
};

struct World {
    recorder: Recorder,
    admin: sqlx::PgPool,
}

impl World {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let (recorder, _task) = Recorder::start(database.store().await, tools(1));
        Self { recorder, admin: database.admin().await }
    }

    async fn record(&self, item: Item) -> Answer {
        match self.recorder.record(Arc::new(item)).await.unwrap() {
            Outcome::Recorded(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    async fn current(&self) -> Option<Uuid> {
        sqlx::query_scalar("SELECT current_submission_id FROM application")
            .fetch_one(&self.admin)
            .await
            .unwrap()
    }

    /// Phones in use, as the numbers under their fingerprints.
    async fn phones(&self) -> Vec<u128> {
        let open: Vec<Uuid> = sqlx::query_scalar(
            "SELECT fingerprint FROM contact_use WHERE ended_time IS NULL ORDER BY fingerprint",
        )
        .fetch_all(&self.admin)
        .await
        .unwrap();
        open.iter().map(Uuid::as_u128).collect()
    }
}

/// Request `request` for application A-1 with the phones `phones`.
fn submission(request: u128, verdict: Verdict, phones: &[u128], source_revision: Option<i64>) -> Item {
    let mut item = item("A-1", request);
    item.decision.verdict = verdict;
    item.source_revision = source_revision;
    item.digest = [u8::try_from(request).unwrap(); 32];
    item.contacts.uses = phones
        .iter()
        .map(|phone| ContactUse::new(ClueKey::Phone, Uuid::from_u128(*phone), 0, None))
        .collect();
    item
}

#[tokio::test]
async fn accepted_replaces_rejected_touches_nothing_not_applicable_ends() {
    let world = World::new().await;
    let first = world.record(submission(1, Verdict::Accepted, &[100, 101], None)).await;
    assert_eq!((world.current().await, world.phones().await), (Some(first.submission_id), vec![100, 101]));

    world.record(submission(2, Verdict::Rejected, &[200], None)).await;
    assert_eq!((world.current().await, world.phones().await), (Some(first.submission_id), vec![100, 101]));

    let third = world.record(submission(3, Verdict::Accepted, &[101, 300], None)).await;
    assert_eq!((world.current().await, world.phones().await), (Some(third.submission_id), vec![101, 300]));

    world.record(submission(4, Verdict::NotApplicable, &[], None)).await;
    assert_eq!((world.current().await, world.phones().await), (None, vec![]));

    let revisions: Vec<i32> = sqlx::query_scalar("SELECT revision FROM submission ORDER BY revision")
        .fetch_all(&world.admin)
        .await
        .unwrap();
    assert_eq!(revisions, [1, 2, 3, 4]);
    assert_eq!(count(&world.admin, "SELECT count(*) FROM contact_use").await, 4, "ending never deletes");
}

#[tokio::test]
async fn a_source_revision_that_is_not_newer_is_superseded() {
    let world = World::new().await;
    let newest = world.record(submission(1, Verdict::Accepted, &[100], Some(5))).await;

    let older = world.record(submission(2, Verdict::Accepted, &[200], Some(4))).await;
    let codes: Vec<&str> = older.decision.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["REVISION_SUPERSEDED"]);

    let mut same = submission(3, Verdict::Accepted, &[100], Some(5));
    same.digest = [1; 32];
    let same = world.record(same).await;
    assert_eq!(same.decision.findings, [], "the same content under the same revision is no finding");

    assert_eq!((world.current().await, world.phones().await), (Some(newest.submission_id), vec![100]));
    assert_eq!(count(&world.admin, "SELECT count(*) FROM submission WHERE superseded").await, 2);

    let newer = world.record(submission(4, Verdict::Accepted, &[400], Some(6))).await;
    assert_eq!((world.current().await, world.phones().await), (Some(newer.submission_id), vec![400]));
}

#[tokio::test]
async fn a_rejected_revision_does_not_hide_an_older_accepted_one_that_comes_late() {
    let world = World::new().await;
    world.record(submission(1, Verdict::Rejected, &[], Some(2))).await;
    let late = world.record(submission(2, Verdict::Accepted, &[100], Some(1))).await;
    assert_eq!(world.current().await, Some(late.submission_id));
}

#[tokio::test]
async fn a_repeat_is_answered_from_the_record_and_other_content_is_refused() {
    let world = World::new().await;
    let first = world.record(submission(1, Verdict::Accepted, &[100], None)).await;
    let again =
        world.recorder.record(Arc::new(submission(1, Verdict::Accepted, &[100], None))).await.unwrap();
    let Outcome::Replayed(again) = again else { panic!("{again:?}") };
    assert_eq!(again, first);

    let mut other = submission(1, Verdict::Accepted, &[100], None);
    other.digest = [99; 32];
    assert!(matches!(world.recorder.record(Arc::new(other)).await.unwrap(), Outcome::Reused));
    assert_eq!(count(&world.admin, "SELECT count(*) FROM submission").await, 1);
}
