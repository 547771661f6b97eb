//! Distribution (分派): who of a channel and branch is given a case.
//!
//! A clerk of the lead channel and branch: fewest open cases first, then who has waited longest, then by code; nobody on
//! leave, nobody who has all he can take, and never one whose own contact or sale is the clue. Nobody free: the team
//! leader, and it shows. A channel without clerks has a unit that takes its cases. The team leader is copied always, unless
//! his own contact or sale is the clue: then compliance.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::application::Channel;

/// A clerk (渠道内勤) as he stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clerk {
    /// Staff code.
    pub code: String,
    /// His channel.
    pub channel: Channel,
    /// His branch.
    pub branch_code: String,
    /// Cases that he has and that are not over.
    pub open_cases: usize,
    /// Most cases that he takes; none: no limit.
    pub capacity: Option<usize>,
    /// Away today.
    pub on_leave: bool,
    /// When he was last given a case; none: never, so he has waited longest.
    pub last_assigned_time: Option<DateTime<Utc>>,
}

/// A team leader (业务团队负责人).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamLeader {
    /// Staff code.
    pub code: String,
    /// His channel.
    pub channel: Channel,
    /// His branch.
    pub branch_code: String,
    /// Away today: still copied, and given a case only if no other leads there.
    pub on_leave: bool,
}

/// Everybody who can be given a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Staff {
    /// Clerks.
    pub clerks: Vec<Clerk>,
    /// Team leaders.
    pub team_leaders: Vec<TeamLeader>,
    /// The unit of a channel, by its code: takes cases where the channel has no clerks.
    pub units: BTreeMap<Channel, String>,
}

/// A case that is to be given to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseToAssign {
    /// Its id.
    pub case_id: u128,
    /// Lead channel.
    pub channel: Channel,
    /// Lead branch.
    pub branch_code: String,
    /// Team leader of the newest application's seller; empty if he is not known.
    pub team_leader_code: String,
    /// Codes of those whose own contact or sale is the clue.
    pub barred: BTreeSet<String>,
}

/// Who is given a case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Assignee {
    /// A clerk, by staff code.
    Clerk(String),
    /// A team leader, by staff code: nobody was free.
    TeamLeader(String),
    /// The unit of a channel, by code.
    Unit(String),
    /// Compliance: nobody of the channel may or can.
    Compliance,
}

/// Who is copied.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Copied {
    /// The team leader, by staff code.
    TeamLeader(String),
    /// Compliance, in place of a team leader who is concerned himself, or of one who does not exist.
    Compliance,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The case.
    pub case_id: u128,
    /// Who has it.
    pub assignee: Assignee,
    /// There are clerks, and none was free: shown.
    pub nobody_free: bool,
    /// Who is copied.
    pub copied: Copied,
}

/// An application of a case's members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberApplication {
    /// Its id.
    pub application_id: u128,
    /// When it was recorded.
    pub recorded_time: DateTime<Utc>,
    /// Its channel.
    pub channel: Channel,
    /// Its branch.
    pub branch_code: String,
}

/// The application whose channel and branch lead the case: the newest, of several of one instant the one with the greatest
/// id; none for no applications.
pub fn lead(applications: &[MemberApplication]) -> Option<&MemberApplication> {
    applications.iter().max_by_key(|application| (application.recorded_time, application.application_id))
}

/// The channels beside the lead that assist, each with the branch of its newest application.
pub fn assists(applications: &[MemberApplication]) -> Vec<(Channel, &str)> {
    let Some(lead) = lead(applications) else { return Vec::new() };
    let channels: BTreeSet<Channel> = applications
        .iter()
        .map(|application| application.channel)
        .filter(|channel| *channel != lead.channel)
        .collect();
    let newest = |channel: Channel| {
        applications
            .iter()
            .filter(move |application| application.channel == channel)
            .max_by_key(|application| (application.recorded_time, application.application_id))
    };
    channels
        .into_iter()
        .filter_map(|channel| newest(channel).map(|application| (channel, application.branch_code.as_str())))
        .collect()
}

type Desk<'a> = (Channel, &'a str);

/// A clerk's place in the queue: the smallest is given the next case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Turn<'a> {
    open_cases: usize,
    last_assigned_time: Option<DateTime<Utc>>,
    /// Turns of this distribution so far: all of them have one time.
    taken: usize,
    code: &'a str,
    capacity: Option<usize>,
}

