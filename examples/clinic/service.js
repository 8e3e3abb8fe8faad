// SPDX-License-Identifier: Apache-2.0
// The service's page: the weeks to come, what waits, difficulties, training, and the eight factors over time. It comes with
// service.html#token=TOKEN&service=ID, where TOKEN is for reading alone (POST /tokens). Every figure is one of the service,
// made and suppressed by the host: this page adds nothing up, and asks for no case and no practitioner.
import { $, ask_in_words, begin, fill, language, make, number, part, said, short_day, table, told, view } from "./clinic.js";
import { code_of, factor_title, indicator_text, unit_of, valued } from "./factors.js";
import { plot } from "./plots.js";

const WORDS = {
  en: {
    title: "The service’s week", service: "Service {name}", people: "{clients} clients and {practitioners} practitioners stand behind these figures.",
    about: "Every figure rests on five clients and five practitioners or more. None rates a practitioner: it shows where the work needs room.",
    too_few: "Suppressed, fewer than five: fewer than five clients or fewer than five practitioners stand behind the figures of this service.",
    suppressed: "suppressed, fewer than five", none_yet: "nothing recorded yet", weeks: "The weeks to come", week: "Week of", by_week: "Minutes by week", needed: "Needed", booked: "Booked",
    capacity: "Contracted", over_text: "In {n} of the weeks shown more is needed than there are contracted minutes.", fits: "In the weeks shown there is room for what is needed.",
    weeks_none: "Suppressed, fewer than five: of no week to come anything can be shown.", weeks_some: "{n} of the weeks are suppressed: fewer than five stand behind them.",
    waits: "What waits", overdue: "Overdue reviews", overdue_note: "online work that has waited longer than the schedule allows", waiting: "Reviews that wait", open_cases: "Open cases", contact: "Mean weeks without contact",
    rest: "Minutes that the open plans still need", between: "{v} (95 % between {low} and {high})", share: "Share of the minutes online, used of planned", of: "{used} of {planned}",
    usability: "Usability and support", training: "Training and supervision", training_note: "A gap is a reason to offer a training, and locks nothing.", figure: "Figure", now: "Now",
    factors: "The eight factors over time", factors_note: "The factors are those of Doukani et al. 2022 (doi 10.1192/bjo.2022.546). The indicators under them are ours, inspired by the study and not validated.",
    choose: "Figure shown", end_of: "Until", what_is_left_out: "What is left out, and why", weeks_hidden: "{n} of {all} weeks suppressed, fewer than five", alone: "Belongs to each practitioner alone and is in no figure of a service.",
    loading_weeks: "Reading the weeks that lie behind …", weeks_failed: "The weeks that lie behind could not be read just now.", per_client: "mean per client", per_practitioner: "mean per practitioner",
  },
  zh: {
    title: "服务机构本周概况", service: "服务机构 {name}", people: "这些数字来自 {clients} 名来访者和 {practitioners} 名治疗师。",
    about: "每个数字至少基于五名来访者和五名治疗师。没有任何数字用于评价治疗师：它们显示的是哪里需要更多空间。",
    too_few: "因少于五人而不显示：该服务机构的数字背后少于五名来访者或少于五名治疗师。",
    suppressed: "因少于五人而不显示", none_yet: "尚无记录", weeks: "未来几周", week: "周（起始日）", by_week: "每周分钟数", needed: "所需", booked: "已预约",
    capacity: "合同工作时间", over_text: "所示各周中有 {n} 周所需时间超过合同工作时间。", fits: "所示各周的工作时间足够。",
    weeks_none: "因少于五人而不显示：未来各周均无法显示。", weeks_some: "其中 {n} 周因少于五人而不显示。",
    waits: "等待处理的事项", overdue: "逾期未审阅", overdue_note: "等待时间超过计划允许的在线作业", waiting: "等待审阅", open_cases: "进行中的个案", contact: "平均无接触周数",
    rest: "进行中的计划仍需的分钟数", between: "{v}（95 % 区间 {low} 至 {high}）", share: "在线分钟数占比：实际 / 计划", of: "{used} / {planned}",
    usability: "可用性与支持", training: "培训与督导", training_note: "培训缺口是提供培训的理由，不会限制任何工作。", figure: "指标", now: "当前",
    factors: "八个因素随时间的变化", factors_note: "八个因素来自 Doukani 等 2022（doi 10.1192/bjo.2022.546）。其下的指标由我们受该研究启发而制定，未经验证。",
    choose: "显示的指标", end_of: "截至", what_is_left_out: "未显示的内容及原因", weeks_hidden: "{all} 周中有 {n} 周因少于五人而不显示", alone: "仅属于每位治疗师本人，不进入任何服务机构的数字。",
    loading_weeks: "正在读取过去几周……", weeks_failed: "目前无法读取过去几周。", per_client: "每名来访者的平均值", per_practitioner: "每名治疗师的平均值",
  },
};
// What is drawn first of each factor.
const LEADS = ["minutes-per-week", "online-work-discussed", "on-default-path", "training-gap", "unreviewed-components", "error-free-share", "components-irrelevant"];
const USABILITY = ["difficulties-usability", "difficulties-technical", "difficulties-login", "error-free-share", "fallbacks-offered", "usability-client", "usability-practitioner", "open-support-requests", "hours-to-resolve-support"];
const TRAINING = ["training-gap", "days-since-training", "days-until-training-expires", "onboarding-steps", "supervision-held"];

