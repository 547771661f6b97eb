//! `PolicyEventService.GetCallBackClearance` through real gRPC: clear, wait, call anyway, and never a hold without end.

use chrono::{DateTime, Duration, NaiveDate, TimeZone as _, Utc};
use prost_types::Timestamp;
use sqlx::PgPool;
use tonic::{Code, Status, transport::Channel};
use uuid::Uuid;
use zhenshi_proto::zhenshi::v1::{
    Application, CallBackClearance, Channel as Sales, Clue, GetCallBackClearanceRequest,
    GetCallBackClearanceResponse, PolicyEvent, PolicyEventKind as Kind, PolicyName, Product, ProductClass,
    RecordPolicyEventRequest, Term, policy_event_service_client::PolicyEventServiceClient, term::Length,
};

use crate::support::{
    applications::{application, date, man, request},
    calls::{connect, fields, reason, with_token},
    database::start_time,
    service::{CHANNELS, TestService},
};

struct World {
    service: TestService,
    client: PolicyEventServiceClient<Channel>,
    token: String,
    admin: PgPool,
}

fn named(application_no: &str, policy_no: &str) -> PolicyName {
    PolicyName {
        source: "core".into(),
        application_kind: 0,
        application_no: application_no.into(),
        policy_no: policy_no.into(),
    }
}

fn stamp(time: DateTime<Utc>) -> Timestamp {
    Timestamp { seconds: time.timestamp(), nanos: 0 }
}

impl World {
    /// A service with the application A-1 in bancassurance.
    async fn new() -> Self {
        let service = TestService::start().await;
        let token = service.token("call-centre", &["*"], &CHANNELS).await;
        let client = PolicyEventServiceClient::new(connect(&service).await);
        let admin = service.database.admin().await;
        service.client("core").await.validate(request(1, application("A-1", 1))).await.unwrap();
        Self { service, client, token, admin }
    }

    async fn ask(&self, policy: PolicyName) -> Result<GetCallBackClearanceResponse, Status> {
        let message = GetCallBackClearanceRequest { policy: Some(policy), language_code: "en".into() };
        let answer = self.client.clone().get_call_back_clearance(with_token(&self.token, message)).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn tell(&self, request: u128, event: PolicyEvent) {
        let message = RecordPolicyEventRequest {
            request_id: Uuid::from_u128(request).to_string(),
            policy_event: Some(event),
            language_code: String::new(),
        };
        self.client.clone().record_policy_event(with_token(&self.token, message)).await.unwrap();
    }

    /// An event of now, of the policy of A-1.
    fn event(kind: Kind) -> PolicyEvent {
        PolicyEvent {
            policy: Some(named("A-1", "P-1")),
            kind: kind.into(),
            occurred_time: Some(stamp(start_time())),
            ..PolicyEvent::default()
        }
    }

    /// Puts the phone of A-1 on the list of `day`, as the daily job would.
    async fn list_phone(&self, day: NaiveDate) -> Uuid {
        let (list, suspicion) = (Uuid::from_u128(70), Uuid::from_u128(71));
        let cut = Utc.from_utc_datetime(&day.and_hms_opt(0, 0, 0).unwrap()) - Duration::hours(8);
        for statement in [
            format!(
                "INSERT INTO suspicion_list (id, kind, list_date, cut_time, previous_cut_time, state, rule_set_version,
                     calendar_version, provisional, closed_time)
                 VALUES ('{list}', 1, '{day}', '{cut}', 'epoch', 1, 'test', 'test', false, '{cut}')"
            ),
            "INSERT INTO clue_value (id, epoch, clue, fingerprint)
             SELECT gen_random_uuid(), epoch, clue, fingerprint FROM contact_use WHERE clue = 1 LIMIT 1"
                .to_owned(),
            format!(
                "INSERT INTO suspicion SELECT (jsonb_populate_record(NULL::suspicion, jsonb_build_object(
                     'id', '{suspicion}', 'list_id', '{list}', 'clue', 1, 'clue_value_id', value.id, 'owner_code', '',
                     'customer_count', 2, 'use_count', 2, 'capped', false, 'declared_family', false, 'lead_channel', 2,
                     'lead_branch_code', '', 'priority', 0, 'priority_call_back', 0, 'priority_customers', 0,
                     'priority_clue', 0, 'priority_channel', 0, 'priority_seller', 0))).*
                 FROM clue_value AS value"
            ),
            format!(
                "INSERT INTO suspicion_member (suspicion_id, member_no, customer_id, application_id, submission_id,
                     party_no, role, purpose, is_new, baseline, channel, branch_code, seller_code, agency_code)
                 SELECT '{suspicion}', 0, customer_id, application_id, submission_id, party_no, role, 0, true, false, 2,
                     '', '', '' FROM contact_use WHERE clue = 1 LIMIT 1"
            ),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&self.admin).await.unwrap();
        }
        suspicion
    }
}

