//! The demo's office: units, branches and people of every role, written through the API, and a token for everybody.
//!
//! Three channels have clerks in every branch; the direct channel has a unit only, to which its cases go.

use std::collections::BTreeMap;

use anyhow::Context as _;
use zeroize::Zeroizing;
use zhenshi_domain::application::Channel;

use super::super::stage::Stage;
use crate::{
    app::directory::Duty,
    entropy::SharedEntropy,
    gendata::BRANCHES,
    grpc::client::{
        cases::StaffClient,
        office::{Hire, OfficeClient},
    },
    ids,
    security::token,
    store::tokens::{NewToken, Shown},
};

/// Where the demo's service is, and with which token everything may be written.
pub struct Door<'a> {
    /// `http://host:port` of gRPC.
    pub url: &'a str,
    /// A token for every source and channel.
    pub token: &'a str,
    /// Gives ids and secrets.
    pub entropy: &'a SharedEntropy,
}

/// Channels with clerks: first letter of their codes, unit, its name, and how many clerks each branch has.
const CHANNELS: [(Channel, &str, &str, &str, u32); 3] = [
    (Channel::IndividualAgents, "A", "U-AGENTS", "个人代理渠道部", 2),
    (Channel::Bancassurance, "B", "U-BANKS", "银行保险渠道部", 2),
    (Channel::Intermediaries, "M", "U-BROKERS", "中介业务渠道部", 1),
];

/// The channel that has a unit and no clerks.
const UNIT_ONLY: (Channel, &str, &str) = (Channel::Direct, "U-DIRECT", "直销渠道部");

/// People of no channel.
const HEAD_OFFICE: [(&str, Duty); 8] = [
    ("CS-1", Duty::CustomerService),
    ("CS-2", Duty::CustomerService),
    ("CS-MGR", Duty::CustomerServiceManager),
    ("CO-1", Duty::Compliance),
    ("CO-2", Duty::Compliance),
    ("IS-1", Duty::InformationSupervisor),
    ("AD-1", Duty::Administrator),
    ("AU-1", Duty::Auditor),
];

/// Characters of the people's names, which all begin with 演, "for show".
const GIVEN: [char; 12] = ['安', '白', '春', '冬', '方', '光', '海', '和', '江', '林', '明', '宁'];

/// Everybody who works in the demo, by code, each with a connection of his own.
pub struct Office {
    people: BTreeMap<String, StaffClient>,
    /// Tokens by code.
    secrets: BTreeMap<String, Zeroizing<String>>,
    hired: Vec<Hire>,
}

impl Office {
    /// Writes the directory and gives everybody a token.
    ///
    /// # Errors
    /// When the service refuses, or cannot be reached.
    pub async fn open(stage: &Stage<'_>, door: &Door<'_>) -> anyhow::Result<Self> {
        let client = OfficeClient::connect(door.url.into(), door.token).await?;
        let mint = || ids::mint(stage.clock_now(), door.entropy.as_ref());
        for (channel, _, unit, name, _) in CHANNELS {
            client.unit(mint()?, unit, name, channel).await?;
        }
        let (channel, unit, name) = UNIT_ONLY;
        client.unit(mint()?, unit, name, channel).await?;
        for branch in branches() {
            client.branch(mint()?, &branch, &format!("演示分公司{}", &branch[2..])).await?;
        }
        let hired = everybody();
        let (mut people, mut secrets) = (BTreeMap::new(), BTreeMap::new());
        for hire in &hired {
            client.hire(mint()?, hire).await?;
            let member = stage.app.store.find_staff(hire.code.clone()).await?;
            let principal = member.with_context(|| format!("{} is not in the directory", hire.code))?;
            let secret = token::generate(door.entropy.as_ref())?;
            let new = NewToken {
                id: mint()?,
                principal,
                shows: Shown::Token(token::hash(&secret)),
                created_time: stage.clock_now(),
                audit_id: mint()?,
            };
            stage.app.store.create_token(new).await?;
            let clock = stage.app.clock.clone();
            let url = door.url.to_owned();
            let client = StaffClient::connect(url, &hire.code, &secret, clock, door.entropy.clone()).await?;
            people.insert(hire.code.clone(), client);
            secrets.insert(hire.code.clone(), secret);
        }
        stage.app.directory.refresh().await?;
        Ok(Self { people, secrets, hired })
    }

    /// Somebody.
    ///
    /// # Errors
    /// When nobody has that code.
    pub fn by(&self, code: &str) -> anyhow::Result<&StaffClient> {
        self.people.get(code).with_context(|| format!("{code:?} does not work here"))
    }

    /// The token of somebody, for whoever wants to look at his worklist.
    ///
    /// # Errors
    /// When nobody has that code.
    pub fn token(&self, code: &str) -> anyhow::Result<&str> {
        self.secrets
            .get(code)
            .map(|secret| secret.as_str())
            .with_context(|| format!("{code:?} does not work here"))
    }

    /// Codes of the clerks, in order.
    pub fn clerks(&self) -> impl Iterator<Item = &str> {
        self.hired.iter().filter(|hire| hire.duty == Duty::Clerk).map(|hire| hire.code.as_str())
    }

    /// Whether somebody is a clerk.
    pub fn is_clerk(&self, code: &str) -> bool {
        self.clerks().any(|clerk| clerk == code)
    }
}

/// Codes of the branches in which the generated applications were sold.
fn branches() -> impl Iterator<Item = String> {
    (1..=BRANCHES).map(|number| format!("BR{number:02}"))
}

fn everybody() -> Vec<Hire> {
    let mut hired: Vec<Hire> = HEAD_OFFICE.iter().map(|(code, duty)| hire((*code).into(), *duty)).collect();
    for (channel, letter, _, _, clerks) in CHANNELS {
        let of = |hire: Hire| Hire { channel: Some(channel), ..hire };
        let head = format!("{letter}-HEAD");
        hired.push(of(hire(head.clone(), Duty::ChannelHead)));
        for branch_code in branches() {
            let number = &branch_code[2..];
            let leader = format!("{letter}-LEAD-{number}");
            let lead = hire(leader.clone(), Duty::TeamLeader);
            hired.push(of(Hire { branch_code: branch_code.clone(), leader_code: head.clone(), ..lead }));
            hired.extend((1..=clerks).map(|place| {
                let clerk = hire(format!("{letter}-{number}-{place}"), Duty::Clerk);
                of(Hire { branch_code: branch_code.clone(), leader_code: leader.clone(), ..clerk })
            }));
        }
    }
    for (place, hire) in hired.iter_mut().enumerate() {
        let given = [GIVEN[place / GIVEN.len() % GIVEN.len()], GIVEN[place % GIVEN.len()]];
        hire.name = std::iter::once('演').chain(given).collect();
    }
    hired
}

fn hire(code: String, duty: Duty) -> Hire {
    let [name, branch_code, leader_code] = [String::new(), String::new(), String::new()];
    Hire { code, name, duty, channel: None, branch_code, leader_code }
}
