// SPDX-License-Identifier: Apache-2.0
// course.mjs SOURCE OUT BIN WORK: the pages that examples/run --serve ends with, over the recorded course: the service's and the
// researcher's, as they are opened by the addresses that it says. Pictures go to OUT.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { folder, journeys, looker, open, start, until } from "./harness.mjs";

const [source, out, bin, work] = process.argv.slice(2);
const INSTANT = "1773993600000000"; // the morning of 20 March 2026
const PHONE = { width: 390, height: 800 }, DESKTOP = { width: 1280, height: 900 };
let browser, serving, ended, origin;
const pages = {};

before(async () => {
  folder(out);
  rmSync(work, { recursive: true, force: true });
  folder(work);
  const store = join(work, "clinic.db");
  execFileSync(join(bin, "05_course"), ["--quiet", "--until", "2026-03-20", "--store", store], { cwd: source, stdio: ["ignore", "ignore", "inherit"] });
  serving = spawn(join(source, "examples/clinic/course"), [store, INSTANT, join(bin, "alliance")], { stdio: ["ignore", "pipe", "inherit"] });
  ended = new Promise((done) => serving.on("exit", done));
  // Read to its end, since what is not read any more breaks the pipe of the one who writes.
  const said = await new Promise((done) => {
    let sofar = "";
    serving.stdout.on("data", (piece) => /Ctrl-C ends it/.test((sofar += piece)) && done(sofar));
    serving.stdout.on("end", () => done(sofar));
  });
  for (const [address, page] of said.matchAll(/http\S+\/pages\/(\w+)\.html#\S+/g)) pages[page] = address;
  assert.deepEqual(Object.keys(pages).sort(), ["client", "practitioner", "researcher", "service"], said);
  origin = new URL(pages.service).origin;
  browser = await start();
});
after(async () => {
  await browser?.close();
  serving?.kill("SIGINT");
  assert.equal(await ended, 0, "Ctrl-C");
  await assert.rejects(fetch(`${origin}/health`), "the sidecar is gone");
});

const { tabs, journey } = journeys();
const looks = looker(out);
async function visit(address, options = {}) {
  const tab = await open(browser, origin, { viewport: DESKTOP, acceptDownloads: true, ...options });
  tabs.push(tab);
  tab.got = [];
  tab.bytes = 0;
  tab.on("response", (response) => {
    const path = new URL(response.url()).pathname;
    tab.got.push(response.text().then((body) => { if (path.startsWith("/pages/")) tab.bytes += body.length; return { path, body }; }, () => ({ path, body: "" })));
  });
  await tab.goto(address);
  return tab;
}
const read = async (tab) => tab.locator("#state").filter({ hasText: /^(As of|截至)/ }).waitFor();
const json_of = async (tab) => (await Promise.all(tab.got)).filter(({ path }) => !path.startsWith("/pages/"));
const token_of = (address) => /token=([^&]+)/.exec(address)[1];
const get = (address, path, more = {}) => fetch(origin + path, { ...more, headers: { Authorization: `Bearer ${token_of(address)}`, "Content-Type": "application/json" } });
const in_chinese = (address) => address.replace(".html#", ".html?lang=zh-Hans#");

journey("the addresses of a practitioner and of a client lead to the caseload and to the questions of that morning", async () => {
  let tab = await visit(pages.practitioner);
  await read(tab);
  for (const client of ["c09", "c10", "c11"]) await tab.getByText(client, { exact: true }).first().waitFor();
  assert.equal(await tab.getByText("c01", { exact: true }).count(), 0, "another one's client");
  await looks(tab, "practitioner-caseload");
  tab = await visit(pages.client, { viewport: PHONE });
  for (const wanted of ["PHQ-9", "GAD-7"]) await tab.getByRole("button", { name: new RegExp(`^Begin: .*${wanted}`) }).waitFor();
  await looks(tab, "client-questions");
  await tab.getByRole("button", { name: /^Begin: .*PHQ-9/ }).click();
  for (let item = 1; item <= 9; ++item) {
    await tab.getByRole("radio", { name: "Not at all" }).check();
    await tab.getByRole("button", { name: /^(Next|Check my answers)$/ }).click();
  }
  await tab.getByRole("button", { name: "Send my answers" }).click();
  await tab.getByText("Your answers have arrived").waitFor();
});

journey("the service's week: weeks to come, what waits, difficulties, training and the eight factors, and nobody by name", async () => {
  const tab = await visit(pages.service);
  await read(tab);
  for (const wanted of ["The weeks to come", "Overdue reviews", "Reviews that wait", "Open cases", "Usability and support", "failed logins", "Training and supervision", "without a training that still holds"])
    await tab.getByText(wanted).first().waitFor();
  await tab.getByText("None rates a practitioner").waitFor();
  await tab.getByText("not validated").first().waitFor();
  for (const factor of ["F1: more time", "F2: access", "F3: capacity", "F4: appropriate", "B1: time", "B2: usability", "B3: limited", "B4: lack"])
    await tab.getByRole("heading", { name: factor }).waitFor();
  await tab.getByText("Belongs to each practitioner alone and is in no figure of a service.").waitFor();
  await tab.locator("#later .plot canvas").first().waitFor();
  assert.ok(tab.bytes > 0 && tab.bytes < 100 * 1024, `the page has ${tab.bytes} bytes`);
  assert.ok(!tab.url().includes("token"), "the token is not in the address");
  await tab.getByText("suppressed, fewer than five").first().waitFor();
  // Neither on the page nor in what came for it stands a practitioner or a client.
  const text = await tab.locator("body").innerText();
  const data = await json_of(tab);
  assert.deepEqual(data.map(({ path }) => path).sort(), ["/services/north/factors", "/services/north/review", "/services/north/time"]);
  for (const { path, body } of [...data, { path: "the page", body: text }])
    assert.doesNotMatch(body, /\b([pc]\d{1,2}|practitioner\/\w+)\b/, path);
  for (const { body } of data) assert.doesNotMatch(body, /"(parts|own|course|events)":\[?[^\]]/, "a part of one person");
  await looks(tab, "service-desktop");
});

journey("figures of the service are the host's: overdue reviews, the weeks, and each factor's newest point is that of the review", async () => {
  const tab = await visit(pages.service);
  await read(tab);
  const [time, review, past] = await Promise.all(["time", "review", "factors"].map(async (one) => (await get(pages.service, `/services/north/${one}`)).json()));
  const cell = (name) => tab.getByRole("row", { name }).getByRole("cell").innerText();
  assert.equal(await cell(/^Overdue reviews/), String(time.overdue_reviews));
  assert.equal(await cell(/^Open cases/), String(time.open_cases));
  const newest = past.factors.flatMap((row) => row.indicators).filter((one) => one.points.length);
  const now = new Map(review.factors.flatMap((row) => row.indicators).map((one) => [one.id, one]));
  let drawn = 0;
  for (const one of newest) {
    assert.equal(one.points.length, past.at.length);
    const point = one.points.at(-1);
    if (!now.has(one.id)) continue;
    assert.equal(point.value, now.get(one.id).value, one.id);
    assert.equal(point.suppressed, now.get(one.id).suppressed, one.id);
    drawn += one.points.filter((each) => each.value !== undefined).length > 2;
  }
  assert.ok(drawn > 8, `only ${drawn} figures have more than two weeks to show`);
  assert.equal(past.at.length, 13);
});

journey("a service of one practitioner is shown no figure, and told why", async () => {
  const tab = await visit(pages.service.replace("service=north", "service=harbour"));
  await read(tab);
  await tab.getByText("Suppressed, fewer than five").waitFor();
  assert.equal(await tab.getByRole("table").count(), 0);
  for (const { path, body } of await json_of(tab)) assert.doesNotMatch(body, /"(value|needed|used|forecast)":/, path);
  await looks(tab, "service-suppressed");
});

journey("a service's token for a page reads no case and records nothing", async () => {
  for (const path of ["/cases/c10/review", "/practitioners/p3/review", "/practitioners/p3/time", "/study", "/study/overview"])
    assert.equal((await get(pages.service, path)).status, 403, path);
  const body = JSON.stringify({ id: "x", case: "c10", body_type: "SessionHeld", body: { session: 9, minutes: 50 } });
  assert.equal((await get(pages.service, "/events", { method: "POST", body })).status, 403);
  assert.equal((await get(pages.researcher, "/services/north/time")).status, 403);
});

journey("the service's page in Chinese, in the dark and on a phone", async () => {
  const looked = async (name, address, options, wanted) => {
    const tab = await visit(address, options);
    await read(tab);
    await tab.locator("#later canvas").first().waitFor();
    await tab.getByText(wanted).first().waitFor();
    await looks(tab, name);
    return tab;
  };
  const tab = await looked("service-zh", in_chinese(pages.service), {}, "未来几周");
  assert.equal(await tab.locator("html").getAttribute("lang"), "zh-Hans");
  for (const wanted of ["逾期未审阅", "未经验证", "因少于五人而不显示", "没有仍然有效的培训"]) await tab.getByText(wanted).first().waitFor();
  await looked("service-phone", pages.service, { viewport: PHONE }, "The weeks to come");
  await looked("service-phone-dark-zh", in_chinese(pages.service), { viewport: PHONE, colorScheme: "dark" }, "未来几周");
  await looked("service-dark", pages.service, { colorScheme: "dark" }, "The weeks to come");
});

journey("the service's page with a keyboard alone: another figure of a factor, and its numbers", async () => {
  const tab = await visit(pages.service);
  await read(tab);
  await tab.locator("#later canvas").first().waitFor();
  const at = () => tab.evaluate(() => { const one = document.activeElement; return one.tagName + (one.closest("section")?.querySelector("h3")?.textContent ?? ""); });
  let tried = 0;
  while (!/^SELECTF1/.test(await at())) {
    assert.ok(++tried < 60, "no way to the first factor");
    await tab.keyboard.press("Tab");
  }
  const factor = tab.locator("section", { has: tab.getByRole("heading", { name: /^F1/, level: 3 }) }).last();
  await tab.keyboard.press("ArrowDown");
  await factor.locator("figcaption", { hasText: "of it in sessions" }).waitFor();
  await tab.keyboard.press("Tab");
  await tab.keyboard.press("Enter");
  await factor.getByRole("rowheader").first().waitFor();
  assert.ok((await factor.getByRole("row").count()) > 5, "a row for each week in which somebody was there, and the head");
});

journey("the study while it is blinded: arms, completeness, what is in force, an export, and no outcome anywhere", async () => {
  const tab = await visit(pages.researcher);
  await read(tab);
  for (const wanted of ["The trial is blinded.", "Nothing about outcomes is shown or exported", "face-to-face", "observed only", "Completeness of measures", "Protocol version", "Freeze hash"])
    await tab.getByText(wanted).first().waitFor();
  const overview = await (await get(pages.researcher, "/study/overview")).json();
  await tab.getByText(overview.freeze).first().waitFor();
  const row = (name) => tab.getByRole("row", { name }).getByRole("cell").allInnerTexts();
  assert.deepEqual((await row(/^blended/)).map(Number), [overview.arms[0].cases, overview.arms[0].open]);
  await looks(tab, "researcher-desktop");
  const [download] = await Promise.all([tab.waitForEvent("download"), tab.getByRole("button", { name: "Download the pseudonymised export" }).click()]);
  await tab.getByText(/^Downloaded: \d+ cases/).waitFor();
  assert.match(download.suggestedFilename(), /^study-blinded-[0-9a-f]{12}\.json$/);
  const extract = JSON.parse(readFileSync(await download.path(), "utf8"));
  assert.equal(extract.blinded, true);
  assert.equal(extract.cases.length, overview.cases);
  assert.ok(extract.cases.every((one) => /^[0-9a-f]{32}$/.test(one.id) && !one.arm && !one.observe_only), "pseudonyms, and no arm");
  assert.ok(extract.cases.some((one) => one.sheets.length > 10));
  // Of everything that came: no answer, no score, no id.
  const text = await tab.locator("body").innerText();
  for (const { path, body } of [...(await json_of(tab)).filter(({ path }) => path.startsWith("/study")), { path: "the page", body: text }, { path: "the export", body: JSON.stringify(extract) }]) {
    assert.doesNotMatch(body, /"(value|scored|scores|band|change|signal)"|"answers":\[[^\]]/, `an outcome in ${path}`);
    assert.doesNotMatch(body, /\b[pc]\d{1,2}\b/, `an id in ${path}`);
  }
  assert.doesNotMatch(text, /mean|difference|effect|score of/i);
  for (const path of ["/cases/c10/review", "/cases/c10/due", "/services/north/review", "/cases/c10/reports/x"])
    assert.notEqual((await get(pages.researcher, path)).status, 200, path);
});

journey("the study in Chinese, in the dark, on a phone, and with a keyboard alone", async () => {
  let tab = await visit(in_chinese(pages.researcher));
  await read(tab);
  for (const wanted of ["试验处于盲态。", "量表完成情况", "冻结哈希", "方案版本"]) await tab.getByText(wanted).first().waitFor();
  await looks(tab, "researcher-zh");
  tab = await visit(pages.researcher, { viewport: PHONE });
  await read(tab);
  await looks(tab, "researcher-phone");
  tab = await visit(in_chinese(pages.researcher), { viewport: PHONE, colorScheme: "dark" });
  await read(tab);
  await looks(tab, "researcher-phone-dark-zh");
  tab = await visit(pages.researcher, { colorScheme: "dark" });
  await read(tab);
  await looks(tab, "researcher-dark");
  for (let tried = 0; (await tab.evaluate(() => document.activeElement.textContent)) !== "Download the pseudonymised export"; ++tried) {
    assert.ok(tried < 30, "no way to the export");
    await tab.keyboard.press("Tab");
  }
  await Promise.all([tab.waitForEvent("download"), tab.keyboard.press("Enter")]);
});

journey("both print, and say without JavaScript where else to look", async () => {
  for (const [name, address] of [["service", pages.service], ["researcher", pages.researcher]]) {
    const tab = await visit(address);
    await read(tab);
    if (name === "service") await tab.locator("#later canvas").first().waitFor();
    await tab.emulateMedia({ media: "print" });
    const pressed = await tab.evaluate(() => [...document.querySelectorAll("select, button")].filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 120)));
    assert.deepEqual(pressed, [], "nothing to press on paper");
    await looks(tab, `${name}-print`);
    const plain = await visit(address, { javaScriptEnabled: false });
    await plain.getByRole("link", { name: "The pages for reading" }).waitFor();
  }
});

