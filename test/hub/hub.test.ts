import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineConnector, SourceError, type SourceRecord } from "../../src/connector/index.ts";
import { takeEdited } from "../../src/hub/edited.ts";
import { type Hub, openHub } from "../../src/hub/hub.ts";
import type { Presence } from "../../src/hub/processes/presence.ts";
import { closeInterruptedRuns, recordRun } from "../../src/hub/runs.ts";
import { checkConnection, syncConnection } from "../../src/hub/sync.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { set } from "../../src/store/writes.ts";
import { at, received } from "../fixtures/pipeline/crm.ts";
import { rowsOf } from "../fixtures/pipeline/hub.ts";

/** A CRM whose streams a test fills or breaks. */
function smallCrm() {
  const answers: Record<string, () => SourceRecord[]> = {};
  const asked: string[] = [];
  const stream = (object: string, reference = false) => ({
    object,
    reference,
    async pages() {
      asked.push(object);
      return { records: answers[object]?.() ?? [], next: null };
    },
  });
  const connector = defineConnector({
    id: "crm",
    title: "Small CRM",
    config: z.strictObject({}),
    limits: () => ({ concurrency: 1 }),
    open: () => ({}),
    check: async () => {
      if (answers.check) answers.check();
      return { id: "A-1", name: "Small account" };
    },
    streams: { people: stream("people"), deals: stream("deals"), stages: stream("stages", true) },
  });
  return { connector, answers, asked };
}

const sent = (object: string, id: string): SourceRecord => {
  const { payload } = received(object, id, {});
  return { id, at: at(1), deleted: false, payload };
};

let folder: string;
let hub: Hub;
let crm: ReturnType<typeof smallCrm>;
const clock = virtualClock(at(10));
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "journey-hub-hub-"));
  mkdirSync(join(folder, "mappings", "crm"), { recursive: true });
  for (const [object, kind] of [
    ["people", "contact"],
    ["deals", "deal"],
    ["stages", "pipeline"],
  ]) {
    writeFileSync(
      join(folder, "mappings", "crm", `${object}.yaml`),
      `apiVersion: journey-hub/v1\nkind: Mapping\nmetadata: { connector: crm, object: ${object} }\nto: ${kind}\nrecord: { id: id }\nfields: {}\n`,
    );
  }
  writeFileSync(
    join(folder, "journey-hub.yaml"),
    "apiVersion: journey-hub/v1\nconnections: { shop: { connector: crm } }\n",
  );
  crm = smallCrm();
  hub = await openHub({ folder, connectors: [crm.connector], clock, environment: {} });
});
afterEach(async () => {
  await hub.close();
  rmSync(folder, { recursive: true });
});

const status = async () => (await rowsOf(hub.store, "connections")).map((row) => `${row.status}: ${row.message}`);
const runs = async () => (await rowsOf(hub.store, "runs")).map((row) => `${row.kind} ${row.status}: ${row.message}`);

describe("a sync", () => {
  test("pulls reference data first, counts, and keeps a row of the run", async () => {
    crm.answers.people = () => [sent("people", "1"), sent("people", "2"), sent("people", "1")];
    const counted = { in: 3, stored: 2, duplicate: 1, failed: 0, events: 2 };
    expect(await syncConnection(hub, "shop")).toEqual({ connection: "shop", ...counted });
    expect(crm.asked).toEqual(["stages", "people", "deals"]);
    const [run] = await rowsOf(hub.store, "runs");
    expect([run?.kind, run?.status, run?.connection, JSON.parse(run?.counts ?? "")]).toEqual([
      "sync",
      "done",
      "shop",
      counted,
    ]);
    expect(await status()).toEqual(["connected: null"]);
  });

  test("goes on with the other streams when one fails, and says so in the end", async () => {
    crm.answers.people = () => {
      throw new SourceError("retry", "The CRM is tired", { remedy: "Wait a while." });
    };
    crm.answers.deals = () => [sent("deals", "1")];
    await expect(syncConnection(hub, "shop")).rejects.toThrow("The CRM is tired");
    expect((await rowsOf(hub.store, "records")).map(({ record_key }) => record_key)).toEqual(["shop:deals:1"]);
    expect([await status(), await runs()]).toEqual([
      ["failed: The CRM is tired. Wait a while."],
      ["sync failed: The CRM is tired"],
    ]);
  });

  test("stops at once where only a person can help", async () => {
    crm.answers.stages = () => {
      throw new SourceError("reauthorise", "The token was taken back", { remedy: "Connect again." });
    };
    await expect(syncConnection(hub, "shop")).rejects.toThrow("The token was taken back");
    expect(crm.asked).toEqual(["stages"]);
    expect(await status()).toEqual(["needs_attention: The token was taken back. Connect again."]);
  });

  test("that is stopped from outside leaves the connection's status alone", async () => {
    await syncConnection(hub, "shop");
    const stopped = syncConnection(hub, "shop", undefined, { signal: AbortSignal.abort(new Error("stopping")) });
    await expect(stopped).rejects.toThrow("stopping");
    expect(await status()).toEqual(["connected: null"]);
  });
});

