// SPDX-License-Identifier: Apache-2.0
// practitioner.mjs SOURCE OUT ALLIANCE WORK: the practitioner's page of examples/clinic over a sidecar that runs. Pictures go to OUT.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { folder, journeys, looker, open, start, until } from "./harness.mjs";
import { sidecar } from "./sidecar.mjs";

const [source, out, alliance, work] = process.argv.slice(2);
let site, browser;
before(async () => { folder(out); site = await sidecar(alliance, source, work); browser = await start(); });
after(async () => { await browser?.close(); assert.equal(await site?.close(), 0, "the sidecar's end"); });

const looks = looker(out);
const { tabs, journey } = journeys();
const wide = { viewport: { width: 1280, height: 900 } };
async function visit(who, options) {
  const tab = await open(browser, site.url, options);
  tabs.push(tab);
  const bodies = [];
  tab.on("response", (response) => bodies.push(response.body().catch(() => "")));
  await tab.goto(who.page);
  await tab.getByText(/^As of |^截至 /).waitFor();
  tab.bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + body.length, 0);
  return tab;
}
const course = async (name, who) => (await site.ask("GET", `/cases/${name}/review`, undefined, who.token)).course;
const drawn = (tab) => tab.waitForFunction(() => document.querySelectorAll(".plot canvas").length >= 3);

journey("a caseload at a glance says who needs a look and why, most urgent first, in less than 100 KB", async () => {
  await site.course("a-1", "anna");
  await site.course("a-2", "anna", { flag: false });
  await site.open("a-3");
  const who = await site.practitioner("anna");
  const tab = await visit(who);
  await tab.getByText("1 × an answer about safety that nobody has acknowledged").waitFor();
  assert.ok(!tab.url().includes("token"), "the token is not in the address");
  assert.ok(tab.bytes > 20 * 1024 && tab.bytes < 100 * 1024, `the first view has ${tab.bytes} bytes`);
  assert.deepEqual(await tab.locator("tbody th").allInnerTexts(), ["a-1", "a-2"], "the flag first; another's client is not here");
  for (const wanted of ["Alliance, short was lower than before (session 4, 8 → 4)", "1 × help asked for", "online work that waits", "never a verdict", "8 → 4"])
    await tab.getByText(wanted).first().waitFor();
  await looks(tab, "practitioner-caseload-phone");
  await tab.setViewportSize(wide.viewport);
  await looks(tab, "practitioner-caseload");
});

journey("a course on one screen: both raters, symptoms, online work, minutes, signals with their numbers, what is due", async () => {
  await site.course("b-1", "bea");
  const who = await site.practitioner("bea");
  const tab = await visit(who, wide);
  await tab.getByRole("link", { name: "b-1" }).click();
  await tab.getByRole("heading", { name: "Client b-1" }).waitFor();
  await drawn(tab);
  for (const wanted of ["client (alliance-pulse-client)", "you (alliance-pulse-practitioner)", "client (alliance-pulse-programme)", "client (phq-9)", "A reason to ask how the work together is going.", "Minutes against the plan", "Questions due"])
    await tab.getByText(wanted).first().waitFor();
  await tab.locator("li", { hasText: "was lower than before" }).getByText("The numbers").click();
  await tab.getByText(/8 → 4, change -4, threshold/).waitFor();
  await tab.getByText("not validated", { exact: true }).first().waitFor();
  const [figure] = await tab.locator("figure").all();
  await figure.getByText("The numbers").click();
  assert.deepEqual(await figure.locator("tbody tr").last().locator("th, td").allInnerTexts(), ["4", "4", "6"], "the plot's numbers, for whoever sees no plot");
  await looks(tab, "practitioner-course");
  await tab.emulateMedia({ colorScheme: "dark" });
  await looks(tab, "practitioner-course-dark");
  await tab.setViewportSize({ width: 390, height: 800 });
  await looks(tab, "practitioner-course-phone");
});

