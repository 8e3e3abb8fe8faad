// SPDX-License-Identifier: Apache-2.0
// What the pages of the clinic share: who looks, what the sidecar is asked and told, words, dates, numbers and tables.
// A page is opened with PAGE.html#token=TOKEN&NAME=VALUE, where TOKEN is for one person and a short time (POST /tokens). What
// stands behind # is sent to nobody; the token is taken out of the address at once and kept until the tab is closed.

const SHARED = {
  en: {
    signed_out: "This page is open no longer. Go back to where you came from and open it again.",
    denied: "This is not yours to see. Go back to where you came from and open it again.",
    lost: "There is no connection just now. What you see may be old.",
    failed: "This page could not be read just now ({status}). Try again in a moment.",
    again: "Try again", loading: "Loading …", as_of: "As of {time}.", read_again: "Read again", numbers: "The numbers",
    comma: ", ", stop: ". ", colon: ": ", semicolon: "; ", space: " ", brackets: " ({text})", sent: "Recorded.", not_sent: "Nothing was recorded: there is no connection. Try again: it counts once.",
    refused: "Nothing was recorded: {why}", sending: "Sending …", none: "–", language: "Language",
    not_validated: "not validated",
  },
  zh: {
    signed_out: "此页面已失效。请返回您来的地方重新打开。", denied: "您无权查看此内容。请返回您来的地方重新打开。",
    lost: "目前没有网络连接。您看到的内容可能不是最新的。", failed: "目前无法读取此页面（{status}）。请稍后再试。",
    comma: "，", stop: "。", colon: "：", semicolon: "；", space: "", brackets: "（{text}）", again: "重试", loading: "正在加载……", as_of: "截至 {time}。", read_again: "重新读取", numbers: "具体数字",
    sent: "已记录。", not_sent: "没有网络连接，尚未记录。请重试：只会记录一次。", refused: "未记录：{why}", sending: "正在发送……", none: "–",
    language: "语言", not_validated: "未经验证",
  },
};

export const $ = (id) => document.getElementById(id);
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// An element: on... are listeners, undefined and false are left out, also among the children. Text stays text.
export function make(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(2).filter((child) => child !== undefined && child !== null && child !== false));
  return made;
}

// Who this is, for as long as the tab is open.
const brought = new URLSearchParams(location.hash.slice(1));
if (brought.has("token")) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("clinic/")) sessionStorage.removeItem(key);
  for (const [name, value] of brought) sessionStorage.setItem(`clinic/${name}`, value);
  history.replaceState(null, "", location.pathname + location.search);
}
export const said = (name) => sessionStorage.getItem(`clinic/${name}`) ?? "";
export const token = () => said("token");

const chosen = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem("clinic/language") ?? navigator.language;
export const language = chosen.toLowerCase().startsWith("zh") ? "zh-Hans" : "en";
export const languages = language === "en" ? "en" : "zh-Hans,en";
localStorage.setItem("clinic/language", language);
document.documentElement.lang = language;

// The page's words, { en: { title, ... }, zh: { ... } }, over the shared ones; title and links to the languages.
export function begin(own) {
  const kind = language === "en" ? "en" : "zh";
  const words = { ...SHARED[kind], ...own[kind] };
  document.title = $("title").textContent = words.title;
  const nav = $("languages");
  nav.setAttribute("aria-label", words.language);
  for (const [tag, name] of [["en", "English"], ["zh-Hans", "简体中文"]])
    nav.append(make("a", { href: `?lang=${tag}`, lang: tag, "aria-current": tag === language && "true",
      onclick: (event) => { event.preventDefault(); location.replace(`?lang=${tag}${location.hash}`); } }, name));
  return words;
}

// Dates, numbers, lists; microseconds in, words out.
const formats = new Map();
const formatted = (kind, options, value) => {
  const key = JSON.stringify([kind, options]);
  if (!formats.has(key)) formats.set(key, new Intl[kind](language, options));
  return formats.get(key).format(value);
};
export const day = (micros) => formatted("DateTimeFormat", { dateStyle: "medium" }, micros / 1000);
export const short_day = (micros) => formatted("DateTimeFormat", { day: "numeric", month: "short" }, micros / 1000);
export const moment = (micros) => formatted("DateTimeFormat", { dateStyle: "medium", timeStyle: "short" }, micros / 1000);
export const number = (value, digits = 1) => formatted("NumberFormat", { maximumFractionDigits: digits }, value);
export const list = (parts) => formatted("ListFormat", { type: "conjunction" }, parts);

// Throws with `status` and `why` as the sidecar says it, or `lost` when nothing came back.
async function fetched(path, options) {
  const response = await fetch(path, { ...options, headers: { ...options?.headers, Authorization: `Bearer ${token()}` } })
    .catch(() => { throw Object.assign(new Error(path), { lost: true }); });
  if (response.ok) return response.json();
  const why = await response.json().catch(() => ({}));
  throw Object.assign(new Error(path), { status: response.status, why: why.detail ?? String(response.status) });
}
export const ask = (path) => fetched(path);
// Asks, and keeps what the answer's sentences are in the page's language, as far as the sidecar knows them.
const sentences = new Map();
export async function ask_in_words(path) {
  const got = await fetched(language === "en" ? path : `${path}${path.includes("?") ? "&" : "?"}language=${languages}`);
  for (const [english_words, words] of Object.entries(got.said?.words ?? {})) sentences.set(english_words, words);
  return got;
}
export const part = encodeURIComponent;  // of a path
export const fresh_key = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
// The same key makes the same thing sent twice count once.
export const tell = (path, body, key) => fetched(path, { method: "POST", body: JSON.stringify(body),
  headers: { "Content-Type": "application/json", "Idempotency-Key": key } });
