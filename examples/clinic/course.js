// SPDX-License-Identifier: Apache-2.0
// A client's course on one screen, and what is done about it there. Everything that is sent bears a key, so that it counts once.
import { $, act, ask_in_words, content, day, fill, fresh_key, language, languages, list, make, moment, name_of, number, part, record, short_day, table, tell, told, told_text, token, view } from "./clinic.js";
import { held, latest, open_proposals, plots, role_words, signal_numbers, signal_words, undecided } from "./reading.js";

const card = (title, ...children) => make("section", { class: "card" }, make("h2", {}, title), ...children);
// A form that opens where it stands; `fields`: labelled inputs, `run(values, key)` sends.
function form(words, summary, fields, label, run, after) {
  const inputs = fields.map(({ name, label: text, options, long, value, ...rest }) => make("label", {}, text, options
    ? make("select", { name }, Object.entries(options).map(([of, said]) => make("option", { value: of }, said))) : long ? make("textarea", { name, ...rest }, value) : make("input", { name, value, ...rest })));
  const made = make("form", { onsubmit: (event) => { event.preventDefault(); sent.querySelector("button").click(); } }, inputs);
  const sent = act(words, label, (key) => {
    if (!made.reportValidity()) return Promise.reject(Object.assign(new Error(), { status: 400, why: label }));
    return run(Object.fromEntries(new FormData(made)), key);
  }, after);
  made.append(sent);
  return make("details", { class: "noprint" }, make("summary", {}, summary), made);
}

const action_words = (words, action) => [make("b", {}, words.action[action.kind] ?? action.kind),
  [action.component, action.replacement && `→ ${action.replacement}`, action.before && `< ${action.before}`, action.option, action.value].filter((one) => one !== undefined && one !== false).map((one) => ` ${one}`).join(","),
  action.minutes ? fill(words.brackets, { text: fill(words.costs, { n: number(action.minutes) }) }) : ""];

// `of`: { case } or { practitioner }, what is proposed about a client or to the practitioner in person.
export function proposals(words, of, all, again) {
  const decide = (proposal, body, key) => (of.case ? tell(`/cases/${part(of.case)}/proposals/${part(proposal.id)}/decision`, body, key)
    : record("ProposalDecided", { proposal: proposal.id, ...body }, of, key));
  // Of what is proposed in person the newest is the one that still matters: a week that lies behind was proposed about too.
  const open = open_proposals({ proposals: all });
  const waits = (of.case ? open : latest(open, (one) => one.reported)).map(({ proposal }) => {
    const { action } = proposal;
    const fields = ["component", "replacement", "before", "option", "text"].filter((name) => action[name] !== undefined).map((name) => ({ name, label: words.field[name], value: name === "text" ? told_text(action.text) : action[name], long: name === "text", required: true }));
    for (const name of ["minutes", "value"]) if (action[name] !== undefined) fields.push({ name, label: words.field[name], type: "number", min: 0, step: "any", value: action[name], required: true });
    const edit = form(words, words.edit, fields, words.accept_edited, (values, key) => {
      const edited = { ...action, ...values };
      for (const name of ["minutes", "value"]) if (name in values) edited[name] = Number(values[name]);
      return decide(proposal, { decision: "accepted", action: edited }, key);
    }, again);
    return make("li", {}, make("p", {}, action_words(words, action), action.text && [make("br"), told(action.text)]),
      make("p", { class: "muted" }, words.because, proposal.evidence.map((one, at) => [at > 0 && words.semicolon, told(one.what), one.value === undefined ? "" : `${words.colon}${number(one.value, 2)}`]),
        proposal.not_validated !== false && fill(words.brackets, { text: words.not_validated }), proposal.fidelity && [" ", told(proposal.fidelity)]),
      make("div", { class: "row top noprint" }, act(words, words.accept, (key) => decide(proposal, { decision: "accepted" }, key), again, { "aria-label": `${words.accept}: ${words.action[action.kind]}` }),
      make("details", {}, make("summary", {}, words.decline), make("p", {}, words.decline_because),
        make("div", { class: "row" }, Object.entries(words.declines).map(([, why]) => act(words, why, (key) => decide(proposal, { decision: "declined", reason: why }, key), again, { class: "quiet small" })))),
      fields.length ? edit : ""));
  });
  const decided = all.filter((one) => !undecided(one)).sort((a, b) => b.decided - a.decided).slice(0, 5).map((one) => make("li", {}, action_words(words, one.edited ?? one.proposal.action), `${words.colon}${words.decision[one.decision]}${words.comma}${short_day(one.decided)} `,
    one.reason && told(one.reason), one.decision === "accepted" && !one.effect && !one.applied && !one.refused && act(words, words.done, (key) => record("ActionDone", {}, { ...of, proposal: one.proposal.id }, key), again, { class: "quiet small" })));
  if (!waits.length > 0 && !decided.length) return "";
  const first = of.case ? waits.length : 3;
  return card(words.proposals, waits.length > 0 && make("ul", { class: "plain" }, waits.slice(0, first)),
    waits.length > first && make("details", {}, make("summary", {}, fill(words.earlier, { n: waits.length - first })), make("ul", { class: "plain" }, waits.slice(first))), decided.length > 0 && make("details", {}, make("summary", {}, words.decided), make("ul", { class: "plain" }, decided)));
}

