//! The calendar through real gRPC and the command line: shown, counted, imported, followed by every replica.

use std::fs;

use serde_json::Value;
use tonic::{Code, transport::Channel};
use zhenshi::{app::calendar::Calendars, security::keyring::Keyring};
use zhenshi_proto::{
    google::r#type::Date,
    zhenshi::v1::{
        AddWorkingDaysRequest, AddWorkingDaysResponse, CalendarCertainty, CalendarDay, CalendarDayKind,
        CalendarYear, GetCalendarRequest, ImportHolidayNoticeRequest, ImportHolidayNoticeResponse,
        calendar_service_client::CalendarServiceClient,
    },
};

use crate::support::{
    applications::{application, date, request},
    calls::{connect, fields, first_sentence, reason, with_token},
    database::{TestDatabase, count},
    program::command,
    service::{CHANNELS, TestService},
};

/// A notice for 2027 with `off` beside 1 January; it makes the last Sunday of 2026 a working day. Made up.
fn notice(off: &str) -> String {
    format!(
        r#"{{"year": 2027, "notice": ["https://example.org/notice"], "off_days": ["2027-01-01", "{off}"],
            "make_up_working_days": ["2026-12-27"]}}"#
    )
}

struct World {
    service: TestService,
    client: CalendarServiceClient<Channel>,
    token: String,
}

impl World {
    async fn new() -> Self {
        let service = TestService::start().await;
        let token = service.token("operations", &["*"], &CHANNELS).await;
        let client = CalendarServiceClient::new(connect(&service).await);
        Self { service, client, token }
    }

    async fn import(&self, id: u128, content: String) -> Result<ImportHolidayNoticeResponse, tonic::Status> {
        let message = ImportHolidayNoticeRequest {
            request_id: uuid::Uuid::from_u128(id).to_string(),
            content,
            language_code: "en".into(),
        };
        let answer = self.client.clone().import_holiday_notice(with_token(&self.token, message)).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn year(&self, year: i32) -> (CalendarYear, String) {
        let message = GetCalendarRequest { year, language_code: String::new() };
        let answer = self.client.clone().get_calendar(with_token(&self.token, message)).await.unwrap();
        let answer = answer.into_inner();
        (answer.calendar_year.unwrap(), answer.calendar_version)
    }

    async fn add(&self, start: Option<Date>, days: i32) -> Result<AddWorkingDaysResponse, tonic::Status> {
        let message = AddWorkingDaysRequest { start_date: start, days, language_code: "en".into() };
        let answer = self.client.clone().add_working_days(with_token(&self.token, message)).await;
        answer.map(tonic::Response::into_inner)
    }
}

/// Due date and certainty.
fn due(answer: &AddWorkingDaysResponse) -> (Date, CalendarCertainty, i32) {
    (answer.due_date.unwrap(), answer.certainty(), answer.missing_year)
}

#[tokio::test]
async fn a_year_is_shown_as_what_differs_from_its_weekdays() {
    let world = World::new().await;
    let (shipped, version) = world.year(0).await;
    assert_eq!((shipped.year, shipped.days.len(), shipped.provisional), (2026, 25, false));
    assert_eq!(shipped.open_since, Some(date(2026, 12, 25)));
    let notice = shipped.notice.unwrap();
    assert_eq!((notice.version, notice.imported_by.as_str(), notice.imported_time), (0, "", None));
    assert!(notice.sources[0].starts_with("https://www.gov.cn/"));
    let kind = |day: Date| shipped.days.iter().find(|own| own.date == Some(day)).map(CalendarDay::kind);
    assert_eq!(kind(date(2026, 1, 4)), Some(CalendarDayKind::MakeUp));
    assert_eq!(kind(date(2026, 10, 1)), Some(CalendarDayKind::Off));
    assert_eq!(kind(date(2026, 10, 3)), None, "a Saturday is off anyway");

    let (guessed, same) = world.year(2027).await;
    assert_eq!((guessed.provisional, guessed.open_since), (true, Some(date(2027, 1, 1))));
    assert!(guessed.notice.is_none() && !guessed.days.is_empty());
    assert!(guessed.days.iter().all(|day| day.kind() == CalendarDayKind::Statutory));
    assert!(same == version && version.starts_with("shipped-"), "{version}");

    for year in [-1, 1899, 2201] {
        let message = GetCalendarRequest { year, language_code: String::new() };
        let status = world.client.clone().get_calendar(with_token(&world.token, message)).await.unwrap_err();
        assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec!["year".to_owned()]));
    }
}

