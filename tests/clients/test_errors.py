"""Errors of calls: a canonical code, one enumerated reason, every bad field at once, words in the caller's language."""

import uuid

import grpc
import pytest

import applications
from failures import fails
from zhenshi.v1 import application_pb2 as model
from zhenshi.v1 import validation_service_pb2 as api


def test_a_missing_application_no_is_named(client):
    application = applications.acceptable()
    application.application_no = ""
    with fails(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST") as failure:
        client.validate(application)
    assert failure.fields == {"application.application_no"}


def test_all_unreadable_fields_are_named_at_once(client):
    with fails(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST") as failure:
        client.validate(model.Application(), request_id="")
    assert failure.fields == {
        "request_id",
        "application.source",
        "application.application_no",
        "application.kind",
        "application.channel",
    }


def test_a_missing_application_is_named(client):
    with fails(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST") as failure:
        client.call("ValidateApplication", api.ValidateApplicationRequest(request_id=str(uuid.uuid4())))
    assert failure.fields == {"application"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("source", "two words"), ("source", "s" * 65), ("application_no", "n" * 65), ("kind", 99), ("channel", 99)],
)
def test_values_that_name_nothing_are_refused(client, field, value):
    application = applications.acceptable()
    setattr(application, field, value)
    with fails(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST") as failure:
        client.validate(application)
    assert failure.fields == {f"application.{field}"}


def test_a_request_id_must_be_a_uuid(client):
    with fails(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST") as failure:
        client.validate(request_id="order-17")
    assert failure.fields == {"request_id"}


def test_too_many_insureds_are_refused_with_the_limit(client):
    application = applications.acceptable()
    insured = application.insureds[0]
    application.insureds.extend([insured] * 100)
    with fails(grpc.StatusCode.INVALID_ARGUMENT, "TOO_MANY_INSUREDS") as failure:
        client.validate(application)
    assert dict(failure.info.metadata) == {"limit": "100", "actual": "101"}


@pytest.mark.parametrize("caller", ["nobody", "stranger"])
def test_without_a_token_in_force_there_is_no_answer(clients, caller):
    caller = getattr(clients, caller)
    for call in (
        caller.validate,
        lambda: caller.validate(validate_only=True),
        lambda: caller.get(str(uuid.uuid4())),
        caller.list,
        lambda: caller.stream([]),
    ):
        with fails(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID"):
            call()


@pytest.mark.parametrize("validate_only", [False, True])
def test_a_source_of_others_is_refused(client, validate_only):
    application = applications.acceptable()
    application.source = "gateway"
    with fails(grpc.StatusCode.PERMISSION_DENIED, "OUT_OF_SCOPE"):
        client.validate(application, validate_only=validate_only)


def test_a_channel_of_others_is_refused(clients):
    application = applications.acceptable()
    application.source, application.channel = "gateway", model.CHANNEL_DIRECT
    with fails(grpc.StatusCode.PERMISSION_DENIED, "OUT_OF_SCOPE"):
        clients.gateway.validate(application)


def test_an_unknown_submission_is_not_found(client):
    with fails(grpc.StatusCode.NOT_FOUND, "SUBMISSION_NOT_FOUND"):
        client.get(str(uuid.uuid4()))


def test_a_submission_of_others_is_as_good_as_unknown(clients):
    submission_id = clients.core.validate().submission_id
    with fails(grpc.StatusCode.NOT_FOUND, "SUBMISSION_NOT_FOUND"):
        clients.gateway.get(submission_id)


def test_a_submission_id_must_be_a_uuid(client):
    with fails(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST") as failure:
        client.get("17")
    assert failure.fields == {"submission_id"}


def test_errors_speak_the_callers_language(client):
    said = {}
    for language in ("zh-Hans", "zh-Hant", "en"):
        with fails(grpc.StatusCode.NOT_FOUND, "SUBMISSION_NOT_FOUND") as failure:
            client.get(str(uuid.uuid4()), language_code=language)
        assert failure.words.locale == language
        said[language] = failure.words.message
        # The status's own message is for developers.
        assert failure.message.isascii()
    assert said["en"].isascii() and not said["zh-Hans"].isascii()
    assert len(set(said.values())) == len(said)
