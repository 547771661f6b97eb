//! `zhenshi case …` beside a running service: an operator takes a case from sorting to its verified end, by the clock of the machine.

use std::{fs, path::Path, process::Output};

use serde_json::Value;
use sqlx::Executor as _;

use crate::support::{
    cases::{AGENT, BANK, DAY, Office},
    evidence::pdf,
    program,
};

/// A command in the office's folder.
fn case(office: &Office, arguments: &[&str]) -> Output {
    let service = &office.service;
    let mut command = program::command(service.folder.path(), Some(&service.database.url));
    command.arg("case").args(arguments).output().unwrap()
}

/// The one case that a command answers with, as JSON.
fn done(office: &Office, arguments: &[&str]) -> Value {
    let all = lines(&case(office, &[arguments, &["--json"]].concat()));
    assert_eq!(all.len(), 1, "{arguments:?}: {all:?}");
    all.into_iter().next().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    str::from_utf8(&output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Exit code and words of a refused command; nothing is on stdout.
fn refused(output: &Output) -> (i32, String) {
    assert!(output.stdout.is_empty(), "{output:?}");
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Two cases that nobody has: of two customers of one channel each. The machine's clock is far behind or ahead of the office's, so
/// the cases are made old.
async fn office() -> (Office, [String; 2]) {
    let office = Office::open().await;
    office.share_phone("P", 1, &[BANK, BANK]).await;
    office.share_phone("Q", 2, &[AGENT, BANK]).await;
    office.sort(DAY).await;
    let old = "UPDATE case_file SET created_time = '2020-01-01', release_time = '2020-01-01'";
    office.admin.execute(old).await.unwrap();
    let numbers = [office.case_of("P-1").await.case_no, office.case_of("Q-1").await.case_no];
    (office, numbers)
}

fn attach(office: &Office, case_no: &str, file: &Path, kind: &str) {
    let file = file.to_str().unwrap();
    let signed = ["--signed-on", "2020-02-03", "--by-policyholder", "--original-seen"];
    done(office, &[&["attach", case_no, file, "--kind", kind, "--as", "B1"][..], &signed].concat());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_goes_from_sorting_to_its_end_by_commands() {
    let (office, [case_no, _]) = office().await;
    let one = case_no.as_str();
    assert_eq!(done(&office, &["hold", one, "等待", "--as", "CS1"])["state"], "SORTING");
    done(&office, &["hold", one, "--let-go", "可以", "--as", "CS1"]);
    let released = done(&office, &["release", one, "--as", "CS1"]);
    assert_ne!(released["state"], "SORTING");
    let assigned = done(&office, &["assign", one, "--to", "B1", "--reason", "指定", "--as", "CS1"]);
    assert_eq!((&assigned["state"], &assigned["assignee_code"]), (&"ASSIGNED".into(), &"B1".into()));
    assert_eq!(done(&office, &["start", one, "--as", "B1"])["state"], "INVESTIGATING");
    done(&office, &["comment", one, "已联系", "--as", "B1"]);
    done(&office, &["attempt", one, "--means", "PHONE", "--result", "REACHED", "--as", "B1"]);
    done(&office, &["urge", one, "--as", "BL"]);
    let paused = done(&office, &["pause", one, "客户出境", "--as", "BL"]);
    assert_eq!(paused["paused"], true);
    done(&office, &["resume", one, "--as", "B1"]);
    done(&office, &["extend", one, "--days", "1", "客户出境", "--as", "CS1"]);

    // What is missing is refused, all of it, and nothing is changed.
    let submit = ["submit", one, "--outcome", "CLEARED", "--relation", "FAMILY", "查明", "--as", "B1"];
    let (code, said) = refused(&case(&office, &submit));
    assert_eq!(code, 3);
    assert!(said.contains("CUSTOMER_PROOF") && said.contains("SIGNATURE"), "{said}");

    let file = office.service.folder.path().join("proof.pdf");
    fs::write(&file, pdf(200_000)).unwrap();
    attach(&office, one, &file, "CUSTOMER_PROOF");
    attach(&office, one, &file, "CONFIRMATION_FORM");
    let asked = done(&office, &["request-call-back", one, "请核实", "--as", "B1"]);
    assert_eq!(asked["state"], "INVESTIGATING");
    let shown = done(&office, &["show", one]);
    let id = shown["details"]["call_back_request_ids"][0].as_str().unwrap().to_owned();
    done(&office, &["answer-call-back", one, "--id", &id, "--answer", "CONFIRMED", "--as", "CS1"]);
    assert_eq!(done(&office, &submit)["state"], "SUBMITTED");
    assert_eq!(done(&office, &["return", one, "签名不清", "--as", "CS2"])["state"], "INVESTIGATING");
    assert_eq!(done(&office, &submit)["round"], 2);
    let verified = done(&office, &["verify", one, "--as", "CS2"]);
    if verified["state"] == "SUBMITTED" {
        // It is in compliance's share.
        done(&office, &["verify", one, "--as", "CO1"]);
    }
    let ended = done(&office, &["show", one]);
    assert_eq!(ended["state"], "CLOSED");

    // What went in comes out, into a file that only its owner can read.
    let evidence = ended["details"]["evidence_ids"][0].as_str().unwrap();
    let out = office.service.folder.path().join("out.pdf");
    let read = ["evidence", one, "--id", evidence, "--purpose", "检查", "--output", out.to_str().unwrap()];
    let read = case(&office, &[&read[..], &["--as", "CS1"]].concat());
    assert!(read.status.success(), "{read:?}");
    assert_eq!(fs::read(&out).unwrap(), pdf(200_000));
    let reopened = done(&office, &["reopen", one, "另有线索", "--as", "CS1"]);
    assert_eq!(reopened["state"], "OPEN");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claims_assists_appeals_and_withdrawals_by_commands() {
    let (office, [first, second]) = office().await;
    assert_eq!(lines(&case(&office, &["release", &first, &second, "--as", "CS1", "--json"])).len(), 2);
    let claimed = done(&office, &["claim", "--as", "B2"]);
    assert_eq!(claimed["assignee_code"], "B2");
    // By many at once: each is answered for by itself, and what somebody has wants a reason.
    let many = ["assign", &first, &second, "--to", "B1", "--as", "CS1"];
    let output = case(&office, &many);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 of 2"), "{output:?}");
    let many = [&many[..], &["--reason", "调整", "--json"]].concat();
    let given = lines(&case(&office, &many));
    assert!(given.iter().all(|one| one["assignee_code"] == "B1"), "{given:?}");

    // The other channel of the second case answers its assist: whoever has it, or customer service does without.
    let assist = ["answer-assist", &second, "--channel", "1", "--override", "渠道无人", "--as", "CS1"];
    done(&office, &assist);
    let taken = done(&office, &["take-over", &second, "亲自排查", "--as", "CS1"]);
    assert_eq!(taken["assignee_code"], "CS1");
    done(&office, &["appeal", &first, "误发", "--as", "B1"]);
    let shown = done(&office, &["show", &first]);
    let appeal = shown["details"]["appeal_ids"][0].as_str().unwrap().to_owned();
    let decided = ["decide-appeal", &first, "--id", &appeal, "--accept", "确为误发", "--as", "CO1"];
    assert_eq!(done(&office, &decided)["state"], "WITHDRAWN");

    // The form is written once, for a customer of the case.
    let customer = done(&office, &["show", &second])["details"]["members"][0]["customer_id"].clone();
    let form = office.service.folder.path().join("form.html");
    let wanted =
        ["form", &second, "--customer", customer.as_str().unwrap(), "--output", form.to_str().unwrap()];
    let wanted = [&wanted[..], &["--as", "CS1"]].concat();
    assert!(case(&office, &wanted).status.success());
    assert!(fs::read_to_string(&form).unwrap().contains("<html"));
    assert_eq!(refused(&case(&office, &wanted)).0, 3, "a file that is there is not written over");

    assert_eq!(done(&office, &["withdraw", &second, "重复", "--as", "CS1"])["state"], "INVESTIGATING");
    let (code, said) = refused(&case(&office, &["withdraw", &second, "重复", "--as", "CS1"]));
    assert!(code == 3 && said.contains("second person"), "{said}");
    assert_eq!(done(&office, &["withdraw", &second, "同意", "--as", "CS2"])["state"], "WITHDRAWN");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_arguments_and_forbidden_verbs_are_told_apart() {
    let (office, [first, _]) = office().await;
    let (code, said) = refused(&case(&office, &["submit", &first, "--outcome", "FALSE", "x", "--as", "B1"]));
    assert_eq!(code, 2);
    assert!(said.contains("CONFIRMED_FALSE"), "{said}");
    let (code, _) = refused(&case(&office, &["verify", &first, "--as", "B1"]));
    assert_eq!(code, 3, "a clerk verifies nothing");
    let (code, said) = refused(&case(&office, &["start", &first, "--as", "NOBODY"]));
    assert_eq!(code, 3);
    assert!(said.contains("no active member of staff NOBODY"), "{said}");
}
