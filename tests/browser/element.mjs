// SPDX-License-Identifier: Apache-2.0
// element.mjs SOURCE OUT: what a person does with <alliance-measure>, in a browser. Pictures go to OUT.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { folder, journeys, looker, open, page, serve, start } from "./harness.mjs";

const [source, out] = process.argv.slice(2);
const instruments = join(source, "plugins/instruments");
const read = (path) => JSON.parse(readFileSync(join(instruments, path), "utf8"));
const definition = (id) => read(`definitions/${id}.json`);
const content = (id, language = "en") => read(`content/${id}.${language}.json`);
const crisis = {
  text: "If you may hurt yourself, call now. Somebody answers day and night.",
  contacts: [{ label: "Crisis line 0800 000 000", href: "tel:0800000000" }, { label: "never", href: "javascript:alert(1)" }],
};
const phq = { definition: definition("phq-9"), content: content("phq-9"), crisis };
const pulse = { definition: definition("alliance-pulse-client"), content: content("alliance-pulse-client") };
const said = { "post-to": "/answers", audience: "client practitioner", watched: "no" };
// A restricted instrument whose words are made up here, with a line of two decimals.
const line = {
  definition: definition("srs-v3"),
  content: {
    instrument: "srs-v3", language: "en", title: "Four lines", source: "made up for this test",
    items: ["1", "2", "3", "4"].map((item) => ({ item, text: `Made-up line ${item}` })),
    responses: [{ response: "line", options: [{ value: 0, text: "left word" }, { value: 10, text: "right word" }] }],
    licence: { holder: "this test", terms: "free to use", text_may_ship: true },
  },
  licence: { instrument: "srs-v3", holder: "this test", scope: "tests", expires: "2999-12-31" },
};

let site, browser;
before(async () => { folder(out); site = await serve(source); browser = await start(); });
after(async () => { await browser?.close(); await site?.close(); });

async function show(path, html, options) {
  site.pages.set(path, html);
  const tab = await open(browser, site.url, options);
  tabs.push(tab);
  await tab.goto(site.url + path);
  return tab;
}
const { tabs, journey } = journeys(() => {
  site.posts.length = 0;
  site.answer = () => [201, { safety: [] }];
});
const shelf = (tab) => tab.evaluate(() => ({ ...localStorage }));
const kept = async (tab) => Object.values(await shelf(tab)).map((one) => JSON.parse(one));
const press = (tab, name) => tab.getByRole("button", { name }).click();
const choose = (tab, label) => tab.getByRole("radio", { name: label, exact: true }).check();
const values = (post) => JSON.parse(post.body).answers.map(({ item, value, state, code }) => ({ item, value, state, code }));
const picture = (tab, name) => tab.screenshot({ path: join(out, `${name}.png`), fullPage: true });
const looks = looker(out);
async function fillIn(tab, answers) {
  for (const label of answers) {
    if (label) await choose(tab, label);
    await press(tab, /^(Next|Check my answers)$/);
  }
}
async function posted(count) {
  for (let i = 0; site.posts.length < count && i < 600; i++) await new Promise((done) => setTimeout(done, 100));
  assert.equal(site.posts.length, count);
}

journey("with the keyboard alone, question by question, to the end", async () => {
  const tab = await show("/keyboard", page({ attributes: { ...said, sheet: "s" }, parts: phq }));
  await tab.waitForSelector("form");
  const focused = () => tab.evaluate(() => {
    const at = document.querySelector("alliance-measure").shadowRoot.activeElement;
    const ring = at && getComputedStyle(at.closest("label") ?? at);
    return at && { tag: at.localName, type: at.type, text: at.textContent, ring: ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2 };
  });
  const until = async (wanted) => {
    for (let i = 0; i < 12; i++) {
      await tab.keyboard.press("Tab");
      const at = await focused();
      if (at && wanted(at)) return assert.ok(at.ring, `the focus on ${at.tag} is not seen`);
    }
    assert.fail("the key Tab does not lead there");
  };
  for (let question = 1; question <= 9; question++) {
    await until((at) => at.type === "radio");
    await tab.keyboard.press("Space");
    if (question === 2) await tab.keyboard.press("ArrowDown");
    await tab.keyboard.press("Enter");
    // Where it goes on is where the next question is read from.
    if (question < 9) assert.match((await focused()).text, new RegExp(`^Question ${question + 1} of 9`));
  }
  assert.equal((await focused()).tag, "h3");
  await until((at) => at.text === "Send my answers");
  await tab.keyboard.press("Enter");
  await tab.getByText("Your answers have arrived").waitFor();
  assert.equal(site.posts.length, 1);
  assert.deepEqual(values(site.posts[0]).map((answer) => answer.value), [0, 1, 0, 0, 0, 0, 0, 0, 0]);
  assert.equal(values(site.posts[0])[1].code, "LA6569-3");
  assert.match((await focused()).text, /have arrived/);
});

