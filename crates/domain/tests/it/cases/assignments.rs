//! Distribution: who is given a case, one by one and ten thousand at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use zhenshi_domain::{
    application::Channel,
    assignment::{
        Assignee, CaseToAssign, Clerk, Copied, MemberApplication, Staff, TeamLeader, assists, choose,
        distribute, lead,
    },
};

use Channel::{Bancassurance, Direct, IndividualAgents, Intermediaries};

fn hour(n: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap() + TimeDelta::hours(n)
}

fn clerk(code: &str, open_cases: usize, idle_since: Option<i64>) -> Clerk {
    Clerk {
        code: code.to_owned(),
        channel: Bancassurance,
        branch_code: "B1".to_owned(),
        open_cases,
        capacity: None,
        on_leave: false,
        last_assigned_time: idle_since.map(hour),
    }
}

fn leader(code: &str) -> TeamLeader {
    TeamLeader {
        code: code.to_owned(),
        channel: Bancassurance,
        branch_code: "B1".to_owned(),
        on_leave: false,
    }
}

fn case(id: u128) -> CaseToAssign {
    CaseToAssign {
        case_id: id,
        channel: Bancassurance,
        branch_code: "B1".to_owned(),
        team_leader_code: String::new(),
        barred: BTreeSet::new(),
    }
}

fn staff(clerks: Vec<Clerk>) -> Staff {
    let units = BTreeMap::from([(Direct, "U-DIRECT".to_owned())]);
    Staff { clerks, team_leaders: vec![leader("L1"), leader("L2")], units }
}

fn given(case: &CaseToAssign, staff: &Staff) -> Assignee {
    choose(case, staff, hour(0)).assignee
}

fn to(code: &str) -> Assignee {
    Assignee::Clerk(code.to_owned())
}

fn barred(codes: &[&str]) -> CaseToAssign {
    CaseToAssign { barred: codes.iter().map(|code| (*code).to_owned()).collect(), ..case(1) }
}

#[test]
fn fewest_open_cases_then_longest_idle_then_code() {
    let given = |clerks| given(&case(1), &staff(clerks));
    assert_eq!(given(vec![clerk("A", 2, None), clerk("B", 1, Some(-1))]), to("B"));
    assert_eq!(given(vec![clerk("A", 1, Some(-1)), clerk("B", 1, Some(-2))]), to("B"));
    assert_eq!(given(vec![clerk("A", 1, Some(-2)), clerk("B", 1, None)]), to("B"));
    assert_eq!(given(vec![clerk("B", 1, Some(-2)), clerk("A", 1, Some(-2))]), to("A"));
}

#[test]
fn leave_capacity_channel_and_branch_are_respected() {
    let away = Clerk { on_leave: true, ..clerk("A", 0, None) };
    let full = Clerk { capacity: Some(3), ..clerk("B", 3, None) };
    let elsewhere = Clerk { branch_code: "B2".to_owned(), ..clerk("C", 0, None) };
    let other = Clerk { channel: IndividualAgents, ..clerk("D", 0, None) };
    let nobody = vec![away, full, elsewhere, other];
    let free = nobody.iter().cloned().chain([clerk("E", 9, Some(-1))]).collect();
    assert_eq!(given(&case(1), &staff(free)), to("E"));
    // Nobody free: the team leader, and it shows.
    let found = choose(&case(1), &staff(nobody), hour(0));
    assert_eq!((found.assignee, found.nobody_free), (Assignee::TeamLeader("L1".to_owned()), true));
    // The seller's own team leader goes before the others, and one who is there before one who is not.
    let own = CaseToAssign { team_leader_code: "L2".to_owned(), ..case(1) };
    assert_eq!(given(&own, &staff(vec![])), Assignee::TeamLeader("L2".to_owned()));
    let mut on_leave = staff(vec![]);
    on_leave.team_leaders[1].on_leave = true;
    assert_eq!(given(&own, &on_leave), Assignee::TeamLeader("L1".to_owned()));
}

#[test]
fn a_capacity_is_reached_within_one_distribution() {
    let two = staff(vec![
        Clerk { capacity: Some(2), ..clerk("A", 1, None) },
        Clerk { capacity: Some(1), ..clerk("B", 0, None) },
    ]);
    let cases: Vec<_> = (0..4).map(case).collect();
    let given: Vec<_> = distribute(&cases, &two, hour(0)).into_iter().map(|one| one.assignee).collect();
    let leader = || Assignee::TeamLeader("L1".to_owned());
    assert_eq!(given, [to("B"), to("A"), leader(), leader()]);
}

#[test]
fn nobody_is_given_or_copied_what_his_own_contact_or_sale_is_the_clue_of() {
    let two = staff(vec![clerk("A", 0, None), clerk("B", 5, None)]);
    assert_eq!(given(&barred(&["A"]), &two), to("B"));
    let found = choose(&barred(&["A", "B", "L1"]), &two, hour(0));
    assert_eq!(found.assignee, Assignee::TeamLeader("L2".to_owned()));
    assert_eq!(found.copied, Copied::Compliance);
    let found = choose(&barred(&["A", "B", "L1", "L2"]), &two, hour(0));
    assert_eq!(
        (found.assignee, found.copied, found.nobody_free),
        (Assignee::Compliance, Copied::Compliance, true)
    );
    // The team leader is always copied: the seller's own, else the first.
    assert_eq!(choose(&case(1), &two, hour(0)).copied, Copied::TeamLeader("L1".to_owned()));
    let own = CaseToAssign { team_leader_code: "L2".to_owned(), ..case(1) };
    assert_eq!(choose(&own, &two, hour(0)).copied, Copied::TeamLeader("L2".to_owned()));
}

