import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  type FieldFinding,
  type OpenWriteback,
  SourceError,
  type WritebackChange,
} from "../../../src/connector/index.ts";
import { loadRules } from "../../../src/hub/rules/rules.ts";
import type { Rules } from "../../../src/pipeline/derive/plan.ts";
import { deriveDue } from "../../../src/pipeline/derive/run.ts";
import { processBatch } from "../../../src/pipeline/index.ts";
import { applyConnection, planConnection } from "../../../src/pipeline/writeback/run.ts";
import { at, received } from "../../fixtures/pipeline/crm.ts";
import { emptied, openSmallHub, rowsOf, type SmallHub } from "../../fixtures/pipeline/hub.ts";

const fields = { stage: "s", stage_date: "d", score: "n", grade: "g", reason: "r" };

/** What the CRM was sent, and what it answers. */
let sent: { object: string; changes: readonly WritebackChange[] }[];
let refuse: Set<string>;
let findings: FieldFinding[];
const crm: OpenWriteback = {
  targets: { people: fields, firms: fields },
  batchMax: 2,
  concurrency: 2,
  prepare: async () => findings,
  look: async () => findings,
  async apply(object, changes) {
    sent.push({ object, changes });
    return changes.map(({ remote_id }) =>
      refuse.has(remote_id)
        ? new SourceError("skip", "The record is locked", { code: "LOCKED", remedy: "Unlock it." })
        : null,
    );
  },
};

let hub: SmallHub;
let rules: Rules;
beforeAll(async () => {
  hub = await openSmallHub();
  rules = (await loadRules(hub.folder, new Set())).derive;
});
afterAll(() => hub.close());
beforeEach(async () => {
  await emptied(hub.store);
  [sent, refuse, findings] = [[], new Set(), []];
  await send(
    ["1", "2", "3"].map((id) => received("people", id, { title: "CTO" })),
    received("firms", "1", { name: "Acme" }),
  );
});

async function send(
  ...records: (Parameters<typeof processBatch>[1]["records"][number] | ReturnType<typeof received>[])[]
) {
  await processBatch(hub.pipeline, { records: records.flat(), also: [] });
  await deriveDue({ store: hub.store, rules, asOf: at(10) });
}

const applyTo = (writeback: OpenWriteback) =>
  applyConnection({ store: hub.store, connection: "crm", writeback, now: () => at(11) });
const apply = async () => (await applyTo(crm)).applied;
const errors = async () =>
  (await rowsOf(hub.store, "errors"))
    .map(({ record_key, fingerprint, status }) => `${record_key} ${fingerprint}: ${status}`)
    .sort();
const planned = async () => {
  const keys: string[] = [];
  for await (const page of planConnection(hub.store, "crm", crm)) keys.push(...page.map((change) => change.record_key));
  return keys;
};

test("every record of the connection is sent once, in the vendor's batches of one object", async () => {
  expect(await apply()).toMatchObject({ records: 4, fields: 20, refused: 0 });
  expect(sent.map(({ object, changes }) => `${object} ${changes.map(({ remote_id }) => remote_id)}`).sort()).toEqual([
    "firms 1",
    "people 1,2",
    "people 3",
  ]);
  expect(await planned()).toEqual([]);
  expect(await apply()).toMatchObject({ records: 0, fields: 0, refused: 0 });
});

test("what the CRM refuses is an open error of its record and is not sent again, until the record changes and passes", async () => {
  refuse.add("2");
  expect(await apply()).toMatchObject({ records: 3, refused: 1 });
  expect(await errors()).toEqual(["crm:people:2 people LOCKED: open"]);
  expect(await planned()).toEqual([]);
  refuse.clear();
  await send(received("people", "2", { title: "CEO" }, { version: at(5) }));
  expect(await apply()).toMatchObject({ records: 1, refused: 0 });
  expect(await errors()).toEqual(["crm:people:2 people LOCKED: resolved"]);
});

