"""PrivacyService as somebody else's program calls it: access is asked for, agreed to by two, used, and found in the audit log."""

import time
import uuid

import grpc
import pytest

import applications
from failures import fails
from zhenshi.v1 import application_pb2 as model
from zhenshi.v1 import directory_pb2 as directory_model
from zhenshi.v1 import directory_service_pb2 as directory_api
from zhenshi.v1 import privacy_pb2 as privacy
from zhenshi.v1 import privacy_service_pb2 as api
from zhenshi.v1.directory_service_pb2_grpc import DirectoryServiceStub
from zhenshi.v1.privacy_service_pb2_grpc import PrivacyServiceStub

DEADLINE_S = 30
BRANCH = "PP01"
FIELDS = [privacy.PERSON_FIELD_NAME, privacy.PERSON_FIELD_CERTIFICATE]


class Member:
    """A member of staff with his token."""

    def __init__(self, stub, token):
        self.stub = stub
        self.metadata = [("authorization", f"Bearer {token}")]

    def call(self, method, request):
        """Calls `method`; an error of the call is raised as grpc.RpcError."""
        return getattr(self.stub, method)(request, metadata=self.metadata, timeout=DEADLINE_S)

    def decide(self, grant, agree=True, note=""):
        """Agrees to a request, or refuses it."""
        request = api.DecideAccessRequest(
            request_id=str(uuid.uuid4()), grant_id=grant.grant_id, agree=agree, note=note
        )
        return self.call("DecideAccess", request).grant

    def entries(self, **filters):
        """Entries of the audit log, once there are any: the relay chains what was committed within a second."""
        until = time.monotonic() + DEADLINE_S
        while time.monotonic() < until:
            found = self.call("ListAuditEntries", api.ListAuditEntriesRequest(**filters)).entries
            if found:
                return list(found)
            time.sleep(0.2)
        return []


@pytest.fixture(scope="module")
def staff(service, channel):
    """A clerk, his leader, the information supervisor and an auditor, by code."""
    metadata = [("authorization", f"Bearer {service.token('pytest-privacy', 'all', 'all')}")]
    directory = DirectoryServiceStub(channel)
    branch = directory_model.Branch(code=BRANCH, name="样例分公司")
    request = directory_api.UpsertBranchRequest(request_id=str(uuid.uuid4()), branch=branch)
    directory.UpsertBranch(request, metadata=metadata, timeout=DEADLINE_S)
    desk = {"channel": model.CHANNEL_BANCASSURANCE, "branch_code": BRANCH}
    hired = {
        "PP-LEAD": {"role": directory_model.STAFF_ROLE_TEAM_LEADER, **desk},
        "PP-CLERK": {"role": directory_model.STAFF_ROLE_CLERK, "team_leader_code": "PP-LEAD", **desk},
        "PP-IS": {"role": directory_model.STAFF_ROLE_INFORMATION_SUPERVISOR},
        "PP-AU": {"role": directory_model.STAFF_ROLE_AUDITOR},
    }
    for code, fields in hired.items():
        member = directory_model.StaffMember(code=code, name="样例己", **fields)
        request = directory_api.UpsertStaffMemberRequest(request_id=str(uuid.uuid4()), staff_member=member)
        directory.UpsertStaffMember(request, metadata=metadata, timeout=DEADLINE_S)
    stub = PrivacyServiceStub(channel)
    tokens = {code: service.run("token", "create", "--staff", code)["token"] for code in hired}
    return {code: Member(stub, token) for code, token in tokens.items()}


@pytest.fixture
def policyholder(clients):
    """An accepted application's policyholder, and how access names him."""
    application = applications.acceptable()
    application.branch_code = BRANCH
    submission = clients.core.validate(application).submission_id
    return application.policyholder, privacy.AccessSubject(submission_id=submission, party_no=0)


def ask(clerk, subject):
    """A request for name and certificate."""
    request = api.RequestAccessRequest(
        request_id=str(uuid.uuid4()),
        subject=subject,
        fields=FIELDS,
        purpose=privacy.ACCESS_PURPOSE_INVESTIGATION,
        reason="核对证件",
    )
    grant = clerk.call("RequestAccess", request).grant
    # The same again is the same request.
    assert clerk.call("RequestAccess", request).grant.grant_id == grant.grant_id
    return grant


def reveal(clerk, subject, grant, fields=FIELDS):
    """What is revealed by a grant."""
    request = api.RevealFieldsRequest(
        subject=subject,
        fields=fields,
        purpose=privacy.ACCESS_PURPOSE_INVESTIGATION,
        reason="核对",
        grant_id=grant.grant_id,
    )
    return clerk.call("RevealFields", request)


def test_two_agree_and_what_is_revealed_is_in_the_audit_log(staff, policyholder):
    person, subject = policyholder
    clerk, supervisor = staff["PP-CLERK"], staff["PP-IS"]
    asked = ask(clerk, subject)
    assert asked.state == privacy.ACCESS_STATE_AWAITING_HEAD
    with fails(grpc.StatusCode.PERMISSION_DENIED, "ACCESS_NOT_GRANTED") as failure:
        reveal(clerk, subject, asked)
    assert failure.info.metadata["why"] == "NOT_IN_FORCE"
    # A clerk decides on nothing, and the supervisor not before the head of the department.
    with fails(grpc.StatusCode.PERMISSION_DENIED, "ACTION_NOT_PERMITTED"):
        clerk.decide(asked)
    with fails(grpc.StatusCode.FAILED_PRECONDITION, "ACCESS_STATE_MISMATCH"):
        supervisor.decide(asked)
    assert staff["PP-LEAD"].decide(asked).state == privacy.ACCESS_STATE_AWAITING_CUSTOMER_SERVICE
    granted = supervisor.decide(asked)
    assert granted.in_force and granted.state == privacy.ACCESS_STATE_GRANTED

    shown = reveal(clerk, subject, granted)
    (party,) = shown.parties
    assert (party.name, party.certificate.number) == (person.name, person.certificate.number)
    assert not party.phones, "nothing that was not asked for"
    with fails(grpc.StatusCode.PERMISSION_DENIED, "ACCESS_NOT_GRANTED") as failure:
        reveal(clerk, subject, granted, [privacy.PERSON_FIELD_PHONES])
    assert failure.info.metadata["why"] == "OTHER_FIELDS"

    (entry,) = staff["PP-AU"].entries(action="REVEAL_FIELDS", subject_id=shown.reveal_id)
    assert (entry.actor, granted.grant_id in entry.subject_ids) == ("staff:PP-CLERK", True)
    assert f"by={granted.grant_id}" in entry.reason
    assert person.name not in entry.reason and person.certificate.number not in entry.reason


def test_a_request_that_is_refused_gives_nothing(staff, policyholder):
    _, subject = policyholder
    asked = ask(staff["PP-CLERK"], subject)
    refused = staff["PP-LEAD"].decide(asked, agree=False, note="理由不充分")
    assert refused.state == privacy.ACCESS_STATE_REFUSED
    with fails(grpc.StatusCode.PERMISSION_DENIED, "ACCESS_NOT_GRANTED"):
        reveal(staff["PP-CLERK"], subject, refused)
    entries = staff["PP-AU"].entries(action="REFUSE_ACCESS", subject_id=asked.grant_id)
    assert [entry.actor for entry in entries] == ["staff:PP-LEAD"]