journey("what is done every day takes two taps at most, is recorded once, and says so", async () => {
  await site.course("c-1", "cora");
  const who = await site.practitioner("cora");
  const tab = await visit(who, wide);
  await tab.getByRole("link", { name: "c-1" }).click();
  const now = () => course("c-1", who);
  await tab.getByRole("button", { name: "I have taken charge" }).click();
  await tab.getByText(/Acknowledged by cora/).waitFor();
  await tab.getByRole("button", { name: "Solved" }).click();
  await tab.getByText(/^solved /).waitFor();
  // A timer: one tap begins, one ends, and the minutes are in the record.
  const timer = tab.locator("section", { has: tab.getByRole("heading", { name: "Timer" }) });
  await timer.getByRole("button", { name: "Start" }).click();
  await timer.getByText(/online review since/).waitFor();
  await tab.reload();  // it runs at the sidecar
  await timer.getByRole("button", { name: "Stop" }).click();
  await timer.getByRole("button", { name: "Start" }).waitFor();
  assert.ok((await now()).timers[0].stopped, "it was stopped");
  await timer.getByText("Add minutes …").click();
  await timer.getByLabel("Minutes").fill("25");
  await timer.getByRole("button", { name: "Add", exact: true }).click();
  assert.equal((await until(now, (said) => said.minutes.find((one) => one.minutes === 25))).work, "online_review");
  await tab.getByText("Ask for help …").click();
  await tab.getByRole("button", { name: "Ask", exact: true }).click();
  await until(now, (said) => said.support.length === 2);
  // A review begins where the work stands.
  await tab.locator("tr", { hasText: "module-1" }).getByRole("button", { name: "Review", exact: true }).click();
  await timer.getByText(/online review module-1 since/).waitFor();
});

journey("proposals are accepted, declined with a reason and edited; sent twice, a decision counts once", async () => {
  await site.course("d-1", "dora");
  const who = await site.practitioner("dora");
  const tab = await visit(who);
  await tab.getByRole("link", { name: "d-1" }).click();
  const waiting = async () => (await course("d-1", who)).proposals.filter((one) => one.decision === "unset" && one.proposal.audience === "practitioner");
  const proposals = tab.locator("section", { has: tab.getByRole("heading", { name: "Proposals" }) });
  const accept = proposals.getByRole("button", { name: /^Accept:/ });
  await accept.first().waitFor();
  const before = await waiting();
  assert.ok(before.length >= 3, `${before.length} proposals wait`);
  await until(() => course("d-1", who), (said) => said.proposals.every((one) => one.decision !== "unset" || one.proposal.audience !== "practitioner" || one.shown));
  // The answer is lost on its way back: whoever tries again decides once.
  let lost = 0;
  await tab.route("**/decision", async (route) => { await route.fetch(); if (lost++) await route.fallback(); else await route.abort(); });
  await accept.first().click();
  await proposals.getByText("Nothing was recorded: there is no connection").waitFor();
  await accept.first().dblclick();  // the next proposal moves to where the finger is
  await until(() => accept.count(), (count) => count === before.length - 1);
  await tab.unroute("**/decision");
  await proposals.getByText("Decline …").first().click();
  await proposals.getByRole("button", { name: "the client does not want it" }).first().click();
  await until(() => accept.count(), (count) => count === before.length - 2);
  await proposals.getByText("Edit …").first().click();
  await proposals.getByLabel("In words").first().fill("Ask about the evenings");
  await proposals.getByRole("button", { name: "Accept as edited" }).first().click();
  await until(() => accept.count(), (count) => count === before.length - 3);
  const decided = (await course("d-1", who)).proposals.filter((one) => one.decision !== "unset").sort((a, b) => a.order - b.order);
  assert.deepEqual(decided.map((one) => [one.decision, one.by, one.reason ?? "", one.edited?.text ?? ""]),
    [["accepted", "dora", "", ""], ["declined", "dora", "the client does not want it", ""], ["accepted", "dora", "", "Ask about the evenings"]]);
  await looks(tab, "practitioner-proposals-phone");
});