function look(words, id, course, again) {
  const flags = (course.flags ?? []).map((one) => make("li", {}, make("span", { class: one.acknowledged ? "muted" : "safety" }, fill(words.flag, { item: one.flag.item, instrument: one.flag.instrument, state: words.flag_state[one.flag.state] }), `${words.comma}${moment(one.raised)}${words.stop}`),
    one.level ? `${fill(words.escalated, { n: one.level, contact: one.flag.contact })} ` : "", one.acknowledged ? fill(words.acknowledged, { who: one.person ?? "", time: moment(one.acknowledged) })
      : [`${fill(words.respond_by, { time: moment(one.flag.respond_by) })} `, act(words, words.acknowledge, (key) => record("SafetyAcknowledged", { flag: one.flag.flag }, { case: id }, key), again)]));
  const signals = latest(course.signals, (one) => one.time).map(({ signal, time }) => make("li", { class: signal.kind === "repaired" && "good" }, `${short_day(time)}${words.colon}${signal_words(words, signal)}${words.stop}`, make("span", {}, words.ask[signal.kind]),
    make("details", {}, make("summary", {}, words.numbers), make("ul", { class: "plain muted" }, signal_numbers(words, signal).map((one) => make("li", {}, one))))));
  return [flags.length > 0 && card(words.safety, make("ul", { class: "plain" }, flags)), signals.length > 0 && card(words.signals, make("ul", { class: "plain" }, signals))];
}

function online(words, id, course, again) {
  const waits = new Set(course.account?.unreviewed ?? []);
  const last = held(course).at(-1)?.number;
  const rows = (course.components ?? []).map((one) => [one.id, one.irrelevant ? words.irrelevant : words.state_of[one.progress ?? "unset"], one.completed ? short_day(one.completed) : words.none,
    one.reviewed ? short_day(one.reviewed) : waits.has(one.id) ? act(words, words.review, (key) => record("TimerStarted", { timer: key, work: "online_review", component: one.id }, { case: id }, key), again, { class: "small" }) : words.none,
    one.discussed ? short_day(one.discussed) : one.completed && last ? act(words, words.take_up, (key) => record("OnlineWorkDiscussed", { component: one.id, session: last }, { case: id }, key), again, { class: "quiet small" }) : words.none]);
  return card(words.online, rows.length ? table([words.component, words.progress, words.completed, words.reviewed, words.discussed], rows, { caption: words.online, hide: true, narrow: true }) : make("p", { class: "muted" }, words.no_online));
}

