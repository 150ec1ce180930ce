import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { StoreError, StoreFullError } from "../../src/store/store.ts";
import { append } from "../../src/store/writes.ts";
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

test("a closed store refuses commits instead of hanging", async () => {
  const store = await openStore({ folder: join(folder, "closed") });
  await store.close();
  await expect(store.commit([append("settings", [row(1)])])).rejects.toThrow(StoreError);
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
