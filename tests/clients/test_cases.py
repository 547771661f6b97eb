"""CaseService as a worklist of somebody else's calls it: a doubt is reported, claimed, investigated with evidence both ways, submitted
and verified; whoever watches sees it. The clerk is on leave, so that nothing is given to him before he claims it."""

import hashlib
import itertools
import uuid

import applications
import grpc
import pytest

from failures import fails
from zhenshi.v1 import application_pb2 as model
from zhenshi.v1 import case_pb2 as case_model
from zhenshi.v1 import case_service_pb2 as api
from zhenshi.v1 import directory_pb2 as directory_model
from zhenshi.v1 import directory_service_pb2 as directory_api
from zhenshi.v1 import suspicion_service_pb2 as suspicion
from zhenshi.v1.case_service_pb2_grpc import CaseServiceStub
from zhenshi.v1.directory_service_pb2_grpc import DirectoryServiceStub

DEADLINE_S = 30
BRANCH = "PC01"
# Bytes of a piece on the wire, and a document of several.
PIECE = 64 * 1024
PAPER = b"%PDF-1.7\n" + b"a synthetic document\n" * 8_000


class Member:
    """A member of staff with his token."""

    def __init__(self, stub, token):
        self.stub = stub
        self.metadata = [("authorization", f"Bearer {token}")]

    def call(self, method, request):
        """Calls `method`; an error of the call is raised as grpc.RpcError."""
        return getattr(self.stub, method)(request, metadata=self.metadata, timeout=DEADLINE_S)

    def change(self, method, request_type, case, **fields):
        """Changes a case as it was seen; gives it as it stands then."""
        request = request_type(request_id=str(uuid.uuid4()), case_id=case.case_id, etag=case.etag, **fields)
        return self.call(method, request).case


@pytest.fixture(scope="module")
def staff(service, channel):
    """Everybody whom the case needs, by code."""
    metadata = [("authorization", f"Bearer {service.token('pytest-cases', 'all', 'all')}")]
    directory = DirectoryServiceStub(channel)
    branch = directory_model.Branch(code=BRANCH, name="样例分公司")
    request = directory_api.UpsertBranchRequest(request_id=str(uuid.uuid4()), branch=branch)
    directory.UpsertBranch(request, metadata=metadata, timeout=DEADLINE_S)
    away = [
        directory_model.LeavePeriod(first_day=applications.date(2020, 1, 1), last_day=applications.date(2099, 12, 31))
    ]
    desk = {"channel": model.CHANNEL_BANCASSURANCE, "branch_code": BRANCH}
    hired = {
        "PC-LEAD": {"role": directory_model.STAFF_ROLE_TEAM_LEADER, **desk},
        "PC-CLERK": {
            "role": directory_model.STAFF_ROLE_CLERK,
            "team_leader_code": "PC-LEAD",
            "leaves": away,
            **desk,
        },
        "PC-CS1": {"role": directory_model.STAFF_ROLE_CUSTOMER_SERVICE},
        "PC-CS2": {"role": directory_model.STAFF_ROLE_CUSTOMER_SERVICE},
        "PC-CO": {"role": directory_model.STAFF_ROLE_COMPLIANCE},
    }
    for code, fields in hired.items():
        member = directory_model.StaffMember(code=code, name="样例丁", **fields)
        request = directory_api.UpsertStaffMemberRequest(request_id=str(uuid.uuid4()), staff_member=member)
        directory.UpsertStaffMember(request, metadata=metadata, timeout=DEADLINE_S)
    stub = CaseServiceStub(channel)
    tokens = {code: service.run("token", "create", "--staff", code)["token"] for code in hired}
    return {code: Member(stub, token) for code, token in tokens.items()}


@pytest.fixture(scope="module")
def doubted(staff, clients):
    """A case of a call-back that somebody else answered, released."""
    application = applications.acceptable()
    application.branch_code = BRANCH
    submission = clients.core.validate(application).submission_id
    desk = staff["PC-CS1"]
    request = api.CreateCaseRequest(
        request_id=str(uuid.uuid4()),
        source=case_model.CASE_SOURCE_CALL_BACK,
        doubt=case_model.CALL_BACK_DOUBT_ANSWERED_BY_OTHER,
        submission_id=submission,
        reason="回访时非本人接听",
    )
    case = desk.call("CreateCase", request).case
    assert case.state == case_model.CASE_STATE_SORTING
    # The same again is the same case.
    assert desk.call("CreateCase", request).case.case_id == case.case_id
    release = api.ReleaseCasesRequest(request_id=str(uuid.uuid4()), case_ids=[case.case_id])
    (result,) = desk.call("ReleaseCases", release).results
    assert result.error_reason == ""
    return result.case


