//! Tokens on calls: whose they are, keys that change, a provider that does not answer, how well somebody must be identified.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::json;
use tonic::Code;
use zhenshi::{
    app::{directory::Duty, sign_in::oidc::Bearer},
    security::{identified::Method, role::Role},
};

use super::{asks, lists, start};
use crate::support::{
    provider::Key,
    staff::{Member, one_of_each},
};

#[tokio::test]
async fn a_token_is_of_a_member_of_staff_whose_role_the_directory_knows() {
    let (provider, service) = start(|_| ()).await;
    let mut client = lists(&service).await;
    let token = provider.token("ST-CL");
    assert_eq!(asks(&mut client, &token).await.0, Code::Ok);
    let app = service.running().app();
    let Bearer::Of(principal) = app.known_bearer(&token) else { panic!("known by now") };
    assert_eq!((principal.role, &*principal.caller), (Role::Clerk, "staff:ST-CL"));
    let identified = &principal.identified;
    assert_eq!((identified.method, &*identified.acr, identified.amr.len()), (Method::Oidc, "high", 2));

    // An administrator may not, by the policy, as with any other token.
    assert_eq!(asks(&mut client, &provider.token("ST-AD")).await.1, "ACTION_NOT_PERMITTED");
    // A role follows the directory, and who has left it is nobody.
    let clerk = one_of_each()[1].clone();
    service.enter(&Member { duty: Duty::Administrator, ..clerk.clone() }).await;
    app.callers.refresh().await.unwrap();
    assert_eq!(asks(&mut client, &token).await.1, "ACTION_NOT_PERMITTED");
    service.enter(&Member { active: false, ..clerk.clone() }).await;
    app.callers.refresh().await.unwrap();
    assert_eq!(asks(&mut client, &token).await.1, "TOKEN_INVALID");
    // Somebody new is known as soon as he comes.
    service.enter(&Member { code: "ST-NEW", ..clerk }).await;
    assert_eq!(asks(&mut client, &provider.token("ST-NEW")).await.0, Code::Ok);
    service.stop().await;
}

#[tokio::test]
async fn a_token_ends_within_the_leeway_and_not_before_it() {
    let (provider, service) = start(|_| ()).await;
    let mut client = lists(&service).await;
    let token = provider.token("ST-CL");
    service.clock.advance(TimeDelta::seconds(600 + 29));
    assert_eq!(asks(&mut client, &token).await.0, Code::Ok);
    service.clock.advance(TimeDelta::seconds(1));
    assert_eq!(asks(&mut client, &token).await.1, "TOKEN_INVALID");
    service.clock.advance(TimeDelta::seconds(-660));
    assert_eq!(asks(&mut client, &token).await.0, Code::Ok, "a clock that is half a minute behind");
    service.clock.advance(TimeDelta::seconds(-1));
    assert_eq!(asks(&mut client, &token).await.1, "TOKEN_INVALID");
    service.stop().await;
}

#[tokio::test]
async fn keys_change_and_a_flood_of_unknown_ones_costs_one_reading_a_minute() {
    let (provider, service) = start(|_| ()).await;
    let mut client = lists(&service).await;
    let old = provider.token("ST-CL");
    assert_eq!(asks(&mut client, &old).await.0, Code::Ok);
    let before = provider.readings();
    let stranger = Key::new("a key of nobody");
    for _ in 0..50 {
        let token = stranger.sign(&stranger.head(), &provider.claims("ST-CL"));
        assert_eq!(asks(&mut client, &token).await.1, "TOKEN_INVALID");
    }
    assert!(provider.readings() - before <= 1, "{} readings", provider.readings() - before);

    // The new key is known with its first token, once the minute is over; the old one is none any more.
    provider.rotate("key-2");
    service.clock.advance(TimeDelta::seconds(61));
    assert_eq!(asks(&mut client, &provider.token("ST-CL")).await.0, Code::Ok);
    assert_eq!(asks(&mut client, &old).await.1, "TOKEN_INVALID");

    // A key that was taken back stops by itself: what the job does each minute.
    let taken_back = provider.token("ST-CL");
    provider.rotate("key-3");
    let app = service.running().app();
    let oidc = app.sign_in.oidc.as_ref().unwrap();
    oidc.provider.refresh(app.clock.now()).await;
    assert_eq!(asks(&mut client, &taken_back).await.0, Code::Ok, "not older than ten minutes");
    service.clock.advance(TimeDelta::minutes(9) + TimeDelta::seconds(10));
    oidc.provider.refresh(app.clock.now()).await;
    assert_eq!(asks(&mut client, &taken_back).await.0, Code::Ok);
    service.clock.advance(TimeDelta::seconds(50));
    oidc.provider.refresh(app.clock.now()).await;
    assert_eq!(asks(&mut client, &taken_back).await.1, "TOKEN_INVALID");
    service.stop().await;
}

