// SPDX-License-Identifier: Apache-2.0
// Reports by webhook into a platform in Node. Keeps each report once, and nothing that the host did not sign.
//
//     node 12_webhook_receiver.mjs INBOX KEY-FILE...      KEY-FILE: also the next key, while one is being replaced
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const PATIENCE = 300; // seconds; older or newer than that is a replay, or a wrong clock
const MOST = 1 << 20; // bytes of a body

export function keyOf(text) {
  const key = text.trim().startsWith("whsec_") ? Buffer.from(text.trim().slice(6), "base64") : Buffer.from(text.trimEnd());
  if (key.length < 24) throw new Error("a key has 24 bytes at least");
  return key;
}

// `body` is what came, byte for byte, before anything reads it. Every key is tried against every signature, in constant time.
export function genuine(headers, body, keys, now = Date.now() / 1000) {
  const id = headers["webhook-id"] ?? "", seconds = headers["webhook-timestamp"] ?? "";
  if (!id || !/^\d{1,12}$/.test(seconds) || Math.abs(now - Number(seconds)) > PATIENCE) return false;
  const given = (headers["webhook-signature"] ?? "").split(" ").slice(0, 8).filter((one) => one.startsWith("v1,"));
  let fits = false;
  for (const key of keys) {
    const wanted = createHmac("sha256", key).update(`${id}.${seconds}.`).update(body).digest();
    for (const one of given) {
      const bytes = Buffer.from(one.slice(3), "base64");
      fits = (bytes.length === wanted.length && timingSafeEqual(bytes, wanted)) || fits;
    }
  }
  return fits;
}

// A report has the same id whenever it comes: a file that is there already is a repeat. A platform has a table here, whose
// primary key is the id, and answers after its commit.
function keep(inbox, event) {
  const path = join(inbox, `${Buffer.from(event.id).toString("hex")}.json`);
  if (existsSync(path)) return;
  // Whole or not at all: written beside it, and put in its place.
  const beside = join(inbox, `.${randomUUID()}`);
  writeFileSync(beside, JSON.stringify(event), { flag: "wx", flush: true });
  renameSync(beside, path);
  console.log(event.type);
}

function take(request, body, inbox, keys) {
  if (request.method !== "POST") return 405;
  if (!genuine(request.headers, body, keys)) return 401;
  let events;
  try {
    events = [JSON.parse(body)].flat();
  } catch {
    return 400;
  }
  if (!events.every((event) => typeof event?.id === "string" && /^[\x21-\x7e]{1,100}$/.test(event.id))) return 422;
  for (const event of events) keep(inbox, event);
  return 204;
}

const [inbox, ...files] = process.argv.slice(2);
if (!files.length) {
  console.error("usage: 12_webhook_receiver.mjs INBOX KEY-FILE...");
  process.exit(2);
}
mkdirSync(inbox, { recursive: true });
const keys = files.map((file) => keyOf(readFileSync(file, "utf8")));
createServer((request, response) => {
  const parts = [];
  let size = 0;
  request.on("data", (part) => {
    size += part.length;
    if (size <= MOST) parts.push(part);
  });
  request.on("end", () => {
    let status = 503; // what cannot be kept comes again
    try {
      status = size > MOST ? 413 : take(request, Buffer.concat(parts), inbox, keys);
    } catch (error) {
      console.error(error.code ?? error.name);
    }
    response.writeHead(status).end();
  });
}).listen(0, "127.0.0.1", function () {
  console.error(`http://127.0.0.1:${this.address().port}`);
});
