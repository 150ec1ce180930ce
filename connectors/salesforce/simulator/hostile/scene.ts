import type { Random } from "journey-hub/connector/testing";
import type { Org } from "../org.ts";
import type { SalesforceRow, SObjectName } from "../values.ts";
import type { Transactions } from "./transactions.ts";

/** The vendor's clock: the suite's, wrong by a skew, and set back while something is made to have begun earlier. */
export interface VendorClock {
  skewMs: number;
  backMs: number;
  now(): number;
}

/** Where things happen: the org, its clock, what is going on in it, and the chance that decides. */
export interface Scene {
  org: Org;
  clock: VendorClock;
  chance: Random;
  transactions: Transactions;
}

/** Rows that people can work on now: not deleted, held by no transaction, and not stamped later than this instant. */
export function rowsAtHand(
  { org, transactions }: Scene,
  object: SObjectName,
  suits: (row: SalesforceRow) => boolean = () => true,
): SalesforceRow[] {
  const { stamp } = org;
  return [...org.table(object).values()].filter(
    (row) => isLive(row) && String(row.SystemModstamp) <= stamp && suits(row) && !transactions.isLocked(row.Id),
  );
}

/** One of these rows by chance; null when there is none. */
export function pickRow(
  scene: Scene,
  object: SObjectName,
  suits?: (row: SalesforceRow) => boolean,
): SalesforceRow | null {
  const rows = rowsAtHand(scene, object, suits);
  return rows.length === 0 ? null : scene.chance.pick(rows);
}

/** The id of such a row, as a lookup holds it. */
export function pickId(scene: Scene, object: SObjectName): string | null {
  return pickRow(scene, object)?.Id ?? null;
}

/** Whether the row is there for people: neither in the recycle bin nor merged away. */
export function isLive(row: SalesforceRow): boolean {
  return row.IsDeleted !== true;
}

/** Changes a row as the org itself does, without a stamp: what a formula gives, what archiving sets. */
export function putSilently({ org }: Scene, object: SObjectName, row: SalesforceRow, values: Partial<SalesforceRow>) {
  const changed = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  org.table(object).put({ ...row, ...Object.fromEntries(changed) });
}

/** The instant of `backMs` ago, for what is done in `run`. */
export function earlier<T>({ clock }: Scene, backMs: number, run: () => T): T {
  const before = clock.backMs;
  clock.backMs = before + backMs;
  try {
    return run();
  } finally {
    clock.backMs = before;
  }
}
