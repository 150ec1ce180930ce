import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withHub, withReading } from "../../src/cli/open.ts";
import { type RunningServer, startServer } from "../../src/cli/server.ts";
import { initFolder } from "../../src/hub/folder/init.ts";
import { findRun } from "../../src/hub/queries/queries.ts";
import { verifyHub } from "../../src/hub/rules/scratch.ts";
import { StoreError } from "../../src/store/store.ts";
import { set } from "../../src/store/writes.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journey-hub-open-"));
  initFolder(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const begun = {
  id: "run-of-a-killed-process",
  connection: "",
  kind: "derive",
  owner: "a killed process",
  status: "running",
  started_at: "2026-01-01T00:00:00.000Z",
  ended_at: null,
  counts: "{}",
  message: null,
  failure: null,
};

test("a folder opened by any verb ends the runs of a process that is gone", async () => {
  await withHub(folder, (hub) => hub.store.commit([set("runs", [begun])]));
  const run = await withHub(folder, (hub) => findRun(hub, begun.id));
  expect(run).toMatchObject({ status: "failed", message: expect.stringMatching(/stopped during this run/) });
});

test("beside a running hub what is committed at one moment is read; nothing can be written, and its runs go on", async () => {
  const server: RunningServer = await startServer({ data: folder, port: 0, host: "127.0.0.1", logLevel: "silent" });
  try {
    const setting = (value: string) => server.hub.store.commit([set("settings", [{ name: "tone", value }])]);
    await setting("before");
    await server.hub.store.commit([set("runs", [begun])]);
    await withReading(folder, async ({ store, ...hub }) => {
      await setting("after");
      expect(await store.byKey("settings", "name", ["tone"])).toEqual([{ name: "tone", value: "before" }]);
      await expect(store.commit([set("settings", [])])).rejects.toThrow(StoreError);
      expect((await verifyHub({ ...hub, store })).every(({ extra, missing }) => extra + missing === 0)).toBe(true);
    });
    expect(await server.hub.store.byKey("settings", "name", ["tone"])).toEqual([{ name: "tone", value: "after" }]);
    expect(await findRun(server.hub, begun.id)).toMatchObject({ status: "running" });
  } finally {
    await server.stop();
  }
});
