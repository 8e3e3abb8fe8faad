// SPDX-License-Identifier: Apache-2.0
// The eight factors and their indicators in words. The sidecar says them in English; here they are in Chinese too.
import { english, language, number } from "./clinic.js";

const FACTORS = {
  f1_time: ["F1", "有更多时间提供治疗"], f2_toolkit: ["F2", "可使用更多工具"], f3_tailoring: ["F3", "能够调整治疗内容"],
  f4_training_support: ["F4", "适当的培训与支持"], b1_constraints: ["B1", "时间与资源限制"], b2_usability: ["B2", "使用上的困难"],
  b3_inflexibility: ["B3", "程序灵活性有限"], b4_confidence: ["B4", "对提供混合式 CBT 缺乏信心"],
};
const INDICATORS = {
  "minutes-per-week": "为来访者所做的工作", "minutes-per-week-in-sessions": "其中会谈", "minutes-per-week-online": "其中在线工作（审阅、消息）",
  "planned-minutes-per-week": "计划", "days-since-human-contact": "距上次与人接触", "minutes-remaining": "计划剩余部分所需",
  "tools-used": "使用过的不同工具", "online-work-discussed": "已完成的在线作业在会谈中被讨论", "adaptations": "调整次数",
  "on-default-path": "仍按默认路径进行", "agreement-on-tasks": "任务一致性（来访者最近一次）", "days-since-training": "距上次培训",
  "onboarding-steps": "已完成的入门步骤", "days-until-training-expires": "距下一次培训到期", "training-gap": "没有仍然有效的培训",
  "hours-to-resolve-support": "解决一个支持请求所需", "open-support-requests": "未解决的支持请求", "supervision-held": "已进行的督导",
  "minutes-used-of-planned": "已用分钟数占计划", "unreviewed-components": "已完成但尚未审阅的模块", "oldest-unreviewed-days": "其中最久的已等待",
  "minutes-last-7-days": "最近 7 天", "capacity-used-last-7-days": "最近 7 天已用工作时间", "difficulties-usability": "使用程序时的困难",
  "difficulties-technical": "技术故障", "difficulties-login": "登录失败", "error-free-share": "无错误的程序使用", "fallbacks-offered": "改用纸笔或电话的次数",
  "usability-client": "可用性（来访者最近一次）", "usability-practitioner": "可用性（治疗师最近一次）", "components-irrelevant": "来访者认为不相关的模块",
  "changes-refused": "程序拒绝的更改", "components-stuck": "停滞的模块", "confidence-latest": "自身信心（最近一次）", "confidence-change": "自身信心（变化）",
  "nudges-taken": "已采纳的私人提示",
};
const UNITS = { "minutes per week": "分钟/周", minutes: "分钟", days: "天", hours: "小时", times: "次", points: "分", "%": "%", "": "" };

const chinese = (id) => INDICATORS[id] ?? INDICATORS[Object.keys(INDICATORS).filter((one) => id.startsWith(`${one}-`)).sort((a, b) => b.length - a.length)[0]];
// Which instrument it comes from stands behind it.
const of_which = (title) => /( \([^()]*\))$/.exec(title)?.[1] ?? "";

export const code_of = (factor) => FACTORS[factor]?.[0] ?? "";
export const factor_title = (row) => (language === "en" ? row.title : FACTORS[row.factor]?.[1] ?? english(row.title));
// As text, for a plot or a choice.
export const indicator_text = (one) => (language === "en" || !chinese(one.id) ? one.title[0].toUpperCase() + one.title.slice(1) : chinese(one.id) + (/\d/.test(of_which(one.title)) ? of_which(one.title) : ""));
export const unit_of = (one) => (language === "en" ? one.unit ?? "" : UNITS[one.unit ?? ""] ?? one.unit);
export const valued = (one, value) => { const unit = unit_of(one); return unit === "%" ? `${number(value)} %` : [number(value, 2), unit].filter(Boolean).join(" "); };