#[test]
fn a_channel_without_clerks_has_a_unit_and_nothing_stays_unassigned() {
    let direct = CaseToAssign { channel: Direct, ..case(1) };
    let found = choose(&direct, &staff(vec![clerk("A", 0, None)]), hour(0));
    assert_eq!((found.assignee, found.nobody_free), (Assignee::Unit("U-DIRECT".to_owned()), false));
    assert_eq!(found.copied, Copied::Compliance);
    // Neither clerks nor unit nor team leader.
    let brokers = CaseToAssign { channel: Intermediaries, ..case(1) };
    assert_eq!(given(&brokers, &staff(vec![])), Assignee::Compliance);
    // Clerks in another branch only, and no team leader in this one: the unit, if there is one.
    let far = Clerk { channel: Direct, branch_code: "B2".to_owned(), ..clerk("A", 0, None) };
    let found = choose(&direct, &staff(vec![far]), hour(0));
    assert_eq!((found.assignee, found.nobody_free), (Assignee::Unit("U-DIRECT".to_owned()), true));
}

#[test]
fn ten_thousand_cases_are_spread_evenly_over_equal_clerks() {
    for clerks in [1, 7, 50] {
        let codes: Vec<String> = (0..clerks).map(|n| format!("C{n:03}")).collect();
        let staff = staff(codes.iter().map(|code| clerk(code, 3, Some(-5))).collect());
        let cases: Vec<_> = (0..10_000).map(case).collect();
        let mut counts: HashMap<Assignee, usize> = HashMap::new();
        for assignment in distribute(&cases, &staff, hour(0)) {
            *counts.entry(assignment.assignee).or_default() += 1;
        }
        let (most, least) = (counts.values().max().unwrap(), counts.values().min().unwrap());
        assert!(counts.len() == clerks && most - least <= 1, "{counts:?}");
    }
}

#[test]
fn the_newest_application_leads_and_other_channels_assist() {
    let application = |application_id, recorded, channel, branch: &str| MemberApplication {
        application_id,
        recorded_time: hour(recorded),
        channel,
        branch_code: branch.to_owned(),
    };
    let all = [
        application(1, 5, IndividualAgents, "B1"),
        application(2, 9, Bancassurance, "B2"),
        application(3, 1, Intermediaries, "B3"),
        application(4, 2, Intermediaries, "B4"),
        application(5, 3, Bancassurance, "B5"),
    ];
    assert_eq!(lead(&all).map(|lead| lead.application_id), Some(2));
    assert_eq!(assists(&all), [(IndividualAgents, "B1"), (Intermediaries, "B4")]);
    let equal = [application(8, 5, Direct, "B1"), application(9, 5, Direct, "B2")];
    assert_eq!(lead(&equal).map(|lead| lead.application_id), Some(9));
    assert_eq!(assists(&equal), []);
    assert_eq!((lead(&[]), assists(&[]).len()), (None, 0));
}

proptest! {
    /// Against the plainest thing: each case given by looking at everybody.
    #[test]
    fn a_distribution_is_one_choice_after_the_other(
        clerks in prop::collection::vec((0usize..6, prop::option::of(0usize..8), any::<bool>(), prop::option::of(-3i64..0), 0u8..2), 0..6),
        cases in prop::collection::vec((0u8..2, prop::collection::btree_set(0usize..6, 0..3)), 0..25),
    ) {
        let clerks: Vec<Clerk> = clerks
            .into_iter()
            .enumerate()
            .map(|(n, (open, capacity, on_leave, idle, branch))| Clerk {
                capacity, on_leave, branch_code: format!("B{branch}"), ..clerk(&format!("C{n}"), open, idle)
            })
            .collect();
        let cases: Vec<CaseToAssign> = cases
            .into_iter()
            .zip(0..)
            .map(|((branch, barred), id)| CaseToAssign {
                branch_code: format!("B{branch}"),
                barred: barred.into_iter().map(|n| format!("C{n}")).collect(),
                ..case(id)
            })
            .collect();
        let found = distribute(&cases, &staff(clerks.clone()), hour(0));
        prop_assert_eq!(found.len(), cases.len());
        let mut open: Vec<usize> = clerks.iter().map(|clerk| clerk.open_cases).collect();
        let mut waits: Vec<(i64, usize)> =
            clerks.iter().map(|clerk| (clerk.last_assigned_time.map_or(i64::MIN, |time| time.timestamp()), 0)).collect();
        for (turn, (case, assignment)) in (1..).zip(cases.iter().zip(found)) {
            let mut best: Option<usize> = None;
            for n in 0..clerks.len() {
                let may = clerks[n].branch_code == case.branch_code
                    && !clerks[n].on_leave
                    && clerks[n].capacity.is_none_or(|most| open[n] < most)
                    && !case.barred.contains(&clerks[n].code);
                if may && best.is_none_or(|best| (open[n], waits[n], n) < (open[best], waits[best], best)) {
                    best = Some(n);
                }
            }
            match best {
                Some(n) => {
                    prop_assert_eq!(assignment.assignee, Assignee::Clerk(clerks[n].code.clone()));
                    open[n] += 1;
                    waits[n] = (hour(0).timestamp(), turn);
                }
                None => prop_assert!(!matches!(assignment.assignee, Assignee::Clerk(_))),
            }
        }
    }
}
