//! Members of staff in the directory, and their tokens.

use zhenshi::{
    app::directory::{
        Duty, Entry, EntryKind,
        entry::Draft,
        tools::DirectoryTools,
        upsert::{Submitted, upsert},
    },
    security::principal::Principal,
};
use zhenshi_domain::application::{Channel, Person};

use super::service::TestService;

/// A member of staff, as the directory has him.
#[derive(Clone)]
pub struct Member {
    pub code: &'static str,
    pub duty: Duty,
    pub channel: Option<Channel>,
    pub branch: &'static str,
    pub leader: &'static str,
    pub active: bool,
}

impl Member {
    pub const fn new(code: &'static str, duty: Duty, channel: Option<Channel>, branch: &'static str) -> Self {
        Self { code, duty, channel, branch, leader: "", active: true }
    }
}

/// Duties of staff, in the order of the policy's columns, with a member of each.
pub fn one_of_each() -> Vec<Member> {
    let channel = Some(Channel::Bancassurance);
    vec![
        Member::new("ST-CS", Duty::CustomerService, None, ""),
        Member::new("ST-CL", Duty::Clerk, channel, "4401"),
        Member::new("ST-TL", Duty::TeamLeader, channel, "4401"),
        Member::new("ST-CH", Duty::ChannelHead, channel, ""),
        Member::new("ST-CO", Duty::Compliance, None, ""),
        Member::new("ST-IS", Duty::InformationSupervisor, None, ""),
        Member::new("ST-CM", Duty::CustomerServiceManager, None, ""),
        Member::new("ST-AD", Duty::Administrator, None, ""),
        Member::new("ST-AU", Duty::Auditor, None, ""),
    ]
}

impl TestService {
    /// Writes `member` into the directory, in the place of what it said of him.
    pub async fn enter(&self, member: &Member) {
        if !member.branch.is_empty() {
            let mut branch = Entry::new(EntryKind::Branch, member.branch);
            branch.name = "示例分公司".into();
            self.write(branch, Person::default()).await;
        }
        let mut entry = Entry::new(EntryKind::Staff, member.code);
        entry.duty = Some(member.duty);
        entry.channel = member.channel;
        entry.branch_code = member.branch.into();
        entry.team_leader_code = member.leader.into();
        entry.active = member.active;
        self.write(entry, Person { name: "测试戊".into(), ..Person::default() }).await;
    }

    async fn write(&self, entry: Entry, person: Person) {
        let submitted = Submitted {
            request_id: self.mint(),
            digest: [7; 32],
            expected_revision: None,
            draft: Draft { entry, person },
        };
        let tools = DirectoryTools::of(self.running().app());
        upsert(&tools, &Principal::whole("test"), submitted).await.unwrap();
    }

    /// A token of `member`, whom the directory knows from now on.
    pub async fn staff(&self, member: &Member) -> String {
        self.enter(member).await;
        self.staff_token(member.code).await
    }

    /// A token of the member of staff `code`, whom the directory knows already.
    pub async fn staff_token(&self, code: &str) -> String {
        let principal = self.running().app().store.find_staff(code.into()).await.unwrap().unwrap();
        self.token_of(principal).await
    }
}
