//! An office that works on cases: a service without jobs whose clock stands where a test puts it, a directory with people of
//! every role, applications that share phones, and the lists and cases that follow. All synthetic.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicU32, Ordering},
};

use chrono::{NaiveTime, TimeDelta};
use sqlx::PgPool;
use tonic::{Request, transport::Channel};
use uuid::Uuid;
use zhenshi::{
    app::{
        App,
        case::{distribute_cases::distribute_cases, make_cases::make_cases},
        run_suspicion_list::{Step, advance},
    },
    clock::Clock as _,
    config::{Config, Role as ProcessRole},
    security::principal::Principal,
};
use zhenshi_domain::shanghai;
use zhenshi_proto::zhenshi::v1::{self as proto, StaffRole, case_service_client::CaseServiceClient};

use super::{
    applications::{application, man, request},
    database::TestDatabase,
    directory::with,
    service::TestService,
};

/// A client of the service; see [`Office::by`].
pub type Cases = CaseServiceClient<Channel>;

use proto::Channel::{Bancassurance, Direct, IndividualAgents, Intermediaries, Unspecified};

/// A member of staff: code, role, channel, branch, team leader, and which man he is. The numbers of the men are far from those
/// of the customers.
pub type Member = (&'static str, StaffRole, proto::Channel, &'static str, &'static str, u32);

/// Everybody. B: bancassurance, A: agents, M: intermediaries; nobody works for the direct channel.
pub const STAFF: [Member; 21] = [
    ("B1", StaffRole::Clerk, Bancassurance, "4401", "BL", 401),
    ("B2", StaffRole::Clerk, Bancassurance, "4401", "BL", 402),
    ("B3", StaffRole::Clerk, Bancassurance, "4401", "BL", 403),
    ("BL", StaffRole::TeamLeader, Bancassurance, "4401", "BH", 404),
    ("B4", StaffRole::Clerk, Bancassurance, "4402", "BL2", 405),
    ("BL2", StaffRole::TeamLeader, Bancassurance, "4402", "BH", 406),
    ("BH", StaffRole::ChannelHead, Bancassurance, "", "", 407),
    ("A1", StaffRole::Clerk, IndividualAgents, "4401", "AL", 408),
    ("A2", StaffRole::Clerk, IndividualAgents, "4401", "AL", 409),
    ("AL", StaffRole::TeamLeader, IndividualAgents, "4401", "AH", 410),
    ("AH", StaffRole::ChannelHead, IndividualAgents, "", "", 411),
    ("M1", StaffRole::Clerk, Intermediaries, "4401", "ML", 412),
    ("ML", StaffRole::TeamLeader, Intermediaries, "4401", "", 413),
    ("CS1", StaffRole::CustomerService, Unspecified, "", "", 414),
    ("CS2", StaffRole::CustomerService, Unspecified, "", "", 415),
    ("CSM", StaffRole::CustomerServiceManager, Unspecified, "", "", 416),
    ("CO1", StaffRole::Compliance, Unspecified, "", "", 417),
    ("CO2", StaffRole::Compliance, Unspecified, "", "", 418),
    ("IS", StaffRole::InformationSupervisor, Unspecified, "", "", 419),
    ("AU", StaffRole::Auditor, Unspecified, "", "", 420),
    ("AD", StaffRole::Administrator, Unspecified, "", "", 421),
];

/// Unit of the direct channel, which has no clerks.
pub const DIRECT_UNIT: &str = "U-DIRECT";

/// How an application was sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    pub channel: proto::Channel,
    pub branch_code: &'static str,
    pub seller_code: &'static str,
    pub agency_code: &'static str,
}

const fn sale(channel: proto::Channel, branch_code: &'static str, seller_code: &'static str) -> Sale {
    Sale { channel, branch_code, seller_code, agency_code: "" }
}

/// By a bancassurance specialist of BL's team.
pub const BANK: Sale = Sale { agency_code: "G-BANK", ..sale(Bancassurance, "4401", "S-BANK") };
/// By one of the other branch.
pub const OTHER_BRANCH: Sale = sale(Bancassurance, "4402", "S-BANK2");
/// By an agent of AL's team.
pub const AGENT: Sale = sale(IndividualAgents, "4401", "S-AGENT");
/// By a broker.
pub const BROKER: Sale = Sale { agency_code: "G-BROKER", ..sale(Intermediaries, "4401", "") };
/// Directly.
pub const DIRECT: Sale = sale(Direct, "4401", "");

