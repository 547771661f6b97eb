//! `zhenshi load-baseline`: killed and begun again it leaves the rows of an undisturbed load; a CSV says the same as a
//! message; what cannot be read is told and passed over.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use chrono::NaiveDate;
use encoding_rs::GB18030;
use serde_json::Value;
use sqlx::PgPool;
use zhenshi::{
    entropy::SystemEntropy,
    gendata::{GenOptions, generate_files},
    security::keyring::Keyring,
};
use zhenshi_proto::zhenshi::v1::Address;

use crate::support::{
    applications::{application, request},
    database::{TestDatabase, count},
    processes::eventually,
    program,
    service::TestService,
};

/// Applications of the file that is killed.
const COUNT: u64 = 3_000;
/// Submissions at which the load is killed.
const KILLS: [i64; 3] = [300, 1_200, 2_300];

/// Lines that cannot be read, put in the middle of a file.
const UNREADABLE: [&str; 3] = ["{\"source\":", "{\"surname\": \"x\"}", "{\"source\": \"core\"}"];

/// A load's place: its data directory with a keyring, and its database.
struct Place {
    folder: PathBuf,
    database: TestDatabase,
}

impl Place {
    async fn new(home: &Path, name: &str) -> Self {
        let folder = home.join(name);
        fs::create_dir(&folder).unwrap();
        fs::copy(home.join("keyring.json"), folder.join("keyring.json")).unwrap();
        Self { folder, database: TestDatabase::new().await }
    }

