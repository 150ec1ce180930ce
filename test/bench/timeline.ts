/*
 * `npm run bench -- timeline [--records 1000000]`: the newest hundred events of a customer, as the objects the API gives, out of a table
 * of many; beside hand-written better-sqlite3 on the same file that gives equal objects. One process, turns in alternation.
 */

import { deepStrictEqual } from "node:assert";
import { join } from "node:path";
import Database from "better-sqlite3";
import { shortHash } from "../../src/lib/hash.ts";
import type { TimelineEvent } from "../../src/model/index.ts";
import { timelineEvent } from "../../src/pipeline/derive/rows.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import type { Row } from "../../src/store/tables.ts";
import { append } from "../../src/store/writes.ts";
import { median, print, progress, round, size, withFolder } from "./measure.ts";

const { records: events, runs } = size({ records: 200_000, runs: 5 });
const eventsPerCustomer = 100;
const customers = Math.ceil(events / eventsPerCustomer);
const turnMs = 2_000;

const readsInARow = 15; // odd, so that each side goes first as often as the other

type Side = "hub" | "limit";
interface Turn {
  perSecond: number;
  p50Us: number;
  p99Us: number;
}
type Read = (customerId: string) => Promise<TimelineEvent[]> | TimelineEvent[];

await withFolder(async (folder) => {
  const store = await openStore({ folder });
  await fill(store);
  const byHand = handWritten(join(folder, "journey-hub.db"));
  const sides: Record<Side, Read> = {
    hub: async (customer_id) => (await store.timeline({ customer_id, limit: eventsPerCustomer })).map(timelineEvent),
    limit: byHand.read,
  };
  for (let n = 0; n < 20; n++) deepStrictEqual(await sides.hub(customerId(n)), sides.limit(customerId(n)));
  const turns: Record<Side, Turn[]> = { hub: [], limit: [] };
  // Turn 0 warms up both sides and the page cache and is not counted.
  for (let run = 0; run <= runs; run++) {
    progress(`timeline: run ${run} of ${runs}`);
    const { hub, limit } = await measure(sides, run);
    if (run === 0) continue;
    turns.hub.push(hub);
    turns.limit.push(limit);
    print({ bench: "timeline", run, side: "hub", ...hub });
    print({ bench: "timeline", run, side: "limit", ...limit });
  }
  const of = (side: Side, figure: keyof Turn) => median(turns[side].map((turn) => turn[figure]));
  const [hub, limit] = [of("hub", "perSecond"), of("limit", "perSecond")];
  const p50Us = { hub: of("hub", "p50Us"), limit: of("limit", "p50Us") };
  const what = { events, customers, eventsPerRead: eventsPerCustomer, runs, unit: "reads/s" };
  const limitIs = "prepared better-sqlite3 on the same file";
  print({ bench: "timeline", ...what, hub, limit, ratio: round(hub / limit), aim: 0.7, p50Us, limitIs });
  byHand.close();
  await store.close();
});

/** Both sides read the same customers, in turns of a few reads, so that what else the machine does meets them alike. */
async function measure(sides: Record<Side, Read>, run: number): Promise<Record<Side, Turn>> {
  const took: Record<Side, number[]> = { hub: [], limit: [] };
  const end = performance.now() + 2 * turnMs;
  for (let n = 0; performance.now() < end; n += readsInARow) {
    for (const side of n % 2 === 0 ? (["hub", "limit"] as const) : (["limit", "hub"] as const)) {
      for (let k = n; k < n + readsInARow; k++) {
        // A prime step visits customers far from each other.
        const customer = customerId((run * 1_000 + k * 7_919) % customers);
        const started = performance.now();
        const found = await sides[side](customer);
        took[side].push(performance.now() - started);
        if (found.length !== eventsPerCustomer) throw new Error(`a timeline has ${found.length} events`);
      }
    }
  }
  return { hub: turnOf(took.hub), limit: turnOf(took.limit) };
}

function turnOf(tookMs: number[]): Turn {
  const sum = tookMs.reduce((total, ms) => total + ms, 0);
  const sorted = tookMs.sort((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 1_000);
  return { perSecond: Math.round((sorted.length * 1_000) / sum), p50Us: at(0.5), p99Us: at(0.99) };
}

/** What one would write for this page alone. */
function handWritten(file: string): { read(customerId: string): TimelineEvent[]; close(): void } {
  const db = new Database(file, { readonly: true });
  db.pragma("cache_size = -65536");
  db.pragma("mmap_size = 268435456");
  const newest = db.prepare(
    `select e.record_key, e.occurred_at, e.id, e.kind, e.known_at, e.direction, e.channel, e.title, e.changes, e.facts
     from timeline t join events e on e.record_key = t.record_key and e.occurred_at = t.occurred_at and e.id = t.event_id
     where t.customer_id = ? order by t.occurred_at desc, t.event_id desc limit ${eventsPerCustomer}`,
  );
  return {
    read(customer) {
      const rows = newest.all(customer) as (TimelineEvent & { changes: string; facts: string })[];
      for (const row of rows) {
        row.changes = JSON.parse(row.changes);
        row.facts = JSON.parse(row.facts);
      }
      return rows;
    },
    close: () => db.close(),
  };
}

/** Fills the tables as they fill in life: by time, the customers mixed, five events to a record. */
async function fill(store: Store): Promise<void> {
  const rowsPerCommit = 5_000;
  for (let start = 0; start < events; start += rowsPerCommit) {
    progress(`timeline: ${start} of ${events} events written`);
    const numbers = Array.from({ length: Math.min(rowsPerCommit, events - start) }, (_, n) => start + n);
    const rows = numbers.map(eventRow);
    const placed = rows.map(
      ({ occurred_at, id, record_key }, n): Row<"timeline"> => ({
        customer_id: customerId((start + n) % customers),
        occurred_at,
        event_id: id,
        record_key,
      }),
    );
    await store.commit([append("events", rows), append("timeline", placed)]);
  }
}

function eventRow(n: number): Row<"events"> {
  const round = Math.floor(n / customers);
  const record_key = `hubspot:deals:${(n % customers) * 20 + Math.floor(round / 5)}`;
  const occurred_at = new Date(Date.UTC(2024, 0, 1) + n * 30_000).toISOString();
  const changes = [{ field: "stage", from: `stage${n % 6}`, to: `stage${(n + 1) % 6}` }];
  const facts = { status: "open", stage: `stage${n % 6}`, stage_label: "Contract sent", amount: n, currency: "EUR" };
  return {
    record_key,
    occurred_at,
    id: shortHash(record_key, "deal.stage_changed", occurred_at),
    kind: "deal.stage_changed",
    known_at: occurred_at,
    direction: "none",
    channel: "sales",
    title: `Deal “Bikes ${n}” moved to Contract sent`,
    changes: JSON.stringify(changes),
    facts: JSON.stringify(facts),
  };
}

function customerId(n: number): string {
  return `c_${shortHash("bench", String(n))}`;
}
