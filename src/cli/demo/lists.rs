//! A suspicion list beside what was planted: whole suspicions are compared, with every member and whether he is new.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;
use uuid::Uuid;
use zhenshi_domain::{application::ApplicationKey, shanghai, suspicion::Clue};

use super::{feed::application_key, report::CodeScore};
use crate::{
    gendata::{Member, story::Suspicion},
    store::list::listed::ListedWhole,
};

/// How many differences are shown of each list; application numbers are synthetic.
const MOST_SHOWN: usize = 10;

/// A party of an application, under the sender's names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PartyKey {
    pub(super) application: ApplicationKey,
    pub(super) party_no: i16,
}

/// The party that a member of the truth is.
pub(super) fn key_of(member: &Member) -> PartyKey {
    let party_no = i16::try_from(member.party_no).unwrap_or(i16::MAX);
    PartyKey { application: application_key(member), party_no }
}

/// A suspicion as both sides tell it.
type Told = (&'static str, String, BTreeSet<(PartyKey, bool)>);

/// How one list compares with the truth.
#[derive(Debug, Clone, Serialize)]
pub struct ListScore {
    /// Its working day.
    pub list_date: NaiveDate,
    /// When it was closed, by the demo's moved clock.
    pub closed_time: DateTime<Utc>,
    /// That its day is a working day is presumed.
    pub provisional: bool,
    /// It was made on a later day than its own.
    pub caught_up: bool,
    /// By clue, every clue.
    pub clues: BTreeMap<&'static str, ListClueScore>,
    /// Suspicions that only one side has: the first of them, in words.
    pub differences: Vec<String>,
}

/// The score of one clue with its shares worked out.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ListClueScore {
    /// Counts.
    #[serde(flatten)]
    pub score: CodeScore,
    /// Share of what was listed that was planted.
    pub precision: f64,
    /// Share of what was planted that was listed.
    pub recall: f64,
}

impl ListScore {
    /// Compares `listed` with `truth`.
    pub fn of(listed: &ListedWhole, truth: &BTreeSet<Suspicion>) -> Self {
        let found = found(listed);
        let planted: BTreeSet<Told> = truth.iter().map(told).collect();
        let mut scores: BTreeMap<&'static str, CodeScore> =
            Clue::ALL.iter().map(|clue| (clue.name(), CodeScore::default())).collect();
        let mut differences = Vec::new();
        for suspicion in found.union(&planted) {
            let score = scores.entry(suspicion.0).or_default();
            let what = match (found.contains(suspicion), planted.contains(suspicion)) {
                (true, true) => {
                    score.hits += 1;
                    continue;
                }
                (true, false) => {
                    score.unplanted += 1;
                    "listed and not planted"
                }
                _ => {
                    score.missed += 1;
                    "planted and not listed"
                }
            };
            if differences.len() < MOST_SHOWN {
                differences.push(format!("{what}: {}", words(suspicion)));
            }
        }
        let clues = scores
            .into_iter()
            .map(|(clue, score)| {
                (clue, ListClueScore { score, precision: score.precision(), recall: score.recall() })
            })
            .collect();
        Self {
            list_date: listed.list_date,
            closed_time: listed.closed_time,
            provisional: listed.provisional,
            caught_up: shanghai::date(listed.closed_time) > listed.list_date,
            clues,
            differences,
        }
    }

    /// Nothing planted is missed, and nothing else is listed.
    pub fn is_exact(&self) -> bool {
        self.clues.values().all(|clue| clue.score.missed == 0 && clue.score.unplanted == 0)
    }
}

fn told(suspicion: &Suspicion) -> Told {
    let members = suspicion.members.iter().map(|(member, new)| (key_of(member), *new)).collect();
    (suspicion.clue, suspicion.owner.clone(), members)
}

/// What a list says. An account that one party uses for two purposes makes two members, and one party here.
fn found(listed: &ListedWhole) -> BTreeSet<Told> {
    let mut suspicions: BTreeMap<Uuid, Told> = BTreeMap::new();
    for member in &listed.members {
        let told = suspicions
            .entry(member.suspicion_id)
            .or_insert_with(|| (member.clue.name(), member.owner_code.clone(), BTreeSet::new()));
        let party = PartyKey { application: member.application.clone(), party_no: member.party_no };
        told.2.insert((party, member.is_new));
    }
    suspicions.into_values().collect()
}

fn words((clue, owner, members): &Told) -> String {
    let party = |(party, new): &(PartyKey, bool)| {
        let new = if *new { " (new)" } else { "" };
        format!("{} party {}{new}", party.application.application_no, party.party_no)
    };
    let members: Vec<String> = members.iter().map(party).collect();
    format!("{clue} {owner}: {}", members.join(", "))
}

impl fmt::Display for ListScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let late = if self.caught_up { ", missed and caught up" } else { "" };
        let provisional = if self.provisional { ", provisional: no notice for the year" } else { "" };
        writeln!(
            f,
            "\nlist of {}, made at {} (moved clock){late}{provisional}\n\n{:<20} {:>8} {:>8} {:>8} {:>10} {:>10} {:>8}",
            self.list_date,
            local(self.closed_time),
            "clue",
            "planted",
            "listed",
            "missed",
            "unplanted",
            "precision",
            "recall"
        )?;
        for (clue, ListClueScore { score, precision, recall }) in &self.clues {
            writeln!(
                f,
                "{clue:<20} {:>8} {:>8} {:>8} {:>10} {precision:>10.3} {recall:>8.3}",
                score.hits + score.missed,
                score.hits + score.unplanted,
                score.missed,
                score.unplanted,
            )?;
        }
        self.differences.iter().try_for_each(|difference| writeln!(f, "  {difference}"))
    }
}

/// An instant in Shanghai, to the minute.
pub(super) fn local(instant: DateTime<Utc>) -> String {
    let zone = chrono::FixedOffset::east_opt(8 * 3600);
    match zone {
        Some(zone) => instant.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string(),
        None => instant.to_rfc3339_opts(SecondsFormat::Secs, true),
    }
}

/// How far the clock is moved, in words.
pub(super) fn moved(offset: TimeDelta) -> String {
    let sign = if offset < TimeDelta::zero() { '−' } else { '+' };
    let minutes = offset.num_minutes().abs();
    format!("{sign}{} d {} h {} min", minutes / 1440, minutes / 60 % 24, minutes % 60)
}
