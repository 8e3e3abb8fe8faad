// SPDX-License-Identifier: Apache-2.0
// The sidecar's operations over fetch, in Node and in browsers. README.md beside this file shows how.
import { routes } from "./routes.js";

/** @param {number} ms @param {AbortSignal} [signal] */
const pause = (ms, signal) =>
  new Promise((done) => {
    if (signal?.aborted) return done(undefined);
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", () => { clearTimeout(timer); done(undefined); }, { once: true });
  });

// What the sidecar answered in place of what was asked for: RFC 9457.
export class Problem extends Error {
  /** @param {number} status @param {import("./client.js").ProblemBody | null} body */
  constructor(status, body) {
    super(body?.detail ?? body?.title ?? `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.body = body;
  }
}

export class Alliance {
  /** @param {import("./client.js").Options} options */
  constructor({ url, token, viewer, tries = 4, seconds = 30, fetch: own }) {
    this.url = url.replace(/\/+$/, "");
    this.token = token;
    this.viewer = viewer;
    this.tries = tries;
    this.seconds = seconds;
    this.fetch = own ?? ((/** @type {string} */ where, /** @type {RequestInit} */ how) => globalThis.fetch(where, how));
  }

  /** @param {string} operation @param {Record<string, any>} given @param {AbortSignal} signal @returns {Promise<Response>} */
  async #ask(operation, given, signal) {
    const [method, path, where] = /** @type {any} */ (routes)[operation];
    const query = new URLSearchParams();
    /** @type {Record<string, string>} */
    const headers = {};
    const token = typeof this.token === "function" ? await this.token() : this.token;
    if (token) headers.Authorization = `Bearer ${token}`;
    if (this.viewer && where["Alliance-Viewer"]) headers["Alliance-Viewer"] = this.viewer;
    if (given.body !== undefined) headers["Content-Type"] = "application/json";
    for (const [name, value] of Object.entries(given)) {
      if (name !== "body" && !where[name]) throw new TypeError(`${operation} takes no ${name}`);
      if (where[name] === "query" && value !== undefined) query.set(name, String(value));
      if (where[name] === "header" && value !== undefined) headers[name] = String(value);
    }
    const filled = path.replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => {
      if (given[name] === undefined) throw new TypeError(`${operation} needs ${name}`);
      return encodeURIComponent(given[name]);
    });
    const body = given.body === undefined ? undefined : JSON.stringify(given.body);
    return this.fetch(`${this.url}${filled}${query.size ? `?${query}` : ""}`, { method, headers, body, signal });
  }

  // A repeat is harmless when it reads, or when the request says by which id it is known.
  /** @param {any} operation @param {any} given @returns {Promise<any>} */
  async call(operation, given = {}) {
    const again = /** @type {any} */ (routes)[operation][0] === "GET" || given["Idempotency-Key"] !== undefined || given.body?.id !== undefined;
    for (let tried = 1; ; ++tried) {
      let response, lost;
      try {
        response = await this.#ask(operation, given, AbortSignal.timeout(this.seconds * 1000));
        if (response.ok) return response.status === 204 ? undefined
          : response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : await response.text();
      } catch (error) {
        if (error instanceof TypeError && !("cause" in error)) throw error; // not the network: the call itself
        lost = error;
      }
      const later = !response || [429, 503].includes(response.status);
      if (!later || !again || tried >= this.tries) {
        if (!response) throw lost;
        throw new Problem(response.status, await response.json().catch(() => null));
      }
      const asked = Number(response?.headers.get("Retry-After")) * 1000;
      await pause(asked > 0 ? Math.min(asked, 60000) : 250 * 2 ** tried);
    }
  }

  // Reports as they come, until `signal`. After a break it goes on behind the last one.
  /** @param {import("./client.js").ReportsOptions} [options] @returns {AsyncGenerator<any, void, void>} */
  async *reports({ signal, last, missed, ...rest } = {}) {
    const stop = signal ?? new AbortController().signal;
    for (let failed = 0; !stop.aborted; ) {
      try {
        const response = await this.#ask("streamReports", { ...rest, "Last-Event-ID": last }, stop);
        if (!response.ok && ![429, 503].includes(response.status))
          throw new Problem(response.status, await response.json().catch(() => null));
        if (response.ok && response.body) {
          for await (const event of events(response.body)) {
            failed = 0;
            if (event.id) last = event.id;
            if (event.name === "missed") missed?.();
            else if (event.data) yield JSON.parse(event.data);
          }
        }
      } catch (error) {
        if (stop.aborted) return;
        if (error instanceof Problem || error instanceof SyntaxError) throw error;
        if (error instanceof TypeError && !("cause" in error) && !/network|fetch|load|terminated/i.test(error.message)) throw error;
      }
      await pause(Math.min(250 * 2 ** failed++, 15000), stop);
    }
  }
}

// The lines of a text/event-stream, however it was cut into pieces.
/** @param {ReadableStream<Uint8Array>} body @returns {AsyncGenerator<{id: string, name: string, data: string}, void, void>} */
export async function* events(body) {
  const reader = body.getReader(), decoder = new TextDecoder();
  let rest = "", id = "", name = "", data = /** @type {string[]} */ ([]);
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      // A CR at the end may be half of a CRLF.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "") {
          if (data.length || name) yield { id, name, data: data.join("\n") };
          name = "";
          data = [];
          continue;
        }
        const [, field, said] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
        if (field === "data") data.push(said);
        if (field === "event") name = said;
        if (field === "id" && !said.includes("\0")) id = said;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
