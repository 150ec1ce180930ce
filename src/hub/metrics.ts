import { count, eq, min } from "drizzle-orm";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Exchange } from "../connector/index.ts";
import type { BatchCounts } from "../pipeline/context.ts";
import { isApart } from "../store/tables/matching.ts";
import { backfillOf } from "./backfills.ts";
import { channelView } from "./channels.ts";
import type { Hub } from "./hub.ts";
import { listAudits } from "./queries/audits.ts";
import { usable } from "./queries/connections.ts";
import { countFrozen } from "./queries/frozen.ts";

export type DeliveryOutcome = "accepted" | "duplicate" | "refused" | "malformed" | "conflict" | "not_kept";

/** What the hub counts of itself, for Prometheus. */
export interface Metrics {
  /** For `openHub({ onExchange })`. */
  exchange(connection: string, exchange: Exchange): void;
  batch(connection: string, counts: BatchCounts): void;
  deliveries(connection: string, outcome: DeliveryOutcome, amount?: number): void;
  derived(customers: number): void;
  written(connection: string, written: { records: number; refused: number }): void;
  /** Gives the gauges that are read from the store something to read. */
  observe(hub: Hub): void;
  contentType: string;
  /** Every metric in Prometheus' text format. */
  text(): Promise<string>;
}

/** Makes the counters, on a registry of their own. @example const metrics = createMetrics(); openHub({ …, onExchange: metrics.exchange }) */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry }); // event-loop delay, memory, handles
  const counters = createCounters(registry);
  return {
    exchange(connection, { operation, outcome, durationMs, listens }) {
      counters.exchanges.inc({ connection, operation, outcome });
      if (!listens) counters.exchangeSeconds.observe({ connection }, durationMs / 1_000);
    },
    batch(connection, counts) {
      for (const outcome of ["in", "stored", "duplicate", "failed"] as const) {
        counters.records.inc({ connection, outcome }, counts[outcome]);
      }
      counters.events.inc({ connection }, counts.events);
    },
    deliveries: (connection, outcome, amount = 1) => counters.deliveries.inc({ connection, outcome }, amount),
    derived: (customers) => counters.derived.inc(customers),
    written(connection, { records, refused }) {
      counters.writebacks.inc({ connection, outcome: "sent" }, records);
      counters.writebacks.inc({ connection, outcome: "refused" }, refused);
    },
    observe(hub) {
      observeStore(registry, hub);
      observeIdentity(registry, hub);
      observeQuotas(registry, hub);
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

function createCounters(registry: Registry) {
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `journey_hub_${name}`, help, labelNames, registers: [registry] });
  return {
    exchanges: counter("exchanges_total", "Requests to vendors by operation and what the hub does next", [
      "connection",
      "operation",
      "outcome",
    ]),
    exchangeSeconds: new Histogram({
      name: "journey_hub_exchange_seconds",
      help: "Duration of requests to vendors",
      labelNames: ["connection"],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers: [registry],
    }),
    records: counter("records_total", "Records: in = stored + duplicate; failed ones are among the stored", [
      "connection",
      "outcome",
    ]),
    events: counter("events_total", "Timeline events created", ["connection"]),
    deliveries: counter("deliveries_total", "What webhooks and channels told, by what became of it", [
      "connection",
      "outcome",
    ]),
    derived: counter("customers_derived_total", "Customers whose stage and score were derived", []),
    writebacks: counter("writebacks_total", "Records written back to CRMs", ["connection", "outcome"]),
  };
}

const streamLabels = ["connection", "stream"];
const auditLabels = [...streamLabels, "finding"];