function minutes(words, { account }) {
  if (!account) return "";
  const row = (name, one) => [name, { of: number(one.planned, 0), class: "end" }, { of: number(one.used, 0), class: "end" }, { of: number(one.remaining, 0), class: "end" },
    one.planned ? make("meter", { min: 0, max: Math.max(one.planned, one.used), value: one.used, "aria-label": `${name}: ${fill(words.of, { n: number(one.used, 0), m: number(one.planned, 0) })}` }) : ""];
  return card(words.against, table([words.work_kind, { of: words.planned, class: "end" }, { of: words.used, class: "end" }, { of: words.left, class: "end" }, ""],
    [...account.work.filter((one) => one.planned || one.used).map((one) => row(words.work[one.work], one)), row(words.all, account)], { caption: words.against, hide: true, narrow: true }));
}

// A timer runs at the sidecar, not on the page: it goes on when the page is closed, and can be stopped from another device.
function timer(words, id, course, again) {
  const work = make("select", { "aria-label": words.work_kind }, ["online_review", "messaging", "preparation", "admin", "technical_support"].map((kind) => make("option", { value: kind }, words.work[kind])));
  const forgotten = new Set(course.account?.forgotten_timers ?? []);
  const since = (one) => fill(words.runs, { work: [words.work[one.work], one.component].filter(Boolean).join(" "), time: moment(one.started), n: Math.floor((Date.now() - one.started / 1000) / 60000) });
  const runs = (course.timers ?? []).filter((one) => one.started && !one.stopped).map((one) => {
    const said = make("span", {}, since(one));
    const tick = setInterval(() => (said.isConnected ? (said.textContent = since(one)) : clearInterval(tick)), 20e3);
    return make("li", {}, said, " ", act(words, words.stop_timer, (key) => record("TimerStopped", { timer: one.timer }, { case: id }, key), again, { class: "small" }), forgotten.has(one.timer) && [make("p", {}, words.forgotten),
      form(words, words.correct, [{ name: "minutes", label: words.minutes, type: "number", min: 0, max: 600, value: 10, required: true }], words.record, ({ minutes: given }, key) => record("TimeCorrected", { timer: one.timer, minutes: Number(given) }, { case: id }, key), again)]);
  });
  return card(words.timer, runs.length ? make("ul", { class: "plain" }, runs) : make("div", { class: "row" }, work, act(words, words.start, (key) => record("TimerStarted", { timer: key, work: work.value }, { case: id }, key), again)),
    form(words, words.log, [{ name: "work", label: words.work_kind, options: Object.fromEntries(Object.entries(words.work).filter(([kind]) => !["in_person", "supervision", "training"].includes(kind))) }, { name: "minutes", label: words.minutes, type: "number", min: 1, max: 600, value: 10, required: true }],
      words.add, (values, key) => record("ActivityLogged", { work: values.work, minutes: Number(values.minutes) }, { case: id }, key), again));
}

export const due_now = (course) => (course.occasions ?? []).map((one) => one.occasion).filter((one) => ["due", "overdue"].includes(one.state));
export const due_words = (words, one) => [fill(words.asked, { role: role_words(words, one.role), who: words.rater[one.rater] }), one.target === "programme" ? `${words.comma}${words.with_programme}` : "", words.colon,
  one.state === "overdue" ? make("span", { class: "warn" }, fill(words.overdue, { date: short_day(one.overdue) })) : fill(words.open_until, { date: short_day(one.due) })];
function measures(words, id, course) {
  const due = due_now(course).map((one) => make("li", {}, due_words(words, one), " ", one.rater === "practitioner" && one.instrument && make("a", { class: "button small quiet noprint", href: `#/case/${part(id)}/answer/${part(one.key)}` }, words.answer)));
  return card(words.measures, due.length ? make("ul", { class: "plain" }, due) : make("p", { class: "muted" }, words.no_measures));
}

