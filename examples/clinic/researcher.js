// SPDX-License-Identifier: Apache-2.0
// The researcher's page: who is in which arm, what was asked and what came, what is in force, and the export. It comes with
// researcher.html#token=TOKEN, where TOKEN is of a researcher and a short time (POST /tokens). It asks for counts alone; while
// the trial is blinded the export holds no answer and no score either, which is the sidecar's doing and not this page's.
import { ask, ask_in_words, begin, content, fill, language, make, name_of, number, spoken, table, told, view } from "./clinic.js";

const WORDS = {
  en: {
    title: "The study", blinded: "The trial is blinded.", blinded_note: "Nothing about outcomes is shown or exported: no answer, no score, and of no case in which arm it is.",
    open_label: "The trial is not blinded.", open_note: "This page shows no outcome. The export holds answers and scores.", cases: "{cases} cases and {sheets} sheets are part of it.",
    left: "Left out: {no} cases without the consent that is needed, {back} that took a consent back.", arms: "Arms", arm: "Arm", in_arm: "Cases", still_open: "Still open", none: "not allocated",
    observed: "observed only", measures: "Completeness of measures", measure: "Measure", by: "Answered by", asked: "Asked", answered: "Answered", missed: "Missed", open: "Open", share: "Complete",
    measures_note: "Over all arms. Complete is what was answered of what was asked and is no longer open.", rater: { client: "client", practitioner: "practitioner", observer: "observer" },
    force: "What is in force", protocol: "Protocol version", unnamed: "not named", freeze: "Freeze hash", freeze_note: "It stays the same as long as no definition, plugin or setting changes; the same hash stands in the manifest of an export by command.",
    sites: "Sites", definitions: "Definitions", plugins: "Plugins", version: "Version", hash: "Hash", configuration: "Configuration",
    export: "Export", export_note: "Under pseudonyms, of those who consented. Whoever reads a case stands in its access log.", take: "Download the pseudonymised export", taking: "Reading …", taken: "Downloaded: {cases} cases, {sheets} sheets.", not_taken: "It could not be read just now. Try again in a moment.",
    nothing: "Nothing was asked yet.",
  },
  zh: {
    title: "研究", blinded: "试验处于盲态。", blinded_note: "不显示也不导出任何结局：没有回答，没有得分，也不显示任何个案所在的组别。",
    open_label: "试验已揭盲。", open_note: "此页面不显示任何结局。导出文件包含回答和得分。", cases: "共有 {cases} 个个案和 {sheets} 份量表。",
    left: "未包括：{no} 个个案没有所需的知情同意，{back} 个个案撤回了同意。", arms: "组别", arm: "组别", in_arm: "个案", still_open: "进行中", none: "未分配",
    observed: "仅观察", measures: "量表完成情况", measure: "量表", by: "填写者", asked: "已询问", answered: "已回答", missed: "错过", open: "待回答", share: "完成率",
    measures_note: "所有组别合计。完成率为已回答数占已询问且不再开放的数量之比。", rater: { client: "来访者", practitioner: "治疗师", observer: "观察者" },
    force: "现行版本", protocol: "方案版本", unnamed: "未命名", freeze: "冻结哈希", freeze_note: "只要定义、插件和设置都不变，它就保持不变；用命令导出时，清单中的哈希与此相同。",
    sites: "研究中心", definitions: "量表定义", plugins: "插件", version: "版本", hash: "哈希", configuration: "配置",
    export: "导出", export_note: "仅包括已同意者，使用假名。每次读取个案都会记入其访问日志。", take: "下载假名化导出文件", taking: "正在读取……", taken: "已下载：{cases} 个个案，{sheets} 份量表。", not_taken: "目前无法读取。请稍后再试。",
    nothing: "尚未询问任何量表。",
  },
};
const ROLES = {
  "alliance.pulse": ["alliance, short", "治疗联盟（简版）"], "alliance.total": ["alliance", "治疗联盟"], "alliance.bond": ["bond", "情感联结"], "alliance.task": ["agreement on tasks", "任务一致性"],
  "alliance.goal": ["agreement on goals", "目标一致性"], "symptom.depression": ["depression", "抑郁"], "symptom.anxiety": ["anxiety", "焦虑"], "usability.total": ["usability", "可用性"],
};
const role_of = (role) => ROLES[role]?.[language === "en" ? 0 : 1] ?? told(role);

