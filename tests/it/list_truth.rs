//! The list against data whose sharings are known beforehand: every suspicious one is listed on the next working day, and no
//! other.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use zhenshi::app::run_suspicion_list::{Step, advance};

use crate::support::{generated::play_generated, service::TestService};

/// Applications of the run.
const COUNT: u64 = 3_000;

/// Applications by clue: number and kind, because a servicing change may bear the number of an application.
type Listed = BTreeMap<String, BTreeSet<(String, i16)>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    record: String,
    #[serde(default, alias = "expected_code")]
    expected_code: String,
    #[serde(default)]
    excused: bool,
    #[serde(default)]
    applications: Vec<Sharer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sharer {
    application_no: String,
    kind: String,
}

/// What was planted for the list.
fn planted(truth: &str) -> Listed {
    let mut planted = Listed::new();
    for line in truth.lines() {
        let line: Line = serde_json::from_str(line).unwrap();
        if line.record != "list" || line.excused {
            continue;
        }
        let kind = |name: &str| match name {
            "APPLICATION_KIND_NEW_BUSINESS" => 1,
            "APPLICATION_KIND_SERVICING_CHANGE" => 2,
            "APPLICATION_KIND_CLAIM" => 3,
            other => panic!("{other}"),
        };
        let sharers = line.applications.into_iter().map(|sharer| (sharer.application_no, kind(&sharer.kind)));
        planted.entry(line.expected_code).or_default().extend(sharers);
    }
    planted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_finds_what_was_planted_and_nothing_else() {
    let service = TestService::start().await;
    let (options, _) = play_generated(&service, COUNT, 11).await;

    service.clock.advance(TimeDelta::days(1));
    let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    while advance(service.running().app(), day, true).await.unwrap() != Step::Done {}
    let rows: Vec<(String, String, i16)> = sqlx::query_as(
        "SELECT DISTINCT (ARRAY['SAME_PHONE', 'SAME_BANK_ACCOUNT', 'SELLER_CONTACT', 'IDENTITY_CONFLICT',
                    'SAME_PERSON_TWICE'])[suspicion.clue], application.application_no, application.kind
         FROM suspicion JOIN suspicion_member AS member ON member.suspicion_id = suspicion.id
         JOIN application ON application.id = member.application_id",
    )
    .fetch_all(&service.database.admin().await)
    .await
    .unwrap();
    let mut listed = Listed::new();
    for (clue, number, kind) in rows {
        listed.entry(clue).or_default().insert((number, kind));
    }
    let planted = planted(&fs::read_to_string(&options.truth).unwrap());
    for (clue, sharers) in &planted {
        assert!(sharers.len() >= 20, "{clue} was planted in {} applications", sharers.len());
    }
    let clues: BTreeSet<&String> = planted.keys().chain(listed.keys()).collect();
    let nothing = BTreeSet::new();
    for clue in clues {
        let (wanted, found) = (planted.get(clue).unwrap_or(&nothing), listed.get(clue).unwrap_or(&nothing));
        let missed: Vec<_> = wanted.difference(found).collect();
        let unplanted: Vec<_> = found.difference(wanted).collect();
        assert!(
            missed.is_empty() && unplanted.is_empty(),
            "{clue}: missed {missed:?}, unplanted {unplanted:?}"
        );
    }
}
