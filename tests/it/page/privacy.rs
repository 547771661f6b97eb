//! Access, loans, leaks and the audit log on the page: for whom, and what is refused. How they are worked with is driven by
//! `tests/browser/privacy.test.mjs`.

use zhenshi_proto::zhenshi::v1 as proto;

use crate::{
    privacy::Vault,
    support::{
        cases::{BANK, Office},
        web::Browser,
    },
};

const REQUEST: (&str, &str) = ("request_id", "0190d8f2-0000-4000-8000-000000000011");

#[tokio::test]
async fn each_page_is_for_the_roles_that_may() {
    let office = Office::open().await;
    let pages = [
        "/access",
        "/access/new",
        "/loans",
        "/incidents",
        "/incidents/new",
        "/audit",
        "/exports",
        "/exports/new",
    ];
    let expected = [
        ("B1", [200, 200, 200, 403, 200, 403, 403, 403]),
        ("BL", [200, 200, 200, 403, 200, 403, 403, 403]),
        ("CS1", [200, 200, 200, 403, 200, 403, 200, 200]),
        ("CO1", [200, 200, 200, 200, 200, 200, 200, 200]),
        ("IS", [200, 200, 200, 200, 200, 200, 200, 200]),
        ("CSM", [200, 200, 200, 200, 200, 403, 200, 200]),
        ("AD", [403, 403, 403, 403, 200, 403, 403, 403]),
        ("AU", [200, 403, 200, 200, 200, 200, 200, 403]),
    ];
    for (code, statuses) in expected {
        let mut browser = Browser::of(&office.service, code).await;
        let board = browser.get("/").await;
        for (page, status) in pages.iter().zip(statuses) {
            let answer = browser.get(page).await;
            assert_eq!(answer.status, status, "{code} {page}: {}", answer.text());
            // The navigation leads to what may be seen, and nowhere else.
            let led = board.text().contains(&format!("<li><a href=\"{page}\""));
            let own = !matches!(*page, "/access/new" | "/exports/new");
            assert_eq!(led, status == 200 && own, "{code} {page}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read_or_is_not_there_is_said_to_be_so() {
    let office = Office::open().await;
    office.share_phone("a", 1, &[BANK, BANK]).await;
    office.sort_and_distribute("2026-11-24").await;
    let case = office.case_of("a-1").await;
    let mut browser = Browser::of(&office.service, "IS").await;
    let nothing = "0190d8f2-0000-7000-8000-00000000ffff";
    for (path, status) in [
        ("/access?state=9".to_owned(), 400),
        ("/access?after=x".into(), 400),
        ("/access/x".into(), 404),
        (format!("/access/{nothing}"), 404),
        (format!("/incidents/{nothing}"), 404),
        ("/audit?subject=x".into(), 400),
        ("/audit?first=2026-02-30".into(), 400),
    ] {
        assert_eq!(browser.get(&path).await.status, status, "{path}");
    }
    let ask = |subject: String| {
        [
            REQUEST,
            ("purpose", "1"),
            ("kind", "1"),
            ("days", "1"),
            ("copies", "1"),
            ("reason", "<b>核对"),
            ("field-name", "on"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into_iter()
        .chain([("subject", subject)])
        .collect::<Vec<_>>()
    };
    for subject in
        ["", "19990101-000001", "x", &format!("{nothing}/-1"), &format!("{}/x", case.case_no), nothing]
    {
        let fields = ask(subject.to_owned());
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = browser.submit("/access/new", "/access/new", &fields).await;
        assert!(answer.status == 422 && answer.text().contains("&#60;b&#62;核对"), "{subject}");
    }
    let fields = ask(case.case_no.clone());
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let made = browser.submit("/access/new", "/access/new", &fields).await;
    assert_eq!(made.status, 303, "{}", made.text());
    // The same form again is the same request; with other content it is refused.
    let again = browser.submit("/access/new", "/access/new", &fields).await;
    assert_eq!(again.header("location"), made.header("location"));
    let path = made.header("location").split('?').next().unwrap().to_owned();
    let page = browser.get(&path).await;
    assert!(
        page.text().contains(&case.case_no) && page.text().contains("&#60;b&#62;核对"),
        "{}",
        page.text()
    );
    let own = browser.submit(&path, &path, &[("request_id", nothing), ("act", "agree")]).await;
    assert!(own.status == 422 && own.text().contains("此操作须由另一人员完成"), "{}", own.text());
    let unsaid = browser.submit(&path, &path, &[("request_id", nothing), ("act", "refuse")]).await;
    assert!(unsaid.status == 422 && unsaid.text().contains("表单有误"), "{}", unsaid.text());
}

#[tokio::test]
async fn supervision_reads_in_words_what_was_revealed_and_verifies_above_the_rows() {
    let vault = Vault::open().await;
    vault.show("B1", vault.reveal("")).await.unwrap();
    let enquiry = proto::AccessPurpose::Enquiry.into();
    let granted = vault.granted(proto::RequestAccessRequest { purpose: enquiry, ..vault.request() }).await;
    let asked = proto::RevealFieldsRequest {
        purpose: enquiry,
        enquirer_role: proto::EnquirerRole::Beneficiary.into(),
        identification: proto::EnquirerIdentification::Answers.into(),
        ..vault.reveal(&granted.grant_id)
    };
    vault.show("B1", asked).await.unwrap();
    let office = &vault.desk.office;
    let mut browser = Browser::of(&office.service, "CO1").await;
    let board = browser.get("/").await;
    let rows: Vec<_> = board.text().split("<tr>").filter(|row| row.contains("2026-11-24 09:00")).collect();
    let told = |all: &[&str]| rows.iter().any(|row| all.iter().all(|part| row.contains(part)));
    assert!(told(&["B1", "姓名、电话", "排查", "主办问题件", ">4<"]), "{}", board.text());
    let by = format!("href=\"/access/{}\"", granted.grant_id);
    let words = ["姓名、证件号码", "答复查询", "受益人 · 来电核对信息，号码非预留电话", "查阅许可", &by];
    assert!(told(&words), "{}", board.text());
    assert!(!board.text().contains("fields="), "no codes");
    browser.get("/language/en?return=/").await;
    assert!(browser.get("/").await.text().contains("beneficiary · by answers, from another number"));

    let app = office.app();
    app.store.relay(app.audit_keys.get()).await.unwrap();
    let audit = browser.get("/audit").await;
    let (verify, rows) = (audit.text().find("value=\"verify\""), audit.text().find("<tbody>"));
    assert!(verify.is_some() && rows.is_some() && verify < rows, "{}", audit.text());
}
