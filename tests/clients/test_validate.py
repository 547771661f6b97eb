"""ValidateApplication: verdicts, findings, replays."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

import applications
from failures import fails
from zhenshi.v1 import application_pb2 as model
from zhenshi.v1 import finding_pb2 as verdicts
from zhenshi.v1 import validation_service_pb2 as api

LANGUAGES = ("zh-Hans", "zh-Hant", "en")


def test_an_application_without_faults_is_accepted(client):
    answer = client.validate()
    assert answer.verdict == verdicts.VERDICT_ACCEPTED, answer.findings
    assert not [f for f in answer.findings if f.severity == verdicts.SEVERITY_BLOCKING]
    assert str(uuid.UUID(answer.submission_id)) == answer.submission_id
    assert answer.rule_set_version and answer.calendar_version and answer.directory_version
    assert answer.decided_time.seconds > 1_700_000_000


def test_all_faults_are_answered_at_once(client):
    answer = client.validate(applications.faulty())
    assert answer.verdict == verdicts.VERDICT_REJECTED
    blocking = [f for f in answer.findings if f.severity == verdicts.SEVERITY_BLOCKING]
    assert {(f.code, f.field_path, f.article) for f in blocking} == applications.FAULTS
    assert all(f.message for f in answer.findings)


def test_findings_never_hold_a_value_of_the_application(client):
    application = applications.faulty()
    answer = client.validate(application)
    words = " ".join(f.message + f.field_path for f in answer.findings)
    for value in (application.policyholder.name, application.policyholder.certificate.number):
        assert value not in words


def test_findings_speak_three_languages(client):
    application = applications.faulty()
    said = {}
    for language in LANGUAGES:
        answer = client.validate(application, language_code=language, validate_only=True)
        said[language] = {f.code: f.message for f in answer.findings}
    assert said["zh-Hans"].keys() == said["zh-Hant"].keys() == said["en"].keys()
    for code in said["en"]:
        assert len({said[language][code] for language in LANGUAGES}) == len(LANGUAGES), code
        assert said["en"][code].isascii() and not said["zh-Hans"][code].isascii(), code
    unset = client.validate(application, validate_only=True)
    assert {f.code: f.message for f in unset.findings} == said["zh-Hans"]


@pytest.mark.parametrize("change", ["short term", "group"])
def test_business_outside_article_4_is_not_applicable(client, change):
    application = applications.faulty()
    if change == "group":
        application.product.group = True
    else:
        application.product.term.months = 6
    answer = client.validate(application)
    assert answer.verdict == verdicts.VERDICT_NOT_APPLICABLE
    assert not answer.findings


def test_a_missing_term_is_a_finding_and_no_way_around_the_rules(client):
    application = applications.faulty()
    application.product.ClearField("term")
    answer = client.validate(application)
    assert answer.verdict == verdicts.VERDICT_REJECTED
    assert ("product.term", 4) in {(f.field_path, f.article) for f in answer.findings}
    assert applications.FAULTS <= {(f.code, f.field_path, f.article) for f in answer.findings}


def test_the_same_request_gets_the_same_answer(client):
    request_id, application = str(uuid.uuid4()), applications.faulty()
    first = client.validate(application, request_id=request_id)
    again = client.validate(application, request_id=request_id)
    assert again == first
    page = client.list(source=application.source, application_no=application.application_no)
    assert [s.submission_id for s in page.submissions] == [first.submission_id]


def test_a_replay_speaks_the_language_asked(client):
    request_id, application = str(uuid.uuid4()), applications.faulty()
    first = client.validate(application, request_id=request_id)
    again = client.validate(application, request_id=request_id, language_code="en")
    assert again.submission_id == first.submission_id
    assert again.decided_time == first.decided_time
    assert [f.code for f in again.findings] == [f.code for f in first.findings]
    assert all(f.message.isascii() for f in again.findings)


def test_callers_at_once_with_one_request_get_one_submission(client):
    request = api.ValidateApplicationRequest(request_id=str(uuid.uuid4()), application=applications.acceptable())
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: client.call("ValidateApplication", request), range(64)))
    assert len({a.SerializeToString(deterministic=True) for a in answers}) == 1


def test_a_request_id_with_other_content_is_refused(client):
    request_id, application = str(uuid.uuid4()), applications.acceptable()
    first = client.validate(application, request_id=request_id)
    application.policyholder.phones.append("13927049999")
    with fails(grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED"):
        client.validate(application, request_id=request_id)
    # Nothing was changed by the attempt.
    page = client.list(source=application.source, application_no=application.application_no)
    assert [s.submission_id for s in page.submissions] == [first.submission_id]


def test_request_ids_of_two_callers_do_not_meet(clients):
    request_id = str(uuid.uuid4())
    other = applications.acceptable()
    other.source = "gateway"
    first = clients.core.validate(request_id=request_id)
    second = clients.gateway.validate(other, request_id=request_id)
    assert first.submission_id != second.submission_id


@pytest.mark.parametrize("request_id", ["", str(uuid.uuid4())])
def test_validate_only_records_nothing(client, request_id):
    for application, verdict in (
        (applications.acceptable(), verdicts.VERDICT_ACCEPTED),
        (applications.faulty(), verdicts.VERDICT_REJECTED),
    ):
        answer = client.validate(application, request_id=request_id, validate_only=True)
        assert answer.submission_id == ""
        assert answer.verdict == verdict
        assert answer.rule_set_version and answer.HasField("decided_time")
        page = client.list(source=application.source, application_no=application.application_no)
        assert not page.submissions and not page.next_page_token


def test_one_hundred_insureds_are_judged(client):
    application = applications.acceptable()
    insured = application.insureds[0]
    application.ClearField("insureds")
    application.insureds.extend([insured] * 100)
    application.insureds[99].person.ClearField("sex")
    answer = client.validate(application)
    assert answer.verdict == verdicts.VERDICT_REJECTED
    assert {f.field_path for f in answer.findings if f.severity == verdicts.SEVERITY_BLOCKING} == {
        "insureds[99].person.sex"
    }


def test_a_stream_answers_in_order_and_goes_on_after_a_bad_message(client):
    good = [
        api.ValidateApplicationRequest(request_id=str(uuid.uuid4()), application=applications.acceptable())
        for _ in range(20)
    ]
    unreadable = api.ValidateApplicationRequest(request_id=str(uuid.uuid4()), application=model.Application())
    requests = [*good[:10], unreadable, *good[10:]]
    answers = client.stream(api.ValidateApplicationsRequest(request=request) for request in requests)
    assert [a.request_id for a in answers] == [r.request_id for r in requests]
    assert [a.WhichOneof("result") for a in answers] == ["response"] * 10 + ["status"] + ["response"] * 10
    assert answers[10].status.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert answers[10].status.details
