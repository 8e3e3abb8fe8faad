// SPDX-License-Identifier: Apache-2.0
// What is right compiles, and what is wrong does not: each @ts-expect-error is itself an error where there is none.
import { Alliance, Problem } from "@alliance-sdk/client";
import type { AnswersGiven, Instrument, NewEvent, Report } from "@alliance-sdk/client/types";
import "@alliance-sdk/client/element";

const alliance = new Alliance({ url: "http://127.0.0.1:1", token: async () => "t" });

export async function right(): Promise<number> {
  const event: NewEvent = { case: "c", body_type: "SessionHeld", body: { session: 1, minutes: 50, mode: "video" } };
  const recorded = await alliance.call("recordEvent", { body: event, "Idempotency-Key": "k" });
  const due = await alliance.call("getDue", { case: "c", at: 1 });
  const list = await alliance.call("listInstruments");
  const text: string = await alliance.call("getMetrics");
  for await (const report of alliance.reports({ case: "c", missed: () => undefined })) {
    const body: Report = report.report;
    if (body.body_type === "SafetyFlag") return body.body.item.length;
    if (body.body_type === "Scored") return body.body.scores[0]?.value ?? 0;
  }
  return recorded.safety.length + due.occasions.length + list.instruments.length + text.length;
}

export async function wrong(): Promise<void> {
  // @ts-expect-error: there is no such operation
  await alliance.call("getEverything");
  // @ts-expect-error: the case is missing
  await alliance.call("getDue");
  // @ts-expect-error: a case is a text
  await alliance.call("getDue", { case: 1 });
  // @ts-expect-error: no such mode of a session
  const event: NewEvent = { body_type: "SessionHeld", body: { mode: "pigeon" } };
  // @ts-expect-error: that body belongs to another kind
  const other: NewEvent = { body_type: "ConsentGiven", body: { session: 1 } };
  // @ts-expect-error: no such field
  const answers: AnswersGiven = { instrument: "phq-9", answers: [], feeling: "fine" };
  // @ts-expect-error: `items` is required
  const instrument: Instrument = { id: "x" };
  void [event, other, answers, instrument];
}

export function page(definition: Instrument): void {
  const element = document.createElement("alliance-measure");
  element.definition = definition;
  element.token = "t";
  element.addEventListener("alliance-submitted", (event) => void event.detail.response?.safety.length);
  // @ts-expect-error: the state is read-only
  element.state = "done";
}

export const status = (error: unknown): number => (error instanceof Problem ? error.status : 0);
