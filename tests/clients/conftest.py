"""Fixtures: one service for the session, tokens, and a client as an integrator would write it.

Run by `./dev test` (or `./dev test clients`). To add a test, take `client` and build a request with `applications`.
"""

import uuid
from types import SimpleNamespace

import grpc
import pytest

import stubs

stubs.generate()

import applications  # noqa: E402  (the stubs must be there first)
import service as running_service  # noqa: E402
from zhenshi.v1 import validation_service_pb2 as api  # noqa: E402
from zhenshi.v1.validation_service_pb2_grpc import ValidationServiceStub  # noqa: E402

# No call may hang: a deadline on each, as docs tell every caller to set.
DEADLINE_S = 15


class Client:
    """ValidationService with a token and a deadline on every call."""

    def __init__(self, channel: grpc.Channel, token: str | None):
        self.stub = ValidationServiceStub(channel)
        self.metadata = [("authorization", f"Bearer {token}")] if token else []

    def call(self, method: str, request):
        """Calls `method`; an error of the call is raised as grpc.RpcError."""
        return getattr(self.stub, method)(request, metadata=self.metadata, timeout=DEADLINE_S)

    def stream(self, requests):
        """Sends a stream of requests and returns the answers."""
        answers = self.stub.ValidateApplications(iter(requests), metadata=self.metadata, timeout=DEADLINE_S)
        return list(answers)

    def validate(self, application=None, **fields):
        """Validates an application (an acceptable one if none is given) under a new request id."""
        fields.setdefault("request_id", str(uuid.uuid4()))
        application = application if application is not None else applications.acceptable()
        return self.call("ValidateApplication", api.ValidateApplicationRequest(application=application, **fields))

    def get(self, submission_id: str, **fields):
        """The submission of that id."""
        request = api.GetSubmissionRequest(submission_id=submission_id, **fields)
        return self.call("GetSubmission", request).submission

    def list(self, **fields):
        """One page of submissions."""
        return self.call("ListSubmissions", api.ListSubmissionsRequest(**fields))


@pytest.fixture(scope="session")
def service():
    """The running service."""
    with running_service.running() as running:
        yield running


@pytest.fixture(scope="session")
def channel(service):
    """A plaintext channel to the service."""
    with grpc.insecure_channel(service.grpc) as channel:
        yield channel


@pytest.fixture(scope="session")
def clients(service, channel):
    """Callers: `core` may send source `core` by every channel, `gateway` only `bancassurance`, `nobody` has no token."""
    return SimpleNamespace(
        core=Client(channel, service.token("pytest", applications.SOURCE, "all")),
        gateway=Client(channel, service.token("pytest-gateway", "gateway", "bancassurance")),
        nobody=Client(channel, None),
        stranger=Client(channel, "zhenshi_this-token-was-never-made"),
    )


@pytest.fixture
def client(clients):
    """The usual caller."""
    return clients.core
