// SPDX-License-Identifier: Apache-2.0
// What belongs to the practitioner alone: weeks ahead, training and support, confidence. The host shows it to nobody else.
import { act, ask_in_words, fill, language, make, number, part, record, said, table, told, view } from "./clinic.js";
import { proposals, seen } from "./course.js";
import { plot } from "./plots.js";

export function own(words) {
  const who = said("practitioner"), of = { practitioner: who };
  const card = (title, ...children) => make("section", { class: "card" }, make("h2", {}, title), ...children);
  const made = view(words, async () => {
    const [review, time] = await Promise.all([ask_in_words(`/practitioners/${part(who)}/review`), ask_in_words(`/practitioners/${part(who)}/time?weeks=8`)]);
    return { review, time, as_of: time.as_of };
  }, ({ review, time }) => {
    const again = () => made.show(false);
    const row = (factor) => review.factors.find((one) => one.factor === factor);
    const indicators = (factor) => {
      const one = row(factor);
      if (!one) return "";
      const value = (each) => [each.value === undefined ? words.none : `${number(each.value)} `, each.value !== undefined && each.unit && told(each.unit), each.text && make("span", { class: "muted" }, " ", told(each.text))];
      return [table([words.indicators, words.value], one.indicators.map((each) => [told(each.title), value(each)]), { caption: words.factor[factor], hide: true }),
        one.actions?.length > 0 && make("details", {}, make("summary", {}, words.actions), make("ul", { class: "plain" }, one.actions.map((each) => make("li", {}, told(each)))))];
    };
    const field = (label, properties) => make("label", {}, label, make("input", properties));
    const name = field(words.training_name, { required: true, maxlength: 100, value: "blended-cbt-basics" }), days = field(words.valid_days, { type: "number", min: 0, max: 3650, value: 365 }), long = field(words.minutes, { type: "number", min: 1, max: 600, value: 60 });
    const value = (label) => label.querySelector("input").value;
    const weeks = time.weeks ?? [];
    // The weeks begin on Monday where the practitioner is.
    const monday = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: time.zone });
    const week_of = (week) => (week ? monday.format(week.from / 1000) : "");
    seen(of, review.course ?? {});
    return [make("p", { class: "note" }, words.private_note, words.space, words.note),
      make("div", { class: "columns" }, make("div", {}, proposals({ ...words, proposals: words.own_proposals, declines: words.own_declines }, of, review.course?.proposals ?? [], again),
        weeks.length > 0 && card(words.weeks_ahead, plot({ title: words.minutes, x_name: words.week, say_x: (at) => week_of(weeks[at]), lines: [
          { label: words.needed, colour: "bar", shape: "bars", points: weeks.map((week, at) => [at, week.needed ?? 0, number(week.needed ?? 0, 0)]) },
          ...(time.capacity_per_week === undefined ? [] : [{ label: words.capacity, colour: "practitioner", shape: "dashed", points: weeks.map((week, at) => [at, week.capacity ?? 0, number(week.capacity ?? 0, 0)]) }])] }, words),
        make("ul", { class: "plain" }, weeks.filter((week) => week.over > 0).map((week) => make("li", {}, fill(words.over, { date: week_of(week), n: number(week.over, 0) })))))),
      make("div", {},
        card(words.training, indicators("f4_training_support"),
          make("details", {}, make("summary", {}, words.trained), make("form", { onsubmit: (event) => event.preventDefault() }, name, days, act(words, words.record, (key) => record("TrainingCompleted", { training: value(name), valid_days: Number(value(days)) }, of, key), again))),
          make("details", {}, make("summary", {}, words.supervised), make("form", { onsubmit: (event) => event.preventDefault() }, long, act(words, words.record, (key) => record("SupervisionHeld", { minutes: Number(value(long)) }, of, key), again)))),
        card(words.confidence, make("p", { id: "how" }, words.how_confident), make("div", { class: "row", role: "group", "aria-labelledby": "how" }, [1, 2, 3, 4, 5].map((level) => act(words, String(level), (key) => record("ConfidenceCheckIn", { value: level, about: "own" }, of, key), again, { class: "quiet" }))), indicators("b4_confidence")))),
      make("section", { class: "card" }, make("details", {}, make("summary", {}, words.eight), Object.keys(words.factor).filter((one) => !["f4_training_support", "b4_confidence"].includes(one)).map((one) => [make("h3", {}, words.factor[one]), indicators(one)].flat())))];
  });
  return made;
}
