//! Values in plain are for who came by the provider as strongly as is asked: not for a token of ours, a local account, or a session that is
//! older than its holder's role.

use serde_json::json;
use tonic::{Code, Status};
use uuid::Uuid;
use zhenshi::{
    app::{
        AppError,
        case::get_evidence::{Wanted, get_evidence},
        directory::Duty,
        privacy::{
            SubjectIds,
            exports::download_export,
            reveal_fields::{Asked, reveal_fields},
        },
        sign_in::{
            Use,
            oidc::{Flow, begin_oidc, finish_oidc},
            resume,
        },
    },
    security::principal::Principal,
};
use zhenshi_domain::access::{Field, Purpose};
use zhenshi_proto::zhenshi::v1::{
    self as proto, case_service_client::CaseServiceClient, privacy_service_client::PrivacyServiceClient,
};

use super::start;
use crate::support::{
    calls::{connect, metadata, reason, with_token},
    provider::Provider,
    service::TestService,
    staff::{Member, one_of_each},
};

async fn strict() -> (Provider, TestService) {
    start(|oidc| {
        oidc.required_acr = vec!["high".into(), "higher".into()];
        oidc.required_amr = vec!["otp".into()];
    })
    .await
}

/// A call of each kind, with the token: of what nobody has. Whoever gets past the door is told that.
async fn opens(service: &TestService, token: &str) -> [Result<(), Status>; 3] {
    let channel = connect(service).await;
    let (mut privacy, mut cases) =
        (PrivacyServiceClient::new(channel.clone()), CaseServiceClient::new(channel));
    let id = Uuid::from_u128(7).to_string();
    let reveal = proto::RevealFieldsRequest {
        subject: Some(proto::AccessSubject { case_id: id.clone(), ..Default::default() }),
        fields: vec![proto::PersonField::Name.into()],
        purpose: proto::AccessPurpose::Investigation.into(),
        reason: "核对".into(),
        ..Default::default()
    };
    let evidence = proto::GetEvidenceRequest {
        case_id: id.clone(),
        evidence_id: id.clone(),
        purpose: "核对".into(),
        ..Default::default()
    };
    let download = proto::DownloadUnmaskedExportRequest { export_id: id, ..Default::default() };
    [
        privacy.reveal_fields(with_token(token, reveal)).await.map(drop),
        cases.get_evidence(with_token(token, evidence)).await.map(drop),
        privacy.download_unmasked_export(with_token(token, download)).await.map(drop),
    ]
}

/// The reasons of [`opens`].
async fn told(service: &TestService, token: &str) -> [String; 3] {
    opens(service, token).await.map(|opened| reason(&opened.unwrap_err()))
}

const WEAK: &str = "STRONGER_SIGN_IN_REQUIRED";

#[tokio::test]
async fn a_token_of_ours_opens_nothing_beside_a_provider() {
    let (provider, service) = strict().await;
    let ours = service.staff_token("ST-CO").await;
    let opened = opens(&service, &ours).await;
    for refused in &opened {
        let refused = refused.as_ref().unwrap_err();
        assert_eq!((refused.code(), reason(refused)), (Code::PermissionDenied, WEAK.into()));
        assert_eq!(
            (metadata(refused, "required_acr"), metadata(refused, "required_amr")),
            ("high,higher".into(), "otp".into())
        );
    }
    let by_provider = told(&service, &provider.token("ST-CO")).await;
    assert_eq!(by_provider, ["ACCESS_NOT_GRANTED", "CASE_NOT_FOUND", "UNMASKED_EXPORT_NOT_FOUND"]);
    // It is good for what is masked as before, and each attempt is in the audit log.
    let mut lists = super::lists(&service).await;
    assert_eq!(super::asks(&mut lists, &ours).await.0, Code::Ok);
    let admin = service.database.admin().await;
    let sql = "SELECT subject_kind FROM audit_pending WHERE action = 'REFUSED' AND actor = 'staff:ST-CO'
               UNION ALL SELECT subject_kind FROM audit_entry WHERE action = 'REFUSED' AND actor = 'staff:ST-CO' ORDER BY 1";
    let written: Vec<String> = sqlx::query_scalar(sql).fetch_all(&admin).await.unwrap();
    assert_eq!(written, ["DownloadUnmaskedExport", "GetEvidence", "RevealFields"]);
    service.stop().await;
}

