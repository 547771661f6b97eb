//! The service through real gRPC: verdicts, replays, errors with details, reading back.

use tonic::{Code, Request};
use tonic_types::StatusExt as _;
use zhenshi_proto::zhenshi::v1::{
    CertificateKind, ExplainCertificateRequest, GetSubmissionRequest, ListSubmissionsRequest, Sex,
    SubmissionView, ValidateApplicationRequest, Verdict,
};

use crate::support::{
    applications::{application, not_applicable, rejected, request},
    database::count,
    service::{CHANNELS, TestService},
};

#[tokio::test]
async fn an_application_gets_its_verdict_and_a_repeat_the_same_answer() {
    let service = TestService::start().await;
    let client = service.client("core").await;

    let accepted = client.validate(request(1, application("A-1", 1))).await.unwrap();
    assert_eq!(accepted.verdict(), Verdict::Accepted, "{:?}", codes(&accepted));
    assert_eq!(accepted.calendar_version, service.running().app().calendars.current().version);
    assert_eq!(client.validate(request(1, application("A-1", 1))).await.unwrap(), accepted);

    let no = client.validate(request(2, rejected("A-2", 2))).await.unwrap();
    assert_eq!(no.verdict(), Verdict::Rejected);
    assert_eq!(codes(&no), [("FIELD_MISSING".to_owned(), "policyholder.phones".to_owned())]);
    assert_eq!(no.findings[0].article, 5);

    let outside = client.validate(request(3, not_applicable("A-3", 3))).await.unwrap();
    assert_eq!((outside.verdict(), outside.findings.len()), (Verdict::NotApplicable, 0));

    let status = client.validate(request(1, application("A-9", 1))).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned()));
}

#[tokio::test]
async fn a_repeat_speaks_the_language_asked_for() {
    let service = TestService::start().await;
    let client = service.client("core").await;
    let mut sent = request(1, rejected("A-1", 1));
    let mut words = Vec::new();
    for language in ["", "zh-Hant", "en"] {
        sent.language_code = language.into();
        let answer = client.validate(sent.clone()).await.unwrap();
        words.push(answer.findings[0].message.clone());
    }
    words.dedup();
    assert_eq!(words.len(), 3, "{words:?}");
}

#[tokio::test]
async fn validate_only_records_nothing() {
    let service = TestService::start().await;
    let client = service.client("core").await;
    let mut sent = request(1, application("A-1", 1));
    sent.validate_only = true;
    let answer = client.validate(sent.clone()).await.unwrap();
    assert_eq!((answer.verdict(), answer.submission_id.as_str()), (Verdict::Accepted, ""));
    sent.request_id.clear();
    client.validate(sent).await.unwrap();
    let admin = service.database.admin().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM submission").await, 0);
}

#[tokio::test]
async fn errors_say_everything_that_is_wrong_with_the_call() {
    let service = TestService::start().await;
    let client = service.client("core").await;

    let status = client.validate(ValidateApplicationRequest::default()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::InvalidArgument, "INVALID_REQUEST".to_owned()));
    assert_eq!(fields(&status), ["request_id", "application"]);

    let mut sent = request(1, application("", 1));
    sent.request_id = "no uuid".into();
    let bare = sent.application.as_mut().unwrap();
    (bare.kind, bare.channel, bare.source) = (77, 0, "a b".into());
    let status = client.validate(sent).await.unwrap_err();
    assert_eq!(
        fields(&status),
        [
            "request_id",
            "application.source",
            "application.application_no",
            "application.kind",
            "application.channel"
        ]
    );

    let mut sent = request(1, application("A-1", 1));
    let insured = sent.application.as_ref().unwrap().insureds[0].clone();
    sent.application.as_mut().unwrap().insureds = vec![insured; 101];
    let status = client.validate(sent).await.unwrap_err();
    assert_eq!(reason(&status), "TOO_MANY_INSUREDS");
}