function support(words, id, course, again) {
  const all = latest(course.support, (one) => one.opened).map((one) => make("li", {}, words.topics[one.topic] ?? one.topic ?? one.request, one.component ? ` (${one.component})` : "", `${words.comma}${fill(words.opened, { date: short_day(one.opened) })}`, one.owner ? `${words.comma}${fill(words.owner, { who: one.owner })}` : "", " ",
    one.resolved ? make("span", { class: "good" }, fill(words.solved, { date: short_day(one.resolved) })) : act(words, words.resolve, (key) => record("SupportResolved", { request: one.request, resolution: "solved" }, { case: id }, key), again, { class: "small" })));
  return card(words.support, all.length ? make("ul", { class: "plain" }, all) : make("p", { class: "muted" }, words.no_support),
    form(words, words.open_support, [{ name: "topic", label: words.topic, options: words.topics }], words.request, ({ topic }, key) => record("SupportRequested", { request: key, topic }, { case: id }, key), again));
}

// Whoever decides has had it before the eyes: that is recorded once per proposal.
export const seen = (of, course) => open_proposals(course).filter((one) => !one.shown).forEach(({ proposal }) => record("ProposalShown", { proposal: proposal.id }, of, `shown-${proposal.id}`).catch(() => {}));

export const facts = (words, course) => [`${words.sessions}${words.colon}${fill(words.of, { n: held(course).length, m: course.planned_sessions ?? 0 })}`, course.last_contact && `${words.contact}${words.colon}${day(course.last_contact)}`,
  ...(course.sessions ?? []).filter((one) => one.state === "booked").slice(0, 1).map((one) => `${words.next}${words.colon}${moment(one.starts)}`), course.practice && words.practice].filter(Boolean).join(" · ");
export const stopped = (words, { course, withheld }) => [course?.consent_withdrawn >= (course?.consent_given || 1) && make("p", { class: "note" }, fill(words.withdrawn, { date: day(course.consent_withdrawn) })),
  ...(withheld ?? []).map((why) => make("p", { class: "muted" }, fill(words.not_shown, { why: "" }), told(why)))];

export function course(words, id) {
  const made = view(words, () => ask_in_words(`/cases/${part(id)}/review`), async (review) => {
    const said = review.course;
    if (!said) return stopped(words, review);
    seen({ case: id }, said);
    const again = () => made.show(false);
    const [flags, signals] = look(words, id, said, again);
    const drawn = await plots(words, said);
    return [make("div", { class: "row" }, make("span", {}, facts(words, said)), make("a", { class: "button small quiet noprint", href: `#/case/${part(id)}/brief` }, words.brief)), stopped(words, review), flags,
      make("div", { class: "columns course" }, make("div", {}, signals, proposals(words, { case: id }, said.proposals ?? [], again), measures(words, id, said), timer(words, id, said, again), support(words, id, said, again)),
        make("div", {}, card(words.plots, drawn.length ? make("div", { class: "plots" }, drawn) : make("p", { class: "muted" }, words.no_scores)), online(words, id, said, again), minutes(words, said))),
      make("p", { class: "note" }, words.note)];
  });
  return made;
}

// The practitioner's own questions, asked by the element that asks clients.
let fetching;
const element = () => (fetching ??= new Promise((done, failed) => {
  const path = "alliance-measure.js", rule = window.trustedTypes?.createPolicy("measure", { createScriptURL: () => path });
  const script = make("script", { onload: done, onerror: failed });
  script.src = rule ? rule.createScriptURL("") : path;
  document.head.append(script);
}));
export function answering(words, id, key) {
  return view(words, async () => ({ review: await ask_in_words(`/cases/${part(id)}/review`), ready: await element() }), ({ review }) => {
    const occasion = due_now(review.course ?? {}).find((one) => one.key === key && one.rater === "practitioner");
    const back = make("a", { class: "button quiet", href: `#/case/${part(id)}` }, words.back);
    if (!occasion) return [make("p", { class: "card" }, words.no_measures), back];
    const asks = make("alliance-measure", { content: `/instruments/${part(occasion.instrument)}/content?language=${languages}`, "post-to": `/cases/${part(id)}/answers`, sheet: `${part(id)}/${occasion.key}`,
      session: occasion.session || undefined, audience: "practitioner supervisor", watched: "no", lang: language });
    asks.token = token;
    record("MeasureShown", { occasion: occasion.key }, { case: id }, fresh_key()).catch(() => {});
    return [make("section", { class: "card" }, asks), back];
  });
}
