import { pause } from "../../lib/pause.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { append, put, remove, set, type Write } from "../../store/writes.ts";
import { untilInTurn } from "../turn.ts";
import { type Derived, derive, type Rules } from "./plan.ts";
import { readDue, readSubjects } from "./rows.ts";

export interface DeriveOptions {
  store: Store;
  rules: Rules;
  /** The instant the fold runs to. */
  asOf: string;
  /** Customers whose fold runs to another instant: a verification repeats each at its own. */
  asOfEach?: ReadonlyMap<string, string>;
  onProgress?: (derived: number) => void;
}

/** No timer is due by it. */
const beforeAll = "";

const batchSize = 25;
const batchesMax = 1_000_000;

/**
 * Derives every customer that is dirty or whose timer is due, a commit a batch, until none is left.
 * @returns how many customers were derived.
 */
export async function deriveDue({ onProgress, ...options }: DeriveOptions): Promise<number> {
  let derived = 0;
  for (let n = 0; n < batchesMax; n++) {
    const batch = await untilInTurn(() => deriveBatch(options));
    if (batch === 0) return derived;
    derived += batch;
    onProgress?.(derived);
  }
  return derived;
}

async function deriveBatch({ store, rules, asOf, asOfEach }: DeriveOptions): Promise<number> {
  // Read before all else: what another process derives from more than is read here must not be overwritten.
  const [lane] = await store.byKey("lanes", "name", ["derive"]);
  // Each folded to an instant of its own: a timer due since then is no work, or it would be so for ever.
  const due = await readDue(store, asOfEach ? beforeAll : asOf, batchSize);
  if (due.length === 0) return 0;
  const ids = due.map(({ customer_id }) => customer_id);
  const results: Result[] = [];
  for (const [id, subject] of await readSubjects(store, ids)) {
    await pause();
    const until = asOfEach?.get(id) ?? asOf;
    results.push({ id, asOf: until, result: derive(subject, rules, until) });
  }
  const marks = due.flatMap(({ customer_id, since }) => (since === null ? [] : [[customer_id, since]]));
  await store.commit([
    ...derivedWrites(ids, results, rules),
    remove("dirty", ["customer_id", "since"], marks),
    put("lanes", [{ name: "derive", revision: (lane?.revision ?? 0) + 1 }]),
  ]);
  return due.length;
}

interface Result {
  id: string;
  asOf: string;
  result: Derived;
}

function derivedWrites(ids: readonly string[], results: readonly Result[], rules: Rules): Write[] {
  const keys = ids.map((id) => [id]);
  return [
    remove("stage_intervals", ["customer_id"], keys),
    remove("scores", ["customer_id"], keys),
    remove("timers", ["customer_id"], keys),
    append(
      "stage_intervals",
      results.flatMap((result) => intervalRows(result, rules)),
    ),
    set("scores", results.map(scoreRow)),
    set(
      "timers",
      results.flatMap(({ id, result: { next } }) => (next ? [{ customer_id: id, ...next }] : [])),
    ),
  ];
}

function intervalRows(
  { id: customer_id, result: { intervals }, asOf: as_of }: Result,
  { journey }: Rules,
): Row<"stage_intervals">[] {
  return intervals.map((interval, position) => ({
    customer_id,
    journey: journey.name,
    position,
    stage: interval.stage,
    cycle_no: interval.cycle_no,
    valid_from: interval.valid_from,
    valid_to: interval.valid_to,
    cause: interval.cause,
    evidence: JSON.stringify(interval.evidence),
    as_of,
  }));
}

function scoreRow({ id: customer_id, result: { score }, asOf: as_of }: Result): Row<"scores"> {
  const { name, value, grade, ...rest } = score;
  return { customer_id, name, value, grade, document: JSON.stringify(rest), as_of };
}
