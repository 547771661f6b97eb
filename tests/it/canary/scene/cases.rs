//! The investigation of a case by people: every text that they can write holds a planted value, evidence too.

use prost::Message;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tonic::Status;
use zhenshi_proto::zhenshi::v1::{self as proto, attach_evidence_request::Part};

use super::{
    super::{drive::Driver, plant::MARKS},
    Scene,
};
use crate::support::applications::{date, man};

/// The case.
const CASE: u128 = 0x7a6b_0000_0000_7000_8000_0000_0000_0001;
/// Who works on it: code, role, channel, team leader, and which man he is.
const STAFF: [(&str, proto::StaffRole, proto::Channel, &str, u32); 5] = [
    ("ZkBL", proto::StaffRole::TeamLeader, proto::Channel::Bancassurance, "", 402),
    ("ZkB1", proto::StaffRole::Clerk, proto::Channel::Bancassurance, "ZkBL", 401),
    ("ZkCS1", proto::StaffRole::CustomerService, proto::Channel::Unspecified, "", 403),
    ("ZkCS2", proto::StaffRole::CustomerService, proto::Channel::Unspecified, "", 404),
    ("ZkCO1", proto::StaffRole::Compliance, proto::Channel::Unspecified, "", 405),
];

/// A member of staff who calls.
pub(super) struct Caller<'a> {
    pub(super) driver: &'a Driver,
    pub(super) token: String,
}

impl Caller<'_> {
    /// Calls a method of the service of cases with these messages; the first answer.
    async fn stream<A: Message + Default>(
        &self,
        method: &str,
        messages: Vec<Vec<u8>>,
    ) -> Result<A, Box<Status>> {
        let path = format!("/zhenshi.v1.CaseService/{method}");
        let answers = self.driver.call(&path, Some(&self.token), messages).await?;
        Ok(A::decode(answers[0].as_slice()).unwrap())
    }

    async fn call<A: Message + Default>(
        &self,
        method: &str,
        message: impl Message,
    ) -> Result<A, Box<Status>> {
        self.stream(method, vec![message.encode_to_vec()]).await
    }
}

pub(super) fn id(n: u128) -> String {
    uuid::Uuid::from_u128(0x7a6c_0000_0000_4000_8000_0000_0000_0000 + n).to_string()
}

/// The version of the case.
async fn etag(admin: &mut PgConnection) -> String {
    let version: i64 = sqlx::query_scalar("SELECT version FROM case_file WHERE case_no = '20261124-000001'")
        .fetch_one(admin)
        .await
        .unwrap();
    version.to_string()
}

fn case_id() -> String {
    uuid::Uuid::from_u128(CASE).to_string()
}

impl Scene {
    /// A case of the application that was accepted, worked on by people.
    pub async fn people_work_on_a_case(&self) {
        let driver = self.driver().await;
        let branch = proto::UpsertBranchRequest {
            request_id: id(9_099),
            branch: Some(proto::Branch {
                code: "4401".into(),
                name: "示例分公司".into(),
                ..Default::default()
            }),
            ..Default::default()
        };
        let path = "/zhenshi.v1.DirectoryService/UpsertBranch";
        driver.call(path, Some(&self.token), vec![branch.encode_to_vec()]).await.unwrap();
        for (n, member) in (9_100..).zip(STAFF) {
            self.hire(&driver, n, member).await;
        }
        let caller = |code: &str| Caller {
            driver: &driver,
            token: self.place.output(&["token", "create", "--staff", code]),
        };
        let mut admin = PgConnection::connect(&self.place.database_url()).await.unwrap();
        admin.execute(NEW_CASE).await.unwrap();
        // Its clock is reckoned by a job: from then on it is its people's.
        crate::support::processes::eventually("the clock of the case", async || {
            let reckoned = "SELECT calendar_version <> '' FROM case_file WHERE case_no = '20261124-000001'";
            sqlx::query_scalar::<_, bool>(reckoned).fetch_one(&mut admin).await.unwrap().then_some(())
        })
        .await;
        let (clerk, leader) = (caller("ZkB1"), caller("ZkBL"));
        let (service, second, compliance) = (caller("ZkCS1"), caller("ZkCS2"), caller("ZkCO1"));
        let text = MARKS.join("");
        let start = |etag: &str, n| proto::StartInvestigationRequest {
            request_id: id(n),
            case_id: case_id(),
            etag: etag.into(),
            ..Default::default()
        };
        let begun: proto::StartInvestigationResponse =
            clerk.call("StartInvestigation", start(&etag(&mut admin).await, 1)).await.unwrap();
        let etag = begun.case.unwrap().etag;
        // Begun already; and no such case.
        clerk
            .call::<proto::StartInvestigationResponse>("StartInvestigation", start(&etag, 2))
            .await
            .unwrap_err();
        let nowhere = proto::AddCommentRequest {
            request_id: id(3),
            case_id: id(3),
            comment: text.clone(),
            ..Default::default()
        };
        clerk.call::<proto::AddCommentResponse>("AddComment", nowhere).await.unwrap_err();

        self.investigation(&clerk, &leader, &service, &text).await;
        self.evidence(&clerk, &compliance, &text).await;
        self.too_early(&clerk, &service, &mut admin, &text).await;
        self.access([&clerk, &leader, &compliance], &text).await;
        self.opinions(&clerk, &service, &second, &compliance, &text).await;
        self.too_late(&service, &mut admin, &text).await;
    }

