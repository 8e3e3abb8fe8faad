// SPDX-License-Identifier: Apache-2.0
// clinic.mjs SOURCE OUT ALLIANCE WORK: the client's page of examples/clinic over a sidecar that runs. Pictures go to OUT.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { folder, journeys, looker, open, start } from "./harness.mjs";
import { sidecar } from "./sidecar.mjs";

const [source, out, alliance, work] = process.argv.slice(2);
let site, browser;
before(async () => { folder(out); site = await sidecar(alliance, source, work); browser = await start(); });
after(async () => { await browser?.close(); assert.equal(await site?.close(), 0, "the sidecar's end"); });

async function visit(client, options) {
  const tab = await open(browser, site.url, options);
  tabs.push(tab);
  tab.bytes = 0;
  tab.on("response", async (response) => { if (response.url().includes("/pages/")) tab.bytes += (await response.body().catch(() => "")).length; });
  await tab.goto(client.page);
  return tab;
}
const looks = looker(out);
const { tabs, journey } = journeys();
const sheets = async (name, client) => (await site.ask("GET", `/cases/${name}/review`, undefined, client.token)).course.sheets ?? [];

journey("what is asked today and why, who sees it and until when; answered to the end it is in the record, and among one's own", async () => {
  const client = await site.open("c-1");
  const tab = await visit(client);
  for (const wanted of ["Session 1 was held.", "you and your practitioner", "Answers are read on working days", "9 questions", "3 questions"])
    await tab.getByText(wanted).first().waitFor();
  assert.ok(!tab.url().includes("token"), "the token is not in the address");
  assert.ok(tab.bytes > 0 && tab.bytes < 100 * 1024, `the first view has ${tab.bytes} bytes`);
  await looks(tab, "client-today");
  await tab.getByRole("button", { name: "Begin: Three quick questions about today" }).click();
  await tab.getByText("Who will see your answers: you, your practitioner.").waitFor();
  for (const value of ["8", "6", "7"]) {
    await tab.getByRole("radio", { name: value, exact: true }).check();
    await tab.getByRole("button", { name: /^(Next|Check my answers)$/ }).click();
  }
  await tab.getByRole("button", { name: "Send my answers" }).click();
  await tab.getByText("Your answers have arrived").waitFor();
  await tab.getByRole("button", { name: "Back to the list" }).click();
  await tab.getByRole("row", { name: /7 \(0 to 10\).*not validated/ }).waitFor();
  assert.equal(await tab.getByRole("button", { name: "Begin: Three quick" }).count(), 0, "it is asked no more");
  await looks(tab, "client-past");
  const [sheet] = await sheets("c-1", client);
  assert.equal(sheet.instrument, "alliance-pulse-client");
  assert.equal(sheet.session, 1);
  assert.equal(sheet.scores.find((score) => score.scale === "total").value, 7);
});

journey("offline and back: crisis information is there at once, and the sheet is in the record once", async () => {
  const client = await site.open("c-2");
  const tab = await visit(client);
  await tab.getByRole("button", { name: "Begin: PHQ-9" }).click();
  await tab.getByRole("group").first().waitFor();
  await tab.context().setOffline(true);
  for (let item = 1; item <= 9; ++item) {
    await tab.getByRole("radio", { name: item === 9 ? "Several days" : "Not at all" }).check();
    if (item === 9) assert.ok(await tab.getByRole("alert").getByText("Somebody answers day and night").isVisible());
    await tab.getByRole("button", { name: /^(Next|Check my answers)$/ }).click();
  }
  await tab.getByRole("button", { name: "Send my answers" }).click();
  await tab.getByText("Nobody has received your answers yet").waitFor();
  await looks(tab, "client-offline");
  assert.equal((await sheets("c-2", client)).length, 0);
  await tab.context().setOffline(false);
  await tab.getByText("Your answers have arrived").waitFor();
  assert.equal((await sheets("c-2", client)).length, 1);
});