#[tokio::test]
async fn working_days_are_counted_and_provisional_dates_marked() {
    let world = World::new().await;
    let settled = CalendarCertainty::Settled;
    // The clock stands on Monday, 23 November 2026.
    assert_eq!(due(&world.add(None, 3).await.unwrap()), (date(2026, 11, 26), settled, 0));
    let holiday = world.add(Some(date(2026, 9, 30)), 1).await.unwrap();
    assert_eq!(due(&holiday), (date(2026, 10, 8), settled, 0));
    let itself = world.add(Some(date(2026, 10, 3)), 0).await.unwrap();
    assert_eq!(due(&itself), (date(2026, 10, 3), settled, 0));
    let open = world.add(Some(date(2026, 12, 25)), 1).await.unwrap();
    assert_eq!(due(&open), (date(2026, 12, 28), CalendarCertainty::NextNoticeOpen, 2027));
    let guessed = world.add(Some(date(2026, 12, 31)), 1).await.unwrap();
    assert_eq!(due(&guessed), (date(2027, 1, 4), CalendarCertainty::Provisional, 2027));
    for (start, days, field) in
        [(None, -1, "days"), (None, 1001, "days"), (Some(date(2026, 2, 30)), 1, "start_date")]
    {
        let status = world.add(start, days).await.unwrap_err();
        assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec![field.to_owned()]));
    }
    assert_eq!(first_sentence(&world.add(None, 1001).await.unwrap_err()), "Must be 0 to 1000.");
}

#[tokio::test]
async fn an_imported_notice_is_in_force_at_once_and_says_who_and_when() {
    let world = World::new().await;
    let (_, before) = world.year(2027).await;
    let first = world.import(1, notice("2027-02-08")).await.unwrap();
    let in_force = first.notice.as_ref().unwrap();
    assert!(first.changed && in_force.version == 1 && in_force.imported_by == "operations");
    assert!(in_force.imported_time.is_some() && in_force.sources == ["https://example.org/notice"]);

    let (year, version) = world.year(2027).await;
    assert_eq!((year.provisional, year.notice.as_ref()), (false, Some(in_force)));
    assert_ne!(version, before);
    let (last, _) = world.year(2026).await;
    assert_eq!(last.open_since, None, "the notice for 2027 settles the end of 2026");
    assert!(last.days.iter().any(|day| day.date == Some(date(2026, 12, 27))));
    let answer = world.add(Some(date(2026, 12, 26)), 1).await.unwrap();
    assert_eq!(due(&answer), (date(2026, 12, 27), CalendarCertainty::Settled, 0));

    // Verdicts say by which calendar they were reached.
    let core = world.service.client("core").await;
    let judged = core.validate(request(9, application("A-1", 1))).await.unwrap();
    assert_eq!(judged.calendar_version, version);

    // The same again, in the other form and under another request: no new version.
    let same = r#"{"year": 2027, "papers": ["https://example.org/notice"], "days": [
        {"name": "a", "date": "2026-12-27", "isOffDay": false}, {"name": "b", "date": "2027-02-08", "isOffDay": true},
        {"name": "b", "date": "2027-01-01", "isOffDay": true}]}"#;
    let again = world.import(2, same.into()).await.unwrap();
    assert!(!again.changed && again.notice == first.notice);
    assert_eq!(world.year(2027).await.1, version);
    // A repeat is answered as it was; other content under the same request is refused.
    assert_eq!(world.import(1, notice("2027-02-08")).await.unwrap(), first);
    let status = world.import(1, notice("2027-02-09")).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::AlreadyExists, "REQUEST_ID_REUSED"));
    // A correction is the next version.
    let corrected = world.import(3, notice("2027-02-09")).await.unwrap();
    assert_eq!((corrected.changed, corrected.notice.unwrap().version), (true, 2));
    assert_ne!(world.year(2027).await.1, version);

    let admin = world.service.database.admin().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM holiday_notice").await, 2);
    // The relay may have given them their positions by now.
    let traces = "SELECT count(*) FROM (SELECT kind FROM outbox_pending UNION ALL SELECT kind FROM outbox_event) AS event
         WHERE kind = 'calendar.notice_imported'";
    assert_eq!(count(&admin, traces).await, 2);
    let entries = "SELECT count(*) FROM (SELECT action, actor FROM audit_pending
             UNION ALL SELECT action, actor FROM audit_entry) AS entry
         WHERE action = 'IMPORT_HOLIDAY_NOTICE' AND actor = 'operations'";
    assert_eq!(count(&admin, entries).await, 2);
}

#[tokio::test]
async fn a_shipped_year_can_be_imported_over_and_its_own_notice_changes_nothing() {
    let world = World::new().await;
    let shipped = zhenshi_domain::calendar::Calendar::shipped().unwrap();
    let own = shipped.notices().find(|notice| notice.year() == 2025).unwrap();
    let off: Vec<_> = own.off_days().collect();
    let make_up: Vec<_> = own.make_up_days().collect();
    let content = |off: &[chrono::NaiveDate]| {
        serde_json::json!({ "year": 2025, "notice": own.sources(), "off_days": off, "make_up_working_days": make_up })
            .to_string()
    };
    let same = world.import(1, content(&off)).await.unwrap();
    assert_eq!((same.changed, same.notice.unwrap().version), (false, 0));
    let changed = world.import(2, content(&off[1..])).await.unwrap();
    assert_eq!((changed.changed, changed.notice.unwrap().version), (true, 1));
}

