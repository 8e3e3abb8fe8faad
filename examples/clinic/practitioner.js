// SPDX-License-Identifier: Apache-2.0
// The practitioner's page: a caseload at a glance, a client's course, a brief before the session, and one's own page. It comes with
// practitioner.html#token=TOKEN&practitioner=ID; afterwards #/ is the caseload, #/case/ID a course, #/case/ID/brief, #/own.
import { $, ask_in_words, begin, day, fill, make, number, part, short_day, table, told, view } from "./clinic.js";
import { brief } from "./brief.js";
import { answering, course } from "./course.js";
import { own } from "./own.js";
import { signal_words } from "./reading.js";
import { WORDS } from "./practitioner_words.js";

const words = begin(WORDS);
$("views").setAttribute("aria-label", words.views);

const at = (id) => `#/case/${part(id)}`;

function reasons(row) {
  if (row.withheld.length) return make("span", { class: "muted" }, fill(words.not_shown, { why: "" }), told(row.withheld[0]));
  if (row.consent_withdrawn) return fill(words.withdrawn, { date: day(row.consent_withdrawn) });
  if (!row.reasons.length) return make("span", { class: "muted" }, words.calm);
  return make("ul", { class: "plain" }, row.reasons.map((one) => {
    const said = one.signal ? signal_words(words, one.signal) : fill(words.reason[one.kind], { n: one.count });
    return make("li", { class: one.kind === "safety" && "safety" }, said, " ", make("span", { class: "muted" }, fill(words.since, { date: short_day(one.since) })));
  }));
}

// The first and the latest of the client's curves that fit; curves of different instruments are never joined.
const ends = (row, kind) => {
  const curve = row.curves.find((one) => one.role.startsWith(kind));
  return curve ? fill(words.from_to, { from: number(curve.values[0]), to: number(curve.values.at(-1)) }) : words.none;
};

function glance(rows) {
  const cells = (row) => [
    make("a", { href: at(row.id) }, row.id, row.practice && make("span", { class: "tag" }, words.practice)), reasons(row),
    row.next_session ? make("span", {}, day(row.next_session), " ", make("a", { href: `${at(row.id)}/brief` }, words.brief)) : words.none,
    fill(words.of, { n: row.sessions_held ?? 0, m: row.planned_sessions ?? 0 }), row.last_contact ? short_day(row.last_contact) : words.none,
    { of: ends(row, "alliance."), class: "figure" }, { of: ends(row, "symptom."), class: "figure" },
    fill(words.of, { n: number(row.minutes?.used ?? 0, 0), m: number(row.minutes?.planned ?? 0, 0) }),
  ];
  const heads = [words.client, words.why, words.next, words.sessions, words.contact, words.alliance, words.symptoms, words.minutes];
  return (title, some) => some.length > 0 && make("section", { class: "card rows" }, make("h2", {}, `${title} (${some.length})`), table(heads, some.map(cells), { caption: title, hide: true, narrow: true }));
}

const pages = {
  caseload: () => view(words, () => ask_in_words("/caseload"), ({ cases }) => {
    const part_of = glance(cases);
    const open = cases.filter((row) => !row.closed), waits = (row) => row.reasons.length > 0;
    return [make("p", { class: "note" }, words.note), cases.length ? "" : make("p", { class: "card" }, words.nothing), part_of(words.look, cases.filter(waits)), part_of(words.calm, open.filter((row) => !waits(row))),
      part_of(words.closed, cases.filter((row) => row.closed && !waits(row)))];
  }),
  course: (id) => course(words, id), brief: (id) => brief(words, id), answer: (id, key) => answering(words, id, key), own: () => own(words),
};

let shown;
function go() {
  shown?.end();
  const [, kind, id, what, key] = location.hash.split("/").map(decodeURIComponent);
  const chosen = kind === "own" ? "own" : kind === "case" ? (what === "brief" || what === "answer" ? what : "course") : "caseload";
  document.title = $("title").textContent = chosen === "brief" ? fill(words.brief_of, { id }) : kind === "case" ? fill(words.case_of, { id }) : chosen === "own" ? words.own : words.title;
  $("views").replaceChildren(...[["#/", words.caseload, "caseload"], ["#/own", words.own, "own"]].map(([href, name, mine]) => make("a", { href, "aria-current": mine === chosen && "page" }, name)));
  $("content").replaceChildren();  // nobody reads one client's page under another's name
  shown = pages[chosen](id, key);
  shown.show();
}
addEventListener("hashchange", go);
go();
