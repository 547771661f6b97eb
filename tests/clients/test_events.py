"""EventService as an operator calls it, and the page for receivers: what it says of signatures is run against the published vector."""

import pathlib
import re
import uuid

import grpc

from failures import fails
from zhenshi.v1 import event_service_pb2 as api
from zhenshi.v1.event_service_pb2_grpc import EventServiceStub

DEADLINE_S = 15
PAGE = pathlib.Path(__file__).parents[2] / "docs" / "events.md"
# The test vector that is published with Standard Webhooks.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_who_reaches_everything_sees_deliveries_and_others_do_not(service, client, channel):
    stub = EventServiceStub(channel)
    metadata = [("authorization", f"Bearer {service.token('pytest-events', 'all', 'all')}")]
    page = stub.ListDeliveries(api.ListDeliveriesRequest(page_size=5), metadata=metadata, timeout=DEADLINE_S)
    assert (list(page.deliveries), page.next_page_token) == ([], "")
    again = api.RedeliverEventsRequest(request_id=str(uuid.uuid4()), endpoint="nowhere", every_dead_letter=True)
    with fails(grpc.StatusCode.NOT_FOUND, "EVENT_ENDPOINT_NOT_FOUND"):
        stub.RedeliverEvents(again, metadata=metadata, timeout=DEADLINE_S)
    with fails(grpc.StatusCode.PERMISSION_DENIED, "ADMINISTRATION_ONLY"):
        stub.RedeliverEvents(again, metadata=client.metadata, timeout=DEADLINE_S)


def test_the_page_for_receivers_verifies_the_published_vector(monkeypatch):
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S).group(1)
    page = {}
    exec(code, page)  # our own page
    monkeypatch.setattr(page["time"], "time", lambda: 1614265330.0)
    assert page["verified"](SECRET, HEADERS, BODY)
    two = {**HEADERS, "webhook-signature": f"v1,AAAA {HEADERS['webhook-signature']}"}
    assert page["verified"](SECRET, two, BODY)
    assert not page["verified"](SECRET, HEADERS, BODY + b" ")
    monkeypatch.setattr(page["time"], "time", lambda: 1614265330.0 + 301)
    assert not page["verified"](SECRET, HEADERS, BODY)