journey("offline and back: kept, posted once, and deleted from the device", async () => {
  const tab = await show("/offline", page({ attributes: { ...said, sheet: "case-4711/session-3" }, parts: pulse }));
  await tab.waitForSelector("form");
  await tab.context().setOffline(true);
  await fillIn(tab, ["7", "6", "8"].map((value) => value));
  await press(tab, "Send my answers");
  await tab.getByText("Not sent yet").waitFor();
  await looks(tab, "waiting");
  const [draft] = await kept(tab);
  assert.equal(JSON.parse(draft.body).answers[0].value, 7);
  for (const key of Object.keys(await shelf(tab))) assert.match(key, /^alliance-measure\/[0-9a-f]{16}$/);
  assert.equal(site.posts.length, 0);
  await tab.context().setOffline(false);
  await tab.getByText("Your answers have arrived").waitFor();
  await posted(1);
  assert.equal(site.posts[0].key, draft.key);
  assert.equal(site.posts[0].body, draft.body);
  for (const one of await kept(tab)) assert.deepEqual(Object.keys(one).sort(), ["key", "sent", "until"]);
  await tab.reload();
  await tab.getByText("already been sent").waitFor();
  assert.equal(site.posts.length, 1);
});

journey("a server that breaks off, is busy, and answers at last is sent the same bytes under the same key", async () => {
  const replies = [[0], [503, {}, { "Retry-After": "1" }], [429], [201, { safety: [] }]];
  site.answer = (count) => replies[count];
  const tab = await show("/again", page({ attributes: { ...said, mode: "all" }, parts: pulse }));
  for (const group of await tab.locator("fieldset").all()) await group.getByRole("radio", { name: "5", exact: true }).check();
  await press(tab, "Send my answers");
  await tab.getByText("Your answers have arrived").waitFor({ timeout: 60000 });
  await posted(4);
  assert.equal(new Set(site.posts.map((post) => post.key)).size, 1);
  assert.equal(new Set(site.posts.map((post) => post.body)).size, 1);
  assert.deepEqual(await kept(tab), [], "without a sheet's name nothing is left at all");
});

journey("a reload in the middle loses nothing, and one while it waits sends what was handed in", async () => {
  const tab = await show("/reload", page({ attributes: { ...said, sheet: "s" }, parts: phq }));
  await fillIn(tab, ["Several days", "Not at all"]);
  const [{ key }] = await kept(tab);
  await tab.reload();
  await tab.getByText("Your earlier answers are still here").waitFor();
  await tab.getByText("Question 3 of 9").waitFor();
  await press(tab, "Back");
  assert.ok(await tab.getByRole("radio", { name: "Not at all" }).isChecked());
  await press(tab, "Next");
  await fillIn(tab, Array(7).fill("Not at all"));
  site.answer = () => [503];
  await press(tab, "Send my answers");
  await tab.getByText("Not sent yet").waitFor();
  site.answer = () => [201, { safety: [] }];
  await tab.reload();
  await tab.getByText("Your answers have arrived").waitFor();
  assert.deepEqual(new Set(site.posts.map((post) => post.key)), new Set([key]));
  assert.equal(new Set(site.posts.map((post) => post.body)).size, 1);
  assert.deepEqual(values(site.posts[0]).map((answer) => answer.value), [1, 0, 0, 0, 0, 0, 0, 0, 0]);
});