/** Gauges read when Prometheus asks. */
function observeStore(registry: Registry, hub: Hub): void {
  const { store } = hub;
  const { inbox, errors, dirty } = store.tables;
  const gauge = storeGauge(registry);
  gauge("inbox_waiting", "Webhook deliveries kept and not yet worked off", ["connection"], async (waiting) => {
    for (const id of hub.connectionIds()) waiting.set({ connection: id }, 0);
    const rows = await store.db
      .select({ connection: inbox.connection, amount: count() })
      .from(inbox)
      .where(eq(inbox.status, "waiting"))
      .groupBy(inbox.connection);
    for (const { connection, amount } of rows) waiting.set({ connection }, amount);
  });
  gauge("inbox_oldest_waiting_seconds", "Age of the oldest delivery not yet worked off", [], async (age) => {
    const [row] = await store.db
      .select({ since: min(inbox.received_at) })
      .from(inbox)
      .where(eq(inbox.status, "waiting"));
    age.set(row?.since ? Math.max(0, (hub.clock.now() - Date.parse(row.since)) / 1_000) : 0);
  });
  gauge("errors_open", "Open errors by class", ["class"], async (open) => {
    const rows = await store.db
      .select({ class: errors.class, amount: count() })
      .from(errors)
      .where(eq(errors.status, "open"))
      .groupBy(errors.class);
    for (const row of rows) open.set({ class: row.class }, row.amount);
  });
  gauge(
    "audit_records",
    "Records the last audit found missing, stale or extra; they were healed",
    auditLabels,
    async (found) => {
      for (const audit of await listAudits(hub)) {
        const { connection, stream } = audit;
        for (const finding of ["missing", "stale", "extra"] as const)
          found.set({ connection, stream, finding }, audit[finding]);
      }
    },
  );
  gauge("audit_unverified_seconds", "Since when a stream is not proven complete", streamLabels, async (age) => {
    for (const { connection, stream, verified_at } of await listAudits(hub)) {
      if (verified_at) age.set({ connection, stream }, (hub.clock.now() - Date.parse(verified_at)) / 1_000);
    }
  });
  gauge(
    "writeback_frozen_fields",
    "Fields left alone: somebody else kept writing over them",
    ["connection"],
    async (frozen) => {
      const amounts = await countFrozen(hub);
      for (const id of hub.connectionIds()) frozen.set({ connection: id }, amounts.get(id) ?? 0);
    },
  );
  gauge("customers_dirty", "Customers waiting to be derived", [], async (waiting) => {
    const [row] = await store.db.select({ amount: count() }).from(dirty);
    waiting.set(row?.amount ?? 0);
  });
}

/** What identity leaves to people, and the keys by which it searches no more. */
function observeIdentity(registry: Registry, hub: Hub): void {
  const { store, pipeline } = hub;
  const { matches } = store.tables;
  const gauge = storeGauge(registry);
  gauge("identity_pairs_apart", "Pairs of records that could be one customer and are not", [], async (apart) => {
    const [row] = await store.db.select({ amount: count() }).from(matches).where(isApart(matches));
    apart.set(row?.amount ?? 0);
  });
  gauge(
    "identity_full_keys",
    "Block keys met lately on more records than their cap: they find nobody",
    ["kind", "rule"],
    async (full) => {
      for (const { name } of pipeline.fullKeys.values()) {
        const [kind = "", rule = ""] = name.split("|");
        full.inc({ kind, rule });
      }
    },
  );
  gauge(
    "identity_cut_keys",
    "Records met since the start with as many block keys of a rule as count: further ones find nobody",
    ["kind", "rule"],
    async (cut) => {
      for (const [of, amount] of pipeline.cutKeys) {
        const [kind = "", rule = ""] = of.split("|");
        cut.set({ kind, rule }, amount);
      }
    },
  );
}

const storeGauge =
  (registry: Registry) =>
  (name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => Promise<void>): Gauge =>
    new Gauge({
      name: `journey_hub_${name}`,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        await collect(this);
      },
    });

/** How the vendors' daily allowances stand, and how far this process has come with its backfills: out of memory alone. */
function observeQuotas(registry: Registry, hub: Hub): void {
  const gauge = (name: string, help: string, labelNames: string[], collect: (gauge: Gauge, id: string) => void) =>
    new Gauge({
      name: `journey_hub_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const id of hub.connectionIds()) collect(this, id);
      },
    });
  const quotaOf = (id: string) => {
    const connection = usable(hub, id);
    return connection instanceof Error ? null : (connection.open.quota?.() ?? null);
  };
  gauge(
    "quota_used",
    "Requests of the day's allowance used, by other tools too",
    ["connection"],
    (used, connection) => {
      const quota = quotaOf(connection);
      if (quota) used.set({ connection }, quota.used);
    },
  );
  gauge("quota_limit", "Requests a day that the vendor grants", ["connection"], (limit, connection) => {
    const quota = quotaOf(connection);
    if (quota) limit.set({ connection }, quota.limit);
  });
  gauge("channel_listening", "1 while what the connection listens to stands", ["connection"], (standing, id) => {
    const connection = usable(hub, id);
    const channel = connection instanceof Error ? null : channelView(connection, []);
    if (channel && channel.status !== "elsewhere")
      standing.set({ connection: id }, Number(channel.status === "listening"));
  });
  gauge("backfill_left_seconds", "Time until a backfill under way ends", streamLabels, (left, id) => {
    const connection = usable(hub, id);
    if (connection instanceof Error) return;
    for (const stream of Object.keys(connection.open.streams)) {
      const leftMs = backfillOf(connection, stream, hub.clock.now())?.leftMs ?? null;
      if (leftMs !== null) left.set({ connection: id, stream }, leftMs / 1_000);
    }
  });
}
