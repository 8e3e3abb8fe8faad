// SPDX-License-Identifier: Apache-2.0
// The brief before a session: what has happened since the last one, on one page of paper.
import { ask_in_words, fill, list, make, number, part, short_day, table, told, view } from "./clinic.js";
import { due_now, due_words, facts, stopped } from "./course.js";
import { curves, held, latest, open_proposals, range_words, role_words, signal_words } from "./reading.js";

const recent = 3;  // lines per heading, so that it stays a page; how many more there are is said

export function brief(words, id) {
  return view(words, () => ask_in_words(`/cases/${part(id)}/review`), async (review) => {
    const { course } = review;
    if (!course) return stopped(words, review);
    const since = held(course).at(-1)?.starts ?? 0;
    const later = (some, time) => (some ?? []).filter((one) => time(one) > since);
    const lines = (title, some) => some.length > 0 && [make("h2", {}, title), make("ul", { class: "plain" }, some.slice(0, recent).map((one) => make("li", {}, one)), some.length > recent && make("li", { class: "muted" }, fill(words.and_more, { n: some.length - recent })))];
    const waits = open_proposals(course).map((one) => one.proposal);
    const point = waits.find((one) => one.action.kind === "brief") ?? waits.find((one) => one.action.kind === "ask_client") ?? waits[0];
    const flags = (course.flags ?? []).filter((one) => !one.acknowledged || one.raised > since);
    const online = (course.components ?? []).filter((one) => one.last > since || one.completed > since);
    const tools = later(course.tools, (one) => one.time).filter((one) => one.used);
    const scores = [...await curves(course, "alliance.pulse"), ...await curves(course, "alliance.total"), ...await curves(course, "symptom.")].filter((one) => one.points.length);
    const happened = [
      ...(course.sessions ?? []).filter((one) => one.state === "missed" && one.starts > since).map((one) => fill(words.missed, { n: one.number })),
      online.length > 0 && fill(words.done_online, { list: list(online.map((one) => `${one.id} (${words.state_of[one.progress ?? "unset"]})`)) }),
      tools.length > 0 && fill(words.tools, { list: list([...new Set(tools.map((one) => one.tool))]) }),
      later(course.messages, (one) => one.time).length > 0 && fill(words.messages, { n: later(course.messages, (one) => one.time).length }),
      ...later(course.difficulties, (one) => one.time).map((one) => [one.kind, one.code, one.component].filter(Boolean).join(", ")),
      ...(course.support ?? []).filter((one) => !one.resolved).map((one) => `${words.support}${words.colon}${words.topics[one.topic] ?? one.topic ?? ""}${words.comma}${fill(words.opened, { date: short_day(one.opened) })}`),
    ].filter(Boolean);
    return make("article", { class: "card brief" }, make("p", {}, facts(words, course)), stopped(words, review),
      lines(words.safety, flags.map((one) => make("span", { class: "safety" }, fill(words.flag, { item: one.flag.item, instrument: one.flag.instrument, state: words.flag_state[one.flag.state] }), `, ${short_day(one.raised)}`))),
      make("h2", {}, words.point), make("p", {}, point ? told(point.action.text ?? point.evidence[0]?.what ?? "") : words.no_point),
      lines(words.signals, latest(course.signals, (one) => one.time).slice(0, 3).map(({ signal, time }) => `${short_day(time)}${words.colon}${signal_words(words, signal)}${words.stop}${words.ask[signal.kind]}`)),
      make("h2", {}, since ? fill(words.since_last, { date: short_day(since) }) : words.before_first), happened.length ? make("ul", { class: "plain" }, happened.slice(0, 5).map((one) => make("li", {}, one))) : make("p", { class: "muted" }, words.nothing_new),
      scores.length > 0 && [make("h2", {}, words.latest), table([words.alliance_and_symptoms, words.latest], scores.slice(0, 8).map((one) => [[`${role_words(words, one.role)}${words.comma}${words.rater[one.rater] ?? one.rater}${one.target === "programme" ? `${words.comma}${words.with_programme}` : ""}`, " ", make("span", { class: "muted" }, one.instrument)].flat(),
        fill(words.score_line, { now: number(one.points.at(-1).value), range: [range_words(words, one), one.low && words.low_is_good].filter(Boolean).join(words.comma) || one.instrument, before: one.points.length > 1 ? number(one.points.at(-2).value) : words.none, first: number(one.points[0].value) })]), { caption: words.latest, hide: true })],
      lines(words.goals, (course.goals ?? []).map((one) => one.goal)), lines(words.measures, due_now(course).map((one) => due_words(words, one))),
      lines(words.proposals, waits.filter((one) => one !== point).map((one) => [words.action[one.action.kind] ?? one.action.kind, words.colon, told(one.action.text ?? one.evidence[0]?.what ?? "")])),
      make("p", { class: "muted" }, words.note, " ", words.brief_note), make("div", { class: "row noprint" }, make("button", { type: "button", onclick: () => print() }, words.print), make("a", { class: "button quiet", href: `#/case/${part(id)}` }, words.back)));
  });
}
