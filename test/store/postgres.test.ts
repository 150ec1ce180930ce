import { tmpdir } from "node:os";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { StoreError } from "../../src/store/store.ts";
import { append } from "../../src/store/writes.ts";
import { startPostgres } from "../fixtures/postgres.ts";
import { storeContract } from "./contract.ts";

let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

storeContract("Postgres", async () => openStore({ folder: tmpdir(), databaseUrl: await server.database() }));

test("processes that start together on an empty database migrate it once", async () => {
  const databaseUrl = await server.database();
  const stores = await Promise.all([1, 2, 3].map(() => openStore({ folder: tmpdir(), databaseUrl })));
  expect(await Promise.all(stores.map((store) => store.reserve(1)))).toEqual(expect.arrayContaining([1, 2, 3]));
  await Promise.all(stores.map((store) => store.close()));
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