const words = begin(WORDS);
const service = () => part(said("service"));
const kind_of = (text) => (text === "mean per client" ? words.per_client : text === "mean per practitioner" ? words.per_practitioner : "");
const card = (title, ...inside) => make("section", { class: "card" }, make("h2", {}, title), inside);
const muted = (...inside) => make("p", { class: "muted" }, inside);

function weeks_ahead(time) {
  const shown = time.weeks.filter((week) => !week.suppressed);
  if (!shown.length) return card(words.weeks, make("p", {}, words.weeks_none));
  const hidden = time.weeks.length - shown.length;
  const over = shown.filter((week) => week.over > 0).length;
  const line = (label, colour, shape, of) => ({ label, colour, shape, points: shown.map((week) => [time.weeks.indexOf(week), week[of] ?? 0]) });
  // The weeks begin on Monday where the service is.
  const monday = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: time.zone });
  const say = (at) => (time.weeks[at] ? monday.format(time.weeks[at].from / 1000) : "");
  return card(words.weeks, make("p", {}, over ? fill(words.over_text, { n: over }) : words.fits, hidden > 0 && `${words.space}${fill(words.weeks_some, { n: hidden })}`),
    plot({ title: words.by_week, x_name: words.week, say_x: say,
      lines: [line(words.needed, "bar", "bars", "needed"), line(words.capacity, "client", "line", "capacity"), line(words.booked, "practitioner", "dashed", "booked")] }, words));
}

function waits(time) {
  const rows = [[words.overdue, number(time.overdue_reviews ?? 0), muted_text(words.overdue_note)], [words.waiting, time.waiting_reviews], [words.open_cases, time.open_cases],
    [words.contact, time.mean_weeks_without_contact],
    [words.rest, time.forecast === undefined ? undefined : time.forecast_low === undefined ? number(time.forecast, 0)
      : fill(words.between, { v: number(time.forecast, 0), low: number(time.forecast_low, 0), high: number(time.forecast_high, 0) })],
    [words.share, time.online_share_used === undefined || time.online_share_planned === undefined ? undefined
      : fill(words.of, { used: percent(time.online_share_used), planned: percent(time.online_share_planned) })]];
  return card(words.waits, table([words.figure, words.now],
    rows.map(([label, value, more]) => [make("span", {}, label, more), value === undefined ? words.suppressed : typeof value === "number" ? number(value) : value]), { caption: words.waits, hide: true }));
}
const percent = (share) => `${number(100 * share, 0)} %`;
const muted_text = (text) => make("span", { class: "muted" }, ` – ${text}`);

function said_of(one) {
  if (one.suppressed) return words.suppressed;
  return one.value === undefined ? words.none_yet : valued(one, one.value);
}
function figures(title, review, ids, note) {
  const all = review.factors.flatMap((row) => row.indicators);
  const found = ids.flatMap((id) => all.filter((one) => one.id === id || one.id.startsWith(`${id}-`) && !ids.includes(one.id)));
  return card(title, table([words.figure, words.now],
    found.map((one) => [make("span", {}, indicator_text(one), kind_of(one.text) && muted_text(kind_of(one.text))), said_of(one)]), { caption: title, hide: true }),
  note && muted(note));
}

