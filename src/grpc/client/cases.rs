//! A member of staff at the worklist, for tools that know nothing of generated types: cases in plain words. What he does with
//! them is in [verbs].

mod verbs;

use chrono::NaiveDate;
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    transport::Channel,
};
use uuid::Uuid;
use zhenshi_domain::application::{ApplicationKey, Channel as SalesChannel};
use zhenshi_proto::zhenshi::v1::{self as proto, case_service_client::CaseServiceClient};

use super::{CallError, ClientError, bare};
use crate::{clock::SharedClock, entropy::SharedEntropy, grpc::convert::enums::read, ids};

/// Cases or entries that are read at a time.
const PAGE: i32 = 200;

/// A case as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenCase {
    /// Id.
    pub case_id: String,
    /// Number.
    pub case_no: String,
    /// State, such as `ASSIGNED`.
    pub state: String,
    /// Version.
    pub etag: String,
    /// Lead channel.
    pub channel: Option<SalesChannel>,
    /// Clues, such as `SAME_PHONE`.
    pub clues: Vec<String>,
    /// Day of its list.
    pub list_date: Option<NaiveDate>,
    /// Staff code of who has it; empty if nobody does.
    pub assignee: String,
    /// Outcome, such as `CLEARED`; empty before there is one.
    pub outcome: String,
    /// How often it was returned.
    pub returned: i32,
    /// Past its deadline.
    pub overdue: bool,
    /// Its members; only of a case that was read by itself.
    pub members: Vec<SeenMember>,
    /// Assists: channel, staff code or empty, answered; only of a case that was read by itself.
    pub assists: Vec<(Option<SalesChannel>, String, bool)>,
}

/// A member of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenMember {
    /// Customer.
    pub customer_id: String,
    /// His application; none if it is masked.
    pub application: Option<ApplicationKey>,
    /// The submission.
    pub submission_id: String,
    /// Party of it.
    pub party_no: i32,
    /// Channel.
    pub channel: Option<SalesChannel>,
}

/// An entry of a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenEvent {
    /// Kind, such as `ESCALATED`.
    pub kind: String,
    /// Codes and numbers beside it.
    pub details: Vec<(String, String)>,
}

/// A connection with the token of a member of staff.
#[derive(Clone)]
pub struct StaffClient {
    /// His code.
    pub code: String,
    inner: CaseServiceClient<Channel>,
    authorization: MetadataValue<Ascii>,
    clock: SharedClock,
    entropy: SharedEntropy,
}

impl StaffClient {
    /// Connects to `http://host:port` with the token of the member of staff `code`.
    ///
    /// # Errors
    /// When nobody answers there.
    pub async fn connect(
        url: String,
        code: &str,
        token: &str,
        clock: SharedClock,
        entropy: SharedEntropy,
    ) -> Result<Self, ClientError> {
        let channel = Channel::from_shared(url).map_err(|_| ClientError::Token)?.connect().await?;
        let authorization = format!("Bearer {token}").parse().map_err(|_| ClientError::Token)?;
        Ok(Self { code: code.into(), inner: CaseServiceClient::new(channel), authorization, clock, entropy })
    }

    /// Every case within his reach that is not over, or (`assignee`) those that somebody has; the most urgent first.
    ///
    /// # Errors
    /// When a call fails.
    pub async fn open_cases(&self, assignee: Option<&str>) -> Result<Vec<SeenCase>, CallError> {
        let filter = proto::CaseFilter {
            assignee_code: assignee.unwrap_or_default().into(),
            ..proto::CaseFilter::default()
        };
        self.list(filter).await
    }

    /// Every case within his reach in one of the states, which are named as in [`SeenCase::state`].
    ///
    /// # Errors
    /// When a call fails.
    pub async fn cases_in(&self, states: &[&str]) -> Result<Vec<SeenCase>, CallError> {
        let states = states.iter().filter_map(|state| {
            let named = proto::CaseState::from_str_name(&format!("CASE_STATE_{state}"));
            named.map(i32::from)
        });
        self.list(proto::CaseFilter { states: states.collect(), ..proto::CaseFilter::default() }).await
    }

    async fn list(&self, filter: proto::CaseFilter) -> Result<Vec<SeenCase>, CallError> {
        let mut found = Vec::new();
        let mut page_token = String::new();
        loop {
            let message = proto::ListCasesRequest {
                page_size: PAGE,
                page_token,
                filter: Some(filter.clone()),
                ..proto::ListCasesRequest::default()
            };
            let answer = self.inner.clone().list_cases(self.with_token(message)).await;
            let answer = answer.map_err(|status| CallError(Box::new(status)))?.into_inner();
            found.extend(answer.cases.iter().map(seen));
            page_token = answer.next_page_token;
            if page_token.is_empty() {
                return Ok(found);
            }
        }
    }