journey("from right to left and upside down the same is stored", async () => {
  const sent = [];
  for (const [name, options] of Object.entries({
    straight: { attributes: said }, reverse: { attributes: { ...said, reverse: true } },
    rtl: { attributes: said, dir: "rtl" }, both: { attributes: { ...said, reverse: true }, dir: "rtl" },
  })) {
    const tab = await show(`/order-${name}`, page({ ...options, parts: phq }));
    const first = await tab.getByRole("radio").first().evaluate((radio) => radio.closest("label").textContent);
    assert.equal(first, options.attributes.reverse ? "Nearly every day" : "Not at all");
    await fillIn(tab, ["Nearly every day", ...Array(7).fill("Several days"), "Not at all"]);
    await press(tab, "Send my answers");
    await tab.getByText("Your answers have arrived").waitFor();
    sent.push(values(site.posts.at(-1)));
  }
  for (const one of sent) assert.deepEqual(one, sent[0]);
  assert.equal(sent[0][0].value, 3);
  assert.equal(sent[0][0].code, "LA6571-9");
});

journey("a line: nothing before somebody points at it, by pointer and by keys, and mirrored without another value", async () => {
  for (const [name, options] of Object.entries({ ltr: {}, rtl: { dir: "rtl" }, reverse: { attributes: { reverse: true } } })) {
    const tab = await show(`/line-${name}`, page({ dir: options.dir, attributes: { ...said, mode: "all", ...options.attributes }, parts: line }));
    const lines = tab.getByRole("slider");
    await lines.first().waitFor();
    assert.equal(await lines.first().getAttribute("aria-valuetext"), "not answered yet");
    if (name === "ltr") await looks(tab, "line-untouched");
    const box = await lines.nth(0).boundingBox();
    // A quarter of the way from the low end, wherever that is.
    const share = name === "ltr" ? 0.25 : 0.75;
    await tab.mouse.click(box.x + box.width * share, box.y + box.height / 2);
    await lines.nth(1).focus();
    await tab.keyboard.press("End");
    await tab.keyboard.press(name === "ltr" ? "ArrowLeft" : "ArrowRight");
    await lines.nth(2).focus();
    await tab.keyboard.press("Space");                       // the middle itself can be meant
    await looks(tab, `line-${name}`);
    await press(tab, "Send my answers");
    await tab.getByText("No answer yet: question 4").waitFor();
    await press(tab, "Send without them");
    await tab.getByText("Your answers have arrived").waitFor();
    const answers = values(site.posts.at(-1));
    assert.ok(Math.abs(answers[0].value - 2.5) < 0.35, `${name}: ${answers[0].value}`);
    assert.ok(Number.isInteger(Math.round(answers[0].value * 1e6) / 1e4), "two decimals at most");
    assert.deepEqual(answers.slice(1), [
      { item: "2", value: 9.9, state: "answered", code: undefined }, { item: "3", value: 5, state: "answered", code: undefined },
      { item: "4", value: undefined, state: "skipped", code: undefined }]);
  }
});

journey("a positive safety answer shows where to find help at once, without a network, and it stays", async () => {
  const tab = await show("/safety", page({ attributes: { ...said, mode: "all", sheet: "s" }, parts: phq }));
  await tab.waitForSelector("form");
  await tab.evaluate(() => { window.crises = []; document.addEventListener("alliance-crisis", (event) => window.crises.push(event.detail.item)); });
  await tab.context().setOffline(true);
  const last = tab.locator("fieldset").nth(8);
  const alarm = tab.getByRole("alert").getByText("Somebody answers day and night");
  assert.equal(await tab.getByRole("alert").count(), 1, "the place is there before, so that what is put into it is read out");
  await last.getByRole("radio", { name: "Not at all" }).check();
  assert.equal(await alarm.count(), 0);
  await last.getByRole("radio", { name: "Several days" }).check();
  assert.ok(await alarm.isVisible());
  assert.equal(await tab.getByRole("link", { name: "Crisis line" }).getAttribute("href"), "tel:0800000000");
  assert.equal(await tab.getByRole("link", { name: "never" }).count(), 0);
  assert.deepEqual(await tab.evaluate(() => window.crises), ["9"]);
  await looks(tab, "safety");
  await last.getByRole("radio", { name: "Not at all" }).check();
  assert.ok(await alarm.isVisible(), "it stays");
  await press(tab, "Send my answers");
  await press(tab, "Send without them");
  await tab.getByText("Nobody has received your answers yet").waitFor();
  assert.ok(await tab.getByText("Somebody answers day and night").isVisible());
  await picture(tab, "safety-waiting");
  await tab.context().setOffline(false);
  await tab.getByText("Your answers have arrived").waitFor();
  assert.ok(await tab.getByText("Somebody answers day and night").isVisible());
});