journey("a brief prints on one page, also from the dark", async () => {
  await site.course("e-1", "ella");
  for (let goal = 0; goal < 7; ++goal) await site.ask("POST", "/events", { id: `e-goal-${goal}`, case: "e-1", body_type: "GoalSet", body: { goal: `goal-${goal}` } });
  for (const kind of ["usability", "technical", "login"]) await site.ask("POST", "/events", { id: `e-${kind}`, case: "e-1", body_type: "DifficultyMet", body: { kind, component: "module-2" } });
  const who = await site.practitioner("ella");
  const tab = await visit(who, { ...wide, colorScheme: "dark" });
  await tab.getByRole("link", { name: "Brief" }).click();
  await tab.getByRole("heading", { name: "One thing to take up" }).waitFor();
  for (const wanted of ["Before the session: client e-1", "sleep", "and 5 more", "4 (0 to 10); before 8, first 8", "Not for the record"]) await tab.getByText(wanted).first().waitFor();
  await looks(tab, "practitioner-brief-dark");
  const paper = await tab.pdf({ format: "A4", margin: { top: "12mm", bottom: "12mm", left: "12mm", right: "12mm" } });
  writeFileSync(join(out, "practitioner-brief.pdf"), paper);
  assert.equal(paper.toString("latin1").match(/\/Type\s*\/Page\b/g).length, 1);
  await tab.emulateMedia({ media: "print" });
  assert.equal(await tab.evaluate(() => getComputedStyle(document.body).color), "rgb(0, 0, 0)");
  await tab.screenshot({ path: join(out, "practitioner-brief-print.png"), fullPage: true });
});

journey("one's own page is one's own: training and confidence are recorded, and shown to nobody else", async () => {
  await site.course("f-1", "fay");
  const who = await site.practitioner("fay");
  const tab = await visit(who, wide);
  await tab.getByRole("link", { name: "Yourself" }).click();
  await tab.getByText("Only you see this page.").waitFor();
  await tab.getByRole("button", { name: "4", exact: true }).click();
  await tab.getByRole("row", { name: /own confidence, latest/ }).getByText("4 of 5").waitFor();
  await tab.getByText("A training completed …").click();
  await tab.locator("details", { hasText: "A training completed" }).getByRole("button", { name: "Record" }).click();
  await tab.getByRole("row", { name: /until the next training expires/ }).getByText("365 days").waitFor();
  await looks(tab, "practitioner-own");
  const other = await site.practitioner("gus");
  await assert.rejects(site.ask("GET", "/practitioners/fay/review", undefined, other.token), /40[34]/);
  const nosy = await visit({ page: other.page.replace("practitioner=gus", "practitioner=fay") }, wide);
  await nosy.getByRole("link", { name: "Yourself" }).click();
  await nosy.getByText("This is not yours to see.").waitFor();
  await nosy.goto(`${site.url}/pages/practitioner.html#/case/f-1`);
  await nosy.getByText("This is not yours to see.").waitFor();
});

journey("in Chinese, by keyboard alone: from the caseload to a client, whose questions for oneself are answered", async () => {
  await site.course("h-1", "hana", { flag: false });
  await site.ask("POST", "/events", { id: "h-now", case: "h-1", body_type: "SessionHeld", body: { session: 5, minutes: 45, mode: "video" } });
  const who = await site.practitioner("hana");
  const tab = await visit(who, { ...wide, locale: "zh-CN" });
  await tab.getByText("个问卷").or(tab.getByText("份问卷待您填写")).first().waitFor();
  await looks(tab, "practitioner-caseload-chinese");
  const key = async (wanted) => {
    for (let step = 0; step < 80; ++step) {
      await tab.keyboard.press("Tab");
      const focused = await tab.evaluate(() => { let at = document.activeElement; while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement; return `${at?.tagName.toLowerCase()} ${at?.type ?? ""} ${at?.innerText ?? ""}`; });
      if (wanted.test(focused)) return;
    }
    assert.fail(`the key Tab does not lead to ${wanted}`);
  };
  await key(/^a .*h-1/);
  await tab.keyboard.press("Enter");
  await tab.getByText("待答问卷").first().waitFor();
  await drawn(tab);
  await looks(tab, "practitioner-course-chinese");
  await key(/^a .*填写/);
  await tab.keyboard.press("Enter");
  for (let item = 1; item <= 3; ++item) {
    await tab.getByText(`第 ${item} 题，共 3 题`).waitFor();
    await key(/^input radio/);
    await tab.keyboard.press("Space");
    await tab.keyboard.press("Enter");
  }
  await key(/提交/);
  await tab.keyboard.press("Enter");
  const sheet = await until(() => course("h-1", who), (said) => said.sheets.find((one) => one.rater === "practitioner" && one.session === 5));
  assert.equal(sheet.instrument, "alliance-pulse-practitioner");
});

