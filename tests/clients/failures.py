"""Reads errors as an integrator does: canonical code, and the typed details of google.rpc."""

import contextlib
from dataclasses import dataclass

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

# Domain of every ErrorInfo.
DOMAIN = "zhenshi"


@dataclass
class Failure:
    """An error of a call, filled in when the block of `fails` is left."""

    code: grpc.StatusCode | None = None
    message: str = ""
    info: error_details_pb2.ErrorInfo | None = None
    words: error_details_pb2.LocalizedMessage | None = None
    fields: frozenset = frozenset()


@contextlib.contextmanager
def fails(code: grpc.StatusCode, reason: str):
    """Expects the block to fail with `code` and an ErrorInfo of `reason`; gives the failure."""
    failure = Failure()
    with pytest.raises(grpc.RpcError) as raised:
        yield failure
    status = rpc_status.from_call(raised.value)
    assert status is not None, f"no details: {raised.value}"
    failure.code, failure.message = raised.value.code(), status.message
    for detail in status.details:
        if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
            failure.info = error_details_pb2.ErrorInfo()
            detail.Unpack(failure.info)
        elif detail.Is(error_details_pb2.LocalizedMessage.DESCRIPTOR):
            failure.words = error_details_pb2.LocalizedMessage()
            detail.Unpack(failure.words)
        elif detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
            bad_request = error_details_pb2.BadRequest()
            detail.Unpack(bad_request)
            assert all(violation.description for violation in bad_request.field_violations)
            failure.fields = frozenset(violation.field for violation in bad_request.field_violations)
    assert failure.code == code, f"{failure.code}: {failure.message}"
    assert failure.info is not None, "every error carries an ErrorInfo"
    assert failure.info.domain == DOMAIN
    assert failure.info.reason == reason
    assert failure.message
