//! Decisions of scopes against an oracle that reads the page a compliance officer reads, and knows none of the code.

use std::{collections::BTreeMap, fs};

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use zhenshi::security::{
    policy::Action,
    principal::{Principal, Reach, StaffScope},
    role::Role,
    scope::CaseOf,
};
use zhenshi_domain::application::Channel;

use super::page;

/// How many decisions are compared.
const DECISIONS: usize = 1_000_000;
const CHANNELS: [Channel; 2] = [Channel::Bancassurance, Channel::Direct];
const BRANCHES: [&str; 3] = ["", "4401", "4403"];
const PEOPLE: [&str; 4] = ["", "ST-1", "ST-2", "ST-3"];
const SOURCES: [&str; 2] = ["core", "bank"];

/// The words of the page, by action and role.
fn page_words() -> BTreeMap<(String, String), String> {
    let text = fs::read_to_string(page::path()).unwrap();
    let (mut words, mut roles) = (BTreeMap::new(), Vec::new());
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if cells[0] == "action" {
            roles = cells.iter().map(ToString::to_string).collect();
            continue;
        }
        for (role, word) in roles.iter().zip(&cells).skip(1) {
            words.insert((cells[0].trim_matches('`').to_owned(), role.clone()), (*word).to_owned());
        }
    }
    words
}

/// Somebody who asks for something.
#[derive(Debug, Clone)]
struct Asked {
    action: usize,
    role: usize,
    channel: Option<usize>,
    branch: usize,
    code: usize,
    sources: Vec<usize>,
    every_source: bool,
    channels: Vec<usize>,
}

/// What it is about.
#[derive(Debug, Clone)]
struct About {
    source: usize,
    channel: usize,
    branch: usize,
    leader: usize,
    assignee: usize,
    participants: Vec<usize>,
}

/// What chooses who asks for what: the same choices every time.
struct Luck(ChaCha20Rng);

impl Luck {
    fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    /// At most two of those below `end`, from `first` on.
    fn some(&mut self, first: usize, end: usize) -> Vec<usize> {
        (0..self.below(3)).map(|_| first + self.below(end - first)).collect()
    }

    fn asked(&mut self) -> Asked {
        Asked {
            action: self.below(Action::ALL.len()),
            role: self.below(Role::ALL.len()),
            channel: (self.below(5) > 0).then(|| self.below(2)),
            branch: self.below(3),
            code: 1 + self.below(3),
            sources: self.some(0, 2),
            every_source: self.below(2) == 0,
            channels: self.some(0, 2),
        }
    }

    fn about(&mut self) -> About {
        About {
            source: self.below(2),
            channel: self.below(2),
            branch: self.below(3),
            leader: self.below(4),
            assignee: self.below(4),
            participants: self.some(1, 4),
        }
    }
}

impl Asked {
    fn principal(&self) -> Principal {
        let (role, duty) = Role::ALL[self.role];
        if duty.is_none() {
            let mut sources: Vec<String> = self.sources.iter().map(|at| SOURCES[*at].to_owned()).collect();
            if self.every_source {
                sources.push("*".into());
            }
            return Principal::system("sys", Reach { sources, channels: self.channels() });
        }
        Principal::member(
            role,
            StaffScope {
                staff_code: PEOPLE[self.code].into(),
                channel: self.channel.map(|at| CHANNELS[at]),
                branch_code: BRANCHES[self.branch].into(),
                team_leader_code: String::new(),
            },
        )
    }

    /// Both of the test's channels stand for all four.
    fn channels(&self) -> Vec<Channel> {
        let mut channels: Vec<Channel> = self.channels.iter().map(|at| CHANNELS[*at]).collect();
        if self.channels.contains(&0) && self.channels.contains(&1) {
            channels.extend([Channel::IndividualAgents, Channel::Intermediaries]);
        }
        channels
    }

    /// Whether he may ask at all, and whether the case and the application are his to see: in the words of the page.
    fn plainly(&self, word: &str, about: &About) -> Option<(bool, bool)> {
        let system = self.role == Role::ALL.len() - 1;
        let whole = self.every_source && self.channels.contains(&0) && self.channels.contains(&1);
        let same_channel = self.channel == Some(about.channel);
        let same_branch = same_channel && self.branch == about.branch;
        let his_people = same_channel && about.leader == self.code;
        let his_own = about.assignee == self.code || about.participants.contains(&self.code);
        let of_token = self.channels.contains(&about.channel);
        match word {
            "–" => None,
            "all" if system => whole.then_some((true, true)),
            "all" => Some((true, true)),
            "token" => {
                let source = self.every_source || self.sources.contains(&about.source);
                Some((self.every_source && of_token, source && of_token))
            }
            "own" => Some((his_own, false)),
            _ if self.channel.is_none() => None,
            "channel" => Some((same_channel || his_own, same_channel)),
            "branch" => Some((same_branch || his_own, same_branch)),
            "team" => Some((same_branch || his_people || his_own, same_branch)),
            other => panic!("the page says {other}"),
        }
    }
}

#[test]
fn scopes_decide_as_the_page_says() {
    let words = page_words();
    let word = |action: &Action, role: &Role| {
        words[&(action.name().to_owned(), role.name().replace('_', " "))].as_str()
    };
    let words: Vec<Vec<&str>> = Action::ALL
        .iter()
        .map(|action| Role::ALL.iter().map(|(role, _)| word(action, role)).collect())
        .collect();
    let mut luck = Luck(ChaCha20Rng::seed_from_u64(20_261_128));
    let (mut permitted, mut within) = (0, 0);
    for _ in 0..DECISIONS {
        let (asked, about) = (luck.asked(), luck.about());
        let action = Action::ALL[asked.action];
        let participants: Vec<&str> = about.participants.iter().map(|at| PEOPLE[*at]).collect();
        let case = CaseOf {
            channel: CHANNELS[about.channel],
            branch_code: BRANCHES[about.branch],
            team_leader_code: PEOPLE[about.leader],
            assignee: PEOPLE[about.assignee],
            participants: &participants,
        };
        let got = asked.principal().permit(action).ok().map(|scope| {
            let application = scope.allows_application(
                SOURCES[about.source],
                CHANNELS[about.channel],
                BRANCHES[about.branch],
            );
            (scope.allows_case(&case), application)
        });
        let word = words[asked.action][asked.role];
        assert_eq!(got, asked.plainly(word, &about), "{}: {word}: {asked:?} about {about:?}", action.name());
        permitted += usize::from(got.is_some());
        within += usize::from(got.is_some_and(|(case, application)| case || application));
    }
    // Both answers were asked for often.
    assert!(permitted > DECISIONS / 10 && permitted < DECISIONS * 9 / 10, "{permitted}");
    assert!(within > permitted / 10 && within < permitted * 9 / 10, "{within} of {permitted}");
}
