// SPDX-License-Identifier: Apache-2.0
// The client's page: what is asked today and why, who sees it, what was answered, and where to find help.
// It comes with client.html#token=TOKEN&case=CASE, where TOKEN is for this client alone and a short time (POST /tokens). What
// stands behind # is sent to nobody; it is taken out of the address at once.
import { $, ask, ask_in_words, begin, content, day, fill, fresh_key, language, languages, list, make, name_of, part, record, said, spoken, table, token, told } from "./clinic.js";

const WORDS = {
  en: {
    title: "Your questions", crisis: "If you need help now", none: "Nothing is asked of you today.", begin: "Begin", go_on: "Go on",
    questions: "{n} questions", one: "1 question", why: "Why today: ", after: "Session {n} was held.", until: "{n}. Open until {date}.", count: "{n}.", who: "Who sees your answers: {list}.",
    audience: { client: "you", practitioner: "your practitioner", supervisor: "your practitioner’s supervisor", service: "the team of the service", support: "technical support", content_owner: "the makers of the programme" },
    reading: "How they are read: ", past: "Your past answers", when: "Date", what: "Questions", score: "Score", out_of: "{v} ({min} to {max})",
    unscored: "no score", nothing_past: "You have not answered anything yet.", back: "Back to the list",
    scores_are: "A score is a number to talk about with your practitioner. It is no diagnosis.",
    offline: "There is no connection just now. What you answer is kept on this device and sent when it is back.",
  },
  zh: {
    title: "您的问题", crisis: "如果您现在需要帮助", none: "今天没有需要您回答的问题。", begin: "开始", go_on: "继续",
    questions: "{n} 个问题", one: "1 个问题", why: "为什么是今天：", after: "第 {n} 次会谈已进行。", until: "{n}，开放至 {date}。", count: "{n}。", who: "谁会看到您的回答：{list}。",
    audience: { client: "您本人", practitioner: "您的治疗师", supervisor: "您的治疗师的督导", service: "服务机构团队", support: "技术支持", content_owner: "在线程序的制作者" },
    reading: "回答如何被阅读：", past: "您过去的回答", when: "日期", what: "问题", score: "得分", out_of: "{v}（范围 {min} 至 {max}）",
    unscored: "无得分", nothing_past: "您还没有回答过任何问题。", back: "返回列表",
    scores_are: "得分是供您与治疗师讨论的数字，不是诊断。",
    offline: "目前没有网络连接。您的回答会保存在此设备上，连接恢复后自动提交。",
  },
};

const words = begin(WORDS);
$("crisis-heading").textContent = words.crisis;

const own = () => part(said("case"));
const addressOf = (path) => `/cases/${own()}/${path}`;
const sheetOf = (occasion) => `${own()}/${occasion.key}`;
const kept = (occasion, about) => customElements.get("alliance-measure").kept(about.definition, addressOf("answers"), sheetOf(occasion));

// Kept on the device, for when there is no network: it tells nothing about anybody.
function crisis(deployment) {
  const key = `clinic/crisis/${language}`;
  if (deployment) localStorage.setItem(key, JSON.stringify(deployment));
  const told = deployment ?? JSON.parse(localStorage.getItem(key) ?? "null");
  if (!told?.crisis && !told?.contacts?.length) return;
  $("crisis-text").replaceChildren(...[told.crisis && make("p", { lang: told.language }, told.crisis),
    told.contacts?.length && make("ul", { lang: told.language }, told.contacts.map(({ label, href }) => make("li", {}, make("a", { href }, label))))].filter(Boolean));
}

function measure(occasion, about, audience) {
  const title = make("h2", { lang: spoken(about) }, name_of(about));
  const label = kept(occasion, about) ? words.go_on : words.begin;
  const count = occasion.items === 1 ? words.one : fill(words.questions, { n: occasion.items });
  return make("section", { class: "card" }, title,
    make("p", {}, occasion.closes ? fill(words.until, { n: count, date: day(occasion.closes) }) : fill(words.count, { n: count })),
    make("p", { class: "muted" }, words.why, occasion.session ? fill(words.after, { n: occasion.session })
      : told(occasion.reason ?? occasion.rule)),
    make("button", { type: "button", "aria-label": `${label}: ${name_of(about)}`, onclick: () => open(occasion, audience) }, label));
}