journey("a safety question that was left out or refused shows it when the sheet is handed in", async () => {
  for (const [name, how] of Object.entries({ skipped: null, refused: "I would rather not answer" })) {
    const tab = await show(`/unknown-${name}`, page({ attributes: { ...said, refusable: true }, parts: phq }));
    await fillIn(tab, [...Array(8).fill("Not at all"), how]);
    assert.equal(await tab.getByText("Somebody answers day and night").isVisible(), false);
    await press(tab, "Send my answers");
    if (!how) await press(tab, "Send without them");
    await tab.getByText("Your answers have arrived").waitFor();
    assert.ok(await tab.getByText("Somebody answers day and night").isVisible());
    assert.deepEqual(values(site.posts.at(-1))[8], { item: "9", value: undefined, state: name, code: undefined });
  }
  // And what the server says it saw is heeded too.
  site.answer = () => [201, { safety: [{ flag: "f", instrument: "alliance-pulse-client", item: "1" }] }];
  const tab = await show("/told", page({ attributes: { ...said, mode: "all" }, parts: { ...pulse, crisis } }));
  await press(tab, "Send my answers");
  await press(tab, "Send without them");
  await tab.getByText("Your answers have arrived").waitFor();
  assert.ok(await tab.getByText("Somebody answers day and night").isVisible());
});

journey("what may not be shown says why", async () => {
  const cases = {
    "no-pack": [{ definition: line.definition }, /belong to S\. D\. Miller.*has not put licensed texts here/],
    "no-licence": [{ ...line, licence: undefined }, /holds no record of a licence/],
    "other-licence": [{ ...line, licence: { ...line.licence, instrument: "wai-sr-c" } }, /for wai-sr-c, not for srs-v3/],
    "incomplete-licence": [{ ...line, licence: { instrument: "srs-v3", holder: "x", expires: "2999-12-31" } }, /names no scope/],
    "licence-over": [{ ...line, licence: { ...line.licence, expires: "2020-01-01" } }, /ended on 2020-01-01/],
    "other-pack": [{ ...line, content: pulse.content }, /belong to alliance-pulse-client, not to srs-v3/],
    "gap-in-pack": [{ ...pulse, content: { ...pulse.content, items: pulse.content.items.slice(1) } }, /no wording for 1/],
    denied: [{ ...pulse, definition: { ...pulse.definition, denied: "its key is not verified" } }, /its key is not verified/],
    "no-crisis-information": [{ ...phq, crisis: undefined }, /no information on where to find help/],
    "no-definition": [{ definition: { id: "x" } }, /could not be read/],
  };
  for (const [reason, [parts, sentence]] of Object.entries(cases)) {
    const given = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
    const tab = await show(`/why-${reason}`, page({ attributes: said, parts: given }));
    await tab.getByText("This questionnaire is not shown").waitFor();
    assert.match(await tab.locator("alliance-measure").evaluate((element) => element.shadowRoot.textContent), sentence);
    assert.equal(await tab.getByRole("radio").count() + await tab.getByRole("slider").count(), 0);
    assert.equal(await tab.evaluate(() => localStorage.length), 0);
    if (reason === "no-licence") await looks(tab, "restricted");
  }
  const { licence, ...rest } = line;
  for (const expires of ["2999-12-31", "never", "2020-01-01", "some day"]) {
    const content = { ...line.content, record: { holder: licence.holder, scope: licence.scope, expires } };
    const tab = await show(`/record-${encodeURIComponent(expires)}`, page({ attributes: said, parts: { ...rest, content } }));
    await tab.getByText(["2999-12-31", "never"].includes(expires) ? "Question 1 of 4" : "This questionnaire is not shown").waitFor();
  }
});

journey("it says who sees the answers, whether anybody watches, and that ours are not validated", async () => {
  const text = (tab) => tab.locator("alliance-measure").evaluate((element) => element.shadowRoot.textContent);
  let tab = await show("/who", page({ attributes: said, parts: pulse }));
  await tab.waitForSelector("form");
  for (const wanted of ["Who will see your answers: you, your practitioner.", "Nobody is watching while you answer.", "Not validated."])
    assert.ok((await text(tab)).includes(wanted), wanted);
  tab = await show("/unsaid", page({ parts: pulse }));
  await tab.waitForSelector("form");
  for (const wanted of ["does not say who will see your answers", "Do not count on anybody watching"]) assert.ok((await text(tab)).includes(wanted), wanted);
  tab = await show("/zh", page({ lang: "zh-Hans", attributes: said, parts: { ...pulse, content: content("alliance-pulse-client", "zh-Hans") } }));
  await tab.waitForSelector("form");
  for (const wanted of ["谁会看到您的回答：您本人、您的治疗师。", "未经验证"]) assert.ok((await text(tab)).includes(wanted), wanted);
  await looks(tab, "chinese");
});

