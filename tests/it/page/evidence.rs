//! Evidence of a case with a classified file on the case's page: refused in words, asked for, read by a grant of the reader's own.

use zhenshi_proto::zhenshi::v1 as proto;

use crate::{
    privacy::Vault,
    support::{
        evidence::pdf,
        web::{Answer, Browser},
    },
};

/// Reads the piece at `path` by a grant, or by none, for what has a hostile name.
async fn read(browser: &mut Browser, case: &str, path: &str, grant: &str) -> Answer {
    browser.submit(case, path, &[("purpose", "核对<b>签名"), ("grant_id", grant)]).await
}

#[tokio::test]
async fn it_is_read_by_a_grant_that_the_page_offers() {
    let vault = Vault::open().await;
    let office = &vault.desk.office;
    let sent = pdf(1_000);
    let made = vault.desk.attach(vault.desk.header(), &sent).await.unwrap();
    let number = office.case_of("P-1").await.case_no;
    let case = format!("/cases/{number}");
    let path = format!("{case}/evidence/{}", made.evidence.unwrap().evidence_id);
    let mut clerk = Browser::of(&office.service, "B1").await;
    assert_eq!(read(&mut clerk, &case, &path, "").await.body, sent, "of ordinary files by none");
    vault.classify("IS", proto::SecrecyClass::Confidential).await.unwrap();

    let refused = read(&mut clerk, &case, &path, "").await;
    let text = refused.text();
    assert!(refused.status == 403 && text.contains("未获得有效的查阅许可。 涉及机密或绝密档案"), "{text}");
    assert!(text.contains("核对&#60;b&#62;签名\"") && !text.contains("grant_id"), "{text}");
    let ask = format!("/access/new?subject={number}/{}&#38;field=field-evidence", vault.customer_id);
    assert!(text.contains(&ask), "where it is asked for: {text}");
    let form = clerk.get(&ask.replace("&#38;", "&")).await;
    assert!(form.text().contains("name=\"field-evidence\" value=\"on\" checked"), "{}", form.text());
    // Of somebody himself there is no evidence: it is a case's.
    let customer = vault.customer_id.to_string();
    let alone = [
        ("request_id", "0190d8f2-0000-4000-8000-000000000012"),
        ("subject", &customer),
        ("purpose", "1"),
        ("kind", "1"),
        ("days", "1"),
        ("copies", "1"),
        ("reason", "核对"),
        ("field-evidence", "on"),
    ];
    let wrong = clerk.submit("/access/new", "/access/new", &alone).await;
    assert!(wrong.status == 422 && wrong.text().contains("证明材料须以问题件"), "{}", wrong.text());

    let member = proto::AccessSubject { case_id: vault.desk.id(), ..vault.customer() };
    let asked = proto::RequestAccessRequest {
        subject: Some(member),
        fields: vec![proto::PersonField::Evidence.into()],
        ..vault.request()
    };
    let grant = vault.granted(asked).await;
    let page = clerk.get(&case).await;
    let offered = format!("<option value=\"{}\" selected>客户 ", grant.grant_id);
    assert!(page.text().contains(&offered), "{}", page.text());
    assert!(page.text().contains(" · 机密 · 至 2026-11-25 00:00</option>"), "{}", page.text());
    let content = read(&mut clerk, &case, &path, &grant.grant_id).await;
    assert_eq!((content.status, &content.body[..]), (200, &sent[..]));
    // Whom it was not given to is offered none, and helped by none.
    let mut service = Browser::of(&office.service, "CS1").await;
    assert!(!service.get(&case).await.text().contains(&grant.grant_id));
    let other = read(&mut service, &case, &path, &grant.grant_id).await;
    assert!(
        other.status == 403 && other.text().contains("没有此许可，或该许可不属于您。"),
        "{}",
        other.text()
    );
    let unreadable = read(&mut service, &case, &path, "x").await;
    assert!(unreadable.status == 422 && unreadable.text().contains("核对&#60;b&#62;签名\""));

    office.at("2026-11-25 00:00");
    let mut clerk = Browser::of(&office.service, "B1").await;
    assert!(!clerk.get(&case).await.text().contains(&grant.grant_id), "it is over");
    let late = read(&mut clerk, &case, &path, &grant.grant_id).await;
    assert!(late.status == 403 && late.text().contains("该许可已过期。"), "{}", late.text());
}
