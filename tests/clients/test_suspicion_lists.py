"""An exported suspicion list as a spreadsheet program reads it: openpyxl for the workbook, csv for the text.

The list is planted: the daily one needs a working day, and these tests run on any day.
"""

import csv
import io
import uuid

import applications
import grpc
import openpyxl
import pytest

from failures import fails
from zhenshi.v1 import application_pb2 as model
from zhenshi.v1 import suspicion_service_pb2 as api
from zhenshi.v1.suspicion_service_pb2_grpc import SuspicionServiceStub

DEADLINE_S = 30
SUSPICIONS = 3
DAY = applications.date(2026, 11, 24)
LIST = "SUSPICION_LIST_KIND_SELF_INSPECTION"

# A self-inspection list: the dates of daily lists say which of them are due.
PLANT = """
INSERT INTO suspicion_list (id, kind, list_date, cut_time, previous_cut_time, state, rule_set_version, calendar_version,
    provisional, closed_time)
VALUES ('{id}', 2, '2026-11-24', '2026-11-23T16:00Z', '2026-11-22T16:00Z', 1, 'r', 'c', false, '2026-11-23T22:00Z');
INSERT INTO clue_value SELECT md5('value' || n)::uuid, 1, 1, md5('print' || n)::uuid FROM generate_series(1, {count}) n;
INSERT INTO suspicion SELECT md5('suspicion' || n)::uuid, '{id}', 1, md5('value' || n)::uuid, NULL, '', 2, 2, false, false,
    2, '4401', n, n, 0, 0, 0, 0 FROM generate_series(1, {count}) n;
INSERT INTO suspicion_member SELECT s.id, row_number() OVER (PARTITION BY s.id ORDER BY a.application_no), p.customer_id,
    a.id, p.submission_id, p.party_no, p.role, 0, true, false, a.channel, a.branch_code, '=1+1', a.agency_code
    FROM suspicion s, application a JOIN application_party p ON p.application_id = a.id
    WHERE s.list_id = '{id}' AND p.party_no = 0 AND a.application_no IN ({numbers});
UPDATE suspicion_list SET state = 2, sealed_time = '2026-11-23T22:05Z', digest = decode(repeat('ab', 32), 'hex'),
    suspicion_count = {count}, member_count = 2 * {count} WHERE id = '{id}';
"""


@pytest.fixture(scope="module")
def numbers(service, clients):
    """The numbers of the two applications whose policyholders stand in every suspicion of the list."""
    sent = [applications.acceptable(), applications.acceptable()]
    # A number that a spreadsheet must not take for one.
    sent[0].application_no = f"000{uuid.uuid4().int % 10**15:015}"
    for application in sent:
        application.channel = model.CHANNEL_BANCASSURANCE
        clients.core.validate(application)
    numbers = sorted(application.application_no for application in sent)
    quoted = ", ".join(f"'{number}'" for number in numbers)
    service.sql(PLANT.format(id=uuid.uuid4(), count=SUSPICIONS, numbers=quoted))
    return numbers


@pytest.fixture(scope="module")
def export(channel, clients, numbers):
    """Exports the list in a format: name and bytes of the file."""

    def call(form, language="zh-Hans", **fields):
        fields = {"list_date": DAY, "kind": LIST, **fields}
        request = api.ExportSuspicionListRequest(format=form, language_code=language, **fields)
        stub = SuspicionServiceStub(channel)
        pieces = list(stub.ExportSuspicionList(request, metadata=clients.core.metadata, timeout=DEADLINE_S))
        return pieces[0].file_name, b"".join(piece.content for piece in pieces)

    return call


def column(sheet, heading):
    """The cells under a heading."""
    headings = [cell.value for cell in sheet[1]]
    return [row[headings.index(heading)] for row in sheet.iter_rows(min_row=2)]


def test_a_workbook_has_texts_a_frozen_header_a_filter_and_the_facts(export, numbers):
    name, content = export("EXPORT_FORMAT_XLSX")
    assert name == "self-inspection-list-2026-11-24.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["问题件清单", "清单信息"]
    members, facts = book.worksheets
    rows, columns = 1 + 2 * SUSPICIONS, members.max_column
    assert (members.max_row, members.freeze_panes) == (rows, "A2")
    assert members.auto_filter.ref == f"A1:{openpyxl.utils.get_column_letter(columns)}{rows}"
    cells = [cell for row in members.iter_rows() for cell in row if cell.value is not None]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
    assert all(cell.font.b for cell in members[1])

    assert sorted({cell.value for cell in column(members, "投保单号")}) == numbers
    assert [cell.value for cell in column(members, "序号")] == ["1", "1", "2", "2", "3", "3"]
    assert {cell.value for cell in column(members, "可疑线索")} == {"同一电话"}
    # A text, not a formula; nobody's name or number in full.
    assert {cell.value for cell in column(members, "销售人员工号")} == {"=1+1"}
    assert all("*" in cell.value for heading in ("姓名", "证件号码", "电话") for cell in column(members, heading))

    told = dict(facts.iter_rows(values_only=True))
    assert told["清单摘要（SHA-256）"] == "ab" * 32
    assert {cell.data_type for row in facts.iter_rows() for cell in row} == {"s"}


def test_the_csv_says_the_same_and_no_cell_is_a_formula(export):
    _, content = export("EXPORT_FORMAT_CSV")
    text = content.decode("utf-8-sig")
    assert content.startswith(b"\xef\xbb\xbf") and text.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    members = openpyxl.load_workbook(io.BytesIO(export("EXPORT_FORMAT_XLSX")[1])).worksheets[0]
    written = [[cell or "" for cell in row] for row in members.iter_rows(values_only=True)]
    guarded = [["'=1+1" if cell == "=1+1" else cell for cell in row] for row in written]
    assert rows == guarded
    assert not any(cell[:1] in "=+-@\t" for row in rows for cell in row if cell)


def test_the_headings_come_in_the_language_that_was_asked_for(export):
    book = openpyxl.load_workbook(io.BytesIO(export("EXPORT_FORMAT_XLSX", "en")[1]))
    assert book.worksheets[0]["B1"].value == "Clue"


def test_a_list_that_there_is_not_is_refused(export):
    with fails(grpc.StatusCode.NOT_FOUND, "SUSPICION_LIST_NOT_FOUND"):
        export("EXPORT_FORMAT_XLSX", list_date=applications.date(2020, 1, 2))