#[tokio::test]
async fn an_auditor_may_come_as_he_likes_and_opens_evidence_only_as_is_asked() {
    let (provider, service) = strict().await;
    let weak = {
        let (key, mut claims) = (provider.key(), provider.claims("ST-AU"));
        claims["acr"] = json!("low");
        key.sign(&key.head(), &claims)
    };
    assert_eq!(told(&service, &weak).await, ["ACTION_NOT_PERMITTED", WEAK, "ACTION_NOT_PERMITTED"]);
    assert_eq!(told(&service, &provider.token("ST-AU")).await[1], "CASE_NOT_FOUND");
    service.stop().await;
}

/// What opening answers to a principal of the page.
async fn page_opens(service: &TestService, principal: &Principal) -> [AppError; 3] {
    let (app, id) = (service.running().app(), Uuid::from_u128(7));
    let asked = Asked {
        subject: SubjectIds::Case(id),
        fields: vec![Field::Name],
        purpose: Purpose::Investigation,
        reason: "核对".into(),
        grant_id: None,
        enquirer: None,
    };
    let wanted = Wanted { case_id: id, id, purpose: "核对".into(), grant_id: None };
    [
        reveal_fields(app, principal, asked).await.map(drop).unwrap_err(),
        get_evidence(app, principal, &wanted).await.map(drop).unwrap_err(),
        download_export(app, principal, id).await.map(drop).unwrap_err(),
    ]
}

#[tokio::test]
async fn neither_a_local_account_nor_a_session_from_before_the_role_opens_anything() {
    let (provider, service) = strict().await;
    let app = service.running().app();
    let weak = |error: &AppError| matches!(error, AppError::StrongerSignInRequired { .. });

    app.accounts("test").create("compliance", "ST-CO", "a long enough secret", false).await.unwrap();
    let session = zhenshi::app::sign_in::sign_in_with_password(app, "compliance", "a long enough secret")
        .await
        .unwrap();
    let found = resume(app, session.secret.expose(), Use::Person).await.unwrap();
    let refused = page_opens(&service, &found.principal).await;
    assert!(refused.iter().all(weak), "{refused:?}");

    // The administrator came with little, which was enough for him; then he became compliance.
    let administrator = one_of_each().into_iter().find(|member| member.duty == Duty::Administrator).unwrap();
    let session = async |acr: &str| {
        let flow = Flow::generate(app.entropy.as_ref()).unwrap();
        let address = begin_oidc(app, &flow).await.unwrap();
        let (code, state) =
            provider.authorize(&address, administrator.code, |claims| claims["acr"] = json!(acr));
        finish_oidc(app, &flow, &code, &state).await.unwrap()
    };
    let (low, high) = (session("low").await, session("high").await);
    service.enter(&Member { duty: Duty::Compliance, ..administrator.clone() }).await;
    let found = resume(app, low.secret.expose(), Use::Person).await.unwrap();
    let refused = page_opens(&service, &found.principal).await;
    assert!(refused.iter().all(weak), "{refused:?}");
    let found = resume(app, high.secret.expose(), Use::Person).await.unwrap();
    let past = page_opens(&service, &found.principal).await;
    assert!(
        matches!(
            past,
            [AppError::AccessNotGranted(_), AppError::CaseNotFound, AppError::UnmaskedExportNotFound]
        ),
        "{past:?}"
    );
    service.stop().await;
}

#[tokio::test]
async fn where_nothing_is_asked_it_still_has_to_be_the_provider() {
    let (provider, service) = start(|_| ()).await;
    let ours = service.staff_token("ST-CO").await;
    assert_eq!(told(&service, &ours).await, [WEAK, WEAK, WEAK]);
    let (key, mut claims) = (provider.key(), provider.claims("ST-CO"));
    claims["acr"] = json!("");
    claims["amr"] = json!(["pwd"]);
    assert_eq!(told(&service, &key.sign(&key.head(), &claims)).await[0], "ACCESS_NOT_GRANTED");
    service.stop().await;
}
