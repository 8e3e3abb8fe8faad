// SPDX-License-Identifier: Apache-2.0
// What a review says, in words and curves. Curves are found by role, rater and target; those of different instruments are never joined.
import { ask, fill, make, number, part, short_day } from "./clinic.js";
import { plot } from "./plots.js";

export const role_words = (words, role) => words.role[role] ?? role;
export const held = (course) => (course.sessions ?? []).filter((one) => one.state === "held").sort((a, b) => a.number - b.number);
export const latest = (some, time) => [...(some ?? [])].sort((a, b) => time(b) - time(a));
export const undecided = (record) => (record.decision ?? "unset") === "unset";
export const open_proposals = (course) => (course.proposals ?? []).filter((one) => undecided(one) && one.proposal.audience === "practitioner");

export function signal_words(words, signal) {
  const said = fill(words.signal[signal.kind] ?? signal.kind, { role: role_words(words, signal.role), missed: signal.missed });
  const more = [signal.target === "programme" && words.with_programme, signal.rater === "practitioner" && words.rater.practitioner, signal.session && fill(words.session_n, { n: signal.session }),
    signal.before !== undefined && signal.now !== undefined && fill(words.short_figures, { before: number(signal.before), now: number(signal.now) })].filter(Boolean);
  return more.length ? `${said} (${more.join(words.comma)})` : said;
}

// The numbers behind a signal, and by which rule it was found.
export const signal_numbers = (words, signal) => [
  signal.change !== undefined && fill(words.figures, { before: number(signal.before, 2), now: number(signal.now, 2), change: number(signal.change, 2), threshold: signal.threshold === undefined ? words.none : number(signal.threshold, 2) }),
  make("span", {}, `${words.rule}: `, make("code", {}, signal.rule), signal.instrument ? `, ${signal.instrument}` : ""), signal.not_validated !== false && words.not_validated].filter(Boolean);

const definitions = new Map();
function definition(id, version) {
  const path = `/instruments/${part(id)}?version=${part(version)}`;
  if (!definitions.has(path)) definitions.set(path, ask(path).catch(() => ({ scales: [] })));
  return definitions.get(path);
}

// [{ role, instrument, scale, rater, target, min, max, low, points: [{ time, session, value }] }], as far as a role begins with `wanted`.
export async function curves(course, wanted) {
  const found = new Map();
  for (const sheet of [...(course.sheets ?? [])].sort((a, b) => a.time - b.time)) for (const score of sheet.scores) {
    const role = (score.roles ?? []).filter((one) => (wanted.endsWith(".") ? one.startsWith(wanted) : one === wanted)).at(-1);
    if (!role || score.value === undefined) continue;
    const key = [role, sheet.instrument, sheet.version, score.scale, sheet.rater, sheet.target].join("|");
    if (!found.has(key)) found.set(key, { role, instrument: sheet.instrument, version: sheet.version, scale: score.scale, rater: sheet.rater, target: sheet.target, points: [] });
    found.get(key).points.push({ time: sheet.time, session: sheet.session ?? 0, value: score.value });
  }
  for (const one of found.values()) {
    const scale = (await definition(one.instrument, one.version)).scales?.find((each) => each.id === one.scale);
    Object.assign(one, { min: scale?.min, max: scale?.max, low: scale?.direction === "lower_is_better" });
  }
  return [...found.values()];
}
export const range_words = (words, curve) => (curve.max === undefined ? "" : fill(words.range, { min: number(curve.min ?? 0), max: number(curve.max) }));

// One plot for curves of one role on one range: client and practitioner beside each other.
function together(all) {
  const groups = new Map();
  for (const one of all) {
    const key = [one.role, one.target, one.min, one.max, one.max === undefined && one.instrument].join("|");
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(one);
  }
  return [...groups.values()];
}

const rings = { drop: "safety", unrepaired: "safety", repaired: "good" };
export async function plots(words, course) {
  const out = [];
  const add = (group, by_session) => {
    const x = (point) => (by_session ? point.session : point.time / 1e6);
    const lines = group.map((one) => ({ label: `${words.rater[one.rater] ?? one.rater} (${one.instrument})`, colour: one.role.startsWith("symptom.") ? "symptom" : one.rater === "practitioner" ? "practitioner" : "client",
      shape: one.rater === "practitioner" ? "dashed" : "line", points: one.points.filter((point) => !by_session || point.session).map((point) => [x(point), point.value, number(point.value, 2)]) })).filter((line) => line.points.length);
    if (!lines.length) return;
    const [first] = group;
    const marks = (course.signals ?? []).filter(({ signal }) => signal.role === first.role && signal.target === first.target && signal.now !== undefined && rings[signal.kind]).map(({ signal, time }) =>
      ({ x: by_session ? signal.session : time / 1e6, y: signal.now, colour: rings[signal.kind] })).filter((mark) => mark.x && (!by_session || lines.some((line) => line.points.some(([at]) => at === mark.x))));
    out.push(plot({ title: `${role_words(words, first.role)}${first.target === "programme" ? `${words.comma}${words.with_programme}` : ""}`, note: [range_words(words, first), first.low && words.low_is_good].filter(Boolean).join(words.comma), lines, marks,
      y: first.max === undefined ? undefined : [first.min ?? 0, first.max], whole: by_session, x_name: by_session ? words.by_session : words.by_date, say_x: by_session ? (at) => String(at) : (at) => short_day(at * 1e6) }, words));
  };
  for (const role of ["alliance.pulse", "alliance.total"]) {
    const found = await curves(course, role);
    together(found.filter((one) => one.target !== "programme")).forEach((group) => add(group, true));
    together(found.filter((one) => one.target === "programme")).forEach((group) => add(group, false));
  }
  together(await curves(course, "symptom.")).forEach((group) => add(group, false));
  together(await curves(course, "usability.")).forEach((group) => add(group, false));
  return out;
}