    /// A submission without proof, and more cases than one call may change.
    async fn too_early(
        &self,
        clerk: &Caller<'_>,
        service: &Caller<'_>,
        admin: &mut PgConnection,
        text: &str,
    ) {
        let submit = proto::SubmitCaseRequest {
            request_id: id(40),
            case_id: case_id(),
            etag: etag(admin).await,
            outcome: proto::CaseOutcome::ConfirmedFalse.into(),
            summary: text.to_owned(),
            ..Default::default()
        };
        clerk.call::<proto::SubmitCaseResponse>("SubmitCase", submit).await.unwrap_err();
        let many = proto::BatchAssignCasesRequest {
            request_id: id(41),
            case_ids: (0..1_001).map(|n| id(50_000 + n)).collect(),
            reason: text.to_owned(),
            ..Default::default()
        };
        service.call::<proto::BatchAssignCasesResponse>("BatchAssignCases", many).await.unwrap_err();
    }

    /// A case is not taken up again while another of its value is open.
    async fn too_late(&self, service: &Caller<'_>, admin: &mut PgConnection, text: &str) {
        admin.execute(OTHER_CASE).await.unwrap();
        let reopen = proto::ReopenCaseRequest {
            request_id: id(42),
            case_id: case_id(),
            etag: etag(admin).await,
            reason: text.to_owned(),
            ..Default::default()
        };
        service.call::<proto::ReopenCaseResponse>("ReopenCase", reopen).await.unwrap_err();
    }

    /// Comments, calls, attempts, and the clock.
    async fn investigation(&self, clerk: &Caller<'_>, leader: &Caller<'_>, service: &Caller<'_>, text: &str) {
        let comment = proto::AddCommentRequest {
            request_id: id(4),
            case_id: case_id(),
            comment: text.to_owned(),
            ..Default::default()
        };
        leader.call::<proto::AddCommentResponse>("AddComment", comment).await.unwrap();
        let call = proto::RequestCallBackRequest {
            request_id: id(5),
            case_id: case_id(),
            question: text.to_owned(),
            ..Default::default()
        };
        let call: proto::RequestCallBackResponse = clerk.call("RequestCallBack", call).await.unwrap();
        let answer = proto::AnswerCallBackRequest {
            request_id: id(6),
            case_id: case_id(),
            call_back_request_id: call.call_back_request.unwrap().call_back_request_id,
            answer: 1,
            note: text.to_owned(),
            ..Default::default()
        };
        let answered: proto::AnswerCallBackResponse = service.call("AnswerCallBack", answer).await.unwrap();
        let etag = answered.case.unwrap().etag;
        let attempt = proto::RecordContactAttemptRequest {
            request_id: id(7),
            case_id: case_id(),
            attempted_time: Some(prost_types::Timestamp { seconds: 4_102_444_800, nanos: 0 }),
            means: 1,
            result: 1,
            note: text.to_owned(),
            ..Default::default()
        };
        clerk.call::<proto::RecordContactAttemptResponse>("RecordContactAttempt", attempt).await.unwrap_err();
        let pause = proto::PauseCaseRequest {
            request_id: id(8),
            case_id: case_id(),
            etag,
            reason: text.to_owned(),
            ..Default::default()
        };
        let paused: proto::PauseCaseResponse = service.call("PauseCase", pause).await.unwrap();
        let resume = proto::ResumeCaseRequest {
            request_id: id(9),
            case_id: case_id(),
            etag: paused.case.unwrap().etag,
            ..Default::default()
        };
        let resumed: proto::ResumeCaseResponse = clerk.call("ResumeCase", resume).await.unwrap();
        let extend = proto::ExtendCaseRequest {
            request_id: id(10),
            case_id: case_id(),
            etag: resumed.case.unwrap().etag,
            working_days: 1,
            reason: text.to_owned(),
            ..Default::default()
        };
        service.call::<proto::ExtendCaseResponse>("ExtendCase", extend).await.unwrap();
    }

