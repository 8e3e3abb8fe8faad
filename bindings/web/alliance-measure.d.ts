// SPDX-License-Identifier: Apache-2.0
// What a page's script sees of <alliance-measure>; docs/element.md has the rest.
import type { AnswersRequest, Content, ContentPack, Instrument, Recorded } from "./types.js";

export interface AllianceMeasure extends HTMLElement {
  definition: Instrument | undefined;
  content: ContentPack | Content | undefined;
  licence: { instrument: string; holder: string; scope: string; expires: string } | undefined;
  crisis: { heading?: string; text?: string; contacts?: { label: string; href: string }[] } | undefined;
  words: Record<string, string>;
  set token(value: string | (() => string | Promise<string>));
  readonly state: "loading" | "not-shown" | "answering" | "waiting" | "turned-away" | "done";
  readonly key: string | null;
  acknowledge(response?: unknown): void;
  forget(): void;
}
/** `customElements.get("alliance-measure")` */
export interface AllianceMeasureClass extends CustomElementConstructor {
  kept(definition: { id: string; version: string }, postTo: string | null, sheet: string | null): "sent" | "waiting" | "begun" | null;
}
export interface AllianceMeasureEvents {
  "alliance-answered": CustomEvent<{ item: string; state: string; value?: number; code?: string }>;
  "alliance-saved": CustomEvent<{ key: string; answered: number }>;
  "alliance-submit": CustomEvent<{ key: string; body: AnswersRequest }>;
  "alliance-waiting": CustomEvent<{ key: string; status: number }>;
  "alliance-submitted": CustomEvent<{ key: string; response: Recorded | null }>;
  "alliance-error": CustomEvent<{ reason: "gaps" | "signed-out" | "turned-away"; items?: string[]; status?: number; problem?: unknown }>;
  "alliance-crisis": CustomEvent<{ item: string }>;
  "alliance-not-shown": CustomEvent<{ reason: string; sentence: string }>;
}
declare global {
  interface HTMLElementTagNameMap { "alliance-measure": AllianceMeasure; }
  interface HTMLElementEventMap extends AllianceMeasureEvents {}
}
