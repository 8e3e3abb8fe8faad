// SPDX-License-Identifier: Apache-2.0
// <alliance-measure>: one instrument on any page, from its definition and a content pack. docs/element.md says how.
// A classic script without dependencies: it runs from file: and under a content security policy without
// 'unsafe-inline', and it asks the network for nothing but the addresses that its attributes name.
(() => {
  "use strict";

  const WORDS = {
    en: {
      question: "Question {n} of {m}", back: "Back", next: "Next", check: "Check my answers", send: "Send my answers",
      begin: "Your answers", change: "Change", change_of: "Change the answer to question {n}", clear: "Clear this answer",
      unanswered: "not answered", not_applicable: "Does not apply to me", refused: "I would rather not answer",
      line_unset: "No answer yet. Click or tap the line, or use the arrow keys.", line_set: "Answered.",
      line_value: "{v}, on a line from {min} to {max}", line_none: "not answered yet",
      gaps: "No answer yet: question {list}. You can go back, or send without.", gaps_all: "Send without them",
      optional: "may be left out", kept: "Saved on this device.",
      keeps: "Your answers are kept on this device until they have arrived, and deleted from it then.",
      keeps_not: "This browser keeps nothing: if you leave this page before sending, your answers are lost.",
      restored: "Your earlier answers are still here.", forget: "Delete my answers from this device",
      forgotten: "Your answers are deleted from this device.",
      who: "Who will see your answers: {list}.", who_unsaid: "This page does not say who will see your answers. Ask before you answer.",
      you: "you", client: "the client", practitioner: "your practitioner", supervisor: "your practitioner’s supervisor",
      service: "the team of the service", support: "technical support", content_owner: "the makers of the programme",
      watched_no: "Nobody is watching while you answer. Your answers are read later.",
      watched_yes: "Somebody looks at answers as they come in.",
      watched_unsaid: "Do not count on anybody watching while you answer.",
      not_validated: "Not validated. These questions are meant to start a conversation; they are no tested measurement.",
      crisis: "If you need help now", crisis_lead: "You do not have to wait for your next appointment. Help is here:",
      crisis_unsent: "Nobody has received your answers yet.",
      sending: "Sending your answers …", done: "Your answers have arrived. Thank you.",
      already: "These answers have already been sent. Thank you.",
      waiting: "Not sent yet: there is no connection. Your answers are kept on this device and will be sent by themselves when it is back. Leave this page open, or come back to it.",
      waiting_memory: "Not sent yet: there is no connection. Leave this page open: they will be sent by themselves when it is back.",
      turned_away: "Your answers were not taken ({status}). They are still here. Try again, or tell the people who gave you this page.",
      signed_out: "You are no longer signed in, so your answers were not sent. They are still here. Sign in again, then come back to this page.",
      again: "Try now", loading: "Loading …",
      not_shown: "This questionnaire is not shown",
      no_definition: "Its definition could not be read: {why}.",
      no_pack: "There are no texts for it in this language ({lang}).",
      other_pack: "The texts on this page belong to {other}, not to {id}.",
      gap_pack: "Its texts have no wording for {what}.",
      restricted_pack: "Its texts belong to {holder} and may not be handed on, and whoever runs this page has not put licensed texts here.",
      restricted_licence: "Its texts belong to {holder}, and this page holds no record of a licence for them.",
      licence_other: "The licence record on this page is for {other}, not for {id}.",
      licence_incomplete: "The licence record on this page names no {field}.",
      licence_over: "The licence for its texts ended on {date}.",
      denied: "It may not be used here: {why}", no_crisis: "It asks about safety, and this page gives no information on where to find help.",
      texts: "Texts: ",
    },
    zh: {
      question: "第 {n} 题，共 {m} 题", back: "上一题", next: "下一题", check: "检查我的回答", send: "提交我的回答",
      begin: "您的回答", change: "修改", change_of: "修改第 {n} 题的回答", clear: "清除此回答",
      unanswered: "未回答", not_applicable: "不适用于我", refused: "我不想回答",
      line_unset: "尚未回答。请点击线条，或使用方向键。", line_set: "已回答。",
      line_value: "{v}，范围从 {min} 到 {max}", line_none: "尚未回答",
      gaps: "以下题目尚未回答：{list}。您可以返回作答，也可以直接提交。", gaps_all: "仍然提交",
      optional: "可不答", kept: "已保存在此设备上。",
      keeps: "在送达之前，您的回答会保存在此设备上；送达后会从此设备删除。",
      keeps_not: "此浏览器不会保存任何内容：如果在提交前离开此页面，您的回答将会丢失。",
      restored: "您之前的回答仍在这里。", forget: "从此设备删除我的回答", forgotten: "您的回答已从此设备删除。",
      who: "谁会看到您的回答：{list}。", who_unsaid: "此页面没有说明谁会看到您的回答。请先询问再作答。",
      you: "您本人", client: "来访者", practitioner: "您的治疗师", supervisor: "您的治疗师的督导", service: "服务机构团队",
      support: "技术支持", content_owner: "项目内容的制作者",
      watched_no: "您作答时没有人在实时查看。您的回答会在之后被阅读。", watched_yes: "有人会在回答提交时查看。",
      watched_unsaid: "请不要指望您作答时有人在查看。",
      not_validated: "未经验证。这些问题用于开启谈话，并不是经过检验的测量工具。",
      crisis: "如果您现在需要帮助", crisis_lead: "您不必等到下一次预约。您可以在这里获得帮助：",
      crisis_unsent: "目前还没有人收到您的回答。",
      sending: "正在提交您的回答……", done: "您的回答已送达。谢谢。", already: "这些回答此前已经提交。谢谢。",
      waiting: "尚未提交：没有网络连接。您的回答保存在此设备上，连接恢复后会自动提交。请保持此页面打开，或稍后回到此页面。",
      waiting_memory: "尚未提交：没有网络连接。请保持此页面打开：连接恢复后会自动提交。",
      turned_away: "您的回答未被接受（{status}）。它们仍在这里。请重试，或告知向您提供此页面的人员。",
      signed_out: "您的登录已失效，回答没有提交。它们仍在这里。请重新登录后回到此页面。",
      again: "立即重试", loading: "正在加载……",
      not_shown: "此问卷无法显示", no_definition: "无法读取其定义：{why}。", no_pack: "没有此语言（{lang}）的文本。",
      other_pack: "此页面上的文本属于 {other}，而不是 {id}。", gap_pack: "其文本缺少 {what} 的措辞。",
      restricted_pack: "其文本归 {holder} 所有，不得转发；此页面的运营者没有在这里提供获得许可的文本。",
      restricted_licence: "其文本归 {holder} 所有，而此页面没有相应的许可记录。",
      licence_other: "此页面上的许可记录属于 {other}，而不是 {id}。", licence_incomplete: "此页面上的许可记录缺少 {field}。",
      licence_over: "其文本的许可已于 {date} 到期。", denied: "不能在此使用：{why}",
      no_crisis: "它涉及安全问题，而此页面没有提供求助信息。",
      texts: "文本：",
    },
  };

  const STYLE = `
/* Names of its own: a page may well say --alliance-accent: var(--accent). */
:host { display: block; container-type: inline-size; color-scheme: light dark;
  --own-accent: var(--alliance-accent, #0b5d7a); --own-on-accent: var(--alliance-on-accent, #ffffff);
  --own-text: var(--alliance-text, #1b1f23); --own-muted: var(--alliance-muted, #4b5560);
  --own-background: var(--alliance-background, #ffffff); --own-raised: var(--alliance-raised, #f2f5f7);
  --own-border: var(--alliance-border, #6b7680); --own-focus: var(--alliance-focus, #b3470a);
  --own-alert: var(--alliance-alert, #fff4e5); --own-alert-border: var(--alliance-alert-border, #a85700);
  --own-radius: var(--alliance-radius, .5rem); --own-font: var(--alliance-font, system-ui, sans-serif); }
@media (prefers-color-scheme: dark) { :host(:not([light])) {
  --own-accent: var(--alliance-accent, #7cc7e6); --own-on-accent: var(--alliance-on-accent, #06232f);
  --own-text: var(--alliance-text, #e8ecef); --own-muted: var(--alliance-muted, #b4bec7);
  --own-background: var(--alliance-background, #14181b); --own-raised: var(--alliance-raised, #20262b);
  --own-border: var(--alliance-border, #8b98a3); --own-focus: var(--alliance-focus, #ffb37a);
  --own-alert: var(--alliance-alert, #3a2708); --own-alert-border: var(--alliance-alert-border, #f0a646); } }
:host([light]) { color-scheme: light; }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
.box { font: 1rem/1.5 var(--own-font); color: var(--own-text); background: var(--own-background); padding: 1rem; max-width: 44rem;
  margin-inline: auto; overflow-wrap: anywhere; }
h2, h3 { line-height: 1.25; margin: 0 0 .5rem; } h2 { font-size: 1.4rem; } h3 { font-size: 1.15rem; }
p { margin: 0 0 .75rem; } p, button, summary, footer, .where { unicode-bidi: plaintext; }
form { margin-top: 1.25rem; } ul { padding-inline-start: 1.25rem; margin: 0 0 .75rem; }
.mark { border-inline-start: .25rem solid var(--own-accent); background: var(--own-raised); padding: .5rem .75rem;
  border-radius: var(--own-radius); }
.notice { color: var(--own-muted); font-size: .95rem; } .notice p { margin: 0 0 .25rem; } .notice { margin-bottom: 1rem; }
fieldset { border: 0; padding: 0; margin: 0 0 1.5rem; min-width: 0; }
legend { padding: 0; font-weight: 600; font-size: 1.1rem; margin-bottom: .75rem; }
legend .where { display: block; font-weight: 400; font-size: .9rem; color: var(--own-muted); }
label.option { display: flex; gap: .75rem; align-items: center; min-height: 2.75rem; padding: .5rem .75rem; cursor: pointer;
  border: 1px solid var(--own-border); border-radius: var(--own-radius); margin-bottom: .5rem; background: var(--own-background); }
label.option:has(:checked) { border-color: var(--own-accent); box-shadow: inset 0 0 0 1px var(--own-accent); background: var(--own-raised); }
input[type=radio] { inline-size: 1.4rem; block-size: 1.4rem; margin: 0; flex: none; accent-color: var(--own-accent); }
.numbers { display: grid; gap: .375rem; grid-template-columns: repeat(auto-fit, minmax(3rem, 1fr)); }
@container (min-width: 38rem) { .numbers { grid-template-columns: repeat(11, 1fr); } }
.numbers label.option { flex-direction: column; gap: .125rem; justify-content: center; padding: .375rem .25rem; margin: 0; }
.ends { display: flex; justify-content: space-between; gap: 1rem; color: var(--own-muted); margin-block: .375rem; }
.ends > :last-child { text-align: end; }
.other { margin-top: .5rem; }
input[type=range] { appearance: none; -webkit-appearance: none; inline-size: 100%; block-size: 2.75rem; margin: 0;
  background: transparent; cursor: pointer; }
input[type=range]::-webkit-slider-runnable-track { block-size: .25rem; background: var(--own-border); border-radius: 1rem; }
input[type=range]::-moz-range-track { block-size: .25rem; background: var(--own-border); border-radius: 1rem; }
input[type=range]::-webkit-slider-thumb { -webkit-appearance: none; inline-size: 1.75rem; block-size: 1.75rem; margin-top: -.75rem;
  border-radius: 50%; background: var(--own-accent); border: 2px solid var(--own-background); }
input[type=range]::-moz-range-thumb { inline-size: 1.75rem; block-size: 1.75rem; border-radius: 50%; background: var(--own-accent);
  border: 2px solid var(--own-background); box-sizing: border-box; }
input[type=range].unset::-webkit-slider-thumb { opacity: 0; }
input[type=range].unset::-moz-range-thumb { opacity: 0; }
:focus-visible { outline: 3px solid var(--own-focus); outline-offset: 2px; }
label.option:focus-within { outline: 3px solid var(--own-focus); outline-offset: 2px; }
label.option input:focus-visible { outline: none; }
button { font: inherit; min-height: 2.75rem; padding: .5rem 1.25rem; border-radius: var(--own-radius); cursor: pointer;
  border: 1px solid var(--own-accent); color: var(--own-accent); background: var(--own-background); }
button.main { background: var(--own-accent); color: var(--own-on-accent); font-weight: 600; }
button.quiet { border: 0; padding: .25rem; min-height: 1.75rem; text-decoration: underline; font-size: .95rem; background: none; }
.row { display: flex; flex-wrap: wrap; gap: .75rem; margin-block: 1rem; }
.row > .main { margin-inline-start: auto; }
progress { inline-size: 100%; block-size: .5rem; accent-color: var(--own-accent); margin-bottom: 1rem; }
.crisis { border: 2px solid var(--own-alert-border); background: var(--own-alert); border-radius: var(--own-radius); padding: .75rem 1rem;
  margin-bottom: 1.25rem; }
.crisis ul, .help ul { list-style: none; padding: 0; }
.crisis a, .help a { color: inherit; font-weight: 600; display: inline-block; padding-block: .25rem; }
.crisis > :last-child { margin-bottom: 0; }
details { margin-bottom: 1rem; } summary { cursor: pointer; padding-block: .375rem; font-weight: 600; color: var(--own-accent); }
.answers { list-style: none; padding: 0; } .answers li { border-top: 1px solid var(--own-border); padding-block: .75rem; }
.answers .given { display: flex; gap: 1rem; justify-content: space-between; align-items: center; font-weight: 600; }
.answers .none { color: var(--own-muted); font-style: italic; font-weight: 400; }
.outcome { font-size: 1.15rem; font-weight: 600; line-height: 1.35; margin-bottom: 1rem; }
[hidden] { display: none !important; }
.status { min-height: 1.5rem; color: var(--own-muted); font-size: .95rem; }
footer { color: var(--own-muted); font-size: .85rem; border-top: 1px solid var(--own-border); padding-top: .5rem; margin-top: .5rem; }
@media (forced-colors: active) { label.option:has(:checked) { outline: 2px solid Highlight; }
  input[type=range]::-webkit-slider-runnable-track { background: CanvasText; }
  input[type=range]::-webkit-slider-thumb { background: Highlight; } }
@media print { .row, .status, button, progress { display: none; } }`;

  const PREFIX = "alliance-measure/";
  const DAY = 86400000;
  const HELD = { at_least: (v, t) => v >= t, more_than: (v, t) => v > t, at_most: (v, t) => v <= t, less_than: (v, t) => v < t };
  const fill = (text, values = {}) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

  function node(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (value === undefined || value === null || value === false) continue;
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return made;
  }

  // Where a sheet is kept: a digest, so that the name tells nothing of whose it is. (cyrb53; it need not be secret.)
  function digest(text) {
    let a = 0xdeadbeef, b = 0x41c6ce57;
    for (const character of text) {
      const code = character.codePointAt(0);
      a = Math.imul(a ^ code, 2654435761);
      b = Math.imul(b ^ code, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return (b >>> 0).toString(16).padStart(8, "0") + (a >>> 0).toString(16).padStart(8, "0");
  }

  // crypto.randomUUID is not there on http: pages.
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  // What is kept on the device. Where the browser keeps nothing, `write` says so.
  const shelf = {
    read(key) {
      try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
    },
    write(key, value) {
      try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; }
    },
    drop(key) {
      try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
    },
    // Sheets that nobody went on with. One that was handed in and has not arrived is never among them.
    sweep() {
      try {
        for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
          const kept = this.read(key);
          if (!kept || (!kept.body && !(kept.until > Date.now()))) localStorage.removeItem(key);
        }
      } catch { /* nothing is kept */ }
    },
  };

  // The numbers that a response permits, when they are so few that each can be a choice of its own.
  function numbers(response) {
    if (response.options?.length || response.decimals) return null;
    const count = response.max - response.min + 1;
    return count >= 2 && count <= 11 ? Array.from({ length: count }, (_, index) => ({ value: response.min + index })) : null;
  }

  // Whether it may be shown: null, or [code, sentence].
  function objection(at) {
    const { definition, content, licence, words, lang } = at;
    const say = (code, name, values) => [code, fill(words[name], values)];
    if (definition.denied) return say("denied", "denied", { why: definition.denied });
    const restricted = definition.licence?.text_may_ship !== true;
    const holder = definition.licence?.holder ?? "?";
    if (!content) return restricted ? say("no-pack", "restricted_pack", { holder }) : say("no-pack", "no_pack", { lang });
    if (content.instrument !== definition.id) return say("other-pack", "other_pack", { other: content.instrument, id: definition.id });
    const bound = restricted ? holder : content.licence?.text_may_ship !== true ? content.licence?.holder ?? "?" : null;
    if (bound !== null) {
      // The pack's own record, or one beside it, which then says for which instrument.
      const record = licence ?? content.record;
      if (!record) return say("no-licence", "restricted_licence", { holder: bound });
      if (licence && licence.instrument !== definition.id) return say("other-licence", "licence_other", { other: licence.instrument, id: definition.id });
      for (const field of ["holder", "scope", "expires"])
        if (!record[field]) return say("incomplete-licence", "licence_incomplete", { field });
      // Through the last day, wherever one is. A date that cannot be read is no licence.
      if (record.expires !== "never" && !(Date.parse(record.expires) + 1.5 * DAY > at.now))
        return say("licence-over", "licence_over", { date: record.expires });
    }
    for (const item of definition.items) {
      if (!at.text(item.id)) return say("gap-in-pack", "gap_pack", { what: item.id });
      const response = at.response(item);
      for (const option of response?.options ?? [])
        if (!at.label(response, option.value)) return say("gap-in-pack", "gap_pack", { what: `${item.id}: ${option.value}` });
    }
    if (definition.items.some((item) => item.safety) && !at.crisis) return say("no-crisis-information", "no_crisis");
    return null;
  }

  const placeOf = ({ id, version }, address, sheet) => PREFIX + digest(JSON.stringify([id, version, address, sheet]));

  class AllianceMeasure extends HTMLElement {
    // For a page that lists sheets: "sent", "waiting" to be sent, "begun", or null.
    static kept(definition, postTo, sheet) {
      const kept = shelf.read(placeOf(definition, postTo, sheet));
      if (!kept) return null;
      return kept.sent ? "sent" : kept.body ? "waiting" : Object.keys(kept.answers ?? {}).length ? "begun" : null;
    }

    static observedAttributes = ["lang", "dir", "mode", "reverse", "definition", "content", "sheet", "audience", "watched", "line",
      "refusable", "show-value", "post-to"];

    #given = {};          // what the page set as properties
    #root = this.attachShadow({ mode: "open" });
    #timer = 0;
    #tries = 0;
    #sending = null;
    #setting = 0;         // which set-up is the newest: a slower one before it does nothing
    #place = 0;
    #since = 0;
    #says = node("p", { class: "status", part: "status", role: "status", "aria-live": "polite" });
    #crisis = null;

    // Plain data. A property goes before a <script type="application/json" data-part="..."> inside the element,
    // and that before the address in the attribute.
    get definition() { return this.#part("definition"); }
    set definition(value) { this.#given.definition = value; this.#again(); }
    get content() { return this.#part("content"); }
    set content(value) { this.#given.content = value; this.#again(); }
    get licence() { return this.#part("licence"); }
    set licence(value) { this.#given.licence = value; this.#again(); }
    get crisis() { return this.#part("crisis"); }
    set crisis(value) { this.#given.crisis = value; this.#again(); }
    get words() { return this.#given.words ?? {}; }
    set words(value) { this.#given.words = value; this.#again(); }
    // A string, or a function that gives one or a promise of one. Never kept.
    set token(value) { this.#given.token = value; if (this.state === "waiting" || this.state === "turned-away") this.#send(); }
    get state() { return this.#state; }
    #state = "loading";
    get key() { return this.#draft?.key ?? null; }

    connectedCallback() {
      if (!this.#root.adoptedStyleSheets.length) {
        const sheet = new CSSStyleSheet();      // no style element: a policy without 'unsafe-inline' forbids those
        sheet.replaceSync(STYLE);
        this.#root.adoptedStyleSheets = [sheet];
      }
      window.addEventListener("online", this.#online);
      window.addEventListener("storage", this.#elsewhere);
      this.#again();
    }
    disconnectedCallback() {
      window.removeEventListener("online", this.#online);
      window.removeEventListener("storage", this.#elsewhere);
      clearTimeout(this.#timer);
      this.#setting++;
    }
    attributeChangedCallback(name, before, after) { if (before !== after) this.#again(); }

    // The page says that what it took from an alliance-submit event has arrived where it belongs.
    acknowledge(response) { if (this.#draft?.body) this.#arrived(response ?? null); }

    // Deletes what is kept on this device and begins anew.
    forget() {
      if (!this.#draft || this.#sending) return;
      shelf.drop(this.#draft.at);
      this.#again();
      this.#say(this.#words.forgotten);
    }

    #online = () => {
      this.#tries = 0;
      if (this.state === "waiting") this.#send();
      else if (this.#no === "no-definition") this.#again();
    };
    // Another tab has the same sheet: what it did last holds.
    #elsewhere = (event) => {
      if (event.key !== this.#draft?.at || this.#sending) return;
      const kept = shelf.read(event.key);
      if (kept?.sent && this.state !== "done") this.#again();
    };

    #part(name) {
      if (this.#given[name] !== undefined) return this.#given[name];
      const script = this.querySelector(`:scope > script[type="application/json"][data-part="${name}"]`);
      if (!script) return undefined;
      try { return JSON.parse(script.textContent); } catch (error) { return { broken: String(error.message) }; }
    }

    async #fetched(name) {
      const here = this.#part(name);
      const address = this.getAttribute(name);
      if (here !== undefined || !address) return here;
      const response = await fetch(address, { headers: await this.#headers(), credentials: "same-origin" });
      if (response.status === 404) return undefined;
      if (!response.ok) throw new Error(`${address}: ${response.status}`);
      return response.json();
    }

    async #headers() {
      const token = typeof this.#given.token === "function" ? await this.#given.token() : this.#given.token;
      return token ? { Authorization: `Bearer ${token}` } : {};
    }

    // ---- what is shown, and whether it may be

    #definition; #content; #draft; #whole = {}; #words = WORDS.en; #lang = "en"; #kept = true;

    #again() {
      if (!this.isConnected) return;
      const turn = ++this.#setting;
      // Once for all the properties that a page sets one after the other.
      queueMicrotask(() => { if (turn === this.#setting) this.#setUp(turn); });
    }

    async #setUp(turn) {
      clearTimeout(this.#timer);
      this.#no = null;
      this.#lang = this.closest("[lang]")?.lang || document.documentElement.lang || "en";
      const own = this.#lang.toLowerCase().startsWith("zh") ? WORDS.zh : WORDS.en;
      this.#words = { ...own, ...this.words };
      let definition, content;
      try {
        [definition, content] = await Promise.all([this.#fetched("definition"), this.#fetched("content")]);
        if (definition?.broken || content?.broken) throw new Error(definition?.broken ?? content.broken);
        // The sidecar gives all of it in one: definition, pack, and what the deployer tells clients.
        this.#whole = content?.definition ? content : {};
        if (content?.definition) { definition ??= content.definition; content = content.pack; }
        if (!definition?.items?.length || !definition.id) throw new Error("-");
      } catch (error) {
        if (turn !== this.#setting) return;
        this.#refuse("no-definition", fill(this.#words.no_definition, { why: error.message }));
        // It may have been the network: once more when that is back, and after a while.
        this.#timer = setTimeout(() => this.#again(), 30000);
        return;
      }
      if (turn !== this.#setting) return;
      this.#definition = definition;
      this.#content = content;
      this.#makeCrisis();
      const no = objection({ definition, content, licence: this.licence, crisis: this.#crisis, words: this.#words,
        lang: this.#lang, now: Date.now(), text: (id) => this.#text(id), response: (item) => this.#response(item), label: (r, v) => this.#label(r, v) });
      if (no) return this.#refuse(...no);
      if (this.#whole.shown === false) return this.#refuse(this.#whole.state ?? "denied", fill(this.#words.denied, { why: this.#whole.why ?? "" }));
      this.#takeUp();
    }

    #no = null;
    #refuse(code, sentence) {
      this.#no = code;
      this.#state = "not-shown";
      this.#root.replaceChildren(node("div", { class: "box", part: "box", lang: this.#tongue() },
        node("h2", { part: "title" }, this.#words.not_shown), node("p", { part: "reason" }, sentence)));
      this.#tell("alliance-not-shown", { reason: code, sentence });
    }

    #text(id) { return this.#content.items?.find((one) => one.item === id)?.text; }
    #response(item) { return this.#definition.responses?.find((one) => one.id === item.response); }
    #label(response, value) {
      return this.#content.responses?.find((one) => one.response === response.id)?.options?.find((one) => one.value === value)?.text;
    }
    #may(item) {
      const extra = [];
      if (this.#definition.scales?.some((scale) => scale.without?.some((one) => one.item === item.id))) extra.push("not_applicable");
      if (this.hasAttribute("refusable")) extra.push("refused");
      return extra;
    }

    // ---- what was answered so far

    #takeUp() {
      shelf.sweep();
      const at = placeOf(this.#definition, this.getAttribute("post-to"), this.getAttribute("sheet"));
      const kept = shelf.read(at);
      this.#draft = kept?.key ? { ...kept, at } : { at, key: uuid(), answers: {}, begun: Date.now() };
      this.#kept = this.#keep();
      this.#place = 0;
      if (this.#draft.sent) return this.#finish(this.#words.already);
      if (this.#draft.body) return this.#send();
      this.#state = "answering";
      const open = this.#definition.items.findIndex((item) => !this.#draft.answers[item.id]);
      const some = Object.keys(this.#draft.answers).length > 0;
      this.#place = some && open > 0 ? open : some && open < 0 ? this.#definition.items.length : 0;
      this.#draw(false);
      if (some) this.#say(this.#words.restored);
    }

    #keep() {
      if (this.hasAttribute("no-save")) return false;
      const { at, ...rest } = this.#draft;
      const days = Number(this.getAttribute("keep-days")) || 7;
      return shelf.write(at, { ...rest, until: Date.now() + days * DAY });
    }

    #answer(item, answer) {
      if (answer === null) delete this.#draft.answers[item.id];
      else this.#draft.answers[item.id] = answer;
      const raised = item.safety && answer?.state === "answered" && HELD[item.safety.comparator]?.(answer.value, item.safety.threshold);
      // It stays, whatever is answered next.
      if (raised) this.#draft.raised = item.id;
      this.#kept = this.#keep();
      if (raised) this.#raise(item);
      this.#tell("alliance-answered", { item: item.id, ...(answer ?? { state: "skipped" }) });
      if (this.#kept) {
        this.#root.querySelector("[part=forget]").hidden = false;
        this.#say(this.#words.kept);
        this.#tell("alliance-saved", { key: this.#draft.key, answered: Object.keys(this.#draft.answers).length });
      }
    }

    #lookedAt() {
      const item = this.#definition.items[this.#place];
      if (!item || !this.#since) return;
      const times = (this.#draft.times ??= {});
      times[item.id] = Math.min((times[item.id] ?? 0) + Date.now() - this.#since, 0xffffffff);
    }

    // The body of an AnswersGiven, as the schema has it. Made once, when it is handed in: what is sent again is the same bytes.
    #body() {
      const { answers, times, begun } = this.#draft;
      const sheet = {
        instrument: this.#definition.id,
        version: this.#definition.version,
        rater: this.getAttribute("rater") || this.#definition.perspective || "client",
        answers: this.#definition.items.map((item) => ({
          item: item.id,
          ...(answers[item.id] ?? { state: "skipped" }),
          ...(times?.[item.id] !== undefined && { milliseconds: Math.round(times[item.id]) }),
        })),
        begun: begun * 1000,
        finished: Date.now() * 1000,
      };
      sheet.time = sheet.finished;      // it may arrive much later
      if (Number(this.getAttribute("session"))) sheet.session = Number(this.getAttribute("session"));
      return JSON.stringify(sheet);
    }

    // ---- handing in

    #handIn() {
      this.#lookedAt();
      this.#draft.body = this.#body();
      const unknown = this.#definition.items.find((item) => item.safety && this.#draft.answers[item.id]?.state !== "answered");
      if (unknown) this.#draft.raised ??= unknown.id;
      this.#kept = this.#keep();
      this.#tries = 0;
      this.#send();
    }

    async #send() {
      if (this.#sending || !this.#draft?.body) return;
      clearTimeout(this.#timer);
      const address = this.getAttribute("post-to");
      if (!address) {
        this.#wait(this.#words.sending);
        this.#tell("alliance-submit", { key: this.#draft.key, body: JSON.parse(this.#draft.body) });
        return;
      }
      this.#wait(this.#words.sending);
      const stop = new AbortController();
      const late = setTimeout(() => stop.abort(), 30000);
      this.#sending = stop;
      let response = null;
      try {
        response = await fetch(address, {
          method: "POST", body: this.#draft.body, credentials: "same-origin", signal: stop.signal,
          headers: { "Content-Type": "application/json", "Idempotency-Key": this.#draft.key, ...(await this.#headers()) },
        });
      } catch { /* no connection */ }
      const said = response && (await response.json().catch(() => null));
      clearTimeout(late);
      this.#sending = null;
      if (response?.ok) return this.#arrived(said);
      const later = !response || response.status >= 500 || [408, 425, 429].includes(response.status);
      if (later) return this.#later(response);
      this.#state = "turned-away";
      const out = response.status === 401 || response.status === 403;
      this.#panel(fill(this.#words[out ? "signed_out" : "turned_away"], { status: response.status }), true);
      this.#tell("alliance-error", { reason: out ? "signed-out" : "turned-away", status: response.status, problem: said });
    }

    #later(response) {
      const asked = Number(response?.headers.get("Retry-After"));
      const pause = Math.min(Math.max(asked * 1000 || 0, 1000 * 2 ** Math.min(this.#tries++, 6)), 300000);
      this.#timer = setTimeout(() => this.#send(), pause * (0.75 + Math.random() / 2));
      this.#wait(this.#words[this.#kept ? "waiting" : "waiting_memory"], true);
      this.#tell("alliance-waiting", { key: this.#draft.key, status: response?.status ?? 0 });
    }

    #wait(sentence, again = false) {
      this.#state = "waiting";
      this.#panel(sentence, again);
    }

    #arrived(response) {
      const { at, key, raised } = this.#draft;
      // A mark without a word of what was answered, so that a reload does not ask again.
      if (this.hasAttribute("sheet")) shelf.write(at, { key, sent: true, until: Date.now() + 7 * DAY });
      else shelf.drop(at);
      this.#draft = { at, key, raised: raised ?? response?.safety?.[0]?.item, sent: true, answers: {} };
      this.#finish(this.#words.done);
      this.#tell("alliance-submitted", { key, response });
    }

    #finish(sentence) {
      this.#state = "done";
      this.#panel(sentence, false);
    }

    // ---- drawing

    #tongue() { return this.#lang.toLowerCase().startsWith("zh") ? "zh-Hans" : this.words.lang ?? "en"; }
    #direction() { return this.getAttribute("dir") || getComputedStyle(this).direction; }
    #say(sentence) { this.#says.textContent = sentence; }
    #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true })); }
    // Words of the content pack: their own language, and the direction that their letters have.
    #quote(tag, text, properties = {}) { return node(tag, { lang: this.#content?.language, dir: "auto", ...properties }, text); }

    #frame(...inside) {
      const words = this.#words, definition = this.#definition;
      const box = node("div", { class: "box", part: "box", lang: this.#tongue(), dir: this.#direction() },
        node("header", { part: "header" },
          this.#quote("h2", this.#content.title, { part: "title" }),
          (definition.not_validated || this.#content.not_validated) && node("p", { class: "mark", part: "not-validated" }, words.not_validated)),
        inside, this.#says,
        node("footer", { part: "licence" }, words.texts,
          node("span", { lang: "en", dir: "auto" }, `${this.#content.licence?.holder ?? ""}. ${this.#content.licence?.terms ?? ""}`)));
      this.#root.replaceChildren(box);
      this.#say("");
    }

    #notice() {
      const words = this.#words;
      const rater = this.getAttribute("rater") || this.#definition.perspective;
      const who = (this.getAttribute("audience") ?? "").split(/[\s,]+/).filter(Boolean)
        .map((name) => (name === rater ? words.you : words[name] ?? name));
      const watched = this.getAttribute("watched");
      const list = this.#tongue() === "zh-Hans" ? who.join("、") : who.join(", ");
      return node("div", { class: "notice", part: "notice" },
        node("p", {}, who.length ? fill(words.who, { list }) : words.who_unsaid),
        node("p", {}, this.#whole.deployment?.watched ?? (watched === "yes" ? words.watched_yes : watched === "no" ? words.watched_no : words.watched_unsaid)),
        node("p", {}, this.#kept ? words.keeps : words.keeps_not), node("slot", { name: "notice" }));
    }

    #draw(focus = true) {
      this.#since = Date.now();
      const { items } = this.#definition;
      const all = this.getAttribute("mode") === "all";
      const review = !all && this.#place >= items.length;
      const first = all || this.#place === 0;
      const form = node("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); this.#forward(); } });
      if (!all && items.length > 1) form.append(node("progress", { max: items.length, value: this.#place, "aria-hidden": "true" }));
      if (review) form.append(this.#review());
      else for (const item of all ? items : [items[this.#place]]) form.append(this.#question(item), this.#alarm(item));
      form.append(node("div", { class: "row" },
        !all && this.#place > 0 && node("button", { type: "button", onclick: () => this.#go(this.#place - 1) }, this.#words.back),
        node("button", { class: "main", part: "forward", type: "submit" },
          this.#words[all || review ? "send" : this.#place === items.length - 1 ? "check" : "next"])));
      this.#frame(first && this.#notice(), first && this.#content.instruction && this.#quote("p", this.#content.instruction, { part: "instruction" }),
        this.#help(), form,
        this.#kept && node("button", { class: "quiet", part: "forget", type: "button", hidden: !Object.keys(this.#draft.answers).length,
          onclick: () => this.forget() }, this.#words.forget));
      if (this.#draft.raised && !this.#alarmOf(this.#draft.raised)) this.#open();
      else if (this.#draft.raised) this.#raise({ id: this.#draft.raised });
      if (focus) this.#root.querySelector(review ? "h3" : "legend")?.focus();
    }

    #go(place) {
      this.#lookedAt();
      this.#place = place;
      this.#keep();
      this.#draw();
    }

    #forward() {
      const { items } = this.#definition;
      if (this.getAttribute("mode") !== "all" && this.#place < items.length) return this.#go(this.#place + 1);
      const gaps = items.flatMap((item, index) => (item.optional || this.#draft.answers[item.id] ? [] : [index + 1]));
      const before = this.#root.querySelector(".gaps");
      if (!gaps.length || before) return this.#handIn();
      // Asked once; who goes on regardless may.
      const row = this.#root.querySelector("form > .row");
      row.before(node("p", { class: "mark gaps", part: "gaps", tabindex: "-1", role: "alert" },
        fill(this.#words.gaps, { list: gaps.join(this.#tongue() === "zh-Hans" ? "、" : ", ") })));
      row.querySelector(".main").textContent = this.#words.gaps_all;
      this.#tell("alliance-error", { reason: "gaps", items: gaps.map((number) => items[number - 1].id) });
    }

    #question(item) {
      const { items } = this.#definition;
      const number = items.indexOf(item) + 1;
      const response = this.#response(item);
      const legend = node("legend", { tabindex: "-1", part: "question" },
        node("span", { class: "where" }, fill(this.#words.question, { n: number, m: items.length }) + (item.optional ? ` · ${this.#words.optional}` : "")),
        this.#quote("span", this.#text(item.id)));
      const clear = node("button", { class: "quiet", type: "button", part: "clear", hidden: !this.#draft.answers[item.id] }, this.#words.clear);
      const set = (answer) => {
        this.#answer(item, answer);
        clear.hidden = answer === null;
        this.#root.querySelector(".gaps")?.remove();
      };
      const line = response.options?.length || (this.getAttribute("line") !== "slider" && numbers(response)) ? null : this.#line(response, item, set);
      const choices = line ? [] : this.#choices(response, item, set);
      const group = node("fieldset", { part: "fieldset", "data-item": item.id }, legend, line ?? choices, this.#others(item, set, line), clear);
      clear.addEventListener("click", () => {
        for (const radio of group.querySelectorAll("input[type=radio]")) radio.checked = false;
        group.querySelector("input[type=range]")?.dispatchEvent(new Event("clear"));
        set(null);
        legend.focus();
      });
      return group;
    }

    #radio(item, checked, label, answer, set) {
      return node("label", { class: "option", part: "option" },
        node("input", { type: "radio", name: `item-${item.id}`, checked, onchange: () => set(answer) }), label);
    }

    // What is stored is the option's own value and code, wherever on the page it stands.
    #choices(response, item, set) {
      const own = response.options?.length ? response.options : numbers(response);
      const order = this.hasAttribute("reverse") ? [...own].reverse() : own;
      const given = this.#draft.answers[item.id];
      const row = !response.options?.length;
      const made = order.map((option) => {
        const answer = { value: option.value, state: "answered", ...(option.code && { code: option.code }) };
        const label = this.#label(response, option.value);
        const shown = row
          ? [node("span", {}, String(option.value))]
          : [this.#quote("span", label)];
        const radio = this.#radio(item, given?.state === "answered" && given.value === option.value, shown, answer, set);
        if (row && label) radio.firstChild.setAttribute("aria-label", `${option.value}, ${label}`);
        return radio;
      });
      if (!row) return made;
      return [this.#ends(response, true), node("div", { class: "numbers" }, made)];
    }

    #ends(response, numbered) {
      // Numbers may stand in two rows, so that an end says which number it means.
      const ends = [response.min, response.max].map((value) => {
        const label = this.#label(response, value);
        return this.#quote("span", label ? (numbered ? `${value} = ${label}` : label) : String(value));
      });
      return node("div", { class: "ends", "aria-hidden": "true" }, this.hasAttribute("reverse") ? ends.reverse() : ends);
    }

    // A line has no answer until somebody points at it: its handle is not there before.
    #line(response, item, set) {
      const { min, max, decimals = 0 } = response;
      const words = this.#words, reverse = this.hasAttribute("reverse");
      const rtl = (this.#direction() === "rtl") !== reverse;
      const given = this.#draft.answers[item.id];
      const named = (value) => (this.#label(response, value) ? `${value} (${this.#label(response, value)})` : String(value));
      const hint = node("p", { class: "notice", "aria-hidden": "true" });
      const range = node("input", { type: "range", min, max, step: 10 ** -decimals, dir: rtl ? "rtl" : "ltr", "aria-label": this.#text(item.id) });
      const value = () => Number(Number(range.value).toFixed(decimals));
      const show = (is) => {
        range.classList.toggle("unset", !is);
        range.setAttribute("aria-valuetext", is ? fill(words.line_value, { v: value(), min: named(min), max: named(max) }) : words.line_none);
        hint.textContent = is ? (this.hasAttribute("show-value") ? String(value()) : words.line_set) : words.line_unset;
      };
      const commit = () => {
        show(true);
        for (const radio of range.closest("fieldset").querySelectorAll("input[type=radio]")) radio.checked = false;
        set({ value: value(), state: "answered" });
      };
      const unset = () => { range.value = (min + max) / 2; show(false); };
      range.addEventListener("input", () => show(true));
      range.addEventListener("change", commit);
      range.addEventListener("click", () => { if (range.classList.contains("unset") || this.#draft.answers[item.id]?.value !== value()) commit(); });
      range.addEventListener("clear", unset);
      range.addEventListener("keydown", (event) => {
        const right = rtl ? -1 : 1;
        const way = { ArrowRight: right, ArrowLeft: -right, ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
        const end = { Home: min, End: max, Enter: value(), " ": value() }[event.key];
        if (way === undefined && (end === undefined || (event.key === "Enter" && !range.classList.contains("unset")))) return;
        event.preventDefault();
        const step = Math.max((max - min) / 100, 10 ** -decimals);
        range.value = end ?? value() + way * step;
        commit();
      });
      if (given?.state === "answered") { range.value = given.value; show(true); } else unset();
      return [this.#ends(response), range, hint];
    }

    #others(item, set, line) {
      const given = this.#draft.answers[item.id];
      const extra = this.#may(item);
      if (!extra.length) return null;
      return node("div", { class: "other" }, extra.map((state) => this.#radio(item, given?.state === state, node("span", {}, this.#words[state]),
        { state }, (answer) => { if (line) line[1].dispatchEvent(new Event("clear")); set(answer); })));
    }

    #review() {
      const { items } = this.#definition;
      return node("section", {}, node("h3", { tabindex: "-1" }, this.#words.begin),
        node("ol", { class: "answers", part: "answers" }, items.map((item, index) => {
          const answer = this.#draft.answers[item.id];
          const response = this.#response(item);
          const text = !answer ? this.#words.unanswered : answer.state !== "answered" ? this.#words[answer.state]
            : response.options?.length ? this.#label(response, answer.value)
            : numbers(response) || this.hasAttribute("show-value") ? fill(this.#words.line_value, { v: answer.value, min: response.min, max: response.max })
            : this.#words.line_set;
          return node("li", {}, this.#quote("div", `${index + 1}. ${this.#text(item.id)}`),
            node("div", { class: "given" }, this.#quote("span", text, { class: answer ? null : "none", lang: answer?.state === "answered" ? this.#content.language : null }),
              node("button", { class: "quiet", type: "button", "aria-label": fill(this.#words.change_of, { n: index + 1 }), onclick: () => this.#go(index) },
                this.#words.change)));
        })));
    }

    // Sending, waiting, turned away, arrived. Drawn once; what changes then is read out where it stands.
    #panel(sentence, again) {
      let outcome = this.#root.querySelector("[part=outcome]");
      const first = !outcome;
      if (first) {
        outcome = node("p", { class: "outcome", part: "outcome", role: "status", tabindex: "-1" });
        this.#frame(this.#help(), outcome, node("p", { class: "unsent" }, node("strong", {}, this.#words.crisis_unsent)),
          node("div", { class: "row" }, node("button", { class: "main", type: "button", onclick: () => { this.#tries = 0; this.#send(); } }, this.#words.again)));
      }
      outcome.textContent = sentence;
      this.#root.querySelector(".unsent").hidden = !this.#draft.raised || this.#state === "done";
      const button = this.#root.querySelector(".row");
      if (!again && button.contains(this.#root.activeElement)) outcome.focus();
      button.hidden = !again;
      if (this.#draft.raised) this.#open();
      if (first) outcome.focus();
    }

    // ---- where to find help: it comes with the page and is there without a network

    #said() {
      if (this.crisis) return this.crisis;
      const { crisis, contacts } = this.#whole.deployment ?? {};
      return crisis || contacts?.length ? { text: crisis, contacts } : undefined;
    }

    #makeCrisis() {
      const said = this.#said();
      const slotted = this.querySelector(':scope > [slot="crisis"]');
      this.#crisis = null;
      if (!slotted && !(said && !said.broken && (said.text || said.contacts?.length))) return;
      const contact = ({ label, href }) => node("li", {}, /^(tel:|sms:|https:)/.test(href ?? "")
        ? node("a", { href, rel: "noreferrer", target: href.startsWith("https:") ? "_blank" : null }, label ?? href) : label ?? "");
      this.#crisis = node("div", { part: "crisis-text" }, slotted ? null : node("p", {}, said?.text ?? this.#words.crisis_lead),
        said?.contacts?.length ? node("ul", {}, said.contacts.map(contact)) : null, node("slot", { name: "crisis" }));
    }

    #heading() { return node("p", {}, node("strong", {}, this.#said()?.heading ?? this.#words.crisis)); }
    #help() {
      return this.#crisis && node("div", { class: "help" },
        node("details", { part: "help" }, node("summary", {}, this.#said()?.heading ?? this.#words.crisis), this.#crisis));
    }
    // Empty until there is something to say: what is put into it is read out at once.
    #alarm(item) { return item.safety ? node("div", { role: "alert", "data-alarm": item.id, part: "alarm" }) : ""; }
    #alarmOf(id) { return [...this.#root.querySelectorAll("[data-alarm]")].find((one) => one.dataset.alarm === id); }

    #raise(item) {
      const place = this.#alarmOf(item.id);
      if (!place || place.firstChild) return;
      this.#root.querySelector(".help").hidden = true;
      place.append(node("section", { class: "crisis", part: "crisis" }, this.#heading(), this.#crisis));
      place.scrollIntoView({ block: "nearest" });
      this.#tell("alliance-crisis", { item: item.id });
    }
    #open() {
      const help = this.#root.querySelector(".help");
      if (help?.querySelector("details")) help.replaceChildren(node("section", { class: "crisis", part: "crisis" }, this.#heading(), this.#crisis));
    }
  }

  if (!customElements.get("alliance-measure")) customElements.define("alliance-measure", AllianceMeasure);
})();