/// Sellers: code, sale, team leader, and which man he is.
pub const SELLERS: [(&str, Sale, &str, u32); 3] =
    [("S-BANK", BANK, "BL", 431), ("S-BANK2", OTHER_BRANCH, "BL2", 432), ("S-AGENT", AGENT, "AL", 433)];

/// The day of the first list: what was recorded until the evening before. The clock begins on 2026-11-23, a Monday, at 10:00.
pub const DAY: &str = "2026-11-24";

/// The office.
pub struct Office {
    pub service: TestService,
    pub admin: PgPool,
    core: zhenshi::grpc::client::Client,
    pub(super) tokens: HashMap<&'static str, String>,
    requests: AtomicU32,
}

/// A case as its row stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CaseSeen {
    pub id: Uuid,
    pub case_no: String,
    pub state: i16,
    pub version: i64,
    pub channel: i16,
    pub branch_code: String,
    pub assignee: Option<String>,
    pub unit_code: String,
    pub with_compliance: bool,
    pub nobody_free: bool,
    pub held: bool,
    pub priority: i32,
}

impl Office {
    /// Everybody is there, and nothing has happened yet.
    pub async fn open() -> Self {
        Self::open_with(TestDatabase::new().await, |_| ()).await
    }

    pub async fn open_with(database: TestDatabase, change: impl FnOnce(&mut Config)) -> Self {
        let service = TestService::start_with(database, |config| {
            config.role = ProcessRole::Api;
            change(config);
        })
        .await;
        let admin = service.database.admin().await;
        let core = service.client("core").await;
        let mut office = Self { service, admin, core, tokens: HashMap::new(), requests: AtomicU32::new(1) };
        office.hire().await;
        office
    }

    pub fn app(&self) -> &App {
        self.service.running().app()
    }

    /// Puts the clock to a time of a day in Shanghai, such as `2026-11-24 09:00`.
    pub fn at(&self, time: &str) {
        let (day, time) = time.split_once(' ').unwrap();
        let time: NaiveTime = format!("{time}:00").parse().unwrap();
        let to = shanghai::at(day.parse().unwrap(), time);
        self.service.clock.advance(to - self.service.clock.now());
    }

    /// A request id that nobody had.
    pub fn request_id(&self) -> String {
        let n = self.requests.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u128(0x5151_0000_0000_4000_8000_0000_0000_0000 + u128::from(n)).to_string()
    }

    /// `message` sent by the member of staff `code`.
    pub fn by<M>(&self, code: &str, message: M) -> Request<M> {
        with(self.tokens.get(code).expect("a member of staff"), message)
    }

    pub async fn client(&self) -> Cases {
        CaseServiceClient::new(Channel::from_shared(self.service.url()).unwrap().connect().await.unwrap())
    }

    /// Everybody, with his token.
    pub fn people(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.tokens.iter().map(|(code, token)| (*code, token.as_str()))
    }

    /// What the member of staff `code` is to the use cases.
    pub async fn principal(&self, code: &str) -> Principal {
        self.app().store.find_staff(code.into()).await.unwrap().expect("a member of staff")
    }

    /// Sends application `application_no` of the `n`th man, changed by `change`; returns its submission.
    pub async fn apply(
        &self,
        application_no: &str,
        n: u32,
        sale: Sale,
        change: impl FnOnce(&mut proto::Application),
    ) -> Uuid {
        let mut sent = application(application_no, n);
        sent.channel = sale.channel.into();
        sent.branch_code = sale.branch_code.into();
        sent.seller_code = sale.seller_code.into();
        sent.agency_code = sale.agency_code.into();
        call(&mut sent, &name(n));
        change(&mut sent);
        // The newest application is the one that was sent last.
        self.service.clock.advance(TimeDelta::seconds(1));
        let id = self.requests.fetch_add(1, Ordering::Relaxed);
        let answer = self.core.validate(request(u128::from(id), sent)).await.unwrap();
        assert_eq!(answer.verdict(), proto::Verdict::Accepted, "{:?}", answer.findings);
        answer.submission_id.parse().unwrap()
    }

