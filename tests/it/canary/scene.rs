//! An installation on the built-in database, driven by planted values until everything that can go wrong has.

mod cases;
mod edge;
mod lists;
mod privacy;

use std::{
    fmt::Write as _,
    fs,
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use prost::Message as _;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::task::JoinSet;
use tonic::Code;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    drive::{Driver, Refusals, inner_statuses, methods, path},
    plant::{MARKS, PLAIN_MARKS, Planter, Script, with_request_id},
    stderr_of,
};
use crate::support::{
    applications::{application, request},
    built_in::{BuiltIn, Serving},
    processes::{eventually, lives, signal},
    program::http_get,
};

/// Name of the caller: may be seen in logs and spans.
pub const CALLER: &str = "Zk7Caller";
/// Certificate, phone and account of the application that is accepted: they must be right, so they bear no mark.
pub const SECRETS: [&str; 3] = ["11010119850315089X", "13924680044", "6222000000442345678"];
/// Which of the synthetic people they belong to.
const PERSON: u32 = 44;
/// File in the installation's place with the token, for the search.
const TOKEN_FILE: &str = "canary-token";
/// Members of staff who call.
const STAFF: &str = "code,name,role,channel,branch
ST-1,测试戊,customer_service_manager,,
ST-2,测试己,clerk,bancassurance,4401
";
/// Calls of the load, of which the first half must be answered before the kill.
const LOAD: u32 = 60;
/// The method that records.
const VALIDATE: &str = "/zhenshi.v1.ValidationService/ValidateApplication";

/// The installation and who calls it.
pub struct Scene {
    // In this order: the service ends before its place.
    serving: Serving,
    place: BuiltIn,
    endpoint: String,
    token: String,
    narrow_token: String,
    /// Of people: between them they may do everything that a system may not.
    staff_tokens: [String; 2],
    refusals: Refusals,
    /// Numbers of planted values and of requests go on from script to script.
    planted: u32,
    requests: AtomicU32,
}

/// The token that was used, which must not be found either.
pub fn token_of(place: &BuiltIn) -> &'static str {
    fs::read_to_string(token_file(place)).unwrap().leak()
}

fn token_file(place: &BuiltIn) -> PathBuf {
    place.log().with_file_name(TOKEN_FILE)
}

fn serve(place: &BuiltIn, endpoint: &str, variables: &[(&str, &str)]) -> Serving {
    let seen = [("RUST_LOG", "trace"), ("ZHENSHI__TRACES__ENDPOINT", endpoint)];
    place.serve_with(&[&seen, variables].concat())
}

impl Scene {
    /// A service that logs at TRACE and sends its traces to `endpoint`.
    pub fn open(endpoint: &str) -> Self {
        let place = BuiltIn::new();
        let serving = serve(&place, endpoint, &[]);
        let make = |name: &str, source: &str| {
            place.output(&["token", "create", "--name", name, "--source", source, "--channel", "all"])
        };
        let (token, narrow_token) = (make(CALLER, "all"), make("Zk7Caller-narrow", "elsewhere"));
        fs::write(token_file(&place), &token).unwrap();
        let staff = place.log().with_file_name("staff.csv");
        fs::write(&staff, STAFF).unwrap();
        place.output(&["directory", "import", staff.to_str().unwrap(), "--kind", "staff"]);
        let staff_tokens = ["ST-1", "ST-2"].map(|code| place.output(&["token", "create", "--staff", code]));
        Self {
            serving,
            place,
            endpoint: endpoint.to_owned(),
            token,
            narrow_token,
            staff_tokens,
            refusals: Refusals::default(),
            planted: 0,
            requests: AtomicU32::new(0),
        }
    }

    pub fn refusals(&self) -> Refusals {
        self.refusals.clone()
    }

    async fn driver(&self) -> Driver {
        Driver::connect(format!("http://{}", self.serving.grpc), self.refusals.clone()).await
    }

    fn next_request(&self) -> u128 {
        self.requests.fetch_add(1, Ordering::Relaxed).into()
    }

    /// Every method in both scripts: as it is planted, and readable; with a token, with one that reaches nothing, with those
    /// of people, with a planted one, and with none.
    pub async fn every_method_with_every_value(&mut self) {
        let driver = self.driver().await;
        for method in methods() {
            for script in Script::ALL {
                let mut planter = Planter::new(script, self.planted);
                let raw = planter.message(&method.input());
                let readable = with_request_id(planter.message(&method.input()), self.next_request());
                self.planted = planter.planted();
                let bearer = format!("{}{:06}", MARKS[0], self.planted);
                let [manager, clerk] = self.staff_tokens.each_ref();
                let tokens = [&self.token, &self.narrow_token, manager, clerk, &bearer];
                for token in tokens.into_iter().map(|token| Some(token.as_str())).chain([None]) {
                    let messages = [&raw, &readable].map(prost::Message::encode_to_vec);
                    for message in messages {
                        let answers = driver.call(&path(&method), token, vec![message]).await;
                        for status in inner_statuses(&answers.unwrap_or_default()) {
                            self.refusals.keep(&status);
                        }
                    }
                }
            }
        }
    }

