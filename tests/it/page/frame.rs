//! The frame of every page: sign-in and out, headers, languages, forms from elsewhere, failures, probes.

use http::Request;

use crate::support::{
    service::TestService,
    staff::one_of_each,
    web::{Browser, PASSWORD},
};

#[tokio::test]
async fn each_role_signs_in_and_out_and_comes_back_to_where_it_was() {
    let service = TestService::start().await;
    for member in one_of_each() {
        service.enter(&member).await;
        let accounts = service.running().app().accounts("test");
        accounts.create(member.code, member.code, PASSWORD, false).await.unwrap();
        let mut browser = Browser::new(&service);
        let lost = browser.get("/?a=1&b=%E4%B8%AD").await;
        assert_eq!(lost.status, 303);
        let sign_in = lost.header("location").to_owned();
        assert_eq!(sign_in, "/sign-in?return=/%3Fa%3D1%26b%3D%25E4%25B8%25AD");
        let form = browser.get(&sign_in).await;
        assert!(form.text().contains("value=\"/?a=1&#38;b=%E4%B8%AD\""), "{}", form.text());
        assert!(!form.text().contains("/sign-in/oidc"), "there is no provider");
        let wrong = browser.post("/sign-in", &[("name", "who<b>"), ("password", "wrong")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("登录名或密码不正确") && wrong.text().contains("who&#60;b&#62;"));
        let back = "/?a=1&b=%E4%B8%AD";
        let fields = [("name", member.code), ("password", PASSWORD), ("return", back)];
        let entered = browser.post("/sign-in", &fields).await;
        assert_eq!((entered.status, entered.header("location")), (303, back));
        let cookie = entered.header("set-cookie");
        for wanted in ["HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(wanted), "{cookie}");
        }
        let board = browser.get("/").await;
        assert!(
            board.status == 200 && board.text().contains(&member.code.to_lowercase()),
            "{}",
            board.text()
        );
        let left = browser.submit("/", "/sign-out", &[]).await;
        assert_eq!((left.status, left.header("location")), (303, "/sign-in"));
        assert_eq!(browser.get("/").await.status, 303);
    }
}

#[tokio::test]
async fn nobody_is_led_elsewhere_and_a_token_is_no_session() {
    let service = TestService::start().await;
    let token = service.staff(&one_of_each()[0]).await;
    let mut browser = Browser::new(&service);
    let fields = [("name", "st-cs"), ("password", token.as_str())];
    assert_eq!(browser.post("/sign-in", &fields).await.status, 422);
    let request = Request::get("/").header("cookie", format!("zhenshi={token}"));
    assert_eq!(browser.send(request, bytes::Bytes::new()).await.status, 303);
    drop(Browser::of(&service, "ST-CS").await);
    let fields = [("name", "staff.ST-CS"), ("password", PASSWORD), ("return", "//evil.example/")];
    assert_eq!(browser.post("/sign-in", &fields).await.header("location"), "/");
}

#[tokio::test]
async fn a_password_that_somebody_else_chose_is_changed_first() {
    let service = TestService::start().await;
    service.enter(&one_of_each()[1]).await;
    let accounts = service.running().app().accounts("test");
    accounts.create("wang.li", "ST-CL", PASSWORD, true).await.unwrap();
    let mut browser = Browser::new(&service);
    let fields = [("name", "wang.li"), ("password", PASSWORD), ("return", "/cases")];
    let entered = browser.post("/sign-in", &fields).await;
    assert_eq!(entered.header("location"), "/password?return=/cases");
    assert_eq!(browser.get("/cases").await.header("location"), "/password?return=/cases");
    let form = browser.get("/password?return=/cases").await;
    let (_, csrf) = form.text().split_once("name=\"csrf\" value=\"").unwrap();
    let csrf = csrf.split('"').next().unwrap().to_owned();
    let change = |new: &'static str, again: &'static str| {
        [
            ("csrf", csrf.clone()),
            ("old", PASSWORD.into()),
            ("new", new.into()),
            ("again", again.into()),
            ("return", "/cases".into()),
        ]
    };
    for (new, again, told) in [
        ("another horse battery", "another horse", "两次输入的新密码不一致"),
        ("short", "short", "密码至少需要 12 个字符"),
    ] {
        let fields = change(new, again);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let refused = browser.post("/password", &fields).await;
        assert!(refused.status == 422 && refused.text().contains(told), "{}", refused.text());
    }
    let fields = change("another horse battery", "another horse battery");
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let changed = browser.post("/password", &fields).await;
    assert_eq!((changed.status, changed.header("location")), (303, "/cases"));
    assert_eq!(browser.get("/cases").await.status, 200);
}

#[tokio::test]
async fn a_session_ends_without_use_and_what_the_page_asks_by_itself_is_none() {
    let service = TestService::start().await;
    service.enter(&one_of_each()[0]).await;
    let mut browser = Browser::of(&service, "ST-CS").await;
    service.clock.advance(chrono::Duration::minutes(20));
    assert!(browser.get("/session").await.text().contains("\"left\":600"));
    // He says that he is still there.
    assert_eq!(browser.submit("/", "/session", &[]).await.status, 200);
    service.clock.advance(chrono::Duration::minutes(20));
    assert_eq!(browser.get("/session").await.status, 200);
    assert_eq!(browser.get("/cases/counts").await.status, 200);
    service.clock.advance(chrono::Duration::minutes(11));
    assert_eq!(browser.get("/cases").await.header("location"), "/sign-in?return=/cases");
    let lost = browser.post("/cases/act", &[("csrf", "x")]).await;
    assert_eq!(lost.status, 403);
}

#[tokio::test]
async fn a_page_allows_nothing_inline_and_nothing_from_elsewhere() {
    let service = TestService::start().await;
    service.enter(&one_of_each()[0]).await;
    let mut browser = Browser::of(&service, one_of_each()[0].code).await;
    for path in ["/", "/sign-in", "/no-such-page"] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        for wanted in
            ["default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(wanted), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
    let page = browser.get("/").await;
    let (_, rest) = page.text().split_once("href=\"/assets/").unwrap();
    let asset = browser.get(&format!("/assets/{}", rest.split('"').next().unwrap())).await;
    assert_eq!((asset.status, asset.header("content-type")), (200, "image/svg+xml"));
    assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn a_form_counts_only_from_a_page_of_the_same_session() {
    let service = TestService::start().await;
    service.enter(&one_of_each()[0]).await;
    let mut browser = Browser::of(&service, one_of_each()[0].code).await;
    let csrf = browser.get("/").await.csrf();
    let refused = browser.post("/sign-out", &[]).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("表单不是由本次会话的页面提交"));
    assert_eq!(browser.post("/sign-out", &[("csrf", "x")]).await.status, 403);
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let request = Request::post("/sign-out")
            .header("content-type", "application/x-www-form-urlencoded")
            .header(name, value);
        let refused = browser.send(request, format!("csrf={csrf}").into()).await;
        assert_eq!(refused.status, 403, "{name}");
    }
    // The session is as it was.
    assert_eq!(browser.get("/").await.status, 200);
    let long = "x".repeat(300 * 1024);
    assert_eq!(browser.post("/sign-out", &[("csrf", &csrf), ("long", &long)]).await.status, 413);
    assert_eq!(browser.post("/sign-out", &[("csrf", &csrf)]).await.status, 303);
}

#[tokio::test]
async fn the_reader_chooses_the_language() {
    let service = TestService::start().await;
    let mut browser = Browser::new(&service);
    assert!(browser.get("/sign-in").await.text().contains("lang=\"zh-Hans-CN\""));
    browser.headers.push(("accept-language", "en-GB,en;q=0.8".into()));
    assert!(browser.get("/sign-in").await.text().contains("Sign in"));
    let chosen = browser.get("/language/zh-Hant?return=/sign-in").await;
    assert_eq!((chosen.status, chosen.header("location")), (303, "/sign-in"));
    assert!(browser.get("/sign-in").await.text().contains("登入"));
}

#[tokio::test]
async fn a_failure_is_a_page_with_an_id_to_quote_and_htmx_is_led_to_sign_in() {
    let service = TestService::start().await;
    let mut browser = Browser::new(&service);
    service.enter(&one_of_each()[0]).await;
    let missing = browser.get("/no-such-page").await;
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("没有这个页面") && missing.text().contains("<code class=\"incident\">"));
    browser.headers = vec![
        ("hx-request", "true".into()),
        ("hx-current-url", format!("http://{}/?a=1", service.running().http)),
    ];
    let lost = browser.get("/").await;
    assert_eq!((lost.status, lost.header("hx-redirect")), (401, "/sign-in?return=/%3Fa%3D1"));
    let mut browser = Browser::of(&service, one_of_each()[0].code).await;
    browser.headers = vec![("hx-request", "true".into())];
    let part = browser.get("/no-such-page").await;
    assert_eq!((part.status, part.header("hx-retarget")), (404, "#messages"));
    assert!(!part.text().contains("<html"));
}

#[tokio::test]
async fn probes_are_beside_the_page() {
    let service = TestService::start().await;
    let mut browser = Browser::new(&service);
    assert_eq!(browser.get("/healthz").await.text(), "ok\n");
    assert_eq!(browser.get("/metrics").await.status, 200);
}