    /// Attached, refused, read; and the form.
    async fn evidence(&self, clerk: &Caller<'_>, compliance: &Caller<'_>, text: &str) {
        let header = |n, collector: &str| proto::AttachEvidenceHeader {
            request_id: id(n),
            case_id: case_id(),
            kind: 1,
            file_name: format!("{text}.pdf"),
            collector_code: collector.into(),
            ..Default::default()
        };
        let messages = |mut header: proto::AttachEvidenceHeader, content: String| {
            header.size_bytes = i64::try_from(content.len()).unwrap();
            let part = |part| proto::AttachEvidenceRequest { part: Some(part) }.encode_to_vec();
            vec![part(Part::Header(header)), part(Part::Content(content.into_bytes()))]
        };
        let attach = "AttachEvidence";
        let refused = messages(header(20, ""), format!("{text} is no document"));
        clerk.stream::<proto::AttachEvidenceResponse>(attach, refused).await.unwrap_err();
        // A collector whom nobody knows is refused, and not named.
        let refused = messages(header(21, MARKS[0]), format!("%PDF-1.7\n{text}"));
        clerk.stream::<proto::AttachEvidenceResponse>(attach, refused).await.unwrap_err();
        let content = messages(header(22, ""), format!("%PDF-1.7\n{}", text.repeat(1_000)));
        let attached: proto::AttachEvidenceResponse = clerk.stream(attach, content).await.unwrap();
        let read = proto::GetEvidenceRequest {
            case_id: case_id(),
            evidence_id: attached.evidence.unwrap().evidence_id,
            purpose: text.into(),
            ..Default::default()
        };
        let read: proto::GetEvidenceResponse = compliance.call("GetEvidence", read).await.unwrap();
        assert!(read.content.starts_with(b"%PDF"));
        let mut admin = PgConnection::connect(&self.place.database_url()).await.unwrap();
        let customer: uuid::Uuid = sqlx::query_scalar("SELECT customer_id FROM case_member LIMIT 1")
            .fetch_one(&mut admin)
            .await
            .unwrap();
        let form = proto::GetConfirmationFormRequest {
            case_id: case_id(),
            customer_id: customer.to_string(),
            ..Default::default()
        };
        let form: proto::GetConfirmationFormResponse = clerk.call("GetConfirmationForm", form).await.unwrap();
        assert!(form.html.contains("客户信息确认书") && !form.html.contains(MARKS[1]));
    }

