import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadConnectors } from "../../connectors/index.ts";
import { beginPass, putAudit } from "../../src/hub/audit/rows.ts";
import { type Hub, openHub } from "../../src/hub/hub.ts";
import { recordRun } from "../../src/hub/runs.ts";
import { deriveAll } from "../../src/hub/sync.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import type { RawRecord } from "../../src/model/record.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { frozenErrorId } from "../../src/pipeline/writeback/freeze.ts";
import { set } from "../../src/store/writes.ts";
import { naughtyTexts } from "./naughty-texts.ts";

export const startAt = "2026-03-01T12:00:00.000Z";

export interface SampleHub {
  hub: Hub;
  /** Moves the hub's clock on. */
  advance(ms: number): void;
  close(): Promise<void>;
}

const connections = {
  hubspot: { connector: "hubspot", schedule: "5m", config: { access_token: "pat-made-up" } },
  erp: {
    connector: "netsuite",
    config: {
      account_id: "1234567",
      consumer_key: "made-up-1",
      consumer_secret: "made-up-2",
      token_id: "made-up-3",
      token_secret: "made-up-4",
    },
  },
  site: { connector: "webhook", config: {} },
  unfinished: { connector: "hubspot", config: {} },
};

/** A hub on a folder of its own with four connections, or none; `settings` go into its file. */
export async function openEmptyHub(configured: object = connections, settings: object = {}): Promise<SampleHub> {
  const folder = mkdtempSync(join(tmpdir(), "journey-hub-console-"));
  const file = { apiVersion: "journey-hub/v1", time_zone: "Europe/Berlin", connections: configured, ...settings };
  writeFileSync(join(folder, "journey-hub.yaml"), stringify(file));
  const clock = virtualClock(startAt);
  const hub = await openHub({ folder, connectors: loadConnectors, clock, environment: {} });
  return {
    hub,
    advance: clock.advance,
    async close() {
      await hub.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The same with customers, events, errors, runs and write-backs, among them texts that mean to break a page. */
export async function openSampleHub(): Promise<SampleHub> {
  const sample = await openEmptyHub();
  const { hub } = sample;
  await processBatch(hub.pipeline, { records: [...firstRecords, ...notes, ...naughtyContacts], also: [] });
  sample.advance(60_000);
  await processBatch(hub.pipeline, { records: laterRecords, also: [] });
  await deriveAll(hub);
  await addOperations(sample);
  return sample;
}

/** Events of Ada's timeline that are more than one page shows. */
export const notesOfAda = 70;

const firstRecords: RawRecord[] = [
  hubspot("companies", "900", { name: "Contoso Bikes", domain: "contoso.example", numberofemployees: "45" }),
  hubspot("contacts", "51", {
    firstname: "Ada",
    lastname: "Lovelace",
    jobtitle: "CTO",
    email: "ada@contoso.example",
    phone: "+49 30 901820",
    lifecyclestage: "lead",
    associatedcompanyid: "900",
  }),
  hubspot("deals", "7001", deal("appointmentscheduled", "10000"), { contacts: "51", companies: "900" }),
  {
    connection: "erp",
    object: "customer",
    remote_id: "2211",
    version: "2026-02-02T10:00:00.000Z",
    deleted: false,
    payload: { id: "2211", isperson: "F", companyname: "Contoso Bikes GmbH", url: "https://contoso.example" },
  },
  hubspot("contacts", "61", { firstname: "Grace", lastname: "Hopper", email: "grace@navy.example" }),
  hubspot("contacts", "62", { firstname: "Grace", lastname: "Hopper", email: "g.hopper@navy.example" }),
];

const notes = Array.from({ length: notesOfAda }, (_, n) =>
  hubspot(
    "notes",
    String(3_000 + n),
    {
      hs_note_body: `Note ${n}`,
      hs_timestamp: new Date(Date.UTC(2026, 0, 1 + Math.floor(n / 4), n % 24)).toISOString(),
    },
    { contacts: "51" },
  ),
);

const naughtyContacts = naughtyTexts.map((text, n) => ({
  ...hubspot("contacts", String(100 + n), {
    firstname: text,
    lastname: `Naughty ${n}`,
    jobtitle: text,
    company: text,
    // An unknown value is reported with an error that repeats it.
    hs_lead_status: text,
    recent_conversion_event_name: text,
    recent_conversion_date: "2026-02-02T10:00:00.000Z",
    email: `naughty${n}@example.com`,
  }),
}));

const laterRecords: RawRecord[] = [
  hubspot("deals", "7001", deal("closedwon", "12500.50"), {
    contacts: "51",
    companies: "900",
    version: "2026-03-01T11:00:00.000Z",
  }),
  // The same person after all: her two customers become one.
  hubspot(
    "contacts",
    "62",
    { firstname: "Grace", lastname: "Hopper", email: "grace@navy.example" },
    {
      version: "2026-03-01T11:30:00.000Z",
    },
  ),
];

function deal(stage: string, amount: string) {
  return {
    dealname: "Fleet renewal",
    dealstage: stage,
    amount,
    deal_currency_code: "EUR",
    createdate: "2026-02-20T08:00:00.000Z",
  };
}

interface Around {
  version?: string;
  contacts?: string;
  companies?: string;
}

function hubspot(
  object: string,
  id: string,
  properties: Record<string, unknown>,
  { version = "2026-02-01T09:00:00.000Z", ...to }: Around = {},
): RawRecord {
  const associations = Object.fromEntries(
    Object.entries(to).map(([name, other]) => [name, { results: [{ id: other }] }]),
  );
  const payload = {
    id,
    properties: { ...properties, hs_lastmodifieddate: version, lastmodifieddate: version },
    createdAt: "2026-01-15T09:00:00.000Z",
    updatedAt: version,
    archived: false,
    // Whatever a record calls its address.
    url: object === "contacts" && id !== "51" ? "javascript:alert(1)" : `https://app.hubspot.example/${object}/${id}`,
    associations,
  };
  return { connection: "hubspot", object, remote_id: id, version, deleted: false, payload };
}

const runs = 60;
const frozen = { connection: "hubspot", record_key: "hubspot:contacts:61", field: "score" };

async function addOperations({ hub, advance }: SampleHub): Promise<void> {
  for (let n = 0; n < runs; n++) {
    await recordRun(hub, { connection: "hubspot", kind: "sync" }, async (counts) => Object.assign(counts, { in: n }));
    advance(1_000);
  }
  const fails = recordRun(hub, { connection: "erp", kind: "sync" }, async () => {
    throw new Error("NetSuite refused the token <script>alert(1)</script>. Make a new one.");
  });
  await fails.catch(() => undefined);
  const checked_at = hub.now();
  const written = { raw_seq: 1, attempts: 1, sent_at: checked_at, connection: "hubspot" };
  await hub.store.commit([
    set("connections", [
      { id: "hubspot", connector: "hubspot", account: "24601907", status: "connected", message: null, checked_at },
      {
        id: "erp",
        connector: "netsuite",
        account: null,
        status: "needs_attention",
        message: "Token refused. Make a new one.",
        checked_at,
      },
    ]),
    putAudit({
      connection: "hubspot",
      stream: "contacts",
      object: "contacts",
      after: "51",
      pass: { ...beginPass(checked_at), place: "51", compared: 100 },
      last: { ...beginPass("2026-03-01T12:30:00.000Z"), compared: 24_603, missing: 2, stale: 1 },
      vendor_count: 24_603,
      stored_count: 24_601,
      updated_at: checked_at,
      revision: 1,
    }),
    set("errors", [
      {
        ...{ id: frozenErrorId(frozen), connection: "hubspot", record_key: frozen.record_key, step: "writeback" },
        ...{ class: "conflict", fingerprint: "contacts score contested", raw_seq: null, status: "dismissed" },
        message: "journey_hub_score was changed 3 times within 24 hours. It is frozen.",
        remedy: "Find who writes this field too.",
        ...{ first_seen_at: checked_at, last_seen_at: checked_at },
      },
    ]),
    set("settings", [
      {
        name: `dismissal ${frozenErrorId(frozen)}`,
        value: JSON.stringify({ by: "Olga", at: checked_at, reason: "the tool is in the right" }),
      },
    ]),
    set("contested_fields", [
      {
        ...frozen,
        flips: JSON.stringify([3, 4, 5].map((seq) => ({ seq, at: checked_at, found: 900 + seq, wrote: 41 }))),
        frozen_at: checked_at,
      },
    ]),
    set("writebacks", [
      {
        ...written,
        record_key: "hubspot:contacts:51",
        status: "sent",
        desired: JSON.stringify({ stage: "purchase", score: 41, reason: "B1, 41 points" }),
        observed: JSON.stringify({ stage: "decision", score: null }),
      },
      {
        ...written,
        record_key: "hubspot:contacts:61",
        status: "refused",
        desired: JSON.stringify({ stage: "awareness" }),
        observed: JSON.stringify({ stage: null }),
      },
    ]),
  ]);
}