export const record = (body_type, body, of, key) => tell("/events", { body_type, body, ...of }, key);

// Instruments, by id: definition, words, and what the deployer tells clients.
const known = new Map();
export function content(instrument) {
  if (!known.has(instrument)) known.set(instrument, ask(`/instruments/${part(instrument)}/content?language=${languages}`));
  known.get(instrument).catch(() => known.delete(instrument));
  return known.get(instrument);
}
export const name_of = (about) => about.pack?.title ?? about.definition.title;
export const spoken = (about) => about.pack?.language ?? "en";

// What the sidecar or a policy says: in the page's language where it is known there, else marked as English.
export const told_text = (text) => sentences.get(text) ?? text;
export const english = (text) => make("span", { lang: "en" }, text);
export const told = (text) => (language === "en" || !sentences.has(text) ? english(text) : make("span", {}, sentences.get(text)));

// heads: words; rows: arrays of cells, the first of a row names it. A cell that is { of, class } has a class.
// `narrow`: on a phone each row is a block, and each cell says its head.
export function table(heads, rows, { caption, hide, narrow } = {}) {
  const role = (name) => (narrow ? { role: name } : {});  // a block is no table to a screen reader, unless it is said
  const cell = (one, tag, more) => make(tag, { ...more, class: one?.class }, one?.of ?? one);
  const drawn = make("table", role("table"), caption && make("caption", { class: hide && "hidden" }, caption),
    make("thead", role("rowgroup"), make("tr", role("row"), heads.map((one) => cell(one, "th", { scope: "col", ...role("columnheader") })))),
    make("tbody", role("rowgroup"), rows.map((row) => make("tr", role("row"), row.map((one, at) => at
      ? cell(one, "td", { ...role("cell"), "data-head": narrow ? (heads[at]?.of ?? heads[at]) || undefined : undefined }) : cell(one, "th", { scope: "row", ...role("rowheader") }))))));
  return narrow ? make("div", { class: "narrow" }, drawn) : make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": caption ?? heads[0] }, drawn);
}

// A button that sends something. While it is under way it cannot be pressed again, and what it sends bears one key until it
// has arrived, so that trying again counts once. `run(key)` sends; `after` comes when it has arrived.
export function act(words, label, run, after, properties) {
  const key = fresh_key();
  const button = make("button", { type: "button", ...properties }, label);
  const state = make("span", { class: "sent", role: "status" });
  button.addEventListener("click", async (event) => {
    // The second click of two is never a wish of its own: another button may have moved to where the finger is.
    if (event.detail > 1 || button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    state.textContent = words.sending;
    try {
      await run(key);
      state.textContent = words.sent;
      await after?.();
    } catch (error) {
      state.textContent = error.lost ? words.not_sent : error.status === 401 ? words.signed_out : fill(words.refused, { why: error.why });
      button.removeAttribute("aria-disabled");
      if (!error.lost && !error.status) throw error;
    }
  });
  return make("span", { class: "act" }, button, state);
}

// Reads by `read()` and draws by `draw(what was read)`, says since when it stands, and reads again when the tab comes back to
// the eyes after a minute; what was read may say itself as of when it is, as `as_of`. When reading fails, nothing that was read before is left to be taken for now.
export function view(words, read, draw) {
  let at = 0, turn = 0;
  const show = async (focus = true) => {
    const mine = ++turn;
    if (!at) $("state").textContent = words.loading;
    try {
      const got = await read();
      if (mine !== turn) return;  // another view, or a later reading, is shown
      const drawn = await draw(got);
      if (mine !== turn) return;
      $("content").replaceChildren(...[drawn].flat(2).filter(Boolean));
      at = Date.now();
      $("state").replaceChildren(fill(words.as_of, { time: moment(got?.as_of ?? at * 1000) }), " ",
        make("button", { type: "button", class: "small quiet", onclick: () => show() }, words.read_again));
    } catch (error) {
      if (mine !== turn) return;
      const { status, lost } = error;
      $("content").replaceChildren();
      at = 0;
      $("state").replaceChildren(status === 401 ? words.signed_out : status === 403 || status === 404 ? words.denied : lost ? words.lost : fill(words.failed, { status: status ?? "!" }),
        " ", [401, 403, 404].includes(status) ? "" : make("button", { type: "button", class: "small", onclick: () => show() }, words.again));
      if (!lost && !status) throw error;
    }
    if (focus) $("main").focus({ preventScroll: true });
  };
  const back = () => { if (!document.hidden && at && Date.now() - at > 60e3 && !$("content").querySelector("form, [aria-disabled]")) show(false); };
  document.addEventListener("visibilitychange", back);
  return { show, end: () => { ++turn; document.removeEventListener("visibilitychange", back); } };
}