// Without JavaScript: from the page itself to what is read, with the token that its address holds.
async function reads(address, options = {}) {
  const tab = await visit(address, { javaScriptEnabled: false, ...options });
  await tab.locator("noscript a, main a").getByText(/pages for reading|What is asked/).click();
  await tab.locator("input[name=token]").fill(token_of(address));
  await tab.locator("form button").click();
  await tab.locator("footer form").waitFor();
  return tab;
}
// A tab without scripts cannot be asked: the same page is looked at in one with them, of which it has none.
async function plain_look(tab, name, { language = "en", colorScheme } = {}) {
  const other = await open(browser, origin, { viewport: tab.viewportSize(), colorScheme });
  tabs.push(other);
  await other.context().addCookies(await tab.context().cookies(`${origin}/reading`));
  await other.goto(tab.url());
  assert.equal(await other.locator("html").getAttribute("lang"), language);
  assert.equal(await other.locator("script").count(), 0);
  await looks(other, name);
  if (language !== "en") assert.deepEqual(await english_left(other), [], name);
}
// What is said in English on a page in another language is marked so; ids, codes and proper names have no language.
const english_left = (tab) => tab.evaluate(() => {
  const left = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const at = node.parentElement;
    if (at.closest("[lang=en], code, script, noscript, style")) continue;
    const text = node.textContent.replace(/Doukani|doi|JavaScript|SDK|CBT|English|UTC|PHQ|GAD|WAI|SUS/g, "");
    if (/[a-z]{3,} [a-z]{2,}/.test(text)) left.push(node.textContent.trim());
  }
  return left;
});

