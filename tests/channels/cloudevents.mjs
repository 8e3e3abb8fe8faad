// SPDX-License-Identifier: Apache-2.0
// cloudevents.mjs PLATFORM PLUGINS DOCUMENT WORK: a platform posts to a server of Node's in each mode; what comes is
// read by the cloudevents package, and held against the AsyncAPI document's own schemas.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { HTTP } from "cloudevents";

const [platform, plugins, documentPath, work] = process.argv.slice(2);
const document = JSON.parse(readFileSync(documentPath, "utf8"));
const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(document, "document");

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const secret = join(work, "secret");
writeFileSync(secret, "a key for this test alone, of 24 bytes and more\n");

function check(condition, sentence) {
  if (condition) return;
  console.error(`FAILED: ${sentence}`);
  process.exit(1);
}

async function events(mode) {
  const came = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      const event = HTTP.toEvent({ headers: request.headers, body });
      came.push(...(Array.isArray(event) ? event : [event]));
      response.writeHead(204).end();
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${server.address().port}/hook`;
  const store = join(work, `${mode}.db`);
  const status = await new Promise((done) =>
    spawn(platform, [url, secret, mode, plugins, store], { stdio: "inherit" }).on("exit", done));
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  check(status === 0, `the platform ended with ${status} in mode ${mode}`);
  return came;
}

const ids = {};
for (const mode of ["structured", "binary", "batched"]) {
  const came = await events(mode);
  for (const event of came) {
    check(event.validate(), `${event.id} is no CloudEvent`);
    const kind = event.type.replace("org.alliance-sdk.report.", "");
    const message = document.components.messages[kind];
    check(message, `the document has no message called ${kind}`);
    const data = ajv.compile({ $ref: `document#/components/messages/${kind}/payload` });
    check(data(JSON.parse(JSON.stringify(event))), `${kind}: ${ajv.errorsText(data.errors)}`);
  }
  const kinds = came.map((event) => event.type.replace("org.alliance-sdk.report.", ""));
  check(kinds.includes("scored") && kinds.includes("safety-flag"), `mode ${mode} brought only ${kinds.join(", ")}`);
  ids[mode] = came.map((event) => event.id).sort().join(" ");
}
check(ids.structured === ids.binary && ids.binary === ids.batched, "the modes bring the same reports");
// That the document does look: a report of another shape is refused.
const spoiled = ajv.compile({ $ref: "document#/components/messages/scored/payload" });
check(!spoiled({ specversion: "1.0" }), "the document takes an event without its attributes");
console.log(`${ids.binary.split(" ").length} events in each of three modes`);
