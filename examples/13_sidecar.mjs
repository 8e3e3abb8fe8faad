// SPDX-License-Identifier: Apache-2.0
// A platform in Node beside `alliance serve`: a case, a sheet of answers, what is due, and reports as they come.
//
//     build/bin/alliance serve          prints URL and TOKEN
//     npm install ./build/npm/client
//     node 13_sidecar.mjs URL TOKEN
import { Alliance } from "@alliance-sdk/client";

const [url, token] = process.argv.slice(2);
const alliance = new Alliance({ url, token, viewer: "back-end" });
const when = (micros) => new Date(micros / 1000).toISOString().slice(0, 10);
const record = (id, body_type, body) => alliance.call("recordEvent", { body: { id, case: "c1", body_type, body } });

await record("c1-opened", "CaseOpened", {
  service: "north", practitioner: "p1", delivery: "blended", zone: "Europe/London", weeks: 12, planned_sessions: 6,
});
await record("c1-shown", "InformationShown", { version: "1" });
await record("c1-consent", "ConsentGiven", { scope: "measures" });

// What a page in this client's browser may do: the host's table decides what it sees.
const { token: forThePage } = await alliance.call("issueToken", { body: { role: "client", id: "c1", minutes: 30 } });
const client = new Alliance({ url, token: forThePage });
const stop = new AbortController();
const reports = client.reports({ case: "c1", signal: stop.signal });
const first = reports.next();

const answers = [2, 2, 1, 2, 1, 1, 2, 0, 1].map((value, index) => ({ item: String(index + 1), value }));
const { safety } = await client.call("giveAnswers", {
  case: "c1", "Idempotency-Key": "sheet-1", body: { instrument: "phq-9", answers },
});
for (const flag of safety) console.log(`now: item ${flag.item} of ${flag.instrument} is ${flag.state}`);

const { occasions } = await client.call("getDue", { case: "c1" });
for (const { occasion } of occasions.slice(0, 3)) console.log(`${when(occasion.due)} ${occasion.role} (${occasion.state})`);
console.log(`report: ${(await first).value.kind}`);
stop.abort();
