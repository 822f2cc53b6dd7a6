"""Calls the clients and says what was sent, what is wrong with some payloads, and whether each sink calls its vendor."""

from __future__ import annotations

import json
import pathlib
import sys
import threading
import urllib.error
import warnings
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import clients
from calls import call
from clients import sinks
from clients.client import validate

memory = sinks.MemorySink()
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    call(memory)
assert [str(own.message) for own in warned] == ["Use `order_completed` instead."], warned


def said(message: clients.Message) -> dict[str, object]:
    name, properties = message.to("ga4")
    return {
        "event": message.event,
        "class": message.kind,
        "name": message.name,
        "properties": message.properties,
        "context": message.context.given(),
        "ga4": {"name": name, "properties": properties},
    }


sent = [said(message) for message in memory.messages]
payloads = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))
violations = [
    [[own.property, own.rule] for own in validate(payload["event"], payload["properties"])] for payload in payloads
]

# ---- off by default, and strict or told on demand

bad: dict[str, Any] = {"text": "a", "whole": 1, "currency": "EUR"}
clients.Client(memory).everything(**bad)
try:
    clients.Client(memory, validate=True).everything(**bad)
except clients.InvalidEvent as error:
    assert str(error) == "everything: text is below 2 characters", error
else:
    raise AssertionError("it is sent")
told: list[clients.Violation] = []
clients.Client(memory, validate=told.extend).everything(**bad)
assert len(told) == 1 and len(memory.messages) == len(sent) + 2

# ---- sinks

who = clients.Context(user_id="u", anonymous_id="a", message_id="m", timestamp="2027-03-31T21:00:00Z")
name, properties = "Order 🎉 Completed", {"order id": "7", "المبلغ": 5}
moment = sinks._time(who)
assert moment is not None


def order(client: clients.Client) -> None:
    client.طلب_مكتمل(رقم_الطلب="7", المبلغ=5)


def page(client: clients.Client) -> None:
    client.page_seen(title="T")


def known(client: clients.Client) -> None:
    client.person_known(first_name="F")


def team(client: clients.Client) -> None:
    client.team_known(seats=3, context=clients.Context(group_id="g"))


class Spy:
    """A vendor's client that notes how it is called."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    def __getattr__(self, method: str) -> Callable[..., None]:
        return lambda *args, **kwargs: self.seen.append((method, *args, kwargs))


def calls(sink: Callable[[Any], clients.Sink], send: Callable[[clients.Client], None] = order) -> list[object]:
    spy = Spy()
    send(clients.Client(sink(spy), context=who))
    return spy.seen


def holds(got: object, wanted: object) -> None:
    assert got == wanted, f"{got}\n{wanted}"


ids = {"user_id": "u", "anonymous_id": "a", "message_id": "m", "timestamp": moment}
for make in (sinks.segment, sinks.rudderstack):
    holds(calls(make), [("track", {"event": name, "properties": properties, **ids})])
    holds(calls(make, page), [("page", {"name": "page_seen", "properties": {"title": "T"}, **ids})])
    holds(calls(make, known), [("identify", {"traits": {"first_name": "F"}, **ids})])
    holds(calls(make, team), [("group", {"group_id": "g", "traits": {"seats": 3}, **ids})])
holds(
    calls(lambda spy: sinks.snowplow(spy.track, "com.example", "1-0-1"), page),
    [("track", "iglu:com.example/page_seen/jsonschema/1-0-1", {"title": "T"}, {})],
)
posted = {"event": name, "distinct_id": "u", "properties": properties, "timestamp": moment}
holds(calls(sinks.posthog), [("capture", posted)])
holds(
    calls(sinks.posthog, known),
    [("capture", {**posted, "event": "$identify", "properties": {"$set": {"first_name": "F"}}})],
)
milliseconds = int(moment.timestamp() * 1000)
own = {"user_id": "u", "device_id": "a", "insert_id": "m", "time": milliseconds}
holds(
    calls(lambda spy: sinks.amplitude(spy, dict)),
    [("track", {"event_type": name, "event_properties": properties, **own}, {})],
)
holds(
    calls(sinks.mixpanel),
    [("track", "u", name, {**properties, "$insert_id": "m", "time": milliseconds // 1000}, {})],
)

# ---- over HTTP, for real

got: list[tuple[str, str | None, Any]] = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        got.append((self.path, self.headers["x-key"], json.loads(body)))
        self.send_response(500 if self.path == "/no" else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
order(clients.Client(sinks.http(f"{url}/ok", {"x-key": "k"}), context=who))
context = {"userId": "u", "anonymousId": "a", "messageId": "m", "timestamp": who.timestamp}
body = {"event": "طلب_مكتمل", "class": "track", "name": name, "properties": properties, "context": context}
holds(got, [("/ok", "k", body)])
try:
    order(clients.Client(sinks.http(f"{url}/no")))
except urllib.error.HTTPError as error:
    assert error.code == 500
else:
    raise AssertionError("a refusal passes")
got.clear()
clients.Client(sinks.ga4("G-1", "s&", f"{url}/mp"), context=who).everything(
    text="ab", whole=1, currency="EUR", main=clients.Thing(id="x")
)
parameters = {"text": "ab", "whole": 1, "currency": "EUR", "main": {"item_id": "x"}}
event = {
    "client_id": "a",
    "user_id": "u",
    "timestamp_micros": milliseconds * 1000,
    "events": [{"name": "every_thing", "params": parameters}],
}
holds(got, [("/mp?measurement_id=G-1&api_secret=s%26", None, event)])
several: list[clients.Message] = []
order(clients.Client(sinks.every([memory, sinks.FunctionSink(several.append)])))
holds(memory.messages[-1], several[0])
server.shutdown()

print(json.dumps({"sent": sent, "violations": violations}, ensure_ascii=False))