/// Monday, 23 November 2026: the clock stands at 10:00 of this day.
fn monday() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

/// The end of Thursday in Shanghai: three working days after Monday.
fn thursday_end() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 26, 16, 0, 0).unwrap()
}

#[tokio::test]
async fn without_a_suspicion_it_is_clear_by_any_name() {
    let world = World::new().await;
    let answer = world.ask(named("A-1", "")).await.unwrap();
    assert_eq!(answer.clearance(), CallBackClearance::Clear);
    assert_eq!((answer.wait_until_time, answer.due_time, answer.cooling_off_end_date), (None, None, None));

    let receipt = PolicyEvent { receipt_date: Some(date(2026, 11, 20)), ..World::event(Kind::ReceiptSigned) };
    world.tell(1, receipt).await;
    // By the policy's number, which the event ties to the application: 15 days in bancassurance, day 1 is the next day.
    let answer = world.ask(named("", "P-1")).await.unwrap();
    assert_eq!(answer.clearance(), CallBackClearance::Clear);
    assert_eq!(answer.cooling_off_end_date, Some(date(2026, 12, 5)));
    let end = Utc.with_ymd_and_hms(2026, 12, 5, 16, 0, 0).unwrap();
    assert_eq!(answer.due_time, Some(stamp(end)));

    // Later: what became known in one and the same instant of this clock has no order.
    let sent = PolicyEvent {
        receipt_date: Some(date(2026, 11, 20)),
        cooling_off_end_date: Some(date(2026, 12, 10)),
        occurred_time: Some(stamp(start_time() + Duration::seconds(30))),
        ..World::event(Kind::ReceiptSigned)
    };
    world.tell(2, sent).await;
    let answer = world.ask(named("A-1", "")).await.unwrap();
    assert_eq!(answer.cooling_off_end_date, Some(date(2026, 12, 10)), "the core's own date holds");
}

#[tokio::test]
async fn cooling_off_goes_by_the_product_of_the_contract() {
    let world = World::new().await;
    let product = |class: ProductClass, years| {
        let term = Some(Term { length: Some(Length::Years(years)) });
        Some(Product { class: class.into(), term, ..application("A", 2).product.unwrap() })
    };
    let (first, fifteenth) = (date(2026, 11, 30), date(2026, 12, 5));
    for (number, class, years, expected) in [
        (2u16, ProductClass::OrdinaryLife, 20, first),
        (3, ProductClass::Health, 20, fifteenth),
        (4, ProductClass::Health, 1, first),
    ] {
        let no = format!("A-{number}");
        let sold = Application {
            channel: Sales::IndividualAgents.into(),
            product: product(class, years),
            ..application(&no, number.into())
        };
        world.service.client("core").await.validate(request(number.into(), sold)).await.unwrap();
        let receipt = PolicyEvent {
            policy: Some(named(&no, "")),
            receipt_date: Some(date(2026, 11, 20)),
            ..World::event(Kind::ReceiptSigned)
        };
        world.tell(number.into(), receipt).await;
        let answer = world.ask(named(&no, "")).await.unwrap();
        assert_eq!(answer.cooling_off_end_date, Some(expected), "{class:?} {years}");
    }

    // A revision that sells something else moves the end.
    let sold = Application {
        channel: Sales::IndividualAgents.into(),
        product: product(ProductClass::OrdinaryLife, 20),
        source_revision: Some(2),
        ..application("A-3", 3)
    };
    world.service.client("core").await.validate(request(9, sold)).await.unwrap();
    let answer = world.ask(named("A-3", "")).await.unwrap();
    assert_eq!(answer.cooling_off_end_date, Some(first));
}

