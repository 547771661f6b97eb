//! The worklist: rows, filters, what is done with many, what is kept of it, the word that something has changed, its size.

use std::time::Duration;

use http_body_util::BodyExt as _;

use crate::{
    cases_worklist::relay,
    support::{
        cases::{AGENT, BANK, DIRECT, Office},
        web::{Answer, Browser},
    },
};

/// An office with seven cases that were distributed: five of the bank's clerks, one of the agents', one of the direct unit.
async fn office() -> Office {
    let office = Office::open().await;
    for (phone, name) in (1..).zip(["a", "b", "c", "d", "e"]) {
        office.share_phone(name, phone, &[BANK, BANK]).await;
    }
    office.share_phone("agents", 6, &[AGENT, AGENT]).await;
    office.share_phone("direct", 7, &[DIRECT, DIRECT]).await;
    office.sort_and_distribute("2026-11-24").await;
    office.at("2026-11-24 09:30");
    office
}

fn rows(answer: &Answer) -> usize {
    answer.text().matches("data-row").count()
}

/// The value of the hidden field `name` of the page.
fn field(answer: &Answer, name: &str) -> String {
    let (_, rest) = answer.text().split_once(&format!("name=\"{name}\" value=\"")).expect("the field");
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_list_shows_what_the_filters_ask_for_within_the_role() {
    let office = office().await;
    let mut service = Browser::of(&office.service, "CS1").await;
    let all = service.get("/cases").await;
    assert_eq!((all.status, rows(&all)), (200, 7), "{}", all.text());
    for wanted in ["剩余 3 个工作日", "同一电话", "银行保险", "S-BANK", "已分派"] {
        assert!(all.text().contains(wanted), "{wanted}");
    }
    let one = office.case_of("agents-1").await;
    let asked = [
        ("/cases?channel=individual-agents", 1),
        ("/cases?seller=S-BANK", 5),
        ("/cases?state=assigned&state=open", 7),
        ("/cases?state=closed", 0),
        ("/cases?overdue=1", 0),
        ("/cases?due=2026-11-27", 7),
        ("/cases?due=2026-11-26", 0),
        ("/cases?call=2026-11-30", 0),
        ("/cases?list=2026-11-24", 7),
        ("/cases?clue=same-bank-account", 0),
        ("/cases?assignee=A1", 1),
        ("/cases?channel=&clue=&branch=&no=20261124-", 7),
    ];
    for (path, count) in asked {
        assert_eq!(rows(&service.get(path).await), count, "{path}");
    }
    let found = service.get(&format!("/cases?no={}", one.case_no)).await;
    assert!(rows(&found) == 1 && found.text().contains(&one.case_no));
    let mut clerk = Browser::of(&office.service, "A1").await;
    assert_eq!(rows(&clerk.get("/cases?assignee=me").await), 1);
    let mut leader = Browser::of(&office.service, "BL").await;
    assert_eq!(rows(&leader.get("/cases").await), 5);
    let mut administrator = Browser::new(&office.service);
    office.app().accounts("test").create("admin.one", "AD", "correct horse battery", false).await.unwrap();
    let fields = [("name", "admin.one"), ("password", "correct horse battery")];
    administrator.post("/sign-in", &fields).await;
    let refused = administrator.get("/cases").await;
    assert!(refused.status == 403 && refused.text().contains("您的角色不能进行此操作"));
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_named_and_kept() {
    let office = office().await;
    let mut service = Browser::of(&office.service, "CS1").await;
    let wrong = service.get("/cases?channel=moon&due=2026-02-30&seller=S-BANK").await;
    assert_eq!((wrong.status, rows(&wrong)), (422, 0));
    assert!(wrong.text().contains("销售渠道") && wrong.text().contains("到期日不晚于"));
    assert!(wrong.text().contains("value=\"S-BANK\"") && wrong.text().contains("value=\"2026-02-30\""));
    assert_eq!(service.get("/cases?after=x").await.status, 400);
}

#[tokio::test]
async fn many_are_assigned_and_urged_and_each_is_answered_for() {
    let office = office().await;
    let mut service = Browser::of(&office.service, "CS1").await;
    let page = service.get("/cases?seller=S-BANK").await;
    let (csrf, request_id) = (page.csrf(), field(&page, "request_id"));
    let (a, agents) = (office.case_of("a-1").await, office.case_of("agents-1").await);
    let to = if a.assignee.as_deref() == Some("B1") { "B2" } else { "B1" };
    let (one, other) = (a.id.to_string(), agents.id.to_string());
    let fields = [
        ("csrf", csrf.as_str()),
        ("request_id", &request_id),
        ("act", "assign"),
        ("case", &one),
        ("case", &other),
        ("staff", to),
        ("reason", "均衡工作量"),
        ("query", "seller=S-BANK"),
    ];
    let done = service.post("/cases/act", &fields).await;
    assert!(done.status == 200 && done.text().contains("已完成 1 件"), "{}", done.text());
    assert!(done.text().contains("1 件未完成") && done.text().contains(&agents.case_no));
    assert_eq!(office.case_of("a-1").await.assignee.as_deref(), Some(to));
    // The same form again is the same answer; with other content it is refused.
    assert!(service.post("/cases/act", &fields).await.text().contains("已完成 1 件"));
    let nothing = [("csrf", csrf.as_str()), ("request_id", &request_id), ("act", "urge")];
    assert!(service.post("/cases/act", &nothing).await.text().contains("没有选择问题件"));
    let staff = service.get("/cases/staff?channel=bancassurance").await;
    assert!(staff.text().contains("value=\"B1\"") && !staff.text().contains("value=\"A1\""));
}

#[tokio::test]
async fn all_that_match_are_taken_only_if_they_are_as_many_as_were_shown() {
    let office = office().await;
    let mut service = Browser::of(&office.service, "CS1").await;
    let matching = service.get("/cases/matching?seller=S-BANK").await;
    assert_eq!(matching.text(), "5");
    let page = service.get("/cases?seller=S-BANK").await;
    let (csrf, request_id) = (page.csrf(), field(&page, "request_id"));
    let urge = |all: &'static str| {
        [
            ("csrf", csrf.clone()),
            ("request_id", request_id.clone()),
            ("act", "urge".into()),
            ("all", all.into()),
            ("query", "seller=S-BANK".into()),
        ]
    };
    let fields = urge("4");
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = service.post("/cases/act", &fields).await;
    assert!(refused.text().contains("现为 5 件"), "{}", refused.text());
    let fields = urge("5");
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = service.post("/cases/act", &fields).await;
    assert!(done.text().contains("已完成 5 件"), "{}", done.text());
}

#[tokio::test]
async fn views_and_keys_are_kept_for_each_person() {
    let office = office().await;
    let mut service = Browser::of(&office.service, "CS1").await;
    let save = [("name", "银保 <逾期>"), ("query", "channel=bancassurance&overdue=1&after=1.2")];
    let saved = service.submit("/cases", "/cases/views", &save).await;
    assert_eq!((saved.status, saved.header("location")), (303, "/cases?channel=bancassurance&overdue=1"));
    let page = service.get("/cases").await;
    assert!(
        page.text().contains("银保 &#60;逾期&#62;")
            && page.text().contains("id=\"keys\" aria-labelledby=\"keys-head\" data-keys")
    );
    let mut other = Browser::of(&office.service, "CS2").await;
    assert!(!other.get("/cases").await.text().contains("银保 &#60;"));
    assert_eq!(service.submit("/cases", "/cases/keys", &[("on", "false")]).await.status, 303);
    assert!(!service.get("/cases").await.text().contains(" data-keys"));
    assert!(other.get("/cases").await.text().contains(" data-keys"));
    for n in 1..20 {
        let name = format!("视图{n}");
        assert_eq!(service.submit("/cases", "/cases/views", &[("name", &name)]).await.status, 303);
    }
    let full = service.submit("/cases", "/cases/views", &[("name", "再一个")]).await;
    assert!(full.status == 422 && full.text().contains("最多保存 20 个视图"));
    assert_eq!(service.submit("/cases", "/cases/views", &[("name", "  ")]).await.status, 422);
    service.submit("/cases", "/cases/views/drop", &[("name", "银保 <逾期>")]).await;
    assert!(!service.get("/cases").await.text().contains("银保 &#60;"));
}

#[tokio::test]
async fn a_change_is_told_and_the_end_of_the_session_ends_it() {
    let office = office().await;
    let mut service = Browser::of(&office.service, "CS1").await;
    let mut live = service.open("/cases/live?query=seller%3DS-BANK").await;
    assert_eq!(live.headers()["content-type"], "text/event-stream");
    let page = service.get("/cases").await;
    let (csrf, request_id) = (page.csrf(), field(&page, "request_id"));
    let id = office.case_of("a-1").await.id.to_string();
    let fields = [("csrf", csrf.as_str()), ("request_id", &request_id), ("act", "urge"), ("case", &id)];
    assert!(service.post("/cases/act", &fields).await.text().contains("已完成 1 件"));
    relay(&office).await;
    assert!(told(&mut live).await.contains("event: changed"));
    let refused = service.get("/cases/live?query=channel%3Dmoon").await;
    assert_eq!(refused.status, 400);
}

/// The next word of a stream.
async fn told(live: &mut hyper::Response<hyper::body::Incoming>) -> String {
    let next = tokio::time::timeout(Duration::from_secs(20), live.body_mut().frame()).await;
    let frame = next.expect("a word in time").expect("the stream goes on").unwrap();
    String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
}

/// What a browser with nothing kept loads for the worklist: the page and every file that it names.
#[tokio::test]
async fn a_cold_worklist_of_fifty_rows_is_within_its_budget() {
    let office = Office::open().await;
    for phone in 1..=60 {
        office.share_phone(&format!("p{phone}"), phone, &[BANK, BANK]).await;
    }
    office.sort_and_distribute("2026-11-24").await;
    let mut service = Browser::of(&office.service, "CS1").await;
    let page = service.get("/cases").await;
    assert_eq!(rows(&page), 50);
    let (_, rest) = page.text().split_once("after=").expect("there is a next page");
    let after = rest.split('"').next().unwrap();
    let all = office.cases().await.len();
    assert!(all > 50, "more than a page: {all} cases");
    assert_eq!(rows(&service.get(&format!("/cases?after={after}")).await), (all - 50).min(50));
    let mut bytes = page.body.len();
    service.headers.push(("accept-encoding", "gzip".into()));
    let named: std::collections::BTreeSet<&str> =
        page.text().split("\"/assets/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(named.len() >= 5);
    for path in named {
        bytes += service.get(&format!("/assets/{path}")).await.body.len();
    }
    bytes += service.get("/cases/counts").await.body.len();
    println!("a cold worklist of 50 rows: {bytes} bytes, of which the page {}", page.body.len());
    assert!(bytes <= 150_000, "{bytes} bytes");
}
