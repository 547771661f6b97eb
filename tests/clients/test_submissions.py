"""GetSubmission and ListSubmissions: what was recorded, masked, in pages."""

import uuid

import grpc
import pytest

import applications
from failures import fails
from zhenshi.v1 import application_pb2 as model
from zhenshi.v1 import finding_pb2 as verdicts
from zhenshi.v1 import submission_pb2 as records


def test_a_submission_is_as_it_was_answered(client):
    application = applications.faulty()
    answer = client.validate(application)
    submission = client.get(answer.submission_id)
    assert submission.submission_id == answer.submission_id
    assert (submission.source, submission.kind, submission.application_no) == (
        application.source,
        application.kind,
        application.application_no,
    )
    assert (submission.channel, submission.branch_code) == (application.channel, application.branch_code)
    assert submission.caller == "pytest"
    assert submission.verdict == answer.verdict
    assert list(submission.findings) == list(answer.findings)
    assert submission.rule_set_version == answer.rule_set_version
    assert submission.decided_time == answer.decided_time
    assert submission.recorded_time.ToNanoseconds() >= submission.decided_time.ToNanoseconds()
    assert submission.revision == 1 and not submission.HasField("source_revision")
    assert not submission.superseded and not submission.current, "a rejected one is never in force"
    assert not submission.parties, "the basic view decrypts nothing"


def test_the_masked_view_shows_parties_without_their_values(client):
    application = applications.acceptable()
    answer = client.validate(application)
    submission = client.get(answer.submission_id, view=records.SUBMISSION_VIEW_MASKED)
    assert [p.role for p in submission.parties] == [
        records.PARTY_ROLE_POLICYHOLDER,
        records.PARTY_ROLE_INSURED,
    ]
    shown, stated = submission.parties[0], application.policyholder
    number = stated.certificate.number
    assert shown.name[0] == "甲" and set(shown.name[1:]) == {"*"}
    assert shown.sex == stated.sex
    assert (shown.birth_date.year, shown.birth_date.month, shown.birth_date.day) == (1985, 0, 0)
    assert shown.certificate_kind == stated.certificate.kind
    assert shown.certificate_number == number[0] + "*" * 16 + number[-1]
    assert shown.phones[0].startswith("139") and shown.phones[0].endswith(stated.phones[0][-4:])
    assert "*" in shown.phones[0]
    assert "北京市" in shown.address
    assert any(account.endswith(application.accounts[0].number[-4:]) for account in shown.account_numbers)
    everything = str(submission.parties)
    for person in (stated, application.insureds[0].person):
        for value in (person.name, person.certificate.number, person.phones[0], person.email, person.address.detail):
            assert value not in everything
    assert application.accounts[0].number not in everything


def test_revisions_are_numbered_and_the_newest_accepted_one_is_in_force(client):
    application = applications.acceptable()
    first = client.validate(application)
    application.policyholder.certificate.number = applications.with_wrong_check_character(
        application.policyholder.certificate.number
    )
    second = client.validate(application)
    corrected = applications.acceptable(application.application_no)
    third = client.validate(corrected)
    assert (first.verdict, second.verdict, third.verdict) == (
        verdicts.VERDICT_ACCEPTED,
        verdicts.VERDICT_REJECTED,
        verdicts.VERDICT_ACCEPTED,
    )
    submissions = [client.get(answer.submission_id) for answer in (first, second, third)]
    assert [s.revision for s in submissions] == [1, 2, 3]
    assert [s.current for s in submissions] == [False, False, True]


def test_an_older_source_revision_is_recorded_and_changes_nothing(client):
    application = applications.acceptable()
    application.source_revision = 7
    newest = client.validate(application)
    application.source_revision = 6
    application.policyholder.phones[0] = "13927040001"
    older = client.validate(application)
    assert "REVISION_SUPERSEDED" in {f.code for f in older.findings}
    newest, older = client.get(newest.submission_id), client.get(older.submission_id)
    assert (newest.current, newest.superseded, newest.source_revision) == (True, False, 7)
    assert (older.current, older.superseded, older.source_revision) == (False, True, 6)


@pytest.fixture(scope="module")
def several(clients):
    """Five submissions of one application, oldest first: alternately accepted and rejected."""
    number = f"PY-{uuid.uuid4()}"
    made = []
    for turn in range(5):
        application = applications.faulty(number) if turn % 2 else applications.acceptable(number)
        made.append(clients.core.validate(application).submission_id)
    return number, made


def pages(client, **filters):
    """The submission ids of every page."""
    token, found = "", []
    while True:
        page = client.list(page_token=token, **filters)
        found.append([s.submission_id for s in page.submissions])
        token = page.next_page_token
        if not token:
            return found


@pytest.mark.parametrize("page_size", [1, 2, 5, 1_000_000])
def test_pages_hold_everything_once_newest_first(client, several, page_size):
    number, made = several
    found = pages(client, source=applications.SOURCE, application_no=number, page_size=page_size)
    assert sum(found, []) == made[::-1]
    assert all(len(page) <= page_size for page in found)
    assert all(found), "no page is empty"


def test_filters_hold_together(client, several):
    number, made = several
    base = {"source": applications.SOURCE, "application_no": number}
    ids = lambda **filters: [s.submission_id for s in client.list(**base, **filters).submissions]  # noqa: E731
    assert ids(verdict=verdicts.VERDICT_REJECTED) == made[3:0:-2]
    assert ids(channel=model.CHANNEL_DIRECT) == []
    middle = client.get(made[2]).decided_time
    assert ids(decided_since=middle) == made[:1:-1]
    assert ids(decided_before=middle) == made[1::-1]


def test_lists_hold_no_parties_and_only_what_the_caller_may_see(clients, several):
    number, _ = several
    page = clients.core.list(source=applications.SOURCE, application_no=number)
    assert not any(s.parties for s in page.submissions)
    assert not clients.gateway.list(application_no=number).submissions


def test_a_page_token_belongs_to_its_filters(clients, several):
    number, _ = several
    page = clients.core.list(source=applications.SOURCE, application_no=number, page_size=2)
    for token, filters in ((page.next_page_token, {}), ("bm8gdG9rZW4", {"application_no": number})):
        with fails(grpc.StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID"):
            clients.core.list(page_token=token, **filters)
    with fails(grpc.StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID"):
        clients.gateway.list(source=applications.SOURCE, application_no=number, page_token=page.next_page_token)


def test_a_negative_page_size_is_refused(client):
    with fails(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST") as failure:
        client.list(page_size=-1)
    assert failure.fields == {"page_size"}
