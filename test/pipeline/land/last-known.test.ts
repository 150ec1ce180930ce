import { expect, test } from "vitest";
import type { RawRecord } from "../../../src/model/record.ts";
import { withLastKnown, withLateWord } from "../../../src/pipeline/land/last-known.ts";
import { at } from "../../fixtures/pipeline/crm.ts";

type Payload = RawRecord["payload"];

const record = (payload: Payload, missing: readonly string[] | undefined, version: string | null): RawRecord => ({
  connection: "crm",
  object: "people",
  remote_id: "1",
  version,
  deleted: false,
  payload,
  ...(missing ? { missing } : {}),
});

test.each<[name: string, payload: Payload, missing: string[] | undefined, last: Payload | null, becomes: Payload]>([
  ["what is not said to be missing was emptied", { a: null }, undefined, { a: 1 }, { a: null }],
  [
    "a missing value stays what it was, and is marked with the stamp it had",
    { a: 2 },
    ["b"],
    { a: 1, b: "x" },
    { a: 2, b: "x", _kept: { b: at(4) } },
  ],
  [
    "within an object as well",
    { p: { a: 2, b: null } },
    ["p.b"],
    { p: { a: 1, b: 5 } },
    { p: { a: 2, b: 5 }, _kept: { "p.b": at(4) } },
  ],
  [
    "and bears that stamp for as long as it is missing",
    { a: 3 },
    ["c", "b"],
    { a: 2, b: "x", c: "y", _kept: { b: at(1) } },
    { a: 3, b: "x", c: "y", _kept: { b: at(1), c: at(4) } },
  ],
  ["nothing else new is nothing new", { a: 1 }, ["b"], { b: "x", a: 1 }, { b: "x", a: 1 }],
  [
    "nor is the same said again",
    { a: 1 },
    ["b"],
    { a: 1, b: "x", _kept: { b: at(1) } },
    { a: 1, b: "x", _kept: { b: at(1) } },
  ],
  ["what was never known stays so", { a: 2 }, ["b"], { a: 1, b: null }, { a: 2 }],
  ["a record never seen before", { a: 2 }, ["b"], null, { a: 2 }],
  ["word that it is gone", {}, ["b"], { a: 1, b: 2 }, {}],
])("%s", (_, payload, missing, last, becomes) => {
  const told = last ? { payload: last, version: at(4) } : undefined;
  expect(withLastKnown(record(payload, missing, at(6)), told).payload).toEqual(becomes);
});

const standing = { a: 2, b: "x", c: "y", _kept: { b: at(4), c: null } };

test.each<[name: string, payload: Payload, missing: string[], hour: number, becomes: Payload | null]>([
  [
    "newer than what was kept, it is what is known last",
    { a: 1, b: "z" },
    [],
    5,
    { b: "z", _kept: { b: at(5), c: null } },
  ],
  ["as well where it was emptied", { a: 1, b: null }, [], 5, { b: null, _kept: { c: null } }],
  ["it says nothing where it is older", { a: 1, b: "z" }, [], 3, null],
  ["nor of what it does not tell itself", { a: 1 }, ["b"], 5, null],
])("a version that comes late: %s", (_, payload, missing, hour, becomes) => {
  expect(withLateWord(standing, record(payload, missing, at(hour)))).toEqual(becomes && { ...standing, ...becomes });
});
