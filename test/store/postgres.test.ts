import { tmpdir } from "node:os";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { StoreError } from "../../src/store/store.ts";
import { append, set } from "../../src/store/writes.ts";
import { startPostgres } from "../fixtures/postgres.ts";
import { storeContract } from "./contract.ts";

let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const open = async (options: { icu?: string } = {}) =>
  openStore({ folder: tmpdir(), databaseUrl: await server.database(options) });

storeContract("Postgres", () => open());
storeContract("Postgres whose texts are ordered as people of a language would", () => open({ icu: "en-US" }));

test("processes that start together on an empty database migrate it once", async () => {
  const databaseUrl = await server.database();
  const stores = await Promise.all([1, 2, 3].map(() => openStore({ folder: tmpdir(), databaseUrl })));
  expect(await Promise.all(stores.map((store) => store.reserve(1)))).toEqual(expect.arrayContaining([1, 2, 3]));
  await Promise.all(stores.map((store) => store.close()));
});

test("processes hear of one another by the database's clock; one gone for an hour is forgotten, with its shares", async () => {
  const store = await open();
  const { peers } = store;
  const at = "2026-01-01T00:00:00.000Z";
  const share = { connection: "crm", units: "{}", window_s: 10, paused_until: null };
  await store.commit([
    set("processes", [{ id: "gone", started_at: at, seen_at: at }]),
    set("quota_shares", [
      { ...share, process: "gone", left_at: null },
      { ...share, process: "ended", left_at: at },
      { ...share, process: "one", left_at: null },
    ]),
  ]);
  await peers?.report("one");
  const { now = 0, others = [] } = (await peers?.report("two")) ?? {};
  expect(others.map(({ id }) => id)).toEqual(["one"]);
  expect(Math.abs(now - (others[0]?.seenAt ?? 0))).toBeLessThan(60_000);
  expect((await store.byKey("quota_shares", "connection", ["crm"])).map(({ process }) => process)).toEqual(["one"]);
  await peers?.leave("one");
  expect(await peers?.report("two")).toMatchObject({ others: [] });
  await store.close();
});

test("what a process used is kept after its end for as long as its vendor counts it, and so is a pause it was asked for", async () => {
  const store = await open();
  const { now = 0 } = (await store.peers?.report("one")) ?? {};
  const hoursAgo = (hours: number) => new Date(now - hours * 3_600_000).toISOString();
  const share = { connection: "crm", units: '{"pool day":5}', window_s: 10, paused_until: null, left_at: null };
  const silent = ["counted", "counted no more", "paused", "paused no more"];
  await store.commit([
    set(
      "processes",
      silent.map((id) => ({ id, started_at: hoursAgo(20), seen_at: hoursAgo(12) })),
    ),
    set("quota_shares", [
      { ...share, process: "counted", window_s: 24 * 3_600 },
      { ...share, process: "counted no more", window_s: 10 * 3_600 },
      { ...share, process: "paused", paused_until: hoursAgo(-1) },
      { ...share, process: "paused no more", paused_until: hoursAgo(1) },
      { ...share, process: "ended, counted", window_s: 24 * 3_600, left_at: hoursAgo(12) },
      { ...share, process: "ended, counted no more", window_s: 10 * 3_600, left_at: hoursAgo(12) },
    ]),
  ]);
  await store.peers?.report("one");
  const { others } = (await store.peers?.report("one")) ?? {};
  expect(others?.map(({ id }) => id).sort()).toEqual(["counted", "paused"]);
  const kept = (await store.byKey("quota_shares", "connection", ["crm"])).map((row) => row.process);
  expect(kept.sort()).toEqual(["counted", "ended, counted", "paused"]);
  await store.close();
});

describe("a server that cuts its connections", () => {
  /** A store, and a connection of somebody else's to its database who may end those of the store. */
  async function openCut() {
    const databaseUrl = await server.database();
    const store = await openStore({ folder: tmpdir(), databaseUrl });
    const admin = new pg.Client({ connectionString: databaseUrl });
    await admin.connect();
    return {
      store,
      admin,
      /** Ends the store's connections, as a restart does, and tells how many there were. */
      async cut(): Promise<number> {
        const { rowCount } = await admin.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
        );
        return rowCount ?? 0;
      },
      async close() {
        await admin.end();
        await store.close();
      },
    };
  }
  const dirty = (customer_id: string) => append("dirty", [{ customer_id, since: "2026-01-01T00:00:00.000Z" }]);

  test("idle ones are opened again when they are needed", async () => {
    const { store, cut, close } = await openCut();
    await store.commit([dirty("before")]);
    expect(await cut()).toBeGreaterThan(0);
    await vi.waitFor(() => store.commit([dirty("after")])); // the news of the cut may come after the first try
    expect(await store.byKey("dirty", "customer_id", ["before", "after"])).toHaveLength(2);
    await close();
  });

  test("a commit under way fails whole, and can be made again", async () => {
    const { store, admin, cut, close } = await openCut();
    await admin.query("begin; lock table dirty in exclusive mode");
    const cutOff = expect(store.commit([dirty("one")])).rejects.toThrow(StoreError);
    const waiting = "select 1 from pg_locks where not granted and relation = 'dirty'::regclass";
    await vi.waitFor(async () => expect((await admin.query(waiting)).rowCount).toBe(1));
    await cut();
    await cutOff;
    await admin.query("commit");
    expect(await store.byKey("dirty", "customer_id", ["one"])).toEqual([]);
    expect(await store.commit([dirty("one")])).toEqual({ changed: [1] });
    await close();
  });
});

test("a server that is away is told of as such by whatever is asked, and used again when it is back", async () => {
  const store = await open();
  const mark = append("dirty", [{ customer_id: "one", since: "2026-01-01T00:00:00.000Z" }]);
  const asked = {
    "a builder": async () => store.db.select().from(store.tables.dirty),
    "a look-up": () => store.byKey("dirty", "customer_id", ["one"]),
    "a timeline": () => store.timeline({ customer_id: "one", limit: 1 }),
    "a commit": () => store.commit([mark]),
    "a sequence number": () => store.reserve(1),
  };
  await store.commit([mark]);
  await server.goAway();
  for (const [what, ask] of Object.entries(asked)) {
    const refusal = await ask().catch((cause: unknown) => cause);
    expect([what, refusal]).toEqual([what, expect.any(StoreError)]);
    expect(String(refusal)).toMatch(/^StoreError: The Postgres server cannot be used now \(.+\)\. Nothing/);
    expect(String(refusal)).not.toContain("select");
  }
  await server.comeBack();
  await vi.waitFor(() => store.commit([mark]));
  for (const ask of Object.values(asked)) await ask();
  await server.goAway();
  await store.close();
  await server.comeBack();
});

test("a database that cannot be opened is refused with why, and without the password", async () => {
  const url = new URL(await server.database());
  url.password = "not-the-password";
  const wrong = { [url.href]: /password authentication failed/, "postgres://hub:hub@127.0.0.1:1/hub": /ECONNREFUSED/ };
  for (const [databaseUrl, why] of Object.entries(wrong)) {
    const refusal = await openStore({ folder: tmpdir(), databaseUrl }).catch((cause: unknown) => cause);
    expect(refusal).toBeInstanceOf(StoreError);
    expect(String(refusal)).toMatch(/The database of JOURNEY_HUB_DATABASE_URL cannot be opened \(/);
    expect(String(refusal)).toMatch(why);
    expect(String(refusal)).not.toContain("not-the-password");
  }
});
