import { expect, test } from "vitest";
import { changesOf, harmsOf, type ObjectUse, type SeenField, type SeenObject } from "../../../src/hub/drift/compare.ts";

const field = (type: string, more: Partial<SeenField> = {}): SeenField => ({ type, writable: true, ...more });
const place = { file: "desk/people.yaml", line: 7, column: 3 };

const use: ObjectUse = {
  object: "people",
  reads: ["phase", "size"],
  mapping: "v1",
  writes: ["stage"],
  usesOf: (path) => (path === "phase" ? [{ ...place, values: ["new"] }] : [{ ...place, values: null }]),
};

const before: SeenObject = {
  phase: field("picklist", { values: ["new"] }),
  size: field("number"),
  colour: field("text"),
  stage: field("text"),
};

function compare(now: SeenObject, by: ObjectUse = use) {
  const changes = changesOf("people", before, now);
  return { changes, harms: harmsOf(by, { before, now, changes, standing: [] }) };
}
const told = ({ changes, harms }: ReturnType<typeof compare>) => [
  changes.map(({ path, change, to }) => [path, change, to].join(" ")),
  harms.map(({ path, change }) => `${path} ${change}`),
];

test.each<[name: string, now: SeenObject, changes: string[], harms: string[]]>([
  ["nothing new", before, [], []],
  ["a field more", { ...before, shoe: field("number") }, ["shoe added number"], []],
  ["a field less that nobody reads", without("colour"), ["colour removed "], []],
  ["a field less that a mapping reads", without("size"), ["size removed "], ["size removed"]],
  ["another type", { ...before, size: field("text") }, ["size retyped text"], ["size retyped"]],
  [
    "a value that a table does not know",
    { ...before, phase: field("picklist", { values: ["new", "won"] }) },
    ["phase value_added won"],
    ["phase value_added"],
  ],
  [
    "one that may not be written any more",
    { ...before, stage: field("text", { writable: false }) },
    ["stage write_lost text"],
    ["stage write_lost"],
  ],
  ["the object gone", null, [" object_removed "], [" object_removed"]],
])("%s", (_, now, changes, harms) => {
  expect(told(compare(now))).toEqual([changes, harms]);
});

function without(path: string): SeenObject {
  return Object.fromEntries(Object.entries(before ?? {}).filter(([name]) => name !== path));
}

test("an object seen for the first time has changed in nothing", () => {
  expect(changesOf("people", undefined, before)).toEqual([]);
});

test("of a removed field and an added one of its type the one may be the other, renamed", () => {
  const now = { ...without("size"), length: field("number") };
  expect(compare(now).harms).toMatchObject([{ path: "size", successor: "length", uses: [place] }]);
  expect(compare({ ...now, width: field("number") }).harms).toMatchObject([{ path: "size", successor: null }]);
});

test("a harm stands until it is mended: the field back, or a mapping that knows", () => {
  const gone = without("size");
  const { harms } = compare(gone);
  const look = (now: SeenObject, by: ObjectUse = use) =>
    harmsOf(by, { before: gone, now, changes: [], standing: harms }).map(({ path }) => path);
  expect(look(gone)).toEqual(["size"]);
  expect(look(before)).toEqual([]);
  expect(look(gone, { ...use, reads: ["phase"], mapping: "v2" })).toEqual([]);
  const back = { ...gone, size: field("text") };
  const changes = changesOf("people", gone, back);
  expect(harmsOf(use, { before: gone, now: back, changes, standing: harms })).toMatchObject([
    { path: "size", change: "retyped", from: "number", to: "text" },
  ]);
  const retyped = compare({ ...before, size: field("text") }).harms;
  const now = { ...before, size: field("text") };
  const still = (mapping: string) =>
    harmsOf({ ...use, mapping }, { before: now, now, changes: [], standing: retyped }).length;
  expect([still("v1"), still("v2")]).toEqual([1, 0]);
  const undone = changesOf("people", now, before);
  expect(harmsOf(use, { before: now, now: before, changes: undone, standing: retyped })).toEqual([]);
});
