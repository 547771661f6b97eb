//! What the gate says of sellers and their contacts, in this replica and in another one.

use zhenshi_proto::zhenshi::v1 as proto;

use crate::support::{
    applications::{application, date, man, request},
    database::TestDatabase,
    directory::{client, seller, upsert, with},
    service::{CHANNELS, TestService},
};

/// The codes and paths of the findings, and the version of the directory that they were made with.
async fn judged(
    service: &TestService,
    token: &str,
    sent: proto::Application,
) -> (Vec<(String, String)>, String) {
    let mut message = request(1, sent);
    message.validate_only = true;
    let mut client = service.bare_client().await;
    let answer = client.validate_application(with(token, message)).await.unwrap().into_inner();
    assert_eq!(answer.verdict(), proto::Verdict::Accepted, "advisories reject nothing");
    let findings = answer.findings.into_iter().map(|finding| (finding.code, finding.field_path));
    (findings.collect(), answer.directory_version)
}

fn finding(code: &str, path: &str) -> (String, String) {
    (code.into(), path.into())
}

#[tokio::test]
async fn the_gate_advises_on_sellers_and_their_contacts() {
    let service = TestService::start().await;
    let (client, token) = (client(&service).await, service.token("core", &["*"], &CHANNELS).await);
    let refresh = async || service.running().app().directory.refresh().await.unwrap();
    refresh().await;
    let of = |n: u32| proto::Application { agency_code: String::new(), ..application("A-1", n) };
    assert_eq!(judged(&service, &token, of(1)).await, (vec![], "none".into()), "no directory says nothing");

    upsert(&client, &token, 1, seller("S001", 1)).await.unwrap();
    refresh().await;
    assert_eq!(judged(&service, &token, of(1)).await, (vec![], "2".into()), "he insures himself");
    assert_eq!(judged(&service, &token, of(2)).await.0, []);

    // Another customer with the seller's phone and address, and an unknown seller.
    let mut sent = of(2);
    let holder = sent.policyholder.as_mut().unwrap();
    holder.phones.push("+86 139-2468-0001".into());
    holder.address = man(1).address;
    sent.seller_code = "S404".into();
    let expected = vec![
        finding("SELLER_NOT_QUALIFIED", "seller_code"),
        finding("SELLER_CONTACT_USED", "policyholder.phones[1]"),
        finding("SELLER_CONTACT_USED", "policyholder.address"),
    ];
    assert_eq!(judged(&service, &token, sent.clone()).await.0, expected);

    // The agency of an application is asked about as soon as agencies are loaded.
    let member = proto::Seller {
        qualified_until: Some(date(2026, 11, 19)),
        phones: vec!["13827359461".into()],
        address: String::new(),
        ..seller("S001", 1)
    };
    upsert(&client, &token, 2, member).await.unwrap();
    refresh().await;
    sent.seller_code = "S001".into();
    let (findings, version) = judged(&service, &token, sent.clone()).await;
    assert_eq!(
        findings,
        [finding("SELLER_NOT_QUALIFIED", "seller_code")],
        "his contacts changed, and he ended"
    );
    assert_eq!(version, "3");
    sent.applied_on = Some(date(2026, 11, 19));
    assert_eq!(judged(&service, &token, sent).await.0, [], "on his last day he was qualified");

    // A recorded verdict says which directory it was made with.
    let answer = service.client("gateway").await.validate(request(9, of(3))).await.unwrap();
    assert_eq!(answer.directory_version, "3");
}

#[tokio::test]
async fn another_replica_follows_by_itself() {
    let database = TestDatabase::new().await;
    let (first, second) =
        (TestService::start_on(database.clone()).await, TestService::start_on(database).await);
    let (client, token) = (client(&first).await, first.token("core", &["*"], &CHANNELS).await);
    upsert(&client, &token, 1, seller("S999", 7)).await.unwrap();
    let mut sent = application("A-1", 1);
    sent.agency_code.clear();
    // The second replica is asked until its job has seen the new version; a job that does not run never ends this.
    loop {
        let (findings, version) = judged(&second, &token, sent.clone()).await;
        if version == "2" {
            assert_eq!(findings, [finding("SELLER_NOT_QUALIFIED", "seller_code")]);
            break;
        }
        assert_eq!((findings, version.as_str()), (vec![], "none"));
        tokio::task::yield_now().await;
    }
}
