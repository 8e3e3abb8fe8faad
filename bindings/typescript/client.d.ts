// SPDX-License-Identifier: Apache-2.0
import type { Operations, Problem as ProblemBody, StreamedReport } from "./types.js";
export type * from "./types.js";
export type { ProblemBody };

export interface Options {
  /** Where `alliance serve` listens. */
  url: string;
  /** A token, or what gives one, asked before each request. */
  token?: string | (() => string | Promise<string>);
  /** The platform's id of the person who asks, where the token names none. */
  viewer?: string;
  /** How often what can be repeated is tried (4). */
  tries?: number;
  /** How long one try may take (30). */
  seconds?: number;
  fetch?: (where: string, how: RequestInit) => Promise<Response>;
}
export interface ReportsOptions {
  /** Of this case alone. */
  case?: string;
  /** The id of the last event that was seen. */
  last?: string;
  /** Called when the break was too long: read the reviews. */
  missed?: () => void;
  signal?: AbortSignal;
}
type Given<K extends keyof Operations> = Operations[K]["given"];
/** Nothing has to be given where nothing is required. */
type Arguments<T> = {} extends T ? [given?: T] : [given: T];

export class Alliance {
  constructor(options: Options);
  readonly url: string;
  call<K extends keyof Operations>(operation: K, ...given: Arguments<Given<K>>): Promise<Operations[K]["answer"]>;
  reports(options?: ReportsOptions): AsyncGenerator<StreamedReport, void, void>;
}
export class Problem extends Error {
  constructor(status: number, body: ProblemBody | null);
  readonly status: number;
  readonly body: ProblemBody | null;
}
export function events(body: ReadableStream<Uint8Array>): AsyncGenerator<{ id: string; name: string; data: string }, void, void>;
