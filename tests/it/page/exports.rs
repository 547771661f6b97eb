//! Exports of unmasked data on the page: asked for, agreed to by both named roles or refused with a reason, downloaded by who asked.

use std::io::Read as _;

use chrono::TimeDelta;

use crate::support::{
    cases::{BANK, Office},
    web::{Answer, Browser},
};

/// Numbers of forms: each is done once.
fn request_id(n: u32) -> String {
    format!("0190d8f2-0000-4000-8000-0000000001{n:02}")
}

/// A case of two customers, and who receives its data.
async fn office() -> (Office, String, age::x25519::Identity) {
    let office = Office::open().await;
    office.share_phone("a", 1, &[BANK, BANK]).await;
    office.sort_and_distribute("2026-11-24").await;
    let case = office.case_of("a-1").await.case_no;
    (office, case, age::x25519::Identity::generate())
}

/// Sends the form of asking, with `change` in it.
async fn ask(browser: &mut Browser, n: u32, key: &str, change: &[(&str, &str)]) -> Answer {
    let number = request_id(n);
    let mut fields = vec![
        ("request_id", number.as_str()),
        ("kind", "1"),
        ("purpose", "7"),
        ("reason", "合作核查<b>"),
        ("field-name", "on"),
        ("field-phones", "on"),
        ("receiver", "接收人乙"),
        ("organisation", "示例事务所"),
        ("recipient", key),
        ("format", "1"),
    ];
    for (name, value) in change {
        fields.retain(|(own, _)| own != name);
        fields.push((name, value));
    }
    browser.submit("/exports/new", "/exports/new", &fields).await
}

/// Sends the form of deciding.
async fn decide(browser: &mut Browser, n: u32, path: &str, act: &str, more: &[(&str, &str)]) -> Answer {
    let number = request_id(n);
    let fields = [&[("request_id", number.as_str()), ("act", act)], more].concat();
    browser.submit(path, path, &fields).await
}

fn path(made: &Answer) -> String {
    assert_eq!(made.status, 303, "{}", made.text());
    made.header("location").split('?').next().unwrap().to_owned()
}

fn decrypted(identity: &age::x25519::Identity, file: &[u8]) -> String {
    let mut plain = String::new();
    let mut reader =
        age::Decryptor::new(file).unwrap().decrypt(std::iter::once(identity as &dyn age::Identity)).unwrap();
    reader.read_to_string(&mut plain).unwrap();
    plain
}

#[tokio::test]
async fn both_named_roles_agree_and_who_asked_downloads() {
    let (office, case, identity) = office().await;
    let key = identity.to_public().to_string();
    let mut asker = Browser::of(&office.service, "CS1").await;
    for (change, told) in [
        (vec![("cases", "")], "请填写清单日期或问题件编号。"),
        (vec![("cases", "20200101-000001 x")], "没有此问题件：20200101-000001、x。"),
        (vec![("cases", case.as_str()), ("list_date", "2026-11-24")], "两者只能给出其一。"),
        (vec![("cases", case.as_str()), ("recipient", "age1x")], "不是有效的 age 公钥"),
        (vec![("cases", case.as_str()), ("field-name", ""), ("field-phones", "")], "请至少选择一项内容。"),
        (vec![("list_date", "2026-11-23")], "该日的问题件清单尚未封存，或其中没有客户。"),
    ] {
        let wrong = ask(&mut asker, 1, &key, &change).await;
        assert!(wrong.status == 422 && wrong.text().contains(told), "{told}: {}", wrong.text());
        assert!(wrong.text().contains("合作核查&#60;b&#62;"), "what was typed is kept");
    }
    let made = ask(&mut asker, 1, &key, &[("cases", &case)]).await;
    let path = path(&made);
    let again = ask(&mut asker, 1, &key, &[("cases", &case)]).await;
    assert_eq!(again.header("location"), made.header("location"), "the same form is the same request");
    let page = asker.get(&path).await;
    for told in ["EX-20261124-0001", "待批准", &case, "姓名、电话", "合作核查&#60;b&#62;", "接收人乙", &key]
    {
        assert!(page.text().contains(told), "{told}: {}", page.text());
    }
    assert!(!page.text().contains("value=\"agree\""), "nobody decides on his own");
    let early = asker.get(&format!("{path}/file")).await;
    assert!(early.status == 422 && early.text().contains("文件尚未生成。"), "{}", early.text());

    let mut supervisor = Browser::of(&office.service, "IS").await;
    assert!(supervisor.get("/exports?whose=waiting").await.text().contains(&path));
    assert_eq!(decide(&mut supervisor, 2, &path, "agree", &[]).await.status, 303);
    assert!(!supervisor.get("/exports?whose=waiting").await.text().contains(&path), "he has signed");
    let twice = decide(&mut supervisor, 3, &path, "agree", &[]).await;
    assert!(twice.status == 422 && twice.text().contains("此操作须由另一人员完成"), "{}", twice.text());
    let mut manager = Browser::of(&office.service, "CSM").await;
    assert!(manager.get("/exports?whose=waiting").await.text().contains(&path));
    let unsaid = decide(&mut manager, 4, &path, "refuse", &[]).await;
    assert!(unsaid.status == 422 && unsaid.text().contains("表单有误"), "{}", unsaid.text());
    assert_eq!(decide(&mut manager, 5, &path, "agree", &[]).await.status, 303);

    let ready = asker.get(&path).await;
    assert!(ready.text().contains("可下载") && ready.text().contains("2026-12-01 09:00"), "{}", ready.text());
    let file = asker.get(&format!("{path}/file")).await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"EX-20261124-0001.csv.age\"");
    let plain = decrypted(&identity, &file.body);
    assert!(plain.contains("EX-20261124-0001") && plain.contains("a-1"), "{plain}");
    // The register shows it to supervision; the file is for who asked.
    assert!(!supervisor.get(&path).await.text().contains("/file"));
    assert_eq!(supervisor.get(&format!("{path}/file")).await.status, 404);
    let mut other = Browser::of(&office.service, "CS2").await;
    assert_eq!(other.get(&path).await.status, 404);

    office.service.clock.advance(TimeDelta::days(7));
    let mut asker = Browser::of(&office.service, "CS1").await;
    let late = asker.get(&format!("{path}/file")).await;
    assert!(late.status == 422 && late.text().contains("文件已到期销毁。"), "{}", late.text());
    let page = asker.get(&path).await;
    assert!(page.text().contains("已到期") && !page.text().contains("/file"), "{}", page.text());
}

