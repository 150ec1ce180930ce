import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RawRecord } from "../../../src/model/record.ts";
import { processBatch } from "../../../src/pipeline/index.ts";
import { replay } from "../../../src/pipeline/replay.ts";
import { set } from "../../../src/store/writes.ts";
import { at, received } from "../../fixtures/pipeline/crm.ts";
import { emptied, openSmallHub, rowsOf, type SmallHub } from "../../fixtures/pipeline/hub.ts";

/* Records with more values of a kind than count. */

let hub: SmallHub;
beforeAll(async () => {
  hub = await openSmallHub();
});
afterAll(() => hub.close());
beforeEach(() => emptied(hub.store));

const ann = { first: "Ann", last: "Lee", emails: ["ann@a.example"] };
const person = (id: string, values: Record<string, unknown>, hour = 1) =>
  received("people", id, values, { version: at(hour) });
const send = (...records: RawRecord[]) => processBatch(hub.pipeline, { records, also: [] });

test("a record with more addresses than count says so, until it has fewer", async () => {
  const standing = async () =>
    (await hub.store.byKey("errors", "record_key", ["crm:people:1"])).map(({ status, message }) => [status, message]);
  const emails = Array.from({ length: 30 }, (_, n) => `a${n}@a.example`);
  await send(person("1", { ...ann, emails }));
  const message = "crm:people:1 has 30 values of email: only the first 12 tell whose record it is";
  expect(await standing()).toEqual([["open", message]]);
  expect(hub.pipeline.cutKeys.get("person|email")).toBe(1); // nor is it looked for under more
  expect(await rowsOf(hub.store, "identifiers")).toHaveLength(12);
  await send(person("1", { ...ann, emails: emails.slice(0, 12) }, 2));
  expect(await standing()).toEqual([["resolved", message]]);
});

test("more addresses than count, set aside as right, are so after a replay too that meets the versions before, and commits between", async () => {
  const standing = async () =>
    (await hub.store.byKey("errors", "record_key", ["crm:people:1"])).map(({ status, message }) => [status, message]);
  const emails = Array.from({ length: 30 }, (_, n) => `a${n}@a.example`);
  const between = (from: number) => Array.from({ length: 200 }, (_, n) => person(`${from + n}`, { last: "Lee" }));
  await send(person("1", { ...ann, emails: [...emails, "more@a.example"] }));
  await send(...between(1_000));
  await send(person("1", ann, 2));
  await send(...between(2_000));
  await send(person("1", { ...ann, emails }, 3));
  const message = "crm:people:1 has 30 values of email: only the first 12 tell whose record it is";
  expect(await standing()).toEqual([["open", message]]);
  const rows = await rowsOf(hub.store, "errors");
  await hub.store.commit([
    set(
      "errors",
      rows.map((row) => ({ ...row, status: "dismissed" })),
    ),
  ]);
  const settings = await rowsOf(hub.store, "settings");
  await replay(hub.pipeline);
  expect(await standing()).toEqual([["dismissed", message]]);
  expect(await rowsOf(hub.store, "settings")).toEqual(settings);
  await send(person("1", ann, 4));
  await replay(hub.pipeline);
  expect((await standing()).map(([status]) => status)).toEqual(["resolved"]);
});

test("more addresses than count, set aside as right, stay so while the record has as many, through changes and a replay", async () => {
  const status = async () =>
    (await hub.store.byKey("errors", "record_key", ["crm:people:1"])).map((row) => row.status).join();
  const emails = Array.from({ length: 30 }, (_, n) => `a${n}@a.example`);
  await send(person("1", { ...ann, emails }));
  const dismiss = async () => {
    const rows = await hub.store.byKey("errors", "record_key", ["crm:people:1"]);
    await hub.store.commit([
      set(
        "errors",
        rows.map((row) => ({ ...row, status: "dismissed" })),
      ),
    ]);
  };
  await dismiss();
  await send(person("1", { ...ann, emails, title: "CTO" }, 2));
  expect(await status()).toBe("dismissed");
  await replay(hub.pipeline);
  expect(await status()).toBe("dismissed");
  await send(person("1", { ...ann, emails: [...emails, "more@a.example"] }, 3));
  expect(await status()).toBe("open"); // there are more than a person has seen
  await dismiss();
  await send(person("1", ann, 4));
  expect(await status()).toBe("resolved");
  await send(person("1", { ...ann, emails: [...emails, "more@a.example"] }, 5));
  expect(await status()).toBe("open");
});