    fn begin(&self, file: &Path, flags: &[&str]) -> Child {
        let mut command = program::command(&self.folder, Some(&self.database.url));
        command.args(["load-baseline", "--json", "--report"]).arg(self.report_path()).arg(file).args(flags);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Loads to the end: exit code, summary, and what was said on stderr.
    fn load(&self, file: &Path, flags: &[&str]) -> (i32, Value, String) {
        let done = self.begin(file, flags).wait_with_output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        let summary = serde_json::from_slice(&done.stdout).unwrap_or(Value::Null);
        (done.status.code().unwrap(), summary, said)
    }

    fn report_path(&self) -> PathBuf {
        self.folder.join("report.jsonl")
    }

    fn report(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.report_path()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A home with a keyring, so that two databases have the same fingerprints.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let keyring = home.path().join("keyring.json");
    Keyring::generate(&SystemEntropy::default()).unwrap().create(&keyring).unwrap();
    home
}

/// Everything of a load that does not depend on when it was recorded, as text.
async fn rows(admin: &PgPool) -> Vec<String> {
    let sql = [
        "SELECT concat_ws(' ', 'submission', s.request_id, s.application_no, s.revision, s.verdict, s.superseded, s.caller,
                s.product_class, s.term_unit, s.term_length,
                (SELECT count(*) FROM finding f WHERE f.submission_id = s.id),
                (SELECT count(*) FROM sealed p WHERE p.submission_id = s.id),
                (SELECT count(*) FROM application a WHERE a.current_submission_id = s.id))
         FROM submission s",
        "SELECT concat_ws(' ', 'use', s.request_id, c.epoch, c.clue, c.fingerprint, c.party_no, c.purpose, c.role, c.baseline,
                c.name_fingerprint, c.ended_time IS NULL,
                (SELECT min(k.fingerprint::text) FROM customer_key k WHERE k.customer_id = c.customer_id))
         FROM contact_use c JOIN submission s ON s.id = c.submission_id",
        "SELECT concat_ws(' ', 'pending', epoch, clue, fingerprint, baseline) FROM contact_pending",
        "SELECT concat_ws(' ', 'party', s.request_id, p.party_no, p.role, p.relation, p.minor, p.weak, p.ended_time IS NULL)
         FROM application_party p JOIN submission s ON s.id = p.submission_id",
    ];
    let mut rows: Vec<String> = Vec::new();
    for sql in sql {
        rows.extend(sqlx::query_scalar::<_, String>(sql).fetch_all(admin).await.unwrap());
    }
    rows.sort_unstable();
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_that_is_killed_and_begun_again_leaves_the_rows_of_an_undisturbed_one() {
    let home = home();
    let file = home.path().join("book.jsonl");
    let options = GenOptions {
        count: COUNT,
        seed: 11,
        as_of: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(),
        out: file.clone(),
        truth: home.path().join("truth.jsonl"),
    };
    generate_files(&options).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.splice(100..100, UNREADABLE);
    fs::write(&file, lines.join("\n")).unwrap();

    let calm = Place::new(home.path(), "calm").await;
    let (code, expected, _) = calm.load(&file, &[]);
    assert_eq!((code, &expected["unreadable"]), (1, &3.into()));

    let killed = Place::new(home.path(), "killed").await;
    let admin = killed.database.admin().await;
    let mut interrupted = 0;
    for submissions in KILLS {
        let mut child = killed.begin(&file, &[]);
        eventually("the load has come so far", async || {
            (count(&admin, "SELECT count(*) FROM submission").await >= submissions
                || child.try_wait().unwrap().is_some())
            .then_some(())
        })
        .await;
        child.kill().unwrap();
        // None: it was killed.
        interrupted += i32::from(child.wait().unwrap().code().is_none());
    }
    assert!(interrupted > 0, "every load came to its end before it was killed");
    let (code, mut summary, _) = killed.load(&file, &[]);
    assert_eq!(code, 1);
    assert!(summary["resumed_after_line"].as_u64().unwrap() >= 1_000, "{summary}");
    summary["resumed_after_line"] = Value::Null;
    assert_eq!(summary, expected);
    assert_eq!(killed.report(), calm.report());
    let (left, wanted) = (rows(&admin).await, rows(&calm.database.admin().await).await);
    assert!(left == wanted, "{} rows instead of {}", left.len(), wanted.len());
    assert!(count(&admin, "SELECT count(*) FROM contact_use WHERE baseline").await > 1_000);
    assert_eq!(count(&admin, "SELECT count(*) FROM contact_use WHERE NOT baseline").await, 0);

    let (_, again, said) = killed.load(&file, &[]);
    assert!(said.contains("going on after line"), "{said}");
    assert_eq!((&again["accepted"], rows(&admin).await.len()), (&expected["accepted"], left.len()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoint_of_another_database_is_not_believed_and_a_dry_run_records_nothing() {
    let home = home();
    let file = home.path().join("book.jsonl");
    let text = format!("\n{}\n", message("A-1", 1));
    fs::write(&file, text).unwrap();

    let place = Place::new(home.path(), "first").await;
    let (code, summary, _) = place.load(&file, &["--dry-run"]);
    assert_eq!((code, &summary["accepted"], &summary["dry_run"]), (0, &1.into(), &true.into()));
    let admin = place.database.admin().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM submission").await, 0);

    let (code, summary, _) = place.load(&file, &[]);
    assert_eq!((code, &summary["accepted"]), (0, &1.into()));
    assert_eq!(count(&admin, "SELECT count(*) FROM submission").await, 1);

    let other = Place { folder: place.folder.clone(), database: TestDatabase::new().await };
    let (code, summary, said) = other.load(&file, &[]);
    assert_eq!((code, &summary["accepted"]), (0, &1.into()));
    assert!(said.contains("of another database"), "{said}");
    assert_eq!(count(&other.database.admin().await, "SELECT count(*) FROM submission").await, 1);
}

/// An application in proto3 JSON.
fn message(application_no: &str, n: u32) -> Value {
    let sent = application(application_no, n);
    let holder = sent.policyholder.as_ref().unwrap();
    let person = serde_json::json!({
        "name": holder.name, "sex": "SEX_MALE", "birthDate": { "year": 1985, "month": 3, "day": 15 },
        "certificate": {
            "kind": "CERTIFICATE_KIND_RESIDENT_ID", "number": holder.certificate.as_ref().unwrap().number,
            "validUntil": { "year": 2036, "month": 1, "day": 1 },
        },
        "phones": holder.phones, "nationality": "CHN",
        "address": { "text": format!("广东省广州市越秀区示范路{n}号3栋502室") },
    });
    serde_json::json!({
        "source": "core", "applicationNo": application_no, "kind": "APPLICATION_KIND_NEW_BUSINESS",
        "channel": "CHANNEL_BANCASSURANCE", "branchCode": "4401", "sellerCode": "S001", "agencyCode": "A001",
        "product": { "code": "P1", "name": "示范终身寿险", "class": "PRODUCT_CLASS_ORDINARY_LIFE",
            "term": { "wholeLife": true } },
        "appliedOn": { "year": 2026, "month": 11, "day": 20 },
        "policyholder": person, "insureds": [{ "person": person, "relation": "RELATION_ONESELF" }],
        "accounts": [{ "purpose": "ACCOUNT_PURPOSE_PREMIUM", "number": sent.accounts[0].number,
            "kind": "ACCOUNT_KIND_CARD", "bankCode": "ICBC", "holderName": holder.name }],
    })
}

const HEADINGS: &str = "投保单号,销售渠道,分支机构代码,销售人员工号,代理机构代码,产品代码,产品名称,险种类别,保险期间,投保日期,\
    投保人姓名,投保人性别,投保人出生日期,投保人证件类型,投保人证件号码,投保人证件有效期至,投保人电话,投保人地址,投保人国籍,\
    被保险人与投保人关系,缴费账号,缴费账户类型,缴费银行代码,缴费账户户名";

/// A row under [`HEADINGS`]: the `n`th man insures himself.
fn row(application_no: &str, n: u32, channel: &str, phone: &str) -> String {
    let sent = application(application_no, n);
    let holder = sent.policyholder.unwrap();
    format!(
        "{application_no},{channel},4401,S001,A001,P1,示范终身寿险,普通寿险,终身,2026年11月20日,{name},男,1985/3/15,居民身份证,\
         \"=\"\"{number}\"\"\",20360101,{phone},广东省广州市越秀区示范路{n}号3栋502室,CHN,本人,{account},银行卡,ICBC,{name}",
        name = holder.name,
        number = holder.certificate.unwrap().number,
        account = sent.accounts[0].number,
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_csv_in_gb18030_says_the_same_as_messages() {
    let service = TestService::start().await;
    let client = service.client("core").await;
    // What the first row says, sent as a message.
    let mut sent = application("A-9", 1);
    let address =
        Address { text: "广东省广州市越秀区示范路1号3栋502室".into(), ..Address::default() };
    sent.insureds[0].person.as_mut().unwrap().address = Some(address.clone());
    sent.policyholder.as_mut().unwrap().address = Some(address);
    let phone = sent.policyholder.as_ref().unwrap().phones[0].clone();
    client.validate(request(1, sent)).await.unwrap();

    let place = Place { folder: service.folder.path().to_owned(), database: service.database.clone() };
    let file = place.folder.join("book.csv");
    let text = [
        HEADINGS.to_owned(),
        row("A-1", 1, "银保", &phone),
        row("A-2", 2, "银保", ""),
        row("A-3", 3, "邮局", &phone),
        "A-4,\"银保".to_owned(),
        String::new(),
    ]
    .join("\r\n");
    let (bytes, _, _) = GB18030.encode(&text);
    fs::write(&file, bytes).unwrap();

    let (code, summary, said) = place.load(&file, &["--source", "core"]);
    assert_eq!(code, 1, "{summary} {said}");
    let counts: BTreeMap<&str, &Value> =
        ["accepted", "rejected", "unreadable"].map(|name| (name, &summary[name])).into();
    assert_eq!(
        counts,
        BTreeMap::from([("accepted", &1.into()), ("rejected", &1.into()), ("unreadable", &2.into())]),
        "{summary}"
    );
    let mended: Vec<String> = place.report().iter().map(Value::to_string).collect();
    assert_eq!(
        mended,
        [
            r#"{"findings":[{"code":"FIELD_MISSING","field_path":"policyholder.phones"}],"line":3,"verdict":"REJECTED"}"#,
            r#"{"fields":["application.channel"],"line":4,"problem":"FIELD_UNREADABLE"}"#,
            r#"{"fields":[],"line":5,"problem":"NOT_A_ROW"}"#,
        ]
    );

    let admin = service.database.admin().await;
    let uses = "SELECT concat_ws(' ', c.clue, c.fingerprint, c.party_no, c.purpose, c.role, c.customer_id, c.name_fingerprint)
                FROM contact_use c JOIN application a ON a.id = c.application_id
                WHERE a.application_no = $1 AND c.baseline = $2 ORDER BY 1";
    let loaded: Vec<String> =
        sqlx::query_scalar(uses).bind("A-1").bind(true).fetch_all(&admin).await.unwrap();
    let called: Vec<String> =
        sqlx::query_scalar(uses).bind("A-9").bind(false).fetch_all(&admin).await.unwrap();
    assert_eq!(loaded.len(), 9, "{loaded:?}");
    assert_eq!(loaded, called);
    assert_eq!(
        count(
            &admin,
            "SELECT count(*) FROM submission WHERE product_class = 1 AND term_unit = 5 AND term_length = 0"
        )
        .await,
        3,
        "class and term of every application that was read"
    );
    let twice =
        "SELECT count(*) FROM (SELECT fingerprint FROM contact_pending GROUP BY epoch, clue, fingerprint
                 HAVING bool_or(baseline) AND bool_or(NOT baseline)) AS twice";
    assert!(count(&admin, twice).await > 0, "a key waits for both lists, once for each");
    assert_eq!(
        count(&admin, "SELECT count(*) FROM contact_use c JOIN application a ON a.id = c.application_id WHERE a.application_no = 'A-2'").await,
        0,
        "a rejected one has no contacts"
    );
}
