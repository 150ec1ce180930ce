import type { Page } from "journey-hub/connector";
import type { Client } from "../client.ts";
import type { Descriptions } from "../describe.ts";
import { type HourlyMemory, openHourlyMemory } from "../hourly-memory.ts";
import type { ResultPage } from "./result.ts";

/** What is remembered of reading by query jobs: nothing that could not be found out again. */
export interface BulkSession {
  /** From so many rows on a job is worth it; null: never. */
  fromRecords: number | null;
  /** Objects of which the org refused a job. */
  refused: HourlyMemory;
  /** Objects whose present reading goes on by pages of the REST API: few rows are left, or a job went wrong. */
  byPages: Set<string>;
  /** By object: rows left to read in the present reading, as far as they were counted. */
  left: Map<string, number>;
  /**
   * The result page under way with the token by which its reading goes on, and the page behind it where that was asked for already. One,
   * as streams are read one after the other.
   */
  open: { token: string; page: Promise<ResultPage>; ahead: Promise<ResultPage> | null } | null;
  /** By object: rows to ask for in a result page, known from the one before. */
  resultRows: Map<string, number>;
  now(): number;
}

/** Nothing is sent. */
export function openBulk(from: number | "never", now: () => number): BulkSession {
  const fromRecords = from === "never" ? null : from;
  const refused = openHourlyMemory(now);
  return { fromRecords, refused, byPages: new Set(), left: new Map(), open: null, resultRows: new Map(), now };
}

/** One reading of everything of an object. */
export interface Whole {
  session: { client: Client; descriptions: Descriptions; bulk: BulkSession };
  object: string;
  fields: readonly string[];
  /** Reads the next page by the REST API, in the order of ids. */
  byPage(after: string | null): Promise<Page<string>>;
}
