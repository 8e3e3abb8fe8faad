// SPDX-License-Identifier: Apache-2.0
// The eight factors and their indicators as the host names them, in the page's language.
import { language, number, told, told_text } from "./clinic.js";

const CODES = { f1_time: "F1", f2_toolkit: "F2", f3_tailoring: "F3", f4_training_support: "F4", b1_constraints: "B1", b2_usability: "B2", b3_inflexibility: "B3", b4_confidence: "B4" };

export const code_of = (factor) => CODES[factor] ?? "";
export const factor_title = (row) => (language === "en" ? row.title : told(row.title));
// As text, for a plot or a choice.
export const indicator_text = (one) => { const text = told_text(one.title); return text[0].toUpperCase() + text.slice(1); };
export const unit_of = (one) => told_text(one.unit ?? "");
export const valued = (one, value) => { const unit = unit_of(one); return unit === "%" ? `${number(value)} %` : [number(value, 2), unit].filter(Boolean).join(" "); };
