// SPDX-License-Identifier: Apache-2.0
// stream.mjs CLIENT.js: the client before a server of this file's own, which cuts its stream anywhere and breaks off.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const { Alliance, Problem, events } = await import(pathToFileURL(process.argv[2]).href);

// However it is cut, the same comes out.
const text = ": hello\n\nid: 1\nevent: scored\ndata: {\"a\":\ndata: \"ä🙂\"}\n\r\nid: 2\r\ndata:x\r\n\r\nevent: missed\n\n";
const bytes = new TextEncoder().encode(text);
const wanted = [{ id: "1", name: "scored", data: "{\"a\":\n\"ä🙂\"}" }, { id: "2", name: "", data: "x" }, { id: "2", name: "missed", data: "" }];
for (let first = 0; first < bytes.length; ++first) {
  const body = new ReadableStream({
    start(out) { out.enqueue(bytes.slice(0, first)); out.enqueue(bytes.slice(first)); out.close(); },
  });
  const came = [];
  for await (const event of events(body)) came.push(event);
  assert.deepEqual(came, wanted, `cut at ${first}`);
}

const busy = (response) => response.writeHead(503, { "Retry-After": "1" }).end();
// A stream with one report, and how it ends: properly, or with the connection.
const stream = (id, before, cut) => (response, request) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.write(`${before}id: e${id}\nevent: scored\ndata: {"kind":"scored","id":"r${id}"}\n\n`, () =>
    setTimeout(() => (cut ? request.socket.destroy() : response.end()), 20));
};
const plans = {
  "/cases": [(response, request) => request.socket.destroy(), busy,
    (response) => response.writeHead(200, { "Content-Type": "application/json" }).end('{"cases":[]}')],
  "/reports": [stream(1, "", true), busy, stream(2, "event: missed\ndata: {}\n\n", false), stream(3, "", false)],
};
const asked = [];
const server = createServer((request, response) => {
  asked.push(request);
  const plan = plans[request.url.split("?")[0]];
  if (plan) return plan.shift()(response, request);
  response.writeHead(403, { "Content-Type": "application/problem+json" })
    .end('{"type":"about:blank","title":"no","status":403,"detail":"not for this viewer"}');
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const alliance = new Alliance({ url: `http://127.0.0.1:${server.address().port}/`, token: () => "t", viewer: "p1" });

assert.deepEqual(await alliance.call("listCases"), { cases: [] });
assert.equal(asked.length, 3, "a break and a 503 are tried again");
assert.equal(asked[0].headers.authorization, "Bearer t");
assert.equal(asked[0].headers["alliance-viewer"], "p1");

await assert.rejects(alliance.call("getDue", { case: "a/b c", at: 5 }), (error) => error instanceof Problem && error.status === 403 && error.message === "not for this viewer");
assert.equal(asked.at(-1).url, "/cases/a%2Fb%20c/due?at=5");
await assert.rejects(alliance.call("getDue", {}), /needs case/);
await assert.rejects(alliance.call("getDue", { case: "c", when: 1 }), /takes no when/);

asked.length = 0;
let missed = 0;
const stop = new AbortController(), came = [];
for await (const report of alliance.reports({ case: "c1", missed: () => missed++, signal: stop.signal })) {
  came.push(report.id);
  if (came.length === 3) stop.abort();
}
assert.deepEqual(came, ["r1", "r2", "r3"]);
assert.equal(missed, 1);
assert.equal(asked[0].headers["last-event-id"], undefined);
assert.deepEqual(asked.slice(1).map((request) => request.headers["last-event-id"]), ["e1", "e1", "e2"]);
assert.ok(asked.every((request) => request.url === "/reports?case=c1"));
server.closeAllConnections();
server.close();
console.log(`${bytes.length} cuts, ${asked.length} streams`);
