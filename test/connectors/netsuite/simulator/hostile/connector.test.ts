import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import {
  type CursorState,
  confirmGone,
  createTransport,
  type OpenConnection,
  type OpenStream,
  pull,
  type SourceRecord,
  suspicionOf,
} from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import netsuite from "../../../../../connectors/netsuite/index.ts";
import { type Hostile, hostile, listed } from "./account.ts";

/** Our connector on a hostile account over a loopback port, and what it has brought so far, landed as the hub lands it. */
interface Reader {
  connection: OpenConnection;
  sync(): Promise<void>;
  /** The live records of an object with their values. */
  held(object: string): Map<string, Record<string, unknown>>;
  close(): Promise<void>;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const fields = ["phone", "email", "memo", "status", "entity", "company", "foreigntotal", "foreignamountunpaid"];
const more = [
  "entitystatus_name",
  "status_name",
  "appliedto",
  "createdfrom",
  "lastsaledate",
  "title",
  "projectedtotal",
];
const reads = [...fields, ...more];

async function readerOf({ account, clock }: Hostile): Promise<Reader> {
  const server = createAdaptorServer({ fetch: (request) => account.fetch(request) });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = netsuite.config.parse(account.config(`http://${host}`));
  const limits = netsuite.limits(config);
  const transport = createTransport({ limits, clock, allowedHosts: [host], timeoutMs: 10_000, random: () => 0 });
  const connection = netsuite.open(config, transport);
  const cursors = new Map<string, CursorState>();
  const landed = new Map(netsuite.streamNames.map((name) => [name, new Map<string, SourceRecord>()]));
  const held = (object: string) => {
    const live = [...(landed.get(object) ?? [])].filter(([, { deleted }]) => !deleted);
    return new Map(live.map(([id, { payload }]) => [id, payload]));
  };
  async function read(name: string, stream: OpenStream): Promise<void> {
    const records = landed.get(name) ?? new Map<string, SourceRecord>();
    const run = pull(stream, cursors.get(name) ?? null, { fields: reads, now: clock.now() });
    for await (const batch of run) {
      const suspicion = suspicionOf(batch, held(name).keys(), reads);
      const gone = suspicion ? (await confirmGone(stream, suspicion)).records : [];
      for (const record of [...batch.records, ...gone]) {
        const known = records.get(record.id)?.at ?? null;
        if (known === null || record.at === null || record.at >= known) records.set(record.id, record);
      }
      cursors.set(name, batch.cursor);
    }
  }
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  closing.push(close);
  return {
    connection,
    held,
    close,
    async sync() {
      for (const [name, stream] of Object.entries(connection.streams)) await read(name, stream);
    },
  };
}

/** What is there, read anew and without trouble. */
async function wholeOf({ connection }: Reader, object: string): Promise<Map<string, Record<string, unknown>>> {
  const stream = connection.streams[object];
  const found = new Map<string, Record<string, unknown>>();
  let page = await stream?.pages({ after: null, fields: reads });
  while (page) {
    for (const { id, payload } of page.records) found.set(id, payload);
    page = page.next === null ? undefined : await stream?.pages({ after: page.next, fields: reads });
  }
  return found;
}

async function expectComplete(each: Hostile, reader: Reader): Promise<void> {
  for (const object of Object.keys(listed)) {
    const whole = await wholeOf(reader, object);
    expect([object, [...whole.keys()]]).toEqual([object, [...(each.account.truth().get(object) ?? [])]]);
    const held = reader.held(object);
    const wrong = [...whole].filter(([id, payload]) => JSON.stringify(held.get(id)) !== JSON.stringify(payload));
    expect([object, wrong, [...held.keys()].filter((id) => !whole.has(id))]).toEqual([object, [], []]);
  }
}

const life = hostile().account.troubles.filter(({ kind, name }) => kind === "life" && name !== "withheld-column");
const nature = ["row-cap", "unstable-ties", "deletions-by-day", "skewed-clock"];

describe("our connector holds what is in the account", () => {
  test.each([
    ["the clock is set back", "America/Los_Angeles", "2026-11-01T07:30:00.000Z", 1],
    ["the clock is set back in half-hour zones", "America/St_Johns", "2026-11-01T03:00:00.000Z", 3],
    ["the clock is set forward", "Pacific/Auckland", "2026-09-26T12:30:00.000Z", 4],
    ["a day ends", "Asia/Kolkata", "2026-05-05T17:00:00.000Z", 5],
  ])("when %s (%s)", async (_when, timeZone, startAt, seed) => {
    const each = hostile({ records: 100, timeZone, seed, startAt });
    const reader = await readerOf(each);
    await reader.sync();
    each.account.beset({ seed, level: "extreme", only: [...nature, ...life.map(({ name }) => name)] });
    for (let round = 1; round <= 12; round++) {
      each.clock.advance(16 * 60_000);
      each.account.live({ seed: 100 * seed + round, count: 4 });
      await reader.sync();
    }
    each.account.settle();
    each.account.beset({ seed, level: "none" });
    await reader.sync();
    each.clock.advance(25 * 3_600_000);
    await reader.sync();
    await expectComplete(each, reader);
  });
});