impl Turn<'_> {
    fn is_free(&self) -> bool {
        self.capacity.is_none_or(|capacity| self.open_cases < capacity)
    }
}

/// The clerks who are there, by channel and branch, in the order of their turns.
struct Queues<'a> {
    desks: HashMap<Desk<'a>, BTreeSet<Turn<'a>>>,
    taken: usize,
}

impl<'a> Queues<'a> {
    fn new(staff: &'a Staff) -> Self {
        let mut desks: HashMap<Desk<'a>, BTreeSet<Turn<'a>>> = HashMap::new();
        for clerk in staff.clerks.iter().filter(|clerk| !clerk.on_leave) {
            desks.entry((clerk.channel, &clerk.branch_code)).or_default().insert(Turn {
                open_cases: clerk.open_cases,
                last_assigned_time: clerk.last_assigned_time,
                taken: 0,
                code: &clerk.code,
                capacity: clerk.capacity,
            });
        }
        Self { desks, taken: 0 }
    }

    /// The clerk whose turn it is, who then stands behind the others.
    fn take(&mut self, case: &'a CaseToAssign, now: DateTime<Utc>) -> Option<String> {
        let queue = self.desks.get_mut(&(case.channel, case.branch_code.as_str()))?;
        let turn = *queue.iter().find(|turn| turn.is_free() && !case.barred.contains(turn.code))?;
        queue.remove(&turn);
        self.taken += 1;
        queue.insert(Turn {
            open_cases: turn.open_cases + 1,
            last_assigned_time: Some(now),
            taken: self.taken,
            ..turn
        });
        Some(turn.code.to_owned())
    }
}

/// Gives each of `cases` to somebody, one after the other at `now`, as if each were given alone: clerks of a branch who begin
/// equal differ by one case at most.
pub fn distribute(cases: &[CaseToAssign], staff: &Staff, now: DateTime<Utc>) -> Vec<Assignment> {
    let mut queues = Queues::new(staff);
    cases
        .iter()
        .map(|case| {
            let copied = copied(case, staff);
            let (assignee, nobody_free) = match queues.take(case, now) {
                Some(code) => (Assignee::Clerk(code), false),
                None => otherwise(case, staff),
            };
            Assignment { case_id: case.case_id, assignee, nobody_free, copied }
        })
        .collect()
}

/// Who is given `case` alone.
pub fn choose(case: &CaseToAssign, staff: &Staff, now: DateTime<Utc>) -> Assignment {
    let mut chosen = distribute(std::slice::from_ref(case), staff, now);
    // One case makes one assignment.
    chosen.swap_remove(0)
}

/// Who is given a case that no clerk takes, and whether that shows as nobody being free.
fn otherwise(case: &CaseToAssign, staff: &Staff) -> (Assignee, bool) {
    let has_clerks = staff.clerks.iter().any(|clerk| clerk.channel == case.channel);
    let unit = || staff.units.get(&case.channel).map(|code| Assignee::Unit(code.clone()));
    if !has_clerks && let Some(unit) = unit() {
        return (unit, false);
    }
    let leader = leaders(case, staff)
        .filter(|leader| !case.barred.contains(&leader.code))
        .min_by_key(|leader| (leader.on_leave, leader.code != case.team_leader_code, &leader.code));
    match leader {
        Some(leader) => (Assignee::TeamLeader(leader.code.clone()), true),
        // A team leader who is concerned himself is not replaced by his own unit.
        None if leaders(case, staff).next().is_some() => (Assignee::Compliance, true),
        None => (unit().unwrap_or(Assignee::Compliance), true),
    }
}

/// The team leader of the newest application's seller, else the first of the branch by code; compliance in the place of
/// one who is concerned himself.
pub fn copied(case: &CaseToAssign, staff: &Staff) -> Copied {
    let leader =
        leaders(case, staff).min_by_key(|leader| (leader.code != case.team_leader_code, &leader.code));
    match leader {
        Some(leader) if !case.barred.contains(&leader.code) => Copied::TeamLeader(leader.code.clone()),
        _ => Copied::Compliance,
    }
}

fn leaders<'a>(case: &'a CaseToAssign, staff: &'a Staff) -> impl Iterator<Item = &'a TeamLeader> {
    staff
        .team_leaders
        .iter()
        .filter(|leader| leader.channel == case.channel && leader.branch_code == case.branch_code)
}
