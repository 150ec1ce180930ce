import { shortHash } from "../lib/hash.ts";
import type { Problem, ProblemStep } from "../model/problem.ts";
import type { Store } from "../store/store.ts";
import type { Row } from "../store/tables.ts";
import { set, type Write } from "../store/writes.ts";

/** The open and resolved errors of these records, and of their connections as such. */
export async function readErrors(store: Store, recordKeys: readonly string[]): Promise<Row<"errors">[]> {
  return store.byKey("errors", "record_key", recordKeys);
}

export interface ProblemInput {
  step: ProblemStep;
  problems: readonly Problem[];
  /** Records that went through the step cleanly in the end: their errors of this step are resolved. */
  passed: ReadonlySet<string>;
  /** Error rows of the records concerned. */
  known: readonly Row<"errors">[];
  now: string;
}

/**
 * Opens, renews and resolves errors: pure. What a person has set aside stays so until it is over, where it belongs to no one record or tells
 * what a record is like; another failure of a record opens again.
 */
export function planErrors({ step, problems, passed, known, now }: ProblemInput): Write[] {
  const rows = new Map<string, Row<"errors">>();
  const byId = new Map(known.map((row) => [row.id, row]));
  for (const row of known) {
    const failsAgain = problems.some((problem) => problem.record_key === row.record_key);
    const stands = row.status === "open" || (row.status === "dismissed" && tellsWhatIs(step));
    if (row.step !== step || !stands || row.record_key === "") continue;
    if (passed.has(row.record_key) || failsAgain) rows.set(row.id, { ...row, status: "resolved", last_seen_at: now });
  }
  for (const problem of problems) {
    const id = idOf(problem);
    const before = byId.get(id);
    const isAside = before?.status === "dismissed" && tellsWhatIs(step) && before.message === problem.message;
    // A batch may hold a version that failed and the next that passed.
    const status = passed.has(problem.record_key) ? "resolved" : isAside ? "dismissed" : "open";
    if (problem.record_key === "") rows.set(id, standingRow(problem, before, now));
    else rows.set(id, { id, ...problem, first_seen_at: before?.first_seen_at ?? now, last_seen_at: now, status });
  }
  return rows.size === 0 ? [] : [set("errors", [...rows.values()])];
}

/** True of problems that come with each version of a record though nobody does anything wrong: it has more values than count. */
export function tellsWhatIs(step: string): boolean {
  return step === "resolve";
}

/**
 * Errors of a connection as such, seen as a whole: those in `problems` are open, others that `concerns` covers are resolved; rows that
 * say so already are left alone. What a person has set aside is said already: it opens again once it was over and comes back.
 */
export function planStanding(input: {
  problems: readonly Problem[];
  known: readonly Row<"errors">[];
  concerns(row: Row<"errors">): boolean;
  now: string;
}): Write[] {
  const { problems, known, concerns, now } = input;
  const said = known.filter(isStanding);
  const fresh = problems.filter(({ fingerprint }) => !said.some((row) => row.fingerprint === fingerprint));
  const over = said.filter(
    (row) => concerns(row) && !problems.some(({ fingerprint }) => fingerprint === row.fingerprint),
  );
  const rows = [
    ...over.map((row): Row<"errors"> => ({ ...row, status: "resolved", last_seen_at: now })),
    ...fresh.map((problem) => standingRow(problem, rowOf(problem, known), now)),
  ];
  return rows.length === 0 ? [] : [set("errors", rows)];
}

/** True until what an error of a connection as such tells of is over: open, or set aside by a person. */
export function isStanding({ status }: Pick<Row<"errors">, "status">): boolean {
  return status !== "resolved";
}

/**
 * A problem of a connection as such that came up now, as it is kept. `before`: the row it has by now, if any; what a person has set aside
 * since it began stays so.
 */
export function standingRow(problem: Problem, before: Row<"errors"> | undefined, now: string): Row<"errors"> {
  const status = before?.status === "dismissed" ? "dismissed" : "open";
  return {
    id: idOf(problem),
    ...problem,
    first_seen_at: before?.first_seen_at ?? now,
    last_seen_at: now,
    status,
  };
}

/** The row of a problem among these, if it has one. */
export function rowOf(problem: Problem, known: readonly Row<"errors">[]): Row<"errors"> | undefined {
  const id = idOf(problem);
  return known.find((row) => row.id === id);
}

function idOf({ connection, record_key, step, fingerprint }: Problem): string {
  return shortHash(connection, record_key, step, fingerprint);
}

/** Reads the errors of connections as such. */
export type ReadStanding = () => Promise<readonly Row<"errors">[]>;

/** What is seen as a whole at one step of a connection. */
export interface StandingProblems {
  connection: string;
  step: ProblemStep;
  problems: readonly Problem[];
  /** The errors of that step that are over when they are not among the problems. */
  concerns(row: Row<"errors">): boolean;
}

/**
 * Opens these problems of a connection as such, closes those of their kind that are no more, and keeps both. `read` gives the errors of
 * connections as such where they have been read already.
 */
export async function keepStanding(
  { store, now }: { store: Store; now(): string },
  { connection, step, problems, concerns }: StandingProblems,
  read: ReadStanding = () => readErrors(store, [""]),
): Promise<void> {
  const known = (await read()).filter((row) => row.connection === connection && row.step === step);
  const writes = planStanding({ problems, known, concerns, now: now() });
  if (writes.length > 0) await store.commit(writes);
}