const words = begin(WORDS);
const card = (title, ...inside) => make("section", { class: "card" }, make("h2", {}, title), inside);
const muted = (...inside) => make("p", { class: "muted" }, inside);
const end = (value) => ({ of: typeof value === "number" ? number(value) : value, class: "end" });
const fine = (text) => make("code", {}, text);

function arms(study) {
  return card(words.arms, table([words.arm, end(words.in_arm), end(words.still_open)],
    study.arms.map((one) => [make("span", {}, one.arm ?? words.none, one.observe_only && make("span", { class: "muted" }, ` – ${words.observed}`)), end(one.cases), end(one.open)]), { caption: words.arms, hide: true }));
}

const complete = (one) => (one.asked > one.open ? `${number((100 * one.answered) / (one.asked - one.open), 0)} %` : "–");
async function measures(study) {
  if (!study.measures.length) return card(words.measures, make("p", {}, words.nothing));
  const rows = await Promise.all(study.measures.map(async (one) => {
    const about = await content(one.instrument).catch(() => undefined);
    const title = about ? make("span", { lang: spoken(about) }, name_of(about)) : one.instrument;
    return [make("span", {}, title, make("span", { class: "muted" }, " – ", role_of(one.role))), words.rater[one.rater] ?? one.rater, end(one.asked), end(one.answered), end(one.missed), end(one.open), end(complete(one))];
  }));
  return card(words.measures, table([words.measure, words.by, end(words.asked), end(words.answered), end(words.missed), end(words.open), end(words.share)], rows, { caption: words.measures, hide: true, narrow: true }), muted(words.measures_note));
}

const parts = (title, list) => make("details", {}, make("summary", {}, title),
  table([title, words.version, words.hash], list.map((one) => [one.id, one.version ?? "–", fine(one.hash || "–")]), { caption: title, hide: true }));
const counted = (list) => list.map((one) => `${one.name ?? words.unnamed} (${number(one.cases)})`).join(language === "en" ? ", " : "，");
function force(study) {
  return card(words.force, make("dl", {}, [[words.protocol, counted(study.protocols)], [words.sites, counted(study.sites)], [words.freeze, fine(study.freeze)]]
    .map(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])),
    muted(words.freeze_note), parts(words.definitions, study.definitions), parts(words.plugins, study.plugins), make("details", {}, make("summary", {}, words.configuration), make("p", {}, fine(study.configuration))));
}

function taking(study) {
  const state = make("p", { role: "status" });
  const take = async () => {
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    state.textContent = words.taking;
    try {
      const extract = await ask("/study");
      const file = URL.createObjectURL(new Blob([JSON.stringify(extract)], { type: "application/json" }));
      make("a", { href: file, download: `study-${extract.blinded ? "blinded-" : ""}${study.freeze.slice(0, 12)}.json` }).click();
      setTimeout(() => URL.revokeObjectURL(file), 60e3);
      state.textContent = fill(words.taken, { cases: number(extract.cases.length), sheets: number(extract.cases.reduce((sum, one) => sum + one.sheets.length, 0)) });
    } catch {
      state.textContent = words.not_taken;
    }
    button.removeAttribute("aria-disabled");
  };
  const button = make("button", { type: "button", onclick: take }, words.take);
  return card(words.export, make("p", {}, words.export_note), button, state);
}

view(words, () => ask_in_words("/study/overview"), async (study) => [
  make("section", { class: "card" }, make("p", { class: study.blinded ? "note" : undefined }, make("b", {}, study.blinded ? words.blinded : words.open_label), " ", study.blinded ? words.blinded_note : words.open_note),
    make("p", {}, fill(words.cases, { cases: number(study.cases), sheets: number(study.sheets) })), muted(fill(words.left, { no: number(study.no_consent), back: number(study.withdrawn) }))),
  make("div", { class: "grid" }, arms(study), taking(study)), await measures(study), force(study),
]).show();