describe("a check", () => {
  test("keeps the account behind the credentials, and what is wrong with them", async () => {
    expect(await checkConnection(hub, "shop")).toEqual({ account: "A-1", name: "Small account" });
    crm.answers.check = () => {
      throw new SourceError("stop", "The token is wrong", { field: "access_token", remedy: "Copy it anew." });
    };
    await expect(checkConnection(hub, "shop")).rejects.toThrow("The token is wrong");
    expect((await rowsOf(hub.store, "connections"))[0]).toMatchObject({
      account: "A-1",
      status: "needs_attention",
      message: "The token is wrong. Copy it anew.",
      checked_at: at(10),
    });
  });
});

describe("runs", () => {
  test("that a killed process left open are closed on the next start", async () => {
    const open = {
      connection: "shop",
      kind: "sync",
      owner: "a killed process",
      started_at: at(9),
      ended_at: null,
      counts: "{}",
      message: null,
      failure: null,
    };
    await hub.store.commit([set("runs", [{ id: "r1", status: "running", ...open }])]);
    await recordRun(hub, { connection: "shop", kind: "derive" }, async () => undefined);
    await closeInterruptedRuns(hub);
    expect((await runs()).sort()).toEqual([
      "derive done: null",
      "sync failed: The hub stopped during this run; what it had committed stands and the next run goes on from there",
    ]);
  });

  test("that end while another process leaves are not taken for interrupted", async () => {
    const ended = { connection: "shop", kind: "sync", owner: "b", started_at: at(9), counts: "{}", message: null };
    const run = (status: string) => set("runs", [{ id: "r1", status, ended_at: at(10), failure: null, ...ended }]);
    await hub.store.commit([run("running")]);
    const presence: Presence = {
      ...hub.presence,
      async gone() {
        await hub.store.commit([run("done")]); // its last word before it leaves
        return (owner) => owner === "b";
      },
    };
    await closeInterruptedRuns({ ...hub, presence });
    expect(await runs()).toEqual(["sync done: null"]);
  });

  test("name what their work threw", async () => {
    const run = recordRun(hub, { connection: "", kind: "replay" }, async (counts) => {
      counts.records = 3;
      throw new Error("no space");
    });
    await expect(run).rejects.toThrow("no space");
    expect(await rowsOf(hub.store, "runs")).toMatchObject([
      { kind: "replay", status: "failed", message: "no space", counts: '{"records":3}', ended_at: at(10) },
    ]);
  });
});

test("a data folder's mapping file is used; a closed hub leaves the folder free", async () => {
  expect(hub.rules.mappings.find("crm", "people")?.to).toEqual(["contact"]);
  await hub.close();
  expect(existsSync(join(folder, "hub.json"))).toBe(false);
  hub = await openHub({ folder, connectors: [crm.connector], clock, environment: {} });
});

test("the mark that an editor leaves beside a mapping file is no mapping file", async () => {
  await hub.close();
  symlinkSync("ann@desk.4711:1", join(folder, "mappings", "crm", ".#people.yaml")); // Emacs: a link to nothing
  hub = await openHub({ folder, connectors: [crm.connector], clock, environment: {} });
  expect(await takeEdited(hub)).toEqual({ mapping_mistake: null, rules_edited: false, new_connections: [] });
});