#[tokio::test]
async fn without_the_provider_nobody_is_told_that_his_token_is_wrong() {
    let (provider, service) = start(|_| ()).await;
    let app = service.running().app();
    let oidc = app.sign_in.oidc.as_ref().unwrap();
    // Whatever was read at the start is too old by now.
    service.clock.advance(TimeDelta::hours(25));
    provider.set_down(true);
    let mut client = lists(&service).await;
    let mut claims = provider.claims("ST-CL");
    claims["exp"] = json!(app.clock.now().timestamp() + 600);
    let key = provider.key();
    let token = key.sign(&key.head(), &claims);
    assert_eq!(
        {
            let told = asks(&mut client, &token).await;
            (told.0, told.1)
        },
        (Code::Unavailable, "IDENTITY_PROVIDER_UNAVAILABLE".to_owned())
    );
    provider.set_down(false);
    service.clock.advance(TimeDelta::seconds(2));
    assert_eq!(asks(&mut client, &token).await.0, Code::Ok);
    // What was read counts for a day, though it is down again.
    provider.set_down(true);
    service.clock.advance(TimeDelta::minutes(8));
    oidc.provider.refresh(app.clock.now()).await;
    assert_eq!(asks(&mut client, &token).await.0, Code::Ok);
    service.stop().await;
}

#[tokio::test]
async fn whoever_may_see_values_in_plain_is_identified_as_well_as_is_asked() {
    let (provider, service) = start(|oidc| {
        oidc.required_acr = vec!["high".into(), "higher".into()];
        oidc.required_amr = vec!["otp".into()];
    })
    .await;
    let mut client = lists(&service).await;
    let token = |code: &str, acr: &str, amr: &[&str]| {
        let (key, mut claims) = (provider.key(), provider.claims(code));
        claims["acr"] = json!(acr);
        claims["amr"] = json!(amr);
        key.sign(&key.head(), &claims)
    };
    assert_eq!(asks(&mut client, &token("ST-CL", "high", &["pwd", "otp"])).await.0, Code::Ok);
    assert_eq!(asks(&mut client, &token("ST-CL", "higher", &["otp"])).await.0, Code::Ok);
    assert_eq!(asks(&mut client, &token("ST-CL", "low", &["otp"])).await.1, "TOKEN_INVALID");
    assert_eq!(asks(&mut client, &token("ST-CL", "", &["otp"])).await.1, "TOKEN_INVALID");
    assert_eq!(asks(&mut client, &token("ST-CL", "high", &["pwd"])).await.1, "TOKEN_INVALID");
    // An auditor may come as he likes; what it takes to open evidence is asked then (`strength`).
    assert_eq!(asks(&mut client, &token("ST-AU", "low", &[])).await.0, Code::Ok);
    service.stop().await;
}

#[tokio::test]
async fn where_roles_are_from_claims_exactly_one_is_named() {
    let (provider, service) = start(|oidc| {
        oidc.role_claim = Some("groups".into());
        oidc.roles = BTreeMap::from([
            ("/zhenshi/clerks".to_owned(), "clerk".to_owned()),
            ("/zhenshi/compliance".to_owned(), "compliance".to_owned()),
        ]);
    })
    .await;
    let mut client = lists(&service).await;
    let token = |groups: serde_json::Value| {
        let (key, mut claims) = (provider.key(), provider.claims("ST-AD"));
        claims["groups"] = groups;
        key.sign(&key.head(), &claims)
    };
    let compliance = token(json!(["/other", "/zhenshi/compliance"]));
    assert_eq!(asks(&mut client, &compliance).await.0, Code::Ok, "the directory has him as administrator");
    let Bearer::Of(principal) = service.running().app().known_bearer(&compliance) else { panic!("known") };
    assert_eq!(principal.role, Role::Compliance);
    assert!(service.running().app().callers.has(&principal), "what lasts goes on");
    for groups in
        [json!([]), json!("other"), json!(["/zhenshi/clerks", "/zhenshi/compliance"]), json!(7), json!(null)]
    {
        assert_eq!(asks(&mut client, &token(groups.clone())).await.1, "TOKEN_INVALID", "{groups}");
    }
    service.stop().await;
}
