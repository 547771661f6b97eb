//! The code flow of the page: begun, finished, and everything that somebody could put in between.

use chrono::TimeDelta;
use serde_json::{Value, json};
use zhenshi::{
    app::sign_in::{
        Session, SignInError, Use,
        oidc::{Flow, begin_oidc, finish_oidc},
        resume,
    },
    security::{identified::Method, role::Role},
};

use super::start;
use crate::support::{
    provider::Provider,
    service::TestService,
    staff::{Member, one_of_each},
    web::Browser,
};

/// A flow, and where it leads.
async fn begun(service: &TestService) -> (Flow, String) {
    let app = service.running().app();
    let flow = Flow::generate(app.entropy.as_ref()).unwrap();
    let address = begin_oidc(app, &flow).await.unwrap();
    (flow, address)
}

/// Signs in as the clerk, with a token that was changed.
async fn sign_in(
    provider: &Provider,
    service: &TestService,
    change: impl FnOnce(&mut Value),
) -> Result<Session, SignInError> {
    let (flow, address) = begun(service).await;
    let (code, state) = provider.authorize(&address, "ST-CL", change);
    finish_oidc(service.running().app(), &flow, &code, &state).await
}

#[tokio::test]
async fn the_way_by_the_provider_is_a_session() {
    let (provider, service) = start(|_| ()).await;
    let app = service.running().app();
    let page = Browser::new(&service).get("/sign-in?return=/cases?overdue=1").await;
    assert!(page.text().contains("href=\"/sign-in/oidc?return=/cases%3Foverdue%3D1\""), "{}", page.text());
    let session = sign_in(&provider, &service, |_| ()).await.unwrap();
    let found = resume(app, session.secret.expose(), Use::Person).await.unwrap();
    assert_eq!((found.principal.role, found.login), (Role::Clerk, None));
    assert_eq!((found.principal.identified.method, &*found.principal.identified.acr), (Method::Oidc, "high"));
    assert_eq!(found.expires_time - found.created_time, TimeDelta::hours(12));
    let signed_in = crate::sign_in::told(&service).await;
    assert!(signed_in.contains(&(
        "staff:ST-CL".into(),
        "SIGN_IN".into(),
        "oidc acr=high amr=otp,pwd".into()
    )));

    service.enter(&Member { active: false, ..one_of_each()[1].clone() }).await;
    let outcome = resume(app, session.secret.expose(), Use::Person).await;
    assert!(matches!(outcome, Err(SignInError::SignedOut)));
    let outcome = sign_in(&provider, &service, |_| ()).await;
    assert!(matches!(outcome, Err(SignInError::Refused)), "{outcome:?}");
    service.stop().await;
}

#[tokio::test]
async fn whatever_is_put_in_between_is_refused() {
    let (provider, service) = start(|_| ()).await;
    let app = service.running().app();
    // Another browser, another state, a code without a flow.
    let (flow, address) = begun(&service).await;
    let (other, _) = begun(&service).await;
    let (code, state) = provider.authorize(&address, "ST-CL", |_| ());
    for (flow, code, state) in
        [(&other, &*code, &*state), (&flow, &*code, "forged"), (&flow, &*code, ""), (&flow, "", &*state)]
    {
        let outcome = finish_oidc(app, flow, code, state).await;
        assert!(matches!(outcome, Err(SignInError::Refused)), "{outcome:?}");
    }
    // The code itself was not used up by any of these; it is by the first that is right.
    finish_oidc(app, &flow, &code, &state).await.unwrap();
    let again = finish_oidc(app, &flow, &code, &state).await;
    assert!(matches!(again, Err(SignInError::ProviderUnavailable)), "{again:?}");
    // A code that was given for somebody else's flow: the verifier does not fit.
    let (_, address) = begun(&service).await;
    let (stolen, _) = provider.authorize(&address, "ST-CL", |_| ());
    let (mine, address) = begun(&service).await;
    let (_, my_state) = provider.authorize(&address, "ST-CL", |_| ());
    let outcome = finish_oidc(app, &mine, &stolen, &my_state).await;
    assert!(matches!(outcome, Err(SignInError::ProviderUnavailable)), "{outcome:?}");

    let changes: [fn(&mut Value); 9] = [
        |claims| claims["nonce"] = json!("another"),
        |claims| drop(claims.as_object_mut().unwrap().remove("nonce")),
        |claims| claims["aud"] = json!("zhenshi-api"),
        |claims| claims["azp"] = json!("another"),
        |claims| claims["iss"] = json!("https://elsewhere.example"),
        |claims| claims["exp"] = json!(0),
        |claims| claims["staff_code"] = json!("ST-NOBODY"),
        |claims| claims["staff_code"] = json!(["ST-CL"]),
        |claims| drop(claims.as_object_mut().unwrap().remove("staff_code")),
    ];
    for (at, change) in changes.into_iter().enumerate() {
        let outcome = sign_in(&provider, &service, change).await;
        assert!(matches!(outcome, Err(SignInError::Refused)), "{at}: {outcome:?}");
    }
    service.stop().await;
}

#[tokio::test]
async fn keys_that_change_under_way_and_a_provider_that_is_down() {
    let (provider, service) = start(|_| ()).await;
    sign_in(&provider, &service, |_| ()).await.unwrap();
    provider.rotate("key-2");
    service.clock.advance(TimeDelta::seconds(61));
    sign_in(&provider, &service, |_| ()).await.unwrap();
    service.clock.advance(TimeDelta::hours(25));
    provider.set_down(true);
    let app = service.running().app();
    let flow = Flow::generate(app.entropy.as_ref()).unwrap();
    assert!(matches!(begin_oidc(app, &flow).await, Err(SignInError::ProviderUnavailable)));
    service.stop().await;
}