journey("a server that refuses is named, and nothing is lost: signed out, then in again", async () => {
  site.answer = (count) => [count === 0 ? 401 : count === 1 ? 422 : 201];
  const tab = await show("/refused", page({ attributes: { ...said, mode: "all" }, parts: pulse }));
  await tab.waitForSelector("form");
  await tab.evaluate(() => { window.errors = []; document.addEventListener("alliance-error", (event) => window.errors.push(event.detail.reason)); });
  await press(tab, "Send my answers");
  await press(tab, "Send without them");
  await tab.getByText("You are no longer signed in").waitFor();
  await tab.evaluate(() => { document.querySelector("alliance-measure").token = async () => "a-token"; });
  await tab.getByText("were not taken (422)").waitFor();
  await press(tab, "Try now");
  await tab.getByText("Your answers have arrived").waitFor();
  assert.deepEqual(await tab.evaluate(() => window.errors), ["gaps", "signed-out", "turned-away"]);
  assert.deepEqual(site.posts.map((post) => post.token), [undefined, "Bearer a-token", "Bearer a-token"]);
  assert.deepEqual((await kept(tab)).filter((one) => JSON.stringify(one).includes("a-token")), []);
});

journey("answers can be cleared, deleted from the device, or not be kept at all", async () => {
  const tab = await show("/forget", page({ attributes: { ...said, mode: "all" }, parts: pulse }));
  const first = tab.locator("fieldset").first();
  await first.getByRole("radio", { name: "3", exact: true }).check();
  await first.getByRole("button", { name: "Clear this answer" }).click();
  assert.deepEqual((await kept(tab))[0].answers, {});
  await first.getByRole("radio", { name: "4", exact: true }).check();
  const [{ key }] = await kept(tab);
  await press(tab, "Delete my answers from this device");
  await tab.waitForFunction(() => !document.querySelector("alliance-measure").shadowRoot.querySelector(":checked"));
  assert.notEqual((await kept(tab))[0].key, key);
  const other = await show("/no-save", page({ attributes: { ...said, mode: "all", "no-save": true }, parts: pulse }));
  await other.locator("fieldset").first().getByRole("radio", { name: "3", exact: true }).check();
  assert.deepEqual(await kept(other), []);
  await other.getByText("This browser keeps nothing").waitFor();
});

journey("from the sidecar's own answer, fetched, with what the deployer tells clients", async () => {
  site.pages.set("/whole.json", { shown: true, state: "free", definition: phq.definition, pack: phq.content,
    deployment: { language: "en", watched: "Answers are read on workdays from nine to five.", crisis: crisis.text, contacts: crisis.contacts } });
  const tab = await show("/whole", page({ attributes: { ...said, content: "/whole.json" } }));
  await tab.getByText("Answers are read on workdays").waitFor();
  await tab.context().setOffline(true);
  for (let i = 0; i < 8; i++) await press(tab, "Next");
  await choose(tab, "Several days");
  assert.ok(await tab.getByRole("alert").getByText("Somebody answers day and night").isVisible());
  site.pages.set("/denied.json", { shown: false, state: "expired", why: "The licence ended.", definition: phq.definition, pack: phq.content, deployment: { crisis: "x" } });
  const denied = await show("/denied", page({ attributes: { ...said, content: "/denied.json" } }));
  await denied.getByText("The licence ended.").waitFor();
});