journey("what waits to be sent is sent when the page is opened again, and what was begun goes on", async () => {
  const client = await site.open("c-6");
  const tab = await visit(client);
  await tab.getByRole("button", { name: "Begin: PHQ-9" }).click();
  await tab.getByRole("radio", { name: "Several days" }).check();
  await tab.getByRole("button", { name: "Back to the list" }).click();
  await tab.getByRole("button", { name: "Go on: PHQ-9" }).waitFor();
  await tab.route("**/answers", (route) => route.abort());
  await tab.getByRole("button", { name: "Begin: Three quick" }).click();
  await tab.getByRole("group").first().waitFor();
  for (let item = 1; item <= 3; ++item) {
    await tab.getByRole("radio", { name: "5", exact: true }).check();
    await tab.getByRole("button", { name: /^(Next|Check my answers)$/ }).click();
  }
  await tab.getByRole("button", { name: "Send my answers" }).click();
  await tab.getByText("Not sent yet").waitFor();
  await tab.unroute("**/answers");
  await tab.reload();
  await tab.getByText("Your answers have arrived").waitFor();
  const [sheet, ...more] = await sheets("c-6", client);
  assert.equal(sheet.scores.find((score) => score.scale === "total").value, 5);
  assert.deepEqual(more, []);
});

journey("in Chinese, by keyboard alone, and dark", async () => {
  const client = await site.open("c-3");
  const tab = await visit(client, { locale: "zh-CN", colorScheme: "dark" });
  await tab.getByText("您过去的回答").waitFor();
  await tab.locator("#crisis").getByText("如果您可能伤害自己").waitFor();
  await looks(tab, "client-chinese");
  const until = async (wanted) => {
    for (let i = 0; i < 40; ++i) {
      await tab.keyboard.press("Tab");
      const at = await tab.evaluate(() => {
        let active = document.activeElement;
        while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
        return `${active.localName} ${active.type ?? ""} ${active.getAttribute("aria-label") ?? active.textContent}`;
      });
      if (wanted.test(at)) return;
    }
    assert.fail(`the key Tab does not lead to ${wanted}`);
  };
  await until(/开始: 关于今天的三个小问题/);
  await tab.keyboard.press("Enter");
  await tab.getByText("第 1 题，共 3 题").waitFor();
  for (let item = 1; item <= 3; ++item) {
    await until(/^input radio/);
    await tab.keyboard.press("Space");
    await tab.keyboard.press("Enter");
  }
  await until(/提交我的回答/);
  await tab.keyboard.press("Enter");
  await tab.getByText("您的回答已送达").waitFor();
  await looks(tab, "client-chinese-done");
  assert.deepEqual((await sheets("c-3", client))[0].scores[0].value, 0);
});

journey("another's case is not shown, and a token that is over says what to do", async () => {
  await site.open("c-4");
  const other = await site.open("c-5");
  let tab = await visit({ page: other.page.replace("case=c-5", "case=c-4") });
  await tab.getByText("This page is open no longer").waitFor();
  assert.equal(await tab.getByRole("button", { name: /^Begin/ }).count(), 0);
  tab = await visit({ page: other.page.replace(other.token, "nonsense") });
  await tab.getByText("This page is open no longer").waitFor();
  assert.ok(await tab.locator("#crisis").isVisible());
  await looks(tab, "client-signed-out");
});

journey("examples/clinic/run says where the page is, and it is there", async () => {
  const began = spawn(join(source, "examples/clinic/run"), [alliance], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((done) => began.on("exit", done));
  // Read to its end, since what is not read any more breaks the pipe of the one who writes.
  const said = await new Promise((done) => {
    let sofar = "";
    began.stdout.on("data", (piece) => /client\.html#\S+\s/.test((sofar += piece)) && done(sofar));
    began.stdout.on("end", () => done(sofar));
  });
  const tab = await open(browser, new URL(/http\S+/.exec(said)[0]).origin);
  tabs.push(tab);
  await tab.goto(/http\S+/.exec(said)[0]);
  await tab.getByText("Session 1 was held.").waitFor();
  began.kill("SIGINT");
  assert.equal(await ended, 0);
});

journey("pages are files of the folders alone, under a policy, and changed by nobody", async () => {
  const got = async (path, options) => fetch(site.url + path, options);
  const page = await got("/pages/client.html");
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-security-policy"), /default-src 'none'.*connect-src 'self'/);
  assert.equal((await got("/pages/client.html", { headers: { "If-None-Match": page.headers.get("etag") } })).status, 304);
  for (const path of ["/pages/", "/pages/../sidecar.json", "/pages/%2e%2e/sidecar.json", "/pages/.git", "/pages/README.md.x"])
    assert.equal((await got(path)).status, 404, path);
  assert.equal((await got("/pages/client.html", { method: "POST" })).status, 405);
});
