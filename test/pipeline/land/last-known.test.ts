import { expect, test } from "vitest";
import type { RawRecord } from "../../../src/model/record.ts";
import { withLastKnown } from "../../../src/pipeline/land/last-known.ts";

type Payload = RawRecord["payload"];

function kept(payload: Payload, missing: readonly string[] | undefined, last: Payload | null): Payload | undefined {
  const record = { connection: "crm", object: "people", remote_id: "1", version: null, deleted: false, payload };
  return withLastKnown(missing ? { ...record, missing } : record, last ?? undefined).payload;
}

test.each<[name: string, payload: Payload, missing: string[] | undefined, last: Payload | null, becomes: Payload]>([
  ["what is not said to be missing was emptied", { a: null }, undefined, { a: 1 }, { a: null }],
  [
    "a missing value stays what it was, and is marked",
    { a: 2 },
    ["b"],
    { a: 1, b: "x" },
    { a: 2, b: "x", _kept: ["b"] },
  ],
  [
    "within an object as well",
    { p: { a: 2, b: null } },
    ["p.b"],
    { p: { a: 1, b: 5 } },
    { p: { a: 2, b: 5 }, _kept: ["p.b"] },
  ],
  ["nothing else new is nothing new", { a: 1 }, ["b"], { b: "x", a: 1 }, { b: "x", a: 1 }],
  ["nor is the same said again", { a: 1 }, ["b"], { a: 1, b: "x", _kept: ["b"] }, { a: 1, b: "x", _kept: ["b"] }],
  ["what was never known stays so", { a: 2 }, ["b"], { a: 1, b: null }, { a: 2 }],
  ["a record never seen before", { a: 2 }, ["b"], null, { a: 2 }],
  ["word that it is gone", {}, ["b"], { a: 1, b: 2 }, {}],
])("%s", (_, payload, missing, last, becomes) => {
  expect(kept(payload, missing, last)).toEqual(becomes);
});
