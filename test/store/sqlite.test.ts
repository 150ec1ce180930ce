import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { StoreError, StoreFullError } from "../../src/store/store.ts";
import { append, set } from "../../src/store/writes.ts";
import { storeContract } from "./contract.ts";

const folder = mkdtempSync(join(tmpdir(), "journey-hub-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

storeContract("SQLite", () => openStore({ folder: join(folder, "contract") }));

const row = (n: number) => ({ name: `n${n}`, value: "x".repeat(2_000) });

test("a full disk refuses the commit whole, keeps what was there, and works again once there is room", async () => {
  const place = join(folder, "full");
  const tight = await openStore({ folder: place, pagesMax: 120 });
  await tight.commit([append("settings", [row(0)])]);
  const many = Array.from({ length: 500 }, (_, n) => row(n + 1));
  await expect(tight.commit([append("settings", many)])).rejects.toThrow(StoreFullError);
  expect(await tight.byKey("settings", "name", ["n0", "n1", "n500"])).toHaveLength(1);
  await tight.close();

  const roomy = await openStore({ folder: place });
  expect(await roomy.commit([append("settings", many)])).toEqual({ changed: [500] });
  await roomy.close();
});

test("a process that closes its store while a commit is under way ends once both are done", async () => {
  const source = (path: string) => JSON.stringify(new URL(`../../src/store/${path}.ts`, import.meta.url).href);
  const program = `const { openStore } = await import(${source("open")});
    const { append } = await import(${source("writes")});
    const store = await openStore({ folder: ${JSON.stringify(join(folder, "closing"))} });
    const written = store.commit([append("settings", [{ name: "last", value: "" }])]);
    await store.close();
    console.log(JSON.stringify(await written));`;
  const from = ["--conditions=journey-hub-source", "--import", "tsx", "--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, from);
  expect(JSON.parse(stdout)).toEqual({ changed: [1] });
});

test("a closed store refuses commits instead of hanging", async () => {
  const store = await openStore({ folder: join(folder, "closed") });
  await store.close();
  await expect(store.commit([append("settings", [row(1)])])).rejects.toThrow(StoreError);
});

test("the write-ahead log is used again from its beginning while a busy process reads during every commit", async () => {
  const place = join(folder, "busy");
  const file = join(place, "journey-hub.db");
  const store = await openStore({ folder: place });
  const beside = new Database(file, { readonly: true });
  const version = () => beside.pragma("data_version", { simple: true });
  for (let round = 0; round < 40; round++) {
    const before = version();
    const rows = Array.from({ length: 3_000 }, (_, n) => ({ name: `n${n}`, value: `${round}`.repeat(2_000) }));
    const written = store.commit([set("settings", rows)]);
    await new Promise((resolve) => setImmediate(resolve));
    await store.byKey("settings", "name", ["n0"]);
    while (version() === before); // a turn of the event loop that is longer than the commit
    await written;
  }
  expect(statSync(`${file}-wal`).size).toBeLessThan(100 * 2 ** 20); // that of forty commits is near 330 MiB
  beside.close();
  await store.close();
});

test("a commit that makes the log long is answered before the log is carried over to the database", async () => {
  const place = join(folder, "long");
  const store = await openStore({ folder: place });
  const beside = new Database(join(place, "journey-hub.db"), { readonly: true });
  const carried = () => beside.pragma("wal_checkpoint(noop)") as [{ log: number; checkpointed: number }];
  let isAnsweredFirst = false;
  // This process may come to look only after the writer is through: seen once, it is so; never, if the writer carried over first.
  for (let round = 0; round < 8 && !isAnsweredFirst; round++) {
    const rows = Array.from({ length: 20_000 }, (_, n) => ({ name: `n${n}`, value: `${round}`.repeat(2_000) }));
    await store.commit([set("settings", rows)]);
    const [atOnce] = carried();
    expect(atOnce.log).toBeGreaterThan(10_000);
    isAnsweredFirst = atOnce.checkpointed < atOnce.log;
    await expect.poll(() => carried()[0].checkpointed, { timeout: 20_000 }).toBe(atOnce.log);
  }
  expect(isAnsweredFirst).toBe(true);
  beside.close();
  await store.close();
});

test("the hot tables are clustered by their keys", () => {
  const db = new Database(join(folder, "contract", "journey-hub.db"), { readonly: true });
  const clustered = db
    .prepare("select name from sqlite_master where type = 'table' and sql like '%without rowid%' order by name")
    .pluck()
    .all();
  db.close();
  expect(clustered).toEqual(
    expect.arrayContaining(["associations", "events", "heads", "links", "memberships", "timeline"]),
  );
  // A clustered row of a kilobyte spills into a page of its own: an unclustered inbox takes a third of the writing.
  expect(clustered).not.toContain("inbox");
});
