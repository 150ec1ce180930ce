import type { Drift, MapContext } from "./outcome.ts";

/** What the closures of one mapping share while they map one payload. */
export interface Run {
  readonly payload: Readonly<Record<string, unknown>>;
  /** What the mapping's short paths end in, found once a record; see `slots.ts`. */
  readonly values: readonly unknown[];
  readonly context: MapContext;
  /** The record's fields mapped so far; conditions read them. */
  readonly fields: Record<string, unknown>;
  /** Vendor values behind mapped enums. */
  readonly native: Record<string, string>;
  readonly drift: Drift[];
}

/** Reads a value: `scope` is the payload, or the element of the list being walked. Undefined means empty. */
export type Read = (scope: unknown, run: Run) => unknown;

/** Ends the mapping of one payload; the outcome is a failure of class "value". */
export class ValueError extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.name = "ValueError";
    this.field = field;
  }
}

/** True for what counts as no value: null, undefined, blank text, not a number, an empty list. */
export function isEmpty(value: unknown): boolean {
  if (typeof value === "string") return value === "" || (value.charCodeAt(0) <= 32 && value.trim() === "");
  if (typeof value === "object") return value === null || (Array.isArray(value) && value.length === 0);
  return value === undefined || typeof value === "function" || (typeof value === "number" && Number.isNaN(value));
}

const shownCharactersMax = 200;

/** Notes a value that could not be used, cut to a length a person can read. */
export function noteDrift(run: Run, field: string, value: unknown, reason: Drift["reason"]): void {
  run.drift.push({ field, value: shown(value), reason });
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.slice(0, 5).map(shown).join(", ").slice(0, shownCharactersMax);
  if (typeof value === "object" && value !== null) return `an object with ${Object.keys(value).slice(0, 5).join(", ")}`;
  return String(value).slice(0, shownCharactersMax);
}
