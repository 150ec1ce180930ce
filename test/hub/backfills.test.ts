import { type Connector, defineConnector, SourceError, type Transport } from "journey-hub/connector";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { syncConnection } from "../../src/hub/sync.ts";
import { writeDeskMapping } from "./desk.ts";
import { eventually, heldClock, newFolder, openWorld, removeFolder, type World } from "./world.ts";

/** A CRM of 300 people in three pages, of which the last is held back until it is let go. */
function slowDesk(count: () => Promise<number>) {
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const page = (n: number) => Array.from({ length: 100 }, (_, place) => String(n * 100 + place));
  const connector: Connector = defineConnector({
    id: "desk",
    title: "Desk",
    config: z.strictObject({}),
    limits: () => ({ concurrency: 4 }),
    open(_, transport) {
      transport.usage({ used: 100, limit: 1_000 });
      return transport;
    },
    check: async () => ({ id: "1", name: "Desk" }),
    streams: {
      people: {
        object: "people",
        count,
        pages: (transport, { after }) =>
          exchange(transport, async () => {
            const n = Number(after ?? 0);
            if (n === 2) await held;
            const records = page(n).map((id) => ({ id, at: null, deleted: false, payload: { id, first: "Ann" } }));
            return { records, next: n < 2 ? String(n + 1) : null };
          }),
        changes: async () => ({ records: [], next: null }),
      },
    },
  });
  return { connector, letGo };
}

const exchange = <T>(transport: Transport, attempt: () => Promise<T>): Promise<T> =>
  transport.call({
    operation: "desk.people",
    lane: "backfill",
    attempt,
    classify: (cause) => new SourceError("stop", String(cause)),
  });

let folder: string;
let world: World;
beforeEach(() => {
  folder = newFolder();
  writeDeskMapping(folder);
});
afterEach(async () => {
  await world.close();
  removeFolder(folder);
});

/** What the API says of the connection while a minute's reading has brought two of three pages, and when all is read. */
async function seenDuring(count: () => Promise<number>) {
  const clock = heldClock();
  const { connector, letGo } = slowDesk(count);
  world = await openWorld({ desk: { connector: "desk" } }, { clock, folder, connectors: [connector] });
  const { hub } = world;
  world.metrics.observe(hub);
  let read = 0;
  const sync = syncConnection(hub, "desk", ({ counts }) => {
    read += counts.in;
  });
  await eventually("two pages", () => read === 200);
  clock.advance(60_000);
  const headers = await world.as("viewer");
  const view = async () => (await world.app.request("/api/v1/connections/desk", { headers })).json();
  const during = await view();
  const metrics = await world.metrics.text();
  letGo();
  await sync;
  return { during, metrics, after: await view() };
}

test("a backfill under way says when it ends and what that takes of the day's quota", async () => {
  const { during, metrics, after } = await seenDuring(async () => 300);
  expect(during).toMatchObject({
    streams: [
      {
        mode: "backfill",
        backfill: { records: 200, total: 300, ends_at: "2026-11-02T12:01:30.000Z", quota_share: 0.002 },
      },
    ],
    quota: { used: 103, limit: 1_000, share: 0.9, resets_at: null },
  });
  expect(metrics).toContain('journey_hub_quota_used{connection="desk"} 103');
  expect(metrics).toContain('journey_hub_quota_limit{connection="desk"} 1000');
  expect(metrics).toContain('journey_hub_backfill_left_seconds{connection="desk",stream="people"} 30');
  expect(after).toMatchObject({ streams: [{ mode: "changes", records: 300, backfill: null }] });
});

test("a vendor that cannot be asked how many records there are is read all the same", async () => {
  const { during, after } = await seenDuring(() => Promise.reject(new SourceError("skip", "COUNT is not allowed")));
  expect(during).toMatchObject({
    streams: [{ backfill: { records: 200, total: null, ends_at: null, quota_share: null } }],
  });
  expect(after).toMatchObject({ streams: [{ records: 300 }] });
});