    /// Applications of different men, one for each of `sales`, who all give the `phone`th phone: a suspicion of the next
    /// list, led by the last one. They are `<name>-1`, `<name>-2`, …, of the men `phone * 10 + 1`, ….
    pub async fn share_phone(&self, name: &str, phone: u32, sales: &[Sale]) -> Vec<Uuid> {
        let mut submissions = Vec::new();
        for (sale, n) in sales.iter().zip(1..) {
            let shared = man(phone * 10).phones;
            let man = phone * 10 + n;
            let of = |application: &mut proto::Application| {
                if let Some(holder) = application.policyholder.as_mut() {
                    holder.phones.clone_from(&shared);
                }
                if let Some(insured) = application.insureds[0].person.as_mut() {
                    insured.phones.clone_from(&shared);
                }
            };
            submissions.push(self.apply(&format!("{name}-{n}"), man, *sale, of).await);
        }
        submissions
    }

    /// Makes the lists that are due on `day`, at 06:00.
    pub async fn list(&self, day: &str) {
        self.at(&format!("{day} 06:00"));
        while advance(self.app(), day.parse().unwrap(), true).await.unwrap() != Step::Done {}
    }

    /// Makes the cases of every sealed list.
    pub async fn make_cases(&self) {
        while make_cases(self.app()).await.unwrap() {}
    }

    /// The list of `day` with its cases.
    pub async fn sort(&self, day: &str) {
        self.list(day).await;
        self.make_cases().await;
    }

    /// Releases what is due and distributes what nobody has, until nothing is left to do.
    pub async fn distribute(&self) {
        while distribute_cases(self.app()).await.unwrap() > 0 {}
    }

    /// The list of `day` with its cases, distributed at 09:00.
    pub async fn sort_and_distribute(&self, day: &str) {
        self.sort(day).await;
        self.at(&format!("{day} 09:00"));
        self.distribute().await;
    }

    /// Participants of a case: kind, channel, who or which unit, and whether they have answered; in order.
    pub async fn participants(&self, case_id: Uuid) -> Vec<(i16, i16, String, bool)> {
        sqlx::query_as(
            "SELECT kind, channel, staff_code || unit_code, answered_time IS NOT NULL FROM case_participant
             WHERE case_id = $1 ORDER BY kind, channel, staff_code",
        )
        .bind(case_id)
        .fetch_all(&self.admin)
        .await
        .unwrap()
    }

    /// All cases, in order of their numbers.
    pub async fn cases(&self) -> Vec<CaseSeen> {
        sqlx::query_as(
            "SELECT id, case_no, state, version, channel, branch_code, assignee, unit_code, with_compliance, nobody_free,
                 held, priority
             FROM case_file ORDER BY case_no",
        )
        .fetch_all(&self.admin)
        .await
        .unwrap()
    }

    /// The newest case with a member of application `application_no`.
    pub async fn case_of(&self, application_no: &str) -> CaseSeen {
        sqlx::query_as(
            "SELECT id, case_no, state, version, channel, branch_code, assignee, unit_code, with_compliance, nobody_free,
                 held, priority
             FROM case_file WHERE id IN (
                 SELECT case_id FROM case_member JOIN application ON application.id = application_id
                 WHERE application_no = $1)
             ORDER BY (state >= 6), case_no DESC LIMIT 1",
        )
        .bind(application_no)
        .fetch_one(&self.admin)
        .await
        .unwrap()
    }

    /// Kinds of the entries of a case's timeline, in order.
    pub async fn timeline(&self, case_id: Uuid) -> Vec<i16> {
        let sql = "SELECT kind FROM case_event WHERE case_id = $1 ORDER BY version, ordinal";
        sqlx::query_scalar(sql).bind(case_id).fetch_all(&self.admin).await.unwrap()
    }
}

/// A name of the `n`th man's own: all men are born on one day, and those of one name would be one person twice.
pub fn name(n: u32) -> String {
    const CHARACTERS: [char; 20] = [
        '安', '白', '春', '冬', '方', '光', '海', '和', '江', '林', '明', '宁', '秋', '山', '石', '天', '文',
        '夏', '新', '云',
    ];
    let at = |place: u32| CHARACTERS[(place % 20) as usize];
    ['测', at(n / 20), at(n)].iter().collect()
}

/// Gives the man of an application a name, who is holder, insured, and owner of the account.
pub fn call(application: &mut proto::Application, name: &str) {
    if let Some(holder) = application.policyholder.as_mut() {
        holder.name = name.into();
    }
    for insured in &mut application.insureds {
        if let Some(person) = insured.person.as_mut() {
            person.name = name.into();
        }
    }
    for account in &mut application.accounts {
        account.holder_name = name.into();
    }
}