#[tokio::test]
async fn it_waits_while_there_is_time_and_then_calls_with_points() {
    let world = World::new().await;
    let suspicion = world.list_phone(monday()).await;
    let answer = world.ask(named("A-1", "")).await.unwrap();
    assert_eq!(answer.clearance(), CallBackClearance::WaitUntil);
    assert_eq!((answer.wait_until_time, answer.points.len()), (Some(stamp(thursday_end())), 0));

    // The call is due on Wednesday: there is no time to wait.
    let wednesday = start_time() + Duration::days(2);
    let scheduled =
        PolicyEvent { call_back_time: Some(stamp(wednesday)), ..World::event(Kind::CallBackScheduled) };
    world.tell(1, scheduled).await;
    let answer = world.ask(named("A-1", "")).await.unwrap();
    assert_eq!(answer.clearance(), CallBackClearance::CallAnyway);
    assert_eq!((answer.wait_until_time, answer.due_time), (None, Some(stamp(wednesday))));
    let points: Vec<_> =
        answer.points.iter().map(|point| (point.clue(), point.suspicion_id.clone())).collect();
    assert_eq!(points, [(Clue::SamePhone, suspicion.to_string())]);
    assert!(answer.points[0].message.starts_with("Verify"), "{}", answer.points[0].message);

    // Put off to Friday, there is.
    let friday = start_time() + Duration::days(4);
    let mut later =
        PolicyEvent { call_back_time: Some(stamp(friday)), ..World::event(Kind::CallBackScheduled) };
    later.occurred_time = Some(stamp(start_time() + Duration::seconds(30)));
    world.tell(2, later).await;
    assert_eq!(world.ask(named("A-1", "")).await.unwrap().clearance(), CallBackClearance::WaitUntil);

    // Whoever waited and asks again is not told to wait again.
    world.service.clock.advance(thursday_end() - start_time());
    let answer = world.ask(named("A-1", "")).await.unwrap();
    assert_eq!((answer.clearance(), answer.points.len()), (CallBackClearance::CallAnyway, 1));
}

#[tokio::test]
async fn corrected_data_a_surrender_and_a_call_that_was_made_hold_nobody_up() {
    let world = World::new().await;
    world.list_phone(monday()).await;
    let clearance = async || world.ask(named("A-1", "")).await.unwrap().clearance();
    assert_eq!(clearance().await, CallBackClearance::WaitUntil);
    world.tell(1, World::event(Kind::Surrendered)).await;
    assert_eq!(clearance().await, CallBackClearance::Clear);
    let mut back = World::event(Kind::Reinstated);
    back.occurred_time = Some(stamp(start_time() + Duration::seconds(30)));
    world.tell(2, back).await;
    assert_eq!(clearance().await, CallBackClearance::WaitUntil);

    // A revision with another phone.
    let mut corrected = application("A-1", 1);
    let phone = man(400).phones;
    corrected.policyholder.as_mut().unwrap().phones.clone_from(&phone);
    corrected.insureds[0].person.as_mut().unwrap().phones = phone;
    world.service.client("core").await.validate(request(2, corrected)).await.unwrap();
    assert_eq!(clearance().await, CallBackClearance::Clear);
}

#[tokio::test]
async fn an_unknown_policy_and_a_foreign_one_look_alike() {
    let mut world = World::new().await;
    let refused = |status: Status| (status.code(), reason(&status));
    let unknown = (Code::NotFound, "POLICY_NOT_FOUND".to_owned());
    assert_eq!(refused(world.ask(named("A-9", "")).await.unwrap_err()), unknown);
    assert_eq!(refused(world.ask(named("", "P-9")).await.unwrap_err()), unknown);
    let status = world.ask(PolicyName::default()).await.unwrap_err();
    assert_eq!(fields(&status), ["policy.application_no", "policy.policy_no"]);
    // A-1 came through bancassurance.
    let others: Vec<_> = CHANNELS.into_iter().filter(|own| *own != CHANNELS[1]).collect();
    world.token = world.service.token("agents", &["*"], &others).await;
    assert_eq!(refused(world.ask(named("A-1", "")).await.unwrap_err()), unknown);
    world.token = world.service.token("bank", &["bank"], &CHANNELS).await;
    let scope = (Code::PermissionDenied, "OUT_OF_SCOPE".to_owned());
    assert_eq!(refused(world.ask(named("A-1", "")).await.unwrap_err()), scope);
}