test("objects whose fields are missing are left out and reported, until the fields are there", async () => {
  findings = [{ object: "firms", field: "r", created: false, instructions: "Make the field r." }];
  expect(await apply()).toMatchObject({ records: 3 });
  expect(await errors()).toEqual([" firms.r: open"]);
  findings = [{ object: "firms", field: "r", created: true, instructions: "" }];
  expect(await apply()).toMatchObject({ records: 1 });
  expect(await errors()).toEqual([" firms.r: resolved"]);
});

test("deleted records, and records of other connections, are left alone", async () => {
  await send(
    received("people", "1", { title: "CTO" }, { version: at(5), deleted: true }),
    received("people", "9", {}, { connection: "erp" }),
  );
  expect(await planned()).toEqual(["crm:firms:1", "crm:people:2", "crm:people:3"]);
});

test("a batch whose answer never came is sent again: nothing was noted of it", async () => {
  const cut: OpenWriteback = {
    ...crm,
    concurrency: 1,
    apply: () => Promise.reject(new SourceError("retry", "cut off")),
  };
  expect(await applyTo(cut)).toMatchObject({ applied: { records: 0 }, failures: [{ message: "cut off" }] });
  expect(await planned()).toHaveLength(4);
});

test("of a batch that is ended half-way, what was written is noted, what was refused is an error, the rest is sent again", async () => {
  refuse.add("1");
  const ended: OpenWriteback = {
    ...crm,
    batchMax: 4,
    async apply(object, changes) {
      const outcomes = await crm.apply(object, changes);
      const common = new SourceError("retry", "the hub was stopped", { common: true, cutShort: true });
      return changes.map(({ remote_id }, n) => (remote_id === "3" ? common : (outcomes[n] ?? null)));
    },
  };
  const { applied, failures } = await applyTo(ended);
  expect(applied).toMatchObject({ records: 1, fields: 5, refused: 2 });
  expect(failures).toMatchObject([{ message: "the hub was stopped" }]);
  expect(await errors()).toEqual(["crm:firms:1 firms LOCKED: open", "crm:people:1 people LOCKED: open"]);
  expect(await planned()).toEqual(["crm:people:3"]);
});

test("what was sent before the hub was stopped between two pages of records is counted", async () => {
  await send(Array.from({ length: 1_001 }, (_, n) => received("people", `1${n}`, { title: "CTO" })));
  const stopped = new SourceError("retry", "the hub was stopped", { cutShort: true });
  let pages = 0;
  const versions = () => {
    pages += 1;
    if (pages > 1) throw stopped;
    return 0;
  };
  const { applied, failures } = await applyTo({ ...crm, batchMax: 200, vendorAheadMs: versions });
  expect(failures).toEqual([stopped]);
  expect(applied).toMatchObject({ records: 1_000, fields: 5_000 });
  expect(await planned()).toHaveLength(5);
});

test("each object tells why it failed, where several were under way", async () => {
  const failing: OpenWriteback = {
    ...crm,
    apply: (object) => Promise.reject(new SourceError("stop", `${object} may not be written`)),
  };
  const { failures } = await applyTo({ ...failing, batchMax: 1, concurrency: 4 });
  expect(failures).toMatchObject([{ message: "firms may not be written" }, { message: "people may not be written" }]);
});

test("a batch that is under way while another one fails is noted when its answer comes, and nothing more is begun", async () => {
  let answer: () => void = () => undefined;
  const asked: string[] = [];
  const half: OpenWriteback = {
    ...crm,
    batchMax: 1,
    async apply(object, changes) {
      asked.push(`${object} ${changes[0]?.remote_id}`);
      if (asked.length === 2) {
        setTimeout(answer, 50);
        throw new SourceError("retry", "cut off");
      }
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return changes.map(() => null);
    },
  };
  const { failures } = await applyTo(half);
  expect(failures).toMatchObject([{ message: "cut off" }]);
  expect(asked).toHaveLength(2);
  expect((await rowsOf(hub.store, "writebacks")).map(({ status }) => status)).toEqual(["sent"]);
  expect(await planned()).toHaveLength(3);
});
