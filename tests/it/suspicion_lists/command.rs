//! `zhenshi list run`, `show` and `export` beside a service, by the clock of the machine.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Output};

use chrono::{Days, NaiveDate};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Executor as _};
use zhenshi::clock::{Clock as _, SystemClock};
use zhenshi_domain::{calendar::Calendar, shanghai};

use crate::support::{
    applications::{application, man, request},
    program,
    service::TestService,
};

/// Two customers with one phone, recorded long ago as far as the lists can tell: whichever day it is, they are news.
async fn sharing() -> TestService {
    let service = TestService::start().await;
    let client = service.client("core").await;
    client.validate(request(1, application("A-1", 1))).await.unwrap();
    let mut second = application("A-2", 2);
    let phones = man(1).phones;
    second.policyholder.as_mut().unwrap().phones.clone_from(&phones);
    second.insureds[0].person.as_mut().unwrap().phones = phones;
    client.validate(request(2, second)).await.unwrap();
    let long_ago = [
        "contact_use SET recorded_time",
        "application_party SET recorded_time",
        "contact_pending SET opened_time",
    ]
    .map(|column| format!("UPDATE {column} = '2020-01-01'"));
    service.database.admin().await.execute(AssertSqlSafe(long_ago.join(";"))).await.unwrap();
    service
}

fn list(service: &TestService, arguments: &[&str]) -> Output {
    let mut command = program::command(service.folder.path(), Some(&service.database.url));
    command.arg("list").args(arguments).output().unwrap()
}

fn lines(done: &Output) -> Vec<Value> {
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = str::from_utf8(&done.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The newest working day, and the day after today.
fn days() -> (NaiveDate, NaiveDate) {
    let today = shanghai::date(SystemClock.now());
    let calendar = Calendar::shipped().unwrap();
    let working = |back: &u64| calendar.provisional_is_working_day(today - Days::new(*back)).value;
    (today - Days::new((0..30).find(working).unwrap()), today + Days::new(1))
}

/// Exit code and what was said of a refused command; nothing is on stdout.
fn refused(done: &Output) -> (i32, String) {
    assert!(done.stdout.is_empty(), "{done:?}");
    (done.status.code().unwrap(), String::from_utf8_lossy(&done.stderr).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_made_shown_and_exported_from_the_command_line() {
    let service = sharing().await;
    let (day, tomorrow) = days();
    let day = day.to_string();
    let made = lines(&list(&service, &["run", "--date", &day, "--json"]));
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!((&made[0]["state"], &made[0]["list_date"]), (&"sealed".into(), &day.as_str().into()));
    assert_eq!((&made[0]["suspicion_count"], &made[0]["kind"]), (&1.into(), &"daily".into()));
    // Asked for again, it is the same.
    assert_eq!(lines(&list(&service, &["run", "--date", &day, "--json"])), made);

    let shown = lines(&list(&service, &["show", "--date", &day, "--json"]));
    assert_eq!(shown[0], made[0]);
    assert_eq!((shown.len(), &shown[1]["clue"]), (2, &"SAME_PHONE".into()));
    let members = shown[1]["members"].as_array().unwrap();
    let mut applications: Vec<&str> =
        members.iter().map(|member| member["application_no"].as_str().unwrap()).collect();
    applications.dedup();
    assert_eq!(applications, ["A-1", "A-2"]);
    let text = String::from_utf8(list(&service, &["show", "--date", &day]).stdout).unwrap();
    assert!(text.contains("SAME_PHONE  2 customers") && text.contains("core A-2 party 0  new"), "{text}");
    assert!(!text.contains("测试") && !text.contains(&man(1).phones[0]), "nothing is decrypted");

    let place = service.folder.path().join("list.csv");
    let out = place.to_str().unwrap();
    let done =
        list(&service, &["export", "--date", &day, "--format", "csv", "--language", "en", "--out", out]);
    assert!(done.status.success(), "{done:?}");
    let csv = fs::read_to_string(&place).unwrap();
    assert!(
        csv.starts_with('\u{feff}') && csv.contains("same phone") && csv.contains("139****0001"),
        "{csv}"
    );
    assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
    let book = service.folder.path().join("list.xlsx");
    assert!(list(&service, &["export", "--date", &day, "--out", book.to_str().unwrap()]).status.success());
    assert!(fs::read(&book).unwrap().starts_with(b"PK"));

    let (code, said) = refused(&list(&service, &["run", "--date", &tomorrow.to_string()]));
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("still to come"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_shown_or_exported_is_said_and_leaves_no_file() {
    let service = sharing().await;
    let out = service.folder.path().join("none.xlsx");
    let left = |path: &Path| path.exists() || path.with_file_name("none.xlsx.part").exists();
    for arguments in [
        &["show", "--date", "2020-01-02"][..],
        &["export", "--date", "2020-01-02", "--out", out.to_str().unwrap()],
    ] {
        let (code, said) = refused(&list(&service, arguments));
        assert_eq!(code, 3, "{said}");
        assert!(said.contains("no such suspicion list"), "{said}");
    }
    // A day without a list, and one that is no day.
    assert_eq!(refused(&list(&service, &["run", "--date", "2020-01-05"])).0, 3);
    assert_eq!(refused(&list(&service, &["run", "--date", "2020-02-30"])).0, 2);
    assert!(!left(&out));
    let elsewhere = service.folder.path().join("no-folder").join("none.xlsx");
    let (day, _) = days();
    assert!(list(&service, &["run", "--date", &day.to_string()]).status.success());
    let export = ["export", "--date", &day.to_string(), "--out", elsewhere.to_str().unwrap()];
    let (code, said) = refused(&list(&service, &export));
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("cannot write"), "{said}");
}