#[tokio::test]
async fn a_wrong_notice_is_refused_as_a_whole_with_what_is_wrong() {
    let world = World::new().await;
    for (content, expected) in [
        (String::new(), "Required."),
        ("{".into(), "Cannot be read as a holiday notice: EOF while parsing"),
        (notice("2027-02-30"), "Cannot be read as a holiday notice: "),
        (notice("2028-02-01"), "The notice of 2027 names 2028-02-01, which is out of its reach."),
        (notice("2026-12-27"), "The notice of 2027 names 2026-12-27 as an off-day and as a make-up day."),
    ] {
        let status = world.import(1, content).await.unwrap_err();
        assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec!["content".to_owned()]));
        assert!(first_sentence(&status).starts_with(expected), "{}", first_sentence(&status));
    }
    let nothing =
        ImportHolidayNoticeRequest { request_id: "1".into(), ..ImportHolidayNoticeRequest::default() };
    let status =
        world.client.clone().import_holiday_notice(with_token(&world.token, nothing)).await.unwrap_err();
    assert_eq!(fields(&status), ["request_id", "content"]);
    let admin = world.service.database.admin().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM holiday_notice").await, 0);
}

#[tokio::test]
async fn only_a_token_for_everything_may_import_and_none_may_do_nothing() {
    let mut world = World::new().await;
    let bare = world.client.get_calendar(GetCalendarRequest::default()).await.unwrap_err();
    assert_eq!(bare.code(), Code::Unauthenticated);
    let bare = world.client.add_working_days(AddWorkingDaysRequest::default()).await.unwrap_err();
    assert_eq!(bare.code(), Code::Unauthenticated);
    let bare = world.client.import_holiday_notice(ImportHolidayNoticeRequest::default()).await.unwrap_err();
    assert_eq!(bare.code(), Code::Unauthenticated);
    for token in [
        world.service.token("core", &["core"], &CHANNELS).await,
        world.service.token("bank", &["*"], &CHANNELS[..3]).await,
    ] {
        world.token = token;
        let status = world.import(1, notice("2027-02-08")).await.unwrap_err();
        let expected = (Code::PermissionDenied, "ADMINISTRATION_ONLY".to_owned());
        assert_eq!((status.code(), reason(&status)), expected);
        // Everybody may look.
        assert!(world.year(2027).await.0.provisional);
    }
}

#[tokio::test]
async fn another_replica_follows_with_its_next_poll() {
    let world = World::new().await;
    let replica = Calendars::new(world.service.database.store().await).unwrap();
    replica.refresh().await.unwrap();
    let before = replica.current();
    world.import(1, notice("2027-02-08")).await.unwrap();
    assert_eq!(replica.current().version, before.version);
    replica.refresh().await.unwrap();
    assert_eq!(replica.current().version, world.year(2027).await.1);
    assert_eq!(replica.current().notice(2027).map(|notice| notice.version), Some(1));
}

#[tokio::test]
async fn the_command_line_imports_shows_and_counts() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let entropy = zhenshi::entropy::SystemEntropy::default();
    Keyring::generate(&entropy).unwrap().create(&folder.path().join("keyring.json")).unwrap();
    let file = folder.path().join("2027.json");
    fs::write(&file, notice("2027-02-08")).unwrap();
    let run = |args: &[&str]| {
        let output = command(folder.path(), Some(&database.url)).arg("calendar").args(args).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let json = |args: &[&str]| -> Value { serde_json::from_str(&run(args)).unwrap() };

    let guessed = json(&["add-days", "2026-12-31", "1", "--json"]);
    assert_eq!((&guessed["due"], &guessed["provisional"]), (&"2027-01-04".into(), &true.into()));
    assert!(run(&["add-days", "2026-12-31", "1"]).contains("provisional"));

    let path = file.to_str().unwrap();
    assert!(run(&["import", path]).contains("version 1"));
    assert!(run(&["import", path]).contains("nothing was changed"));
    let settled = json(&["add-days", "2026-12-31", "1", "--json"]);
    assert_eq!((&settled["due"], &settled["certainty"]), (&"2027-01-04".into(), &"settled".into()));

    let shown = json(&["show", "2027", "--json"]);
    assert_eq!(shown["notice"]["imported_by"], "operator");
    assert_eq!(shown["days"][0], serde_json::json!({ "date": "2027-01-01", "kind": "off" }));
    assert_eq!(run(&["show", "2027"]), "2027-01-01 Fri off\n2027-02-08 Mon off\n");

    fs::write(&file, "{}").unwrap();
    let refused =
        command(folder.path(), Some(&database.url)).args(["calendar", "import", path]).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(3) && said.contains("missing field `year`"), "{said}");
}
