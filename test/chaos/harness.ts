import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { stringify } from "yaml";
import { type RunningSimulators, startSimulators } from "../../src/cli/simulators.ts";
import { freePort, startServing } from "../fixtures/process.ts";

/*
 * Kills a hub at random instants while senders fire webhooks and a backfill runs, then asks the database what became of every delivery
 * that had been acknowledged. Senders send again what was not acknowledged, as real ones do.
 */

const secret = "whsec_bWZra2xqaGdmZHNhcXdlcnR5dWlvcGFzZGZnaGprbA==";

export interface ChaosOptions {
  /** Arguments to node before `--data … --port …`. */
  command: readonly string[];
  kills: number;
  senders: number;
  /** Chance, 0 … 1, from a seed. */
  random: () => number;
  /** What the end waits for: the deliveries alone where nothing is asked of the backfill. Default "everything". */
  end?: "everything" | "deliveries";
}

export interface ChaosReport {
  acknowledged: number;
  lost: string[];
  duplicatedEvents: number;
  /** Stream positions found ahead of the data after a kill. */
  cursorsAhead: string[];
  restartsMs: number[];
  /** Records of the backfilled account that are missing at the end. */
  missingRecords: number;
}

/** Runs the chaos on a fresh folder and reports; the folder is removed. */
export async function chaos({
  command,
  kills,
  senders,
  random,
  end = "everything",
}: ChaosOptions): Promise<ChaosReport> {
  const folder = mkdtempSync(join(tmpdir(), "journey-hub-chaos-"));
  const simulators = await startSimulators({
    vendors: ["salesforce"],
    scale: "default",
    seed: 3,
    epoch: "2026-06-01T00:00:00.000Z",
  });
  const port = await freePort();
  writeConfig(folder, port, simulators);
  const sender = createSenders(port, senders);
  const restartsMs: number[] = [];
  const cursorsAhead: string[] = [];
  try {
    for (let n = 0; n < kills; n++) {
      const hub = await startServing([...command, "--data", folder, "--port", String(port)], port);
      restartsMs.push(hub.readyMs);
      await new Promise((resolve) => setTimeout(resolve, 30 + random() * 270));
      await hub.end("SIGKILL");
      cursorsAhead.push(...aheadOf(folder, simulators));
    }
    const last = await startServing([...command, "--data", folder, "--port", String(port)], port);
    await sender.finish();
    await untilQuiet(folder, end === "everything" ? simulators : null);
    await last.end("SIGTERM");
    return { ...verdict(folder, sender.acknowledged, simulators), cursorsAhead, restartsMs };
  } finally {
    sender.stop();
    await simulators.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeConfig(folder: string, port: number, { running }: RunningSimulators): void {
  const [salesforce] = running;
  const connections = {
    salesforce: {
      connector: "salesforce",
      schedule: "1s",
      writeback: false,
      allowedHosts: ["127.0.0.1"],
      config: salesforce?.config,
    },
    events: { connector: "webhook", config: { scheme: "standard-webhooks", secret } },
  };
  const file = { apiVersion: "journey-hub/v1", public_url: `http://127.0.0.1:${port}`, connections };
  writeFileSync(join(folder, "journey-hub.yaml"), stringify(file));
}

/** Senders that fire events one after the other and repeat each until it is acknowledged. */
function createSenders(port: number, count: number) {
  const acknowledged = new Set<string>();
  let running = true;
  const loops = Array.from({ length: count }, async (_, sender) => {
    for (let n = 0; running; n++) {
      const id = `evt-${sender}-${n}`;
      const body = JSON.stringify({
        id,
        type: "form",
        email: `${id}@chaos.example`,
        occurred_at: new Date().toISOString(),
      });
      while (running && !(await sent(port, id, body))) await new Promise((resolve) => setTimeout(resolve, 5));
      if (running) acknowledged.add(id);
    }
  });
  const stop = () => {
    running = false;
  };
  return {
    acknowledged,
    stop,
    async finish() {
      stop();
      await Promise.all(loops);
    },
  };
}

async function sent(port: number, id: string, body: string): Promise<boolean> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
    "content-type": "application/json",
  };
  try {
    const response = await fetch(`http://127.0.0.1:${port}/hooks/events`, { method: "POST", body, headers });
    return response.ok;
  } catch {
    return false; // killed while it answered: sent again
  }
}

