// Calls the compiled clients and says what was sent, what is wrong with some payloads, and whether each sink calls its
// vendor as it wants to be called.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Client, InvalidEvent, validate } from "./out/clients/client.js";
import * as sinks from "./out/clients/sinks.js";
import { call } from "./out/calls.js";

const memory = new sinks.MemorySink();
call(memory);
const sent = memory.messages.map((own) => ({
  event: own.event,
  class: own.class,
  name: own.name,
  properties: own.properties,
  context: own.context,
  ga4: own.to("ga4"),
}));
const payloads = JSON.parse(readFileSync(process.argv[2], "utf8"));
const violations = payloads.map(({ event, properties }) =>
  validate(event, properties).map((own) => [own.property, own.rule]),
);

// ---- off by default, and strict or told on demand

const bad = { text: "a", whole: 1, currency: "EUR" };
new Client(memory).everything(bad);
assert.throws(
  () => new Client(memory, { validate: true }).everything(bad),
  (error) => error instanceof InvalidEvent && error.message === "everything: text is below 2 characters",
);
const told = [];
new Client(memory, { validate: (found) => told.push(...found) }).everything(bad);
assert.equal(told.length, 1);
assert.equal(memory.messages.length, sent.length + 2);

// ---- sinks

const context = { userId: "u", anonymousId: "a", messageId: "m", timestamp: "2027-03-31T21:00:00Z" };
const order = { رقم_الطلب: "7", المبلغ: 5 };
const properties = { "order id": "7", "المبلغ": 5 };
const name = "Order 🎉 Completed";
const time = new Date(context.timestamp);

function calls(sink, send = (client) => client.طلب_مكتمل(order, context)) {
  const seen = [];
  const spy = new Proxy({}, { get: (_, method) => (...args) => void seen.push([method, ...args]) });
  send(new Client(sink(spy)));
  return seen;
}
const paged = (client) => client.pageSeen({ title: "T" }, context);
const known = (client) => client.personKnown({ firstName: "F" }, context);
const team = (client) => client.teamKnown({ seats: 3 }, { ...context, groupId: "g" });

for (const [browser, node] of [[sinks.segment, sinks.segmentNode], [sinks.rudderstack, sinks.rudderstackNode]]) {
  assert.deepEqual(calls(browser), [["track", name, properties]]);
  assert.deepEqual(calls(browser, paged), [["page", "page_seen", { title: "T" }]]);
  assert.deepEqual(calls(browser, known), [["identify", "u", { first_name: "F" }]]);
  assert.deepEqual(calls(browser, team), [["group", "g", { seats: 3 }]]);
  const who = { userId: "u", anonymousId: "a", messageId: "m", timestamp: time };
  assert.deepEqual(calls(node), [["track", { ...who, event: name, properties }]]);
  assert.deepEqual(calls(node, paged), [["page", { ...who, name: "page_seen", properties: { title: "T" } }]]);
  assert.deepEqual(calls(node, known), [["identify", { ...who, traits: { first_name: "F" } }]]);
  assert.deepEqual(calls(node, team), [["group", { ...who, groupId: "g", traits: { seats: 3 } }]]);
}
const snowplow = (spy) => sinks.snowplow((event) => spy.call(event), { vendor: "com.example", version: "1-0-1" });
assert.deepEqual(
  calls(snowplow, paged),
  [["call", { event: { schema: "iglu:com.example/page_seen/jsonschema/1-0-1", data: { title: "T" } } }]],
);
assert.deepEqual(calls(sinks.posthog), [["capture", name, properties]]);
assert.deepEqual(calls(sinks.posthog, paged), [["capture", "$pageview", { title: "T" }]]);
assert.deepEqual(calls(sinks.posthog, known), [["identify", "u", { first_name: "F" }]]);
assert.deepEqual(calls(sinks.posthogNode), [["capture", { distinctId: "u", event: name, properties, timestamp: time }]]);
assert.deepEqual(
  calls(sinks.amplitude),
  [["track", name, properties, { user_id: "u", device_id: "a", insert_id: "m", time: time.getTime() }]],
);
assert.deepEqual(
  calls(sinks.mixpanel),
  [["track", name, { ...properties, distinct_id: "u", $insert_id: "m", time: time.getTime() }]],
);
const gtag = (spy) => sinks.ga4((...args) => spy.call(...args));
assert.deepEqual(
  calls(gtag, (client) => client.everything({ text: "ab", whole: 1, currency: "EUR", main: { id: "x" } })),
  [["call", "event", "every_thing", { text: "ab", whole: 1, currency: "EUR", main: { item_id: "x" } }]],
);

// ---- over HTTP, for real

const got = [];
const server = createServer((request, answer) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    got.push([request.method, request.headers["content-type"], request.headers["x-key"], JSON.parse(body)]);
    answer.statusCode = request.url === "/ok" ? 204 : 500;
    answer.end();
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}`;
await new Client(sinks.httpSink(`${url}/ok`, { headers: { "x-key": "k" } })).طلب_مكتمل(order, context);
assert.deepEqual(got, [
  ["POST", "application/json", "k", { event: "طلب_مكتمل", class: "track", name, properties, context }],
]);
await assert.rejects(new Client(sinks.httpSink(`${url}/no`)).طلب_مكتمل(order), /answered 500 to طلب_مكتمل/);
await new Client(sinks.all(memory, sinks.httpSink(`${url}/ok`))).طلب_مكتمل(order);
assert.equal(got.length, 3);
server.close();

console.log(JSON.stringify({ sent, violations }));
