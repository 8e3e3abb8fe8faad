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
  // A case of a practitioner in its sixth week: four sessions, of which the last went less well, a positive safety item, online work that
  // waits, help asked for, and a session tomorrow.
  at.course = async (name, practitioner, { flag = true } = {}) => {
    const now = Date.now() * 1000;
    const events = [];
    const add = (days, body_type, body) => events.push({ id: `${name}-${events.length}`, case: name, time: Math.round(now - days * DAY), body_type, body });
    const answers = (values) => values.map((value, index) => ({ item: String(index + 1), value }));
    add(40, "CaseOpened", { service: "north", practitioner, delivery: "blended", zone: "Europe/London", weeks: 12, planned_sessions: 6, planned_modules: 5 });
    add(40, "InformationShown", { version: "1" });
    add(40, "ConsentGiven", { scope: "measures" });
    add(40, "AudienceSet", { audiences: ["client", "practitioner"] });
    add(39.5, "GoalSet", { goal: "sleep" });
    [[36, 8, 7], [27, 9, 7], [18, 8, 8], [3, 4, 6]].forEach(([days, client, own], index) => {
      add(days + 0.1, "SessionHeld", { session: index + 1, minutes: 50, mode: "video" });
      add(days, "AnswersGiven", { instrument: "alliance-pulse-client", rater: "client", session: index + 1, answers: answers([client, client, client]) });
      add(days - 0.01, "AnswersGiven", { instrument: "alliance-pulse-practitioner", rater: "practitioner", session: index + 1, answers: answers([own, own, own]) });
    });
    [[35, 2], [28, 2], [21, 1], [14, 1], [7, 1]].forEach(([days, value]) => add(days, "AnswersGiven", { instrument: "phq-9", rater: "client", answers: answers([...Array(8).fill(value), 0]) }));
    for (const [days, value] of [[21, 7], [7, 8]]) add(days - 0.02, "AnswersGiven", { instrument: "alliance-pulse-programme", rater: "client", answers: answers([value, value, value]) });
    if (flag) add(0.02, "AnswersGiven", { instrument: "phq-9", rater: "client", answers: answers([...Array(8).fill(1), 1]) });
    add(16, "ComponentProgress", { component: "module-1", progress: "launched" });
    add(15, "ComponentProgress", { component: "module-1", progress: "completed", minutes: 35 });
    add(2, "ComponentProgress", { component: "module-2", progress: "launched" });
    add(10, "ActivityLogged", { work: "messaging", minutes: 12 });
    add(1, "SupportRequested", { request: `${name}-help`, topic: "login", owner: "desk" });
    add(0.5, "SessionBooked", { session: 5, starts: Math.round(now + DAY), minutes: 50, mode: "video" });
    events.sort((a, b) => a.time - b.time);
    const { events: said } = await at.ask("POST", "/events/batch", { events });
    for (const one of said) if (!one.recorded) throw new Error(`${one.id}: ${one.why}`);
  };
  at.practitioner = async (id) => {
    const { token } = await at.ask("POST", "/tokens", { role: "practitioner", id, minutes: 60 });
    return { token, page: `${at.url}/pages/practitioner.html#token=${token}&practitioner=${id}` };
  };
  return at;
}
