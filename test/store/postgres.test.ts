import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "../../src/store/open.ts";
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
