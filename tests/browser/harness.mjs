// SPDX-License-Identifier: Apache-2.0
// A page for the element under the strictest policy, a server that can fail as networks do, and chromium.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";

export const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'";
const AXE = createRequire(import.meta.url).resolve("axe-core");
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

// attributes: of the element; parts: what stands inside it as JSON; inside: other HTML in it.
export function page({ lang = "en", dir = "ltr", attributes = {}, parts = {}, inside = "", style = false }) {
  const data = Object.entries(parts).map(([name, value]) =>
    `<script type="application/json" data-part="${name}">${JSON.stringify(value).replace(/</g, "\\u003c")}</script>`);
  const said = Object.entries(attributes).map(([name, value]) => (value === true ? name : `${name}="${escaped(String(value))}"`));
  return `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><title>Questions</title>
<meta name="viewport" content="width=device-width, initial-scale=1">${style ? '<link rel="stylesheet" href="/theme.css">' : ""}<script src="/alliance-measure.js" defer></script></head>
<body><main><h1>Today</h1><alliance-measure ${said.join(" ")}>${data.join("")}${inside}</alliance-measure></main></body></html>`;
}

// pages: by path; posts: what came to /answers; answer: how the next post is answered.
export async function serve(source) {
  const at = { pages: new Map(), posts: [], answer: () => [201, { safety: [] }], asked: [] };
  at.server = createServer((request, response) => {
    const path = request.url.split("?")[0];
    at.asked.push(`${request.method} ${path}`);
    const say = (status, type, body, headers = {}) =>
      response.writeHead(status, { "Content-Type": type, "Content-Security-Policy": POLICY, ...headers }).end(body);
    if (request.method === "POST") {
      let body = "";
      request.on("data", (part) => (body += part));
      request.on("end", () => {
        const [status, said, headers] = at.answer(at.posts.length);
        at.posts.push({ path, body, status, key: request.headers["idempotency-key"], token: request.headers.authorization });
        if (status === 0) request.socket.destroy();
        else say(status, "application/json", JSON.stringify(said ?? {}), headers);
      });
    } else if (path === "/alliance-measure.js") {
      say(200, "text/javascript", readFileSync(join(source, "bindings/web/alliance-measure.js")));
    } else if (path === "/favicon.ico") {
      response.writeHead(204).end();
    } else if (path === "/theme.css") {
      say(200, "text/css", "alliance-measure { --alliance-accent: #6a1b9a; --alliance-radius: 1.25rem; --alliance-font: Georgia, serif; }");
    } else if (at.pages.has(path)) {
      const page = at.pages.get(path);
      say(200, typeof page === "string" ? "text/html; charset=utf-8" : "application/json", typeof page === "string" ? page : JSON.stringify(page));
    } else {
      say(404, "text/plain", "");
    }
  });
  await new Promise((done) => at.server.listen(0, "127.0.0.1", done));
  at.url = `http://127.0.0.1:${at.server.address().port}`;
  at.close = () => { at.server.closeAllConnections(); return new Promise((done) => at.server.close(done)); };
  return at;
}

export const start = () => chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });

// What may leave a page goes to `origin`; everything else that it asks for, and what its policy stopped, is listed.
export async function open(browser, origin, options = {}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 800 }, reducedMotion: "reduce", ...options });
  const tab = await context.newPage();
  tab.outside = [];
  tab.complaints = [];
  tab.on("request", (request) => { if (!request.url().startsWith(origin) && !/^(data|blob|about|file):/.test(request.url())) tab.outside.push(request.url()); });
  tab.on("pageerror", (error) => tab.complaints.push(String(error)));
  tab.on("console", (message) => { if (/Content Security Policy|Trusted/.test(message.text())) tab.complaints.push(message.text()); });
  return tab;
}

// axe's findings that are serious or critical, by WCAG 2.2 AA. Run in a world of its own, so that the policy stays.
export async function findings(tab) {
  const client = await tab.context().newCDPSession(tab);
  const { frameTree } = await client.send("Page.getFrameTree");
  const { executionContextId } = await client.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
  const run = async (expression) => {
    const { result, exceptionDetails } = await client.send("Runtime.evaluate",
      { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  await run(readFileSync(AXE, "utf8"));
  const found = await run(`axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
    .then((r) => ({ passes: r.passes.length, list: r.violations.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.map((n) => n.html.slice(0, 160)) })) }))`);
  await client.detach();
  if (found.passes < 10) throw new Error(`axe looked at almost nothing: ${found.passes} rules passed`);
  return found.list.filter((one) => one.impact === "serious" || one.impact === "critical");
}

export function folder(path) {
  mkdirSync(path, { recursive: true });
  return path;
}

// Tests whose tabs have a browser profile of their own each; whatever they did, nothing left the page but what it was meant to send.
export function journeys(before = () => {}) {
  const tabs = [];
  const journey = (name, run) => test(name, { timeout: 120000 }, async () => {
    before();
    await run();
    for (const tab of tabs.splice(0)) {
      assert.deepEqual(tab.outside, [], "requests to elsewhere");
      assert.deepEqual(tab.complaints, [], "what the policy stopped, and errors of the script");
      await tab.context().close();
    }
  });
  return { tabs, journey };
}

// Until what was sent is in the record: what `when` says of what `what` reads, once it says something.
export async function until(what, when) {
  for (let tried = 0; tried < 200; ++tried) {
    const found = when(await what());
    if (found) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail(`never came: ${when}`);
}

// A picture, and what axe says of it.
export const looker = (out) => async (tab, name) => {
  await tab.screenshot({ path: join(folder(out), `${name}.png`), fullPage: true });
  assert.deepEqual(await findings(tab), [], name);
  assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} scrolls sideways`);
};