journey("without JavaScript the caseload, a course with its plots and the brief are read, by a cookie that records nothing", async () => {
  await site.course("j-1", "jo");
  await site.course("j-2", "jo", { flag: false });
  const who = await site.practitioner("jo");
  const tab = await open(browser, site.url, { ...wide, javaScriptEnabled: false });
  tabs.push(tab);
  await tab.goto(who.page);
  await tab.getByRole("link", { name: "The pages for reading" }).click();
  await tab.getByLabel(/^Token/).fill("nonsense");
  await tab.getByRole("button", { name: /^Read/ }).click();
  await tab.getByRole("heading", { name: "Reading without JavaScript" }).waitFor();
  await tab.getByLabel(/^Token/).fill(who.token);
  await tab.getByRole("button", { name: /^Read/ }).click();
  await tab.getByRole("heading", { name: "Your caseload" }).waitFor();
  const picture = async (name) => tab.screenshot({ path: join(out, `${name}.png`), fullPage: true });
  for (const wanted of ["answers about safety that nobody has acknowledged", "A reason to ask the client", "never a verdict"]) await tab.getByText(wanted).first().waitFor();
  await picture("reading-caseload");
  await tab.getByRole("link", { name: "j-1" }).first().click();
  await tab.getByRole("heading", { name: "Client j-1" }).waitFor();
  assert.ok(await tab.locator("svg.plot").count() >= 4, "plots");
  await picture("reading-course");
  await tab.getByRole("link", { name: "Brief before the session" }).click();
  await tab.getByRole("heading", { name: "One thing to take up" }).waitFor();
  await picture("reading-brief");
  const paper = await tab.pdf({ format: "A4", margin: { top: "12mm", bottom: "12mm", left: "12mm", right: "12mm" } });
  assert.equal(paper.toString("latin1").match(/\/Type\s*\/Page\b/g).length, 1);
  // The cookie reads these pages, and neither the interface nor another's client.
  const [cookie] = await tab.context().cookies(`${site.url}/reading`);
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, "Strict", "/reading"]);
  const asked = (path, options) => fetch(site.url + path, { ...options, headers: { Cookie: `${cookie.name}=${cookie.value}`, ...options?.headers } });
  assert.equal((await asked("/reading")).status, 200);
  assert.match((await asked("/reading")).headers.get("content-security-policy"), /default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'self'/);
  assert.equal((await asked("/caseload")).status, 401);
  assert.equal((await asked("/events", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ id: "x", case: "j-1", body_type: "GoalSet", body: { goal: "x" } }) })).status, 401);
  await site.course("k-1", "kim");
  await tab.goto(`${site.url}/reading/cases/k-1`);
  await tab.getByRole("heading", { name: "Not shown" }).waitFor();
  await tab.goto(`${site.url}/reading`);
  await tab.getByRole("button", { name: "Close these pages" }).click();
  await tab.goto(`${site.url}/reading`);
  await tab.getByLabel(/^Token/).waitFor();
});

journey("what cannot be read now is not shown as if it were now, and one client never under another's name", async () => {
  await site.course("i-1", "ida");
  await site.course("i-2", "ida", { flag: false });
  const tab = await visit(await site.practitioner("ida"), wide);
  await tab.getByRole("link", { name: "i-1" }).click();
  await tab.getByText(/^As of /).waitFor();
  // The other client's page comes late: nothing of the first is left, and what comes then is the other's.
  let release;
  await tab.route("**/cases/i-2/review", async (route) => { await new Promise((done) => (release = done)); await route.continue(); });
  await tab.evaluate(() => { location.hash = "#/case/i-2"; });
  await tab.getByRole("heading", { name: "Client i-2" }).waitFor();
  assert.equal(await tab.locator("#content").innerText(), "");
  await tab.evaluate(() => { location.hash = "#/case/i-1"; });
  await tab.getByRole("button", { name: "I have taken charge" }).waitFor();
  release();
  await tab.waitForTimeout(300);
  assert.ok(await tab.getByRole("button", { name: "I have taken charge" }).isVisible(), "the late answer is not shown under i-1");
  await tab.context().setOffline(true);
  await tab.getByRole("button", { name: "Read again" }).click();
  await tab.getByText("There is no connection just now").waitFor();
  assert.equal(await tab.locator("#content").innerText(), "");
  await tab.context().setOffline(false);
  await tab.getByRole("button", { name: "Try again" }).click();
  await tab.getByRole("button", { name: "I have taken charge" }).waitFor();
});