def attach(clerk, case, kind):
    """Attaches the paper in pieces."""
    header = api.AttachEvidenceHeader(
        request_id=str(uuid.uuid4()),
        case_id=case.case_id,
        kind=kind,
        file_name="样例.pdf",
        signer_is_policyholder=True,
        signed_on=applications.date(2026, 3, 3),
        original_seen=True,
        size_bytes=len(PAPER),
    )
    pieces = (PAPER[place : place + PIECE] for place in range(0, len(PAPER), PIECE))
    messages = itertools.chain(
        [api.AttachEvidenceRequest(header=header)], (api.AttachEvidenceRequest(content=piece) for piece in pieces)
    )
    return clerk.call("AttachEvidence", messages)


def test_a_doubt_is_followed_up_to_its_verified_end(staff, doubted):
    clerk, desk = staff["PC-CLERK"], staff["PC-CS2"]
    claim = api.ClaimNextCaseRequest(request_id=str(uuid.uuid4()))
    case = clerk.call("ClaimNextCase", claim).case
    assert (case.case_id, case.assignee_code) == (doubted.case_id, "PC-CLERK")

    listed = clerk.call("ListCases", api.ListCasesRequest(page_size=10, counts=True))
    assert [one.case_id for one in listed.cases] == [case.case_id]
    assert {count.state: count.count for count in listed.state_counts}[case_model.CASE_STATE_ASSIGNED] == 1
    assert case.deadline.HasField("due_time")

    seen = case
    case = clerk.change("StartInvestigation", api.StartInvestigationRequest, case)
    with fails(grpc.StatusCode.ABORTED, "ETAG_MISMATCH"):
        clerk.change("AddComment", api.AddCommentRequest, seen, comment="旧")
    case = clerk.change("AddComment", api.AddCommentRequest, case, comment="已与客户联系")

    submission = {"outcome": case_model.CASE_OUTCOME_CLEARED, "cleared_kind": suspicion.CLEARED_RELATION_KIND_FAMILY}
    with fails(grpc.StatusCode.FAILED_PRECONDITION, "EVIDENCE_MISSING") as failure:
        clerk.change("SubmitCase", api.SubmitCaseRequest, case, summary="查明", **submission)
    assert {"CUSTOMER_PROOF", "SIGNATURE"} <= set(failure.info.metadata["missing"].split(","))

    kept = [attach(clerk, case, kind).evidence for kind in ("EVIDENCE_KIND_CUSTOMER_PROOF", "EVIDENCE_KIND_CONFIRMATION_FORM")]
    assert {piece.sha256 for piece in kept} == {hashlib.sha256(PAPER).hexdigest()}
    get = api.GetEvidenceRequest(case_id=case.case_id, evidence_id=kept[0].evidence_id, purpose="核对")
    assert b"".join(piece.content for piece in desk.call("GetEvidence", get)) == PAPER

    full = clerk.call("GetCase", api.GetCaseRequest(case_id=case.case_id, view=api.CASE_VIEW_FULL)).case
    case = clerk.change("SubmitCase", api.SubmitCaseRequest, full, summary="查明", **submission)
    assert case.state == case_model.CASE_STATE_SUBMITTED
    case = desk.change("VerifyCase", api.VerifyCaseRequest, case)
    if case.sampled:
        case = staff["PC-CO"].change("VerifyCase", api.VerifyCaseRequest, case)
    assert (case.state, case.outcome) == (case_model.CASE_STATE_CLOSED, case_model.CASE_OUTCOME_CLEARED)
    told = desk.call("ListCaseEvents", api.ListCaseEventsRequest(case_id=case.case_id, page_size=100)).case_events
    assert told[-1].kind == case_model.CASE_EVENT_KIND_CLOSED
    with fails(grpc.StatusCode.NOT_FOUND, "CASE_NOT_FOUND"):
        clerk.call("GetCase", api.GetCaseRequest(case_id=str(uuid.uuid4())))


def test_who_watches_sees_the_change(staff, doubted):
    desk = staff["PC-CS1"]
    token = desk.call("ListCases", api.ListCasesRequest(page_size=1)).update_token
    watch = desk.stub.WatchCases(
        api.WatchCasesRequest(update_token=token), metadata=desk.metadata, timeout=DEADLINE_S
    )
    case = desk.call("GetCase", api.GetCaseRequest(case_id=doubted.case_id)).case
    changed = desk.change("AddComment", api.AddCommentRequest, case, comment="归档前备注")
    seen = next(news for news in watch if news.case.case_id == case.case_id and news.case.etag == changed.etag)
    assert seen.update_token
    watch.cancel()