    /// An opinion and its reply, an appeal and its decision.
    async fn opinions(
        &self,
        clerk: &Caller<'_>,
        service: &Caller<'_>,
        second: &Caller<'_>,
        compliance: &Caller<'_>,
        text: &str,
    ) {
        let opinion = proto::RecordOpinionRequest {
            request_id: id(30),
            case_id: case_id(),
            kind: 2,
            owner_code: "ZkB1".into(),
            due_date: Some(date(2999, 1, 2)),
            opinion: text.into(),
            ..Default::default()
        };
        let opinion: proto::RecordOpinionResponse = compliance.call("RecordOpinion", opinion).await.unwrap();
        let reply = proto::ReplyToOpinionRequest {
            request_id: id(31),
            case_id: case_id(),
            case_opinion_id: opinion.case_opinion.unwrap().case_opinion_id,
            reply: text.into(),
            ..Default::default()
        };
        let replied: proto::ReplyToOpinionResponse = clerk.call("ReplyToOpinion", reply).await.unwrap();
        // Customer service has the case, and appeals: somebody else has to decide.
        let mut admin = PgConnection::connect(&self.place.database_url()).await.unwrap();
        admin.execute("UPDATE case_file SET assignee = 'ZkCS1' WHERE state = 4").await.unwrap();
        let appeal = proto::AppealCaseRequest {
            request_id: id(32),
            case_id: case_id(),
            etag: replied.case.unwrap().etag,
            reason: text.into(),
            ..Default::default()
        };
        let appealed: proto::AppealCaseResponse = service.call("AppealCase", appeal).await.unwrap();
        let mut decide = proto::DecideAppealRequest {
            request_id: id(33),
            case_id: case_id(),
            etag: appealed.case.unwrap().etag,
            case_appeal_id: appealed.case_appeal.unwrap().case_appeal_id,
            accept: true,
            reason: text.into(),
            ..Default::default()
        };
        service.call::<proto::DecideAppealResponse>("DecideAppeal", decide.clone()).await.unwrap_err();
        decide.request_id = id(34);
        second.call::<proto::DecideAppealResponse>("DecideAppeal", decide).await.unwrap();
    }

    async fn hire(
        &self,
        driver: &Driver,
        n: u128,
        (code, role, channel, leader, number): (&str, proto::StaffRole, proto::Channel, &str, u32),
    ) {
        let person = man(number);
        let member = proto::StaffMember {
            code: code.into(),
            name: MARKS[1].into(),
            role: role.into(),
            channel: channel.into(),
            branch_code: if channel == proto::Channel::Unspecified { String::new() } else { "4401".into() },
            team_leader_code: leader.into(),
            certificate_kind: proto::CertificateKind::ResidentId.into(),
            certificate_number: person.certificate.unwrap().number,
            phones: person.phones,
            ..proto::StaffMember::default()
        };
        let message = proto::UpsertStaffMemberRequest {
            request_id: id(n),
            staff_member: Some(member),
            ..Default::default()
        };
        let path = "/zhenshi.v1.DirectoryService/UpsertStaffMember";
        driver.call(path, Some(&self.token), vec![message.encode_to_vec()]).await.unwrap();
    }
}

/// The case on the clerk's desk, about all parties of all applications.
const NEW_CASE: &str = "
    WITH made AS (
        INSERT INTO case_file (id, case_no, source, state, version, priority, clues, customers_key, seller_codes, agency_codes,
            channel, branch_code, channel_received_time, assignee, assigned_time, urgent_time, created_by, created_time,
            changed_time)
        VALUES ('7a6b0000-0000-7000-8000-000000000001', '20261124-000001', 1, 3, 1, 1, '{1}', gen_random_uuid(), '{}', '{}', 2,
            '4401', now(), 'ZkB1', now(), now() + interval '3 days', 'worker', now(), now())
        RETURNING id)
    INSERT INTO case_member (case_id, customer_id, application_id, submission_id, party_no, role, channel, branch_code,
        seller_code, agency_code, policy_no, added_time)
    SELECT made.id, p.customer_id, p.application_id, p.submission_id, p.party_no, p.role, 2, '4401', '', '', '', now()
    FROM application_party p CROSS JOIN made";

/// An open case of a value that the case has too.
const OTHER_CASE: &str = "
    WITH value AS (
        INSERT INTO clue_value (id, epoch, clue, fingerprint)
        VALUES ('7a6b0000-0000-7000-8000-0000000000aa', 1, 1, '7a6b0000-0000-7000-8000-0000000000bb') RETURNING id),
    other AS (
        INSERT INTO case_file (id, case_no, source, state, version, priority, clues, customers_key, seller_codes, agency_codes,
            channel, branch_code, urgent_time, created_by, created_time, changed_time)
        VALUES ('7a6b0000-0000-7000-8000-000000000002', '20261124-000002', 1, 2, 1, 1, '{1}', gen_random_uuid(), '{}', '{}', 2,
            '4401', '9999-01-01', 'worker', now(), now()) RETURNING id)
    INSERT INTO case_value (case_id, clue, clue_value_id, open)
    SELECT '7a6b0000-0000-7000-8000-000000000001'::uuid, 1, id, false FROM value
    UNION ALL SELECT other.id, 1, value.id, true FROM other, value";