    /// How many cases within his reach are in each state, and how many of them are overdue.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn counts(&self) -> Result<Vec<(String, i64, i64)>, CallError> {
        let message =
            proto::ListCasesRequest { page_size: 1, counts: true, ..proto::ListCasesRequest::default() };
        let answer = self.inner.clone().list_cases(self.with_token(message)).await;
        let answer = answer.map_err(|status| CallError(Box::new(status)))?.into_inner();
        let counts = answer.state_counts.iter();
        Ok(counts
            .map(|count| (bare(count.state().as_str_name(), "CASE_STATE_"), count.count, count.overdue_count))
            .collect())
    }

    /// A case with its members.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn case(&self, case_id: &str) -> Result<SeenCase, CallError> {
        let message = proto::GetCaseRequest {
            case_id: case_id.into(),
            view: proto::CaseView::Full.into(),
            ..proto::GetCaseRequest::default()
        };
        let answer = self.inner.clone().get_case(self.with_token(message)).await;
        let answer = answer.map_err(|status| CallError(Box::new(status)))?.into_inner();
        Ok(seen(&answer.case.unwrap_or_default()))
    }

    /// The timeline of a case, oldest first.
    ///
    /// # Errors
    /// When a call fails.
    pub async fn timeline(&self, case_id: &str) -> Result<Vec<SeenEvent>, CallError> {
        let mut found = Vec::new();
        let mut page_token = String::new();
        loop {
            let message = proto::ListCaseEventsRequest {
                page_size: PAGE,
                page_token,
                case_id: case_id.into(),
                ..proto::ListCaseEventsRequest::default()
            };
            let answer = self.inner.clone().list_case_events(self.with_token(message)).await;
            let answer = answer.map_err(|status| CallError(Box::new(status)))?.into_inner();
            found.extend(answer.case_events.iter().map(|event| SeenEvent {
                kind: bare(event.kind().as_str_name(), "CASE_EVENT_KIND_"),
                details: event.details.iter().map(|one| (one.name.clone(), one.value.clone())).collect(),
            }));
            page_token = answer.next_page_token;
            if page_token.is_empty() {
                return Ok(found);
            }
        }
    }

    fn mint(&self) -> Result<String, CallError> {
        let minted = ids::mint(self.clock.now(), self.entropy.as_ref());
        let no_luck = |_| CallError(Box::new(Status::internal("there is no luck to be had")));
        minted.map(|id: Uuid| id.to_string()).map_err(no_luck)
    }

    fn with_token<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.authorization.clone());
        request
    }
}

fn seen(case: &proto::Case) -> SeenCase {
    let details = case.details.as_ref();
    let members = details.map(|details| details.members.iter().map(seen_member).collect());
    let assists = details.map(|details| {
        let assists = details.participants.iter().filter(|one| one.kind() == proto::ParticipantKind::Assists);
        assists
            .map(|one| {
                let done = one.answered_time.is_some() || one.overridden;
                (read::<proto::Channel>(one.channel), one.staff_code.clone(), done)
            })
            .collect()
    });
    let outcome = match case.outcome() {
        proto::CaseOutcome::Unspecified => String::new(),
        outcome => bare(outcome.as_str_name(), "CASE_OUTCOME_"),
    };
    SeenCase {
        case_id: case.case_id.clone(),
        case_no: case.case_no.clone(),
        state: bare(case.state().as_str_name(), "CASE_STATE_"),
        etag: case.etag.clone(),
        channel: read::<proto::Channel>(case.channel),
        clues: case.clues().map(|clue| bare(clue.as_str_name(), "CLUE_")).collect(),
        list_date: case.list_date.as_ref().and_then(day),
        assignee: case.assignee_code.clone(),
        outcome,
        returned: case.returned_count,
        overdue: case.deadline.as_ref().is_some_and(|deadline| deadline.overdue),
        members: members.unwrap_or_default(),
        assists: assists.unwrap_or_default(),
    }
}

fn day(date: &zhenshi_proto::google::r#type::Date) -> Option<NaiveDate> {
    let part = |number: i32| u32::try_from(number).ok();
    NaiveDate::from_ymd_opt(date.year, part(date.month)?, part(date.day)?)
}

fn seen_member(member: &proto::CaseMember) -> SeenMember {
    let application = read::<proto::ApplicationKind>(member.application_kind).map(|kind| ApplicationKey {
        source: member.source.clone(),
        kind,
        application_no: member.application_no.clone(),
    });
    SeenMember {
        customer_id: member.customer_id.clone(),
        application,
        submission_id: member.submission_id.clone(),
        party_no: member.party_no,
        channel: read::<proto::Channel>(member.channel),
    }
}
