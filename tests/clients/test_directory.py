"""The directory, as a system of records and a person with a file write it. Only staff and branches: sellers would change the
findings of other tests."""

import uuid

import grpc
import pytest

from failures import fails
from zhenshi.v1 import directory_pb2 as model
from zhenshi.v1 import directory_service_pb2 as api
from zhenshi.v1.directory_service_pb2_grpc import DirectoryServiceStub

DEADLINE_S = 15


@pytest.fixture(scope="module")
def directory(service, channel):
    """Calls a method of DirectoryService with a token for everything."""
    metadata = [("authorization", f"Bearer {service.token('pytest-directory', 'all', 'all')}")]
    stub = DirectoryServiceStub(channel)
    return lambda method, request: getattr(stub, method)(request, metadata=metadata, timeout=DEADLINE_S)


def member(**fields):
    return model.StaffMember(
        **{"code": "P001", "name": "测试甲", "role": model.STAFF_ROLE_CLERK, "phones": ["13827359461"], **fields}
    )


def upsert(**fields):
    return api.UpsertStaffMemberRequest(request_id=str(uuid.uuid4()), staff_member=member(**fields))


def test_a_member_of_staff_is_written_and_shown_masked(directory):
    written = directory("UpsertStaffMember", upsert()).staff_member
    assert (written.etag, written.name) == ("1", "")
    shown = directory("GetStaffMember", api.GetStaffMemberRequest(code="P001")).staff_member
    assert (shown.name, list(shown.phones)) == ("测**", ["138****9461"])
    with fails(grpc.StatusCode.ABORTED, "ETAG_MISMATCH"):
        directory("UpsertStaffMember", upsert(etag="7", capacity=3))
    with fails(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST") as failure:
        directory("UpsertStaffMember", upsert(role=0, phones=["none"]))
    assert failure.fields == {"staff_member.role", "staff_member.phones"}


def test_a_file_is_imported_in_pieces(directory):
    text = "代码,名称\nP4401,示例分公司\nP4402,示例支公司\n".encode("gb18030")
    header = api.ImportDirectoryHeader(kind=model.DIRECTORY_KIND_BRANCHES, size_bytes=len(text))
    pieces = [api.ImportDirectoryRequest(chunk=text[place : place + 7]) for place in range(0, len(text), 7)]
    for created, unchanged in ((2, 0), (0, 2)):
        answer = directory("ImportDirectory", iter([api.ImportDirectoryRequest(header=header), *pieces]))
        assert (answer.created_count, answer.unchanged_count, list(answer.problems)) == (created, unchanged, [])
    listed = directory("ListBranches", api.ListBranchesRequest()).branches
    assert {"P4401", "P4402"} <= {branch.code for branch in listed}


def test_half_a_file_is_refused(directory):
    text = "代码,名称\nP4403,示例分公司\nP4404,示例支公司\n".encode()
    header = api.ImportDirectoryHeader(kind=model.DIRECTORY_KIND_BRANCHES, size_bytes=len(text))
    half = api.ImportDirectoryRequest(chunk=text[: text.index(b"P4404")])
    with fails(grpc.StatusCode.INVALID_ARGUMENT, "DIRECTORY_FILE_UNUSABLE") as failure:
        directory("ImportDirectory", iter([api.ImportDirectoryRequest(header=header), half]))
    assert failure.info.metadata["problem"] == "incomplete"
    with fails(grpc.StatusCode.NOT_FOUND, "DIRECTORY_ENTRY_NOT_FOUND"):
        directory("GetBranch", api.GetBranchRequest(code="P4403"))


def test_who_may_not_write_is_told_so(client, channel):
    stub = DirectoryServiceStub(channel)
    with fails(grpc.StatusCode.PERMISSION_DENIED, "ADMINISTRATION_ONLY"):
        stub.UpsertStaffMember(upsert(), metadata=client.metadata, timeout=DEADLINE_S)
    with fails(grpc.StatusCode.NOT_FOUND, "DIRECTORY_ENTRY_NOT_FOUND"):
        request = api.GetSellerRequest(code="nobody")
        stub.GetSeller(request, metadata=client.metadata, timeout=DEADLINE_S)
