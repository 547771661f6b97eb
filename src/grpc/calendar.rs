//! `CalendarService`: working days looked up, counted, and kept up to date.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};
use tonic::{Request, Response, Status};
use tonic_types::FieldViolation;
use uuid::Uuid;
use zhenshi_domain::{
    application::DateInput,
    calendar::{CalendarYear, Certainty, DayKind, NoticeError},
    shanghai,
};
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    auth,
    convert::{application, date, submission::timestamp},
    status::StatusWriter,
};
use crate::{
    app::{
        App,
        calendar::{MAX_WORKING_DAYS, NoticeInForce, YEARS},
        holiday_notice,
        import_holiday_notice::{ImportedNotice, import_holiday_notice},
    },
    words::{WordArg, Words},
};

/// The service.
#[derive(Clone)]
pub struct Calendar {
    app: Arc<App>,
    words: Arc<Words>,
}

impl Calendar {
    /// The service over `app`, speaking with `words`.
    pub const fn new(app: Arc<App>, words: Arc<Words>) -> Self {
        Self { app, words }
    }

    fn writer<M>(&self, request: &Request<M>, language_code: &str) -> StatusWriter {
        StatusWriter::new(self.words.clone(), auth::language(request.extensions(), language_code))
    }

    fn today(&self) -> NaiveDate {
        shanghai::date(self.app.clock.now())
    }

    /// The notice of a message, or everything that is wrong with it.
    fn sent(
        &self,
        message: &proto::ImportHolidayNoticeRequest,
        writer: &StatusWriter,
    ) -> Result<ImportedNotice, Box<Status>> {
        let proto::ImportHolidayNoticeRequest { request_id, content, language_code: _ } = message;
        let mut violations = Vec::new();
        let id = Uuid::try_parse(request_id).ok();
        if id.is_none() {
            let problem = if request_id.is_empty() { "violation-required" } else { "violation-uuid" };
            violations.push(writer.violation("request_id", problem));
        }
        let notice = if content.is_empty() {
            violations.push(writer.violation("content", "violation-required"));
            None
        } else {
            let parsed = holiday_notice::parse(content);
            parsed.map_err(|error| violations.push(wrong_notice(&error, writer))).ok()
        };
        let digest = self.app.request_digest(content.as_bytes());
        match (id, notice) {
            (Some(request_id), Some(notice)) => Ok(ImportedNotice { request_id, digest, notice }),
            _ => Err(Box::new(writer.invalid(violations))),
        }
    }
}