#[tokio::test]
async fn it_is_refused_with_a_reason_that_the_requester_reads() {
    let (office, case, identity) = office().await;
    let mut asker = Browser::of(&office.service, "CS1").await;
    let made = ask(&mut asker, 1, &identity.to_public().to_string(), &[("cases", &case)]).await;
    let path = path(&made);
    let mut supervisor = Browser::of(&office.service, "IS").await;
    let note = [("note", "接收单位<i>与合同不符")];
    assert_eq!(decide(&mut supervisor, 2, &path, "refuse", &note).await.status, 303);
    let page = asker.get(&path).await;
    let told = page.text();
    assert!(told.contains("未批准") && told.contains("接收单位&#60;i&#62;与合同不符"), "{told}");
    let file = asker.get(&format!("{path}/file")).await;
    assert!(file.status == 422 && file.text().contains("申请未获批准。"), "{}", file.text());
    let mut manager = Browser::of(&office.service, "CSM").await;
    let late = decide(&mut manager, 3, &path, "agree", &[]).await;
    assert!(late.status == 422 && late.text().contains("申请已处理完毕。"), "{}", late.text());
    let clear = crate::support::desk::in_clear(&office.admin, &["与合同不符"]).await;
    assert_eq!(clear, [] as [String; 0], "it is kept sealed");
}

#[tokio::test]
async fn a_report_names_the_general_manager_and_its_correction_begins_with_it() {
    let (office, _, identity) = office().await;
    let key = identity.to_public().to_string();
    let mut asker = Browser::of(&office.service, "CS1").await;
    let made = ask(&mut asker, 1, &key, &[("kind", "2"), ("list_date", "2026-11-24")]).await;
    let report = path(&made);
    let mut supervisor = Browser::of(&office.service, "IS").await;
    assert!(!supervisor.get(&report).await.text().contains("name=\"general_manager\""));
    assert_eq!(decide(&mut supervisor, 2, &report, "agree", &[]).await.status, 303);
    let mut manager = Browser::of(&office.service, "CSM").await;
    let bare = decide(&mut manager, 3, &report, "agree", &[]).await;
    assert!(bare.status == 422 && bare.text().contains("须填写总经理的批准。"), "{}", bare.text());
    let half = decide(&mut manager, 4, &report, "agree", &[("general_manager", "总经理丙")]).await;
    assert!(half.status == 422 && half.text().contains("表单有误"), "{}", half.text());
    let approval = [("general_manager", "总经理丙"), ("reference", "批示7号")];
    assert_eq!(decide(&mut manager, 5, &report, "agree", &approval).await.status, 303);
    assert!(manager.get(&report).await.text().contains("总经理丙 · 批示7号"));

    let id = report.rsplit('/').next().unwrap();
    let form = asker.get(&format!("/exports/new?corrects={id}")).await;
    for kept in ["接收人乙", "示例事务所", &key, "value=\"2026-11-24\"", "合作核查&#60;b&#62;"] {
        assert!(form.text().contains(kept), "{kept}: {}", form.text());
    }
    let change = [("kind", "2"), ("list_date", "2026-11-24"), ("corrects", id), ("reason", "更正第一项")];
    let correction = path(&ask(&mut asker, 6, &key, &change).await);
    assert!(!supervisor.get("/exports?whose=waiting").await.text().contains(&correction), "not his to agree");
    assert!(manager.get("/exports?whose=waiting").await.text().contains(&correction));
    assert_eq!(decide(&mut manager, 7, &correction, "agree", &approval).await.status, 303);
    let page = asker.get(&correction).await;
    assert!(page.text().contains("可下载") && page.text().contains(&report), "{}", page.text());
}