/** Streams whose cursor says more was read than has landed. */
function aheadOf(folder: string, simulators: RunningSimulators): string[] {
  const db = new Database(join(folder, "journey-hub.db"), { readonly: true });
  try {
    const cursors = db.prepare("select stream, state, records from cursors").all() as Cursor[];
    return cursors.flatMap(({ stream, state, records }) => {
      const { mode } = JSON.parse(state) as { mode: string };
      // During a backfill each record is read once; afterwards everything must have landed.
      const expected = mode === "backfill" ? records : expectedOf(simulators, stream);
      const landed = landedOf(db, stream);
      return landed < expected ? [`${stream}: cursor ${state}, ${expected} read, ${landed} landed`] : [];
    });
  } finally {
    db.close();
  }
}

interface Cursor {
  stream: string;
  state: string;
  records: number;
}

function landedOf(db: Database.Database, object: string): number {
  const sql = "select count(distinct record_key) from raw_records where connection = 'salesforce' and object = ?";
  return db.prepare(sql).pluck().get(object) as number;
}

function expectedOf({ world }: RunningSimulators, object: string): number {
  return world.counts.byObject[`salesforce:${object}`] ?? 0;
}

const quietMaxMs = 60_000;

/** Waits until no delivery waits, and the backfill of these accounts is done. */
async function untilQuiet(folder: string, simulators: RunningSimulators | null): Promise<void> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < quietMaxMs) {
    const db = new Database(join(folder, "journey-hub.db"), { readonly: true });
    const waiting = db.prepare("select count(*) from inbox where status = 'waiting'").pluck().get() as number;
    const missing = simulators ? missingRecords(db, simulators) : 0;
    db.close();
    if (waiting === 0 && missing === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const pulled = ["Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole", "Case", "Task", "Event"];

function missingRecords(db: Database.Database, simulators: RunningSimulators): number {
  return pulled.reduce((sum, object) => sum + Math.max(0, expectedOf(simulators, object) - landedOf(db, object)), 0);
}

function verdict(
  folder: string,
  acknowledged: ReadonlySet<string>,
  simulators: RunningSimulators,
): Pick<ChaosReport, "acknowledged" | "lost" | "duplicatedEvents" | "missingRecords"> {
  const db = new Database(join(folder, "journey-hub.db"), { readonly: true });
  try {
    if (db.pragma("quick_check", { simple: true }) !== "ok") throw new Error("the database is damaged");
    const kept = db.prepare("select 1 from events where record_key = ?").pluck();
    const lost = [...acknowledged].filter((id) => kept.get(`events:events:${id}`) === undefined);
    const duplicatedEvents = doubledEvents(db);
    return { acknowledged: acknowledged.size, lost, duplicatedEvents, missingRecords: missingRecords(db, simulators) };
  } finally {
    db.close();
  }
}

/**
 * Events that stand twice: of one record the same happened at the same instant, by another id; a record began twice; or one delivery made
 * two events. Those of the backfill count as much as those of the webhooks.
 */
export function doubledEvents(db: Database.Database): number {
  const groups = [
    "select 1 from events group by record_key, kind, occurred_at, direction, channel, title, changes, facts having count(*) > 1",
    "select 1 from events where kind like '%.created' group by record_key, kind having count(distinct occurred_at) > 1",
    "select 1 from events where record_key like 'events:%' group by record_key, kind having count(distinct occurred_at) > 1",
  ];
  return groups.reduce(
    (sum, group) => sum + (db.prepare(`select count(*) from (${group})`).pluck().get() as number),
    0,
  );
}
