// SPDX-License-Identifier: Apache-2.0
// A sidecar with pages and a case, begun and ended by its process id.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync, rmSync, openSync } from "node:fs";
import { join } from "node:path";
import { folder } from "./harness.mjs";

const DAY = 86400e6; // microseconds

export async function sidecar(alliance, source, work) {
  rmSync(work, { recursive: true, force: true });
  folder(work);
  const secret = "a token of these tests alone, and of nothing else";
  writeFileSync(join(work, "token"), secret, { mode: 0o600 });
  const config = {
    pages: [join(source, "examples/clinic"), join(source, "bindings/web")],
    tenants: [{ tenant: "clinic", store: join(work, "clinic.db"), host: { safety: { contact: "duty-desk" } } }],
    tokens: [{ name: "platform", tenant: "clinic", role: "service", file: join(work, "token") }],
    words: [
      { language: "en", watched: "Answers are read on working days, before the next session.",
        crisis: "If you may hurt yourself, call now. Somebody answers day and night.", contacts: [{ label: "Crisis line 0800 000 000", href: "tel:0800000000" }] },
      { language: "zh-Hans", watched: "工作日、下次会谈之前会有人阅读回答。", crisis: "如果您可能伤害自己，请立即拨打电话。", contacts: [{ label: "危机热线 0800 000 000", href: "tel:0800000000" }] },
    ],
    advance_seconds: 1,
  };
  writeFileSync(join(work, "sidecar.json"), JSON.stringify(config));
  const log = join(work, "sidecar.log");
  const at = { log };
  at.process = spawn(alliance, ["serve", "--config", join(work, "sidecar.json")], { stdio: ["ignore", "ignore", openSync(log, "w")] });
  const ended = new Promise((done) => at.process.on("exit", done));
  at.close = () => { at.process.kill("SIGTERM"); return ended; };
  for (let tried = 0; !at.url; ++tried) {
    at.url = /^listening on (\S+)$/m.exec(readFileSync(log, "utf8"))?.[1];
    if (at.process.exitCode !== null || tried > 600) throw new Error(`the sidecar does not listen: ${readFileSync(log, "utf8")}`);
    if (!at.url) await new Promise((done) => setTimeout(done, 100));
  }
  at.ask = async (method, path, body, token = secret) => {
    const response = await fetch(at.url + path, { method, body: body && JSON.stringify(body),
      headers: { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) } });
    const said = await response.json().catch(() => null);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(said)}`);
    return said;
  };
  let number = 0;
  // A case in its second week, which had a session today.
  at.open = async (name) => {
    const now = Date.now() * 1000;
    const record = (days, body_type, body) => at.ask("POST", "/events",
      { id: `${name}-${++number}`, case: name, time: Math.round(now - days * DAY), body_type, body });
    await record(9, "CaseOpened", { service: "north", practitioner: "p1", delivery: "blended", zone: "Europe/London", weeks: 12, planned_sessions: 6, planned_modules: 5 });
    await record(9, "InformationShown", { version: "1" });
    await record(9, "ConsentGiven", { scope: "measures" });
    await record(9, "AudienceSet", { audiences: ["client", "practitioner"] });
    await record(0.05, "SessionHeld", { session: 1, minutes: 50, mode: "video" });
    const { token } = await at.ask("POST", "/tokens", { role: "client", id: name, minutes: 60 });
    return { token, page: `${at.url}/pages/client.html#token=${token}&case=${name}` };
  };
  return at;
}