#[tokio::test]
async fn no_token_no_answer_and_a_token_reaches_only_its_own() {
    let service = TestService::start().await;
    let mut bare = service.bare_client().await;
    let status = bare.validate_application(request(1, application("A-1", 1))).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::Unauthenticated, "TOKEN_INVALID".to_owned()));
    for status in [
        bare.get_submission(GetSubmissionRequest::default()).await.unwrap_err(),
        bare.list_submissions(ListSubmissionsRequest::default()).await.unwrap_err(),
    ] {
        assert_eq!(status.code(), Code::Unauthenticated);
    }

    let core = service.client("core").await;
    let recorded = core.validate(request(2, application("A-2", 2))).await.unwrap().submission_id;

    let token = service.token("bank", &["bank"], &CHANNELS).await;
    let bank = zhenshi::grpc::client::Client::connect(service.url(), &token).await.unwrap();
    let status = bank.validate(request(3, application("A-3", 3))).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::PermissionDenied, "OUT_OF_SCOPE".to_owned()));
    let wanted = GetSubmissionRequest { submission_id: recorded, ..GetSubmissionRequest::default() };
    let status = bank.get(wanted).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::NotFound, "SUBMISSION_NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn a_submission_is_read_back_and_its_parties_only_masked_and_audited() {
    let service = TestService::start().await;
    let client = service.client("core").await;
    let sent = application("A-1", 1);
    let id = client.validate(request(1, sent.clone())).await.unwrap().submission_id;
    let get = |view: SubmissionView| GetSubmissionRequest {
        submission_id: id.clone(),
        view: view.into(),
        language_code: String::new(),
    };

    let basic = client.get(get(SubmissionView::Basic)).await.unwrap().submission.unwrap();
    assert_eq!((basic.revision, basic.current, basic.parties.len()), (1, true, 0));

    let masked = client.get(get(SubmissionView::Masked)).await.unwrap().submission.unwrap();
    assert_eq!(masked.parties.len(), 2);
    let (holder, original) = (&masked.parties[0], sent.policyholder.unwrap());
    assert!(holder.name.starts_with('测') && holder.name.contains('*') && holder.name != original.name);
    assert_eq!(holder.phones[0], format!("139****{}", &original.phones[0][7..]));
    let number = original.certificate.unwrap().number;
    assert!(
        holder.certificate_number.starts_with(&number[..1])
            && holder.certificate_number.ends_with(&number[17..])
    );
    assert!(!holder.certificate_number.contains(&number[1..17]));

    let admin = service.database.admin().await;
    let sql = "SELECT (SELECT count(*) FROM audit_pending WHERE action = 'VIEW_MASKED')
                    + (SELECT count(*) FROM audit_entry WHERE action = 'VIEW_MASKED')";
    assert_eq!(count(&admin, sql).await, 1);
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let service = TestService::start().await;
    let client = service.client("core").await;
    for n in 0..7u32 {
        client.validate(request(u128::from(n), application(&format!("A-{n}"), n))).await.unwrap();
    }
    let token = service.token("reader", &["core"], &CHANNELS).await;
    let mut bare = service.bare_client().await;
    let mut seen = Vec::new();
    let mut filter = ListSubmissionsRequest { page_size: 3, source: "core".into(), ..Default::default() };
    loop {
        let mut call = Request::new(filter.clone());
        call.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        let page = bare.list_submissions(call).await.unwrap().into_inner();
        seen.extend(page.submissions.into_iter().map(|submission| submission.submission_id));
        if page.next_page_token.is_empty() {
            break;
        }
        filter.page_token = page.next_page_token;
    }
    let mut newest_first = seen.clone();
    newest_first.sort_unstable_by(|a, b| b.cmp(a));
    newest_first.dedup();
    assert_eq!((seen.len(), &newest_first), (7, &seen));

    filter.page_token = "nonsense".into();
    let mut call = Request::new(filter);
    call.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    assert_eq!(reason(&bare.list_submissions(call).await.unwrap_err()), "PAGE_TOKEN_INVALID");
}

#[tokio::test]
async fn a_certificate_is_explained_and_comes_back_masked() {
    let service = TestService::start().await;
    let mut bare = service.bare_client().await;
    let asked = ExplainCertificateRequest {
        kind: CertificateKind::ResidentId.into(),
        number: "11010519491231002x".into(),
        language_code: "en".into(),
        ..Default::default()
    };
    assert_eq!(bare.explain_certificate(asked.clone()).await.unwrap_err().code(), Code::Unauthenticated);

    let token = service.token("core", &["core"], &CHANNELS).await;
    let mut call = Request::new(asked);
    call.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    let answer = bare.explain_certificate(call).await.unwrap().into_inner();
    assert!(answer.valid && !answer.checks.is_empty());
    assert_eq!(answer.normalized, "1****************X");
    assert_eq!(answer.birth_date.map(|date| (date.year, date.month, date.day)), Some((1949, 12, 31)));
    assert_eq!(answer.sex(), Sex::Female);
}

fn codes(answer: &zhenshi_proto::zhenshi::v1::ValidateApplicationResponse) -> Vec<(String, String)> {
    answer.findings.iter().map(|finding| (finding.code.clone(), finding.field_path.clone())).collect()
}

fn reason(status: &tonic::Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info().expect("every error carries ErrorInfo");
    assert_eq!(info.domain, "zhenshi");
    assert!(details.localized_message().is_some_and(|message| !message.message.is_empty()));
    info.reason.clone()
}

fn fields(status: &tonic::Status) -> Vec<String> {
    let details = status.get_error_details();
    details.bad_request().unwrap().field_violations.iter().map(|violation| violation.field.clone()).collect()
}