// From 0 on, and shares up to 100 where none is above; scores as they lie.
function reach(one) {
  const most = Math.max(0, ...one.points.map((point) => point.value ?? 0));
  if (one.unit === "points") return undefined;
  return [0, one.unit === "%" && most <= 100 ? 100 : Math.max(1, most * 1.1)];
}

// One factor: a choice of its figures, and the chosen one week by week.
function over_time(row, at) {
  const heading = make("h3", {}, `${code_of(row.factor)}${words.colon}`, factor_title(row));
  const drawn = row.indicators.filter((one) => one.points.length);
  if (!drawn.length) return make("section", {}, heading, muted(words.alone));
  const lead = Math.max(0, drawn.findIndex((one) => LEADS.includes(one.id)));
  const place = make("div", {});
  const show = (one) => {
    const shown = one.points.map((point, index) => [index, point]);
    const hidden = shown.filter(([, point]) => point.suppressed).length;
    const known = shown.filter(([, point]) => point.value !== undefined);
    const many = hidden > 0 && fill(words.weeks_hidden, { n: hidden, all: at.length });
    if (!known.length) return place.replaceChildren(make("p", {}, hidden ? words.suppressed : words.none_yet));
    place.replaceChildren(plot({ title: indicator_text(one), note: [unit_of(one), kind_of(one.text)].filter(Boolean).join(words.comma), x_name: words.end_of, y: reach(one),
      say_x: (index) => (at[index] ? short_day(at[index]) : ""),
      lines: [{ label: indicator_text(one), colour: "client", points: shown.filter(([, point]) => point.value !== undefined || point.suppressed)
        .map(([index, point]) => [index, point.value ?? null, point.suppressed ? words.suppressed : valued(one, point.value)]) }] }, words),
    ...[many && muted(many)].filter(Boolean));
  };
  const choice = make("select", { onchange: () => show(drawn[choice.selectedIndex]) },
    drawn.map((one, index) => make("option", { selected: index === lead }, indicator_text(one))));
  const section = make("section", {}, heading, make("label", { class: "noprint" }, words.choose, choice), place);
  queueMicrotask(() => show(drawn[lead]));
  return section;
}

const left_out = (...sources) => {
  const sentences = [...new Set(sources.flatMap((one) => one.withheld ?? []))];
  return sentences.length > 0 && make("details", { class: "card" }, make("summary", {}, words.what_is_left_out), make("ul", { class: "plain" }, sentences.map((one) => make("li", {}, told(one)))));
};

// The weeks behind come after the first view: reading them takes the host longer.
async function behind(now) {
  const place = $("later");
  place.replaceChildren(muted(words.loading_weeks));
  try {
    const past = await ask_in_words(`/services/${service()}/factors?weeks=12`);
    place.replaceChildren(card(words.factors, muted(words.factors_note), make("div", { class: "grid" }, past.factors.map((row) => over_time(row, past.at)))), left_out(...now, past));
  } catch {
    place.replaceChildren(make("p", { class: "card" }, words.weeks_failed), left_out(...now));
  }
}

function draw({ time, review }) {
  const head = make("section", { class: "card" }, make("h2", {}, fill(words.service, { name: time.id })),
    time.cases !== undefined && make("p", {}, fill(words.people, { clients: time.cases, practitioners: time.practitioners })), muted(words.about));
  if (time.cases === undefined || review.people === undefined) {
    $("later").replaceChildren(...[left_out(time, review)].filter(Boolean));
    return [head, make("p", { class: "note" }, words.too_few)];
  }
  behind([time, review]);
  return [head, weeks_ahead(time), make("div", { class: "grid" }, waits(time), figures(words.usability, review, USABILITY), figures(words.training, review, TRAINING, words.training_note))];
}

view(words, async () => {
  $("later").replaceChildren();
  const [time, review] = await Promise.all([ask_in_words(`/services/${service()}/time?weeks=12`), ask_in_words(`/services/${service()}/review`)]);
  return { time, review, as_of: time.as_of };
}, draw).show();