journey("from a file, without a server: the page takes the answers and says that they have arrived", async () => {
  const file = join(out, "from-file.html");
  const script = pathToFileURL(join(source, "bindings/web/alliance-measure.js")).href;
  writeFileSync(file, page({ attributes: { mode: "all" }, parts: pulse }).replace("/alliance-measure.js", script));
  const tab = await open(browser, "file:");
  tabs.push(tab);
  await tab.goto(pathToFileURL(file).href);
  await tab.waitForSelector("form");
  await tab.evaluate(() => { document.addEventListener("alliance-submit", (event) => { window.got = event.detail; }); });
  await tab.locator("fieldset").first().getByRole("radio", { name: "9", exact: true }).check();
  await press(tab, "Send my answers");
  await press(tab, "Send without them");
  await tab.waitForFunction(() => window.got);
  assert.equal(await tab.evaluate(() => window.got.body.answers[0].value), 9);
  await tab.evaluate(() => document.querySelector("alliance-measure").acknowledge());
  await tab.getByText("Your answers have arrived").waitFor();
  assert.equal(site.posts.length, 0);
});

journey("every instrument that ships its texts can be asked, and every other says that it is restricted", async () => {
  const tab = await show("/every", page({ attributes: { ...said, mode: "all" }, parts: { crisis } }));
  let asked = 0, withheld = 0;
  for (const name of readdirSync(join(instruments, "definitions")).map((one) => one.replace(".json", ""))) {
    const packs = readdirSync(join(instruments, "content")).filter((one) => one.startsWith(`${name}.`) && one.endsWith(".json"));
    const about = definition(name);
    for (const pack of packs.length ? packs : [null]) {
      await tab.evaluate(([definition, content]) => Object.assign(document.querySelector("alliance-measure"), { definition, content }),
        [about, pack && read(`content/${pack}`)]);
      if (!pack) {
        await tab.waitForFunction((holder) => document.querySelector("alliance-measure").state === "not-shown" &&
          document.querySelector("alliance-measure").shadowRoot.textContent.includes(holder), about.licence.holder);
        withheld++;
        continue;
      }
      const title = read(`content/${pack}`).title;
      await tab.waitForFunction((text) => document.querySelector("alliance-measure").shadowRoot.querySelector("h2")?.textContent === text, title);
      assert.equal(await tab.locator("fieldset").count(), about.items.length, pack);
      asked++;
    }
  }
  assert.ok(asked >= 13 && withheld >= 14, `${asked} asked, ${withheld} withheld`);
});

journey("what it looks like: light, dark, wide, narrow, themed, from right to left", async () => {
  const arabic = { ...pulse, content: { ...pulse.content, language: "ar", title: "ثلاثة أسئلة عن اليوم", instruction: "اختر رقمًا من ٠ إلى ١٠.",
    items: ["1", "2", "3"].map((item) => ({ item, text: "ما مدى شعورك بالراحة اليوم؟" })),
    responses: [{ response: "line", options: [{ value: 0, text: "إطلاقًا" }, { value: 10, text: "تمامًا" }] }] } };
  const views = {
    phone: [page({ attributes: said, parts: phq })], all: [page({ attributes: { ...said, mode: "all" }, parts: pulse })],
    dark: [page({ attributes: said, parts: phq }), { colorScheme: "dark" }],
    wide: [page({ attributes: { ...said, mode: "all" }, parts: pulse }), { viewport: { width: 1100, height: 800 } }],
    narrow: [page({ attributes: { ...said, mode: "all" }, parts: pulse }), { viewport: { width: 320, height: 640 } }],
    themed: [page({ attributes: said, parts: phq, style: true })],
    "right-to-left": [page({ dir: "rtl", attributes: { ...said, mode: "all" }, parts: arabic })],
    "high-contrast": [page({ attributes: said, parts: phq }), { forcedColors: "active" }],
  };
  for (const [name, [html, options]] of Object.entries(views)) {
    const tab = await show(`/view-${name}`, html, options);
    await tab.waitForSelector("form");
    await tab.getByRole("radio").first().check();
    await looks(tab, name);
  }
  const tab = await show("/view-review", page({ attributes: said, parts: phq }));
  await fillIn(tab, ["Several days", null, ...Array(7).fill("Not at all")]);
  await press(tab, "Send my answers");
  await looks(tab, "review");
});

test("the policy of these pages is in force, and what looks for requests sees them", async () => {
  const tab = await show("/policy", page({ attributes: said, parts: pulse }));
  await tab.waitForSelector("form");
  const reached = await tab.evaluate(() => fetch("http://127.0.0.2:9/").then(() => true, () => false));
  assert.equal(reached, false);
  assert.ok(tab.complaints.some((one) => one.includes("Content Security Policy")), "a request elsewhere is stopped by the policy");
  await tab.context().close();
});