journey("a client reads without JavaScript what is asked and why, who sees it, own past answers, and where to find help", async () => {
  let tab = await reads(pages.client, { viewport: PHONE });
  await tab.getByRole("heading", { name: "What is asked today" }).waitFor();
  for (const wanted of ["Why today:", "Who sees your answers:", "Made up: answers are read", "Answering needs JavaScript", "It is no diagnosis", "Made up: where to find help", "not validated"])
    await tab.getByText(wanted).first().waitFor();
  assert.ok(await tab.getByRole("row").count() > 5, "past answers");
  assert.equal(await tab.getByText(/signal|drop/i).count(), 0, "a signal is put to the client in person");
  await plain_look(tab, "reading-client-phone");
  await tab.getByRole("link", { name: "简体中文" }).click();
  await tab.getByRole("heading", { name: "今天需要回答的问卷" }).waitFor();
  for (const wanted of ["为什么是今天", "谁会看到您的回答", "示例：在哪里可以获得帮助", "不是诊断"]) await tab.getByText(wanted).first().waitFor();
  await plain_look(tab, "reading-client-phone-zh", { language: "zh-Hans" });
  // Another's case, and help for whoever has no token at all.
  await tab.goto(`${origin}/reading/cases/c11`);
  await tab.getByText("示例：在哪里可以获得帮助").waitFor();
  tab = await visit(pages.client.replace(/#.*/, ""), { javaScriptEnabled: false, viewport: PHONE });
  assert.match(await tab.locator("#crisis").innerText(), /call the emergency number[^]*如果您或他人处于危险之中/);
  await tab.getByRole("link", { name: "Where to find help" }).click();
  await tab.getByText("Made up: where to find help").waitFor();
  await plain_look(tab, "reading-help-phone");
});

journey("the service and the researcher read without JavaScript, in both languages; groups of five, and no outcome", async () => {
  let tab = await reads(pages.service);
  await tab.getByRole("link", { name: "north" }).click();
  for (const wanted of ["The weeks to come", "Overdue reviews", "Usability and support", "Training and supervision", "The eight factors over time", "None rates a practitioner", "not validated", "suppressed, fewer than five", "What is left out, and why"])
    await tab.getByText(wanted).first().waitFor();
  const time = await (await get(pages.service, "/services/north/time")).json();
  assert.equal(await tab.getByRole("row", { name: /^Overdue reviews/ }).getByRole("cell").innerText(), String(time.overdue_reviews));
  assert.doesNotMatch(await tab.locator("body").innerText(), /\b[pc]\d{1,2}\b/, "nobody by name");
  await plain_look(tab, "reading-service");
  await tab.getByRole("link", { name: "简体中文" }).click();
  await tab.getByRole("heading", { name: "未来几周" }).waitFor();
  await tab.setViewportSize(PHONE);
  await plain_look(tab, "reading-service-phone-zh", { language: "zh-Hans" });
  await tab.goto(`${origin}/reading/services/harbour`);
  await tab.getByText("因少于五人而不显示").first().waitFor();
  assert.equal(await tab.getByRole("table").count(), 0);
  tab = await reads(pages.researcher);
  const overview = await (await get(pages.researcher, "/study/overview")).json();
  for (const wanted of ["The trial is blinded.", "Completeness of measures", "Protocol version", overview.freeze]) await tab.getByText(wanted).first().waitFor();
  await plain_look(tab, "reading-researcher");
  const [download] = await Promise.all([tab.waitForEvent("download"), tab.getByRole("link", { name: "Download the pseudonymised export" }).click()]);
  const extract = JSON.parse(readFileSync(await download.path(), "utf8"));
  assert.equal(extract.cases.length, overview.cases);
  assert.doesNotMatch(JSON.stringify(extract) + await tab.locator("body").innerText(), /"(value|scored|scores|band)"|"answers":\[[^\]]|\b[pc]\d{1,2}\b/, "no outcome and no id");
  await tab.getByRole("link", { name: "简体中文" }).click();
  await tab.getByText("试验处于盲态。").waitFor();
  await plain_look(tab, "reading-researcher-zh", { language: "zh-Hans" });
});

journey("a caseload, a course and a brief are read in Chinese without JavaScript, signals as reasons to ask", async () => {
  const zh_dark = { language: "zh-Hans", colorScheme: "dark" };
  const tab = await reads(in_chinese(pages.practitioner), { locale: "zh-CN", colorScheme: "dark" });
  await tab.goto(`${origin}/reading?lang=zh-Hans`);
  for (const wanted of ["您的个案", "值得关注的理由", "绝不是结论", "可借此询问来访者"]) await tab.getByText(wanted).first().waitFor();
  await plain_look(tab, "reading-caseload-zh-dark", zh_dark);
  await tab.getByRole("link", { name: "c10" }).first().click();
  await tab.getByRole("heading", { name: "来访者 c10" }).waitFor();
  assert.ok(await tab.locator("svg.plot").count() >= 3, "plots");
  await plain_look(tab, "reading-course-zh-dark", zh_dark);
  await tab.getByRole("link", { name: "会谈前简报" }).click();
  await tab.getByRole("heading", { name: "可以谈的一件事" }).waitFor();
  await plain_look(tab, "reading-brief-zh-dark", zh_dark);
});

journey("what is proposed to a practitioner in person is accepted, declined and edited there, and by nobody else", async () => {
  const review = async () => (await get(pages.practitioner, "/practitioners/p3/review")).json();
  const waiting = async () => ((await review()).course?.proposals ?? []).filter((one) => (one.decision ?? "unset") === "unset");
  const before = await waiting();
  assert.ok(before.length > 0, "something is proposed to p3");
  const tab = await visit(pages.practitioner);
  await read(tab);
  await tab.getByRole("link", { name: "Yourself" }).click();
  const card = tab.locator("section", { has: tab.getByRole("heading", { name: "Proposed to you" }) });
  await card.getByRole("button", { name: /^Accept:/ }).first().waitFor();
  await looks(tab, "practitioner-own-proposals");
  const [first] = before;
  const body = { practitioner: "p3", body_type: "ProposalDecided", body: { proposal: first.proposal.id, decision: "accepted" }, id: "not-mine" };
  for (const who of [pages.client, pages.service, pages.researcher])
    assert.equal((await get(who, "/events", { method: "POST", body: JSON.stringify(body) })).status, 403);
  await card.getByText("Edit …").first().click();
  await card.getByLabel("In words").first().fill("Move two reviews to the week after");
  await card.getByRole("button", { name: "Accept as edited" }).first().click();
  await until(waiting, (left) => left.length < before.length);
  const decided = (await review()).course.proposals.filter((one) => one.decision === "accepted");
  assert.deepEqual(decided.map((one) => [one.by, one.edited.text]), [["p3", "Move two reviews to the week after"]]);
  await card.getByText("Decided").click();
  await card.getByText("Move two reviews").or(card.getByText("accepted")).first().waitFor();
});

journey("what is proposed and measured is said in Chinese on the Chinese pages", async () => {
  let tab = await visit(in_chinese(pages.practitioner));
  await read(tab);
  await tab.getByRole("link", { name: "c10" }).first().click();
  await tab.locator("section", { has: tab.getByRole("heading", { name: "建议" }) }).getByText("您可以").first().waitFor();
  await tab.locator(".plot canvas").first().waitFor();
  assert.deepEqual(await tab.locator("#content [lang=en]").allInnerTexts(), []);
  assert.deepEqual(await english_left(tab), []);
  await looks(tab, "practitioner-course-zh");
  await tab.getByRole("link", { name: "您自己" }).click();
  await tab.getByText("没有仍然有效的培训").first().waitFor();
  assert.deepEqual(await english_left(tab), []);
  await looks(tab, "practitioner-own-zh");
});

journey("an address that is over says so, and shows nothing", async () => {
  for (const address of [pages.service, pages.researcher]) {
    const tab = await visit(address.replace(/token=[^&]+/, "token=nonsense"));
    await tab.getByText("This page is open no longer").waitFor();
    assert.equal(await tab.getByRole("table").count(), 0);
  }
});