/// What is wrong with a notice, in words.
fn wrong_notice(error: &NoticeError, writer: &StatusWriter) -> FieldViolation {
    let say = |id: &str, args: &[(&'static str, String)]| {
        let args = args.iter().map(|(name, value)| (*name, WordArg::Key(value)));
        writer.violation_with("content", id, args)
    };
    let of = |year: &i32, date: &NaiveDate| [("year", year.to_string()), ("date", date.to_string())];
    match error {
        NoticeError::Read(problem) => say("violation-notice-read", &[("problem", problem.clone())]),
        NoticeError::OutOfReach { year, date } => say("violation-notice-reach", &of(year, date)),
        NoticeError::Both { year, date } => say("violation-notice-both", &of(year, date)),
        NoticeError::NoWeekend { year, date } => say("violation-notice-weekend", &of(year, date)),
        NoticeError::Empty { year } => say("violation-notice-empty", &[("year", year.to_string())]),
    }
}

fn out_of_range(path: &'static str, least: i32, most: i32, writer: &StatusWriter) -> Status {
    let (least, most) = (least.to_string(), most.to_string());
    let args = [("least", WordArg::Key(&least)), ("most", WordArg::Key(&most))];
    writer.invalid(vec![writer.violation_with(path, "violation-range", args.into_iter())])
}

fn notice(in_force: &NoticeInForce) -> proto::HolidayNotice {
    let imported = in_force.imported.clone();
    proto::HolidayNotice {
        year: in_force.notice.year(),
        version: in_force.version,
        sources: in_force.notice.sources().to_vec(),
        imported_time: imported.as_ref().map(|(_, time)| timestamp(*time)),
        imported_by: imported.map(|(by, _)| by).unwrap_or_default(),
    }
}

fn year(found: &CalendarYear, in_force: Option<&NoticeInForce>) -> proto::CalendarYear {
    let day = |(day, kind): &(NaiveDate, DayKind)| {
        let kind = match kind {
            DayKind::Off => proto::CalendarDayKind::Off,
            DayKind::MakeUp => proto::CalendarDayKind::MakeUp,
            DayKind::Statutory => proto::CalendarDayKind::Statutory,
        };
        proto::CalendarDay { date: Some(date::wire(*day)), kind: kind.into() }
    };
    proto::CalendarYear {
        year: found.year,
        days: found.days.iter().map(day).collect(),
        notice: in_force.map(notice),
        provisional: found.provisional,
        open_since: found.open_since.map(date::wire),
    }
}

const fn certainty(certainty: Certainty) -> proto::CalendarCertainty {
    match certainty {
        Certainty::Settled => proto::CalendarCertainty::Settled,
        Certainty::NextNoticeOpen => proto::CalendarCertainty::NextNoticeOpen,
        Certainty::Provisional => proto::CalendarCertainty::Provisional,
    }
}

#[tonic::async_trait]
impl proto::calendar_service_server::CalendarService for Calendar {
    async fn get_calendar(
        &self,
        request: Request<proto::GetCalendarRequest>,
    ) -> Result<Response<proto::GetCalendarResponse>, Status> {
        let writer = self.writer(&request, &request.get_ref().language_code);
        auth::principal(request.extensions()).map_err(|status| *status)?;
        let asked = match request.into_inner().year {
            0 => self.today().year(),
            year if YEARS.contains(&year) => year,
            _ => return Err(out_of_range("year", *YEARS.start(), *YEARS.end(), &writer)),
        };
        let snapshot = self.app.calendars.current();
        let found = snapshot.calendar.year(asked);
        Ok(Response::new(proto::GetCalendarResponse {
            calendar_year: Some(year(&found, snapshot.notice(asked))),
            calendar_version: snapshot.version.clone(),
        }))
    }

    async fn import_holiday_notice(
        &self,
        request: Request<proto::ImportHolidayNoticeRequest>,
    ) -> Result<Response<proto::ImportHolidayNoticeResponse>, Status> {
        let writer = self.writer(&request, &request.get_ref().language_code);
        let principal = auth::principal(request.extensions()).map_err(|status| *status)?;
        let sent = self.sent(request.get_ref(), &writer).map_err(|status| *status)?;
        let imported =
            import_holiday_notice(&self.app, &principal, sent).await.map_err(|error| writer.app(&error))?;
        Ok(Response::new(proto::ImportHolidayNoticeResponse {
            notice: Some(notice(&imported.in_force)),
            changed: imported.changed,
        }))
    }

    async fn add_working_days(
        &self,
        request: Request<proto::AddWorkingDaysRequest>,
    ) -> Result<Response<proto::AddWorkingDaysResponse>, Status> {
        let writer = self.writer(&request, &request.get_ref().language_code);
        auth::principal(request.extensions()).map_err(|status| *status)?;
        let proto::AddWorkingDaysRequest { start_date, days, language_code: _ } = request.into_inner();
        let start = match application::date(start_date) {
            DateInput::Unset => self.today(),
            DateInput::Day(day) => day,
            DateInput::Impossible => {
                return Err(writer.invalid(vec![writer.violation("start_date", "violation-date")]));
            }
        };
        let counted = u16::try_from(days).ok().filter(|days| *days <= MAX_WORKING_DAYS);
        let Some(counted) = counted else {
            return Err(out_of_range("days", 0, MAX_WORKING_DAYS.into(), &writer));
        };
        let snapshot = self.app.calendars.current();
        let due = snapshot.add_working_days(start, counted);
        Ok(Response::new(proto::AddWorkingDaysResponse {
            due_date: Some(date::wire(due.value)),
            certainty: certainty(due.certainty).into(),
            missing_year: due.missing.map_or(0, |missing| missing.year),
            calendar_version: snapshot.version.clone(),
        }))
    }
}