function open(occasion, audience) {
  const element = make("alliance-measure", {
    content: `/instruments/${encodeURIComponent(occasion.instrument)}/content?language=${languages}`,
    "post-to": addressOf("answers"), sheet: sheetOf(occasion), session: occasion.session || undefined,
    audience: audience.join(" "), watched: "no", lang: language,
  });
  element.token = token;
  element.addEventListener("alliance-submitted", () => { back.textContent = words.back; });
  const back = make("button", { type: "button", class: "quiet", onclick: show }, words.back);
  $("content").replaceChildren(make("section", { class: "card" }, element), back);
  $("state").textContent = "";
  $("main").focus();
  record("MeasureShown", { occasion: occasion.key }, { case: said("case") }, fresh_key()).catch(() => {});
}

async function past(review) {
  const sheets = (review.course?.sheets ?? []).filter((sheet) => sheet.rater === "client").sort((a, b) => b.time - a.time);
  const rows = [];
  for (const sheet of sheets.slice(0, 50)) {
    const about = await content(sheet.instrument);
    const score = sheet.scores?.find((one) => one.scale === "total") ?? sheet.scores?.[0];
    const scale = about.definition.scales.find((one) => one.id === score?.scale);
    const shown = score?.value === undefined ? words.unscored : fill(words.out_of, { v: Math.round(score.value * 10) / 10, min: scale?.min ?? 0, max: scale?.max ?? "?" });
    rows.push([day(sheet.time), make("span", { lang: spoken(about) }, name_of(about)),
      make("span", { class: "parts" }, make("span", {}, shown), about.definition.not_validated && make("span", { class: "muted" }, words.not_validated))]);
  }
  return make("section", { class: "card" }, make("h2", {}, words.past),
    rows.length ? [table([words.when, words.what, words.score], rows, { caption: words.past, hide: true, narrow: true }),
      make("p", { class: "muted" }, words.scores_are)] : make("p", {}, words.nothing_past));
}

let first = true;
async function show() {
  $("state").textContent = words.loading;
  try {
    const [due, review] = await Promise.all([ask_in_words(`/cases/${own()}/due`), ask_in_words(`/cases/${own()}/review`)]);
    const today = due.occasions.map((one) => one.occasion)
      .filter((one) => one.rater === "client" && one.instrument && ["due", "overdue"].includes(one.state));
    // Two roles that one instrument plays are asked once.
    const asked = [...new Map(today.map((one) => [`${one.instrument}/${one.session}`, one])).values()];
    const audience = review.course?.audiences?.length ? review.course.audiences : ["client", "practitioner", "supervisor"];
    const about = await Promise.all(asked.map((one) => content(one.instrument)));
    const words_of = about[0] ?? (await content((await ask("/instruments")).instruments[0].id));
    crisis(words_of.deployment);
    // What was handed in and has not arrived goes first, by itself.
    const waiting = first ? asked.find((one, index) => kept(one, about[index]) === "waiting") : undefined;
    first = false;
    if (waiting) return open(waiting, audience);
    const note = make("section", { class: "card" },
      make("p", {}, fill(words.who, { list: list(audience.map((one) => words.audience[one] ?? one)) })),
      words_of.deployment?.watched && make("p", {}, words.reading, make("span", { lang: words_of.deployment.language }, words_of.deployment.watched)));
    $("content").replaceChildren(
      ...(asked.length ? [note, ...asked.map((one, index) => measure(one, about[index], audience))] : [make("p", { class: "card" }, words.none)]),
      await past(review));
    $("state").textContent = "";
  } catch (error) {
    crisis();
    const lost = error.status === undefined;
    const out = error.status === 401 || error.status === 403;
    $("state").textContent = out ? words.signed_out : lost ? words.offline : fill(words.failed, { status: error.status });
    if (!out) $("content").replaceChildren(make("button", { type: "button", onclick: show }, words.again));
    if (lost) addEventListener("online", show, { once: true });
  }
  $("main").focus();
}
show();