    /// An application that every rule lets pass, so that customers and contacts are recorded too.
    fn acceptable(number: u32) -> proto::Application {
        let mut sent = application(&format!("{}-accepted-{number}", PLAIN_MARKS[0]), PERSON);
        let holder = sent.policyholder.as_mut().unwrap();
        holder.name = MARKS[1].into();
        holder.email = format!("{}@example.com", MARKS[0]);
        holder.address.as_mut().unwrap().detail = format!("{}路{number}号3栋502室", MARKS[1]);
        sent.insureds[0].person = Some(holder.clone());
        sent.accounts[0].holder_name = MARKS[1].into();
        sent
    }

    async fn validate(
        &self,
        driver: &Driver,
        message: proto::ValidateApplicationRequest,
    ) -> Result<proto::ValidateApplicationResponse, Box<tonic::Status>> {
        let answers = driver.call(VALIDATE, Some(&self.token), vec![message.encode_to_vec()]).await?;
        Ok(proto::ValidateApplicationResponse::decode(answers[0].as_slice()).unwrap())
    }

    /// Recorded, repeated, shown masked, listed.
    pub async fn an_accepted_application(&self) {
        let driver = self.driver().await;
        let sent = Self::acceptable(1);
        for secret in SECRETS {
            let debug = sent.encode_to_vec();
            assert!(debug.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
        }
        let message = request(9_001, sent);
        let answer = self.validate(&driver, message.clone()).await.unwrap();
        assert_eq!(answer.verdict(), proto::Verdict::Accepted, "{:?}", answer.findings.len());
        assert_eq!(self.validate(&driver, message).await.unwrap(), answer);
        let shown = proto::GetSubmissionRequest {
            submission_id: answer.submission_id,
            view: proto::SubmissionView::Masked.into(),
            language_code: String::new(),
        };
        let shown = vec![shown.encode_to_vec()];
        driver.call("/zhenshi.v1.ValidationService/GetSubmission", Some(&self.token), shown).await.unwrap();
        let list = vec![proto::ListSubmissionsRequest::default().encode_to_vec()];
        driver.call("/zhenshi.v1.ValidationService/ListSubmissions", Some(&self.token), list).await.unwrap();
    }

    /// What a request can be refused for, below and above the messages.
    pub async fn errors_of_the_request(&self) {
        let driver = self.driver().await;
        let token = Some(self.token.as_str());
        let mut other = request(9_001, Self::acceptable(2));
        self.validate(&driver, other.clone()).await.unwrap_err();
        let insured = other.application.as_ref().unwrap().insureds[0].clone();
        other.application.as_mut().unwrap().insureds = vec![insured; 101];
        self.validate(&driver, other).await.unwrap_err();
        let mut unreadable = request(9_007, Self::acceptable(7));
        let named = unreadable.application.as_mut().unwrap();
        (named.source, named.application_no) = (MARKS[1].into(), format!("{}\u{7}", MARKS[0]));
        (named.kind, named.channel) = (99, 99);
        self.validate(&driver, unreadable).await.unwrap_err();
        let long = proto::ExplainCertificateRequest {
            kind: proto::CertificateKind::Other.into(),
            number: MARKS[0].repeat(100),
            ..proto::ExplainCertificateRequest::default()
        };
        let explain = "/zhenshi.v1.ValidationService/ExplainCertificate";
        driver.call(explain, token, vec![long.encode_to_vec()]).await.unwrap_err();
        let unknown = proto::GetSubmissionRequest {
            submission_id: uuid::Uuid::from_u128(1).to_string(),
            ..proto::GetSubmissionRequest::default()
        };
        let get = "/zhenshi.v1.ValidationService/GetSubmission";
        driver.call(get, token, vec![unknown.encode_to_vec()]).await.unwrap_err();
        // Larger than is taken, cut in the middle, text that is none, and a method that there is not.
        let mut large = request(9_002, Self::acceptable(3));
        large.application.as_mut().unwrap().product.as_mut().unwrap().name = MARKS[1].repeat(40_000);
        driver.call(VALIDATE, token, vec![large.encode_to_vec()]).await.unwrap_err();
        let whole = request(9_003, Self::acceptable(4)).encode_to_vec();
        driver.call(VALIDATE, token, vec![whole[..whole.len() - 7].to_vec()]).await.unwrap_err();
        let mut broken = whole.clone();
        let at = broken.windows(9).position(|window| window == MARKS[0].as_bytes()).unwrap();
        broken[at + 9] = 0xff;
        driver.call(VALIDATE, token, vec![broken]).await.unwrap_err();
        let nowhere = format!("/zhenshi.v1.ValidationService/{}", MARKS[0]);
        driver.call(&nowhere, token, vec![whole]).await.unwrap_err();
    }

    /// A row that the database refuses, a table that is not there, and no database.
    pub async fn errors_of_the_database(&self) {
        let driver = self.driver().await;
        let mut admin = PgConnection::connect(&self.place.database_url()).await.unwrap();
        admin
            .execute("ALTER TABLE application ADD CONSTRAINT c CHECK (seller_code <> 'Zk7Plain-refused')")
            .await
            .unwrap();
        let mut refused = Self::acceptable(5);
        refused.seller_code = "Zk7Plain-refused".into();
        self.validate(&driver, request(9_005, refused)).await.unwrap_err();
        admin.execute("ALTER TABLE request_key RENAME TO request_key_away").await.unwrap();
        self.validate(&driver, request(9_006, Self::acceptable(6))).await.unwrap_err();
        admin.execute("ALTER TABLE request_key_away RENAME TO request_key").await.unwrap();

        // No database until it is killed: a stopped server lets nobody in, and those who are in are sent away by one who is.
        let server = self.place.postmaster().unwrap();
        signal("STOP", &[server]);
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        admin.execute(others).await.unwrap();
        let missed = self.validate(&driver, request(9_008, Self::acceptable(8))).await;
        signal("KILL", &[server]);
        drop(admin);
        let missed = missed.unwrap_err();
        assert_eq!(missed.code(), Code::Unavailable, "{missed}");
        let number = AtomicU32::new(0);
        eventually("the database is back", async || {
            let n = number.fetch_add(1, Ordering::Relaxed);
            self.validate(&driver, request(u128::from(20_000 + n), Self::acceptable(100 + n))).await.ok()
        })
        .await;
    }

    /// kill -9 while calls are under way; then a new service on the same data.
    pub async fn kill_the_service_under_load(&mut self) {
        let driver = self.driver().await;
        let mut calls = JoinSet::new();
        for n in 0..LOAD {
            let (driver, token) = (driver.clone(), self.token.clone());
            let message = request(u128::from(40_000 + n), Self::acceptable(1_000 + n)).encode_to_vec();
            calls.spawn(async move { driver.call(VALIDATE, Some(&token), vec![message]).await });
        }
        for _ in 0..LOAD / 2 {
            calls.join_next().await.unwrap().unwrap().unwrap();
        }
        self.serving.kill();
        while calls.join_next().await.is_some() {}
        self.serving = serve(&self.place, &self.endpoint, &[]);
        let driver = self.driver().await;
        self.validate(&driver, request(40_000, Self::acceptable(1_000))).await.unwrap();
    }

    /// What `explain` and `check` say beside their answers, at TRACE.
    pub fn tools(&self) -> Vec<u8> {
        let file = self.place.log().with_file_name("values.jsonl");
        let mut lines = String::new();
        for (n, mark) in MARKS.iter().enumerate() {
            for kind in ["resident_id", "phone", "bank_account", "person_name", "address", "email"] {
                writeln!(lines, "{{\"id\": \"{n}-{kind}\", \"kind\": \"{kind}\", \"input\": \"{mark}7\"}}")
                    .unwrap();
            }
        }
        fs::write(&file, &lines).unwrap();
        let file = file.to_str().unwrap();
        let mut said = stderr_of(self.place.command(["check", "--values", file]).env("RUST_LOG", "trace"));
        // A line that is cut in the middle of a value, and one whose kind is none.
        fs::write(file, format!("{lines}{{\"id\": \"1\", \"kind\": \"phone\", \"input\": \"{}", MARKS[0]))
            .unwrap();
        said.extend(stderr_of(self.place.command(["check", "--values", file]).env("RUST_LOG", "trace")));
        for value in MARKS.into_iter().chain(SECRETS) {
            let mut explain = self.place.command(["explain", "resident_id", value]);
            said.extend(stderr_of(explain.env("RUST_LOG", "trace")));
        }
        said
    }

    pub fn metrics(&self) -> String {
        let text = http_get(self.serving.http, "/metrics");
        assert!(text.contains("zhenshi_verdicts_total"), "{text}");
        text
    }

    /// A backup for a key at hand, opened with it.
    pub fn backup(&self) -> Vec<u8> {
        let key = age::x25519::Identity::generate();
        let backup = self.place.log().with_file_name("canary.backup");
        let public = key.to_public().to_string();
        self.place.output(&["db", "backup", "--out", backup.to_str().unwrap(), "--recipient", &public]);
        super::soak::opened(&backup, &key)
    }

    /// The whole database as `pg_dump` writes it.
    pub fn dump(&self) -> Vec<u8> {
        let server = fs::read_link(format!("/proc/{}/exe", self.place.postmaster().unwrap())).unwrap();
        let program = server.with_file_name("pg_dump");
        let done = Command::new(program).arg(self.place.database_url()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    }

    /// Stops the service and its database.
    pub async fn close(self) -> BuiltIn {
        let Self { serving, place, .. } = self;
        assert!(serving.stop().await.success());
        place
    }
}
