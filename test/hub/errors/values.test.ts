import { expect, test } from "vitest";
import { changedValues, typedAs, withValues } from "../../../src/hub/errors/values.ts";

const payload = { id: 7, properties: { amount: "1,5", "Full Name": null }, lines: [{ quantity: 1 }] };

test("a value is put at its path in a copy: in what is there, at a list's place or behind its end, under a quoted name", () => {
  expect(
    withValues(payload, {
      "properties.amount": "1.5",
      'properties["Full Name"]': "Ann",
      "properties.zip": "04103",
      "lines[0].quantity": 2,
      "lines[1]": { quantity: 3 },
    }),
  ).toEqual({
    id: 7,
    properties: { amount: "1.5", "Full Name": "Ann", zip: "04103" },
    lines: [{ quantity: 2 }, { quantity: 3 }],
  });
  expect(payload).toEqual({ id: 7, properties: { amount: "1,5", "Full Name": null }, lines: [{ quantity: 1 }] });
});

const nowhere: [string, unknown][] = [
  ["property.amount", payload],
  ["id.value", payload],
  ["lines[2]", payload],
  ["lines.quantity", payload],
  ["properties[0]", payload],
  [".", payload],
  ["constructor.prototype.polluted", payload],
  ["__proto__", payload],
  ["id", "no object at all"],
];
test.each(nowhere)("a path that leads nowhere is refused: %s", (path, came) => {
  expect(() => withValues(came, { [path]: "x" })).toThrow(expect.objectContaining({ name: "FixRefusedError" }));
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

const typed: [string, string, unknown][] = [
  ["properties.amount", "15", "15"],
  ["id", "8", 8],
  ["properties.zip", "04103", "04103"],
  ["properties.zip", '"15"', "15"],
  ["properties.isMember", "true", true],
  ["properties.note", "as she said", "as she said"],
];
test.each(typed)(
  "given as text, a value has the type that stands there, else is JSON where it is: %s=%s",
  (path, text, value) => {
    expect(typedAs(payload, path, text)).toBe(value);
  },
);

test("values that differ are told by the paths that mapping files write", () => {
  const sent = { a: { b: "?", same: 1, list: [1] }, "Full Name": "Ann", "v1.0": 1, gone: 2 };
  const corrected = { a: { b: "L", same: 1, list: [1, 2] }, "Full Name": "Anna", "v1.0": 2, came: null };
  expect(changedValues(sent, corrected)).toEqual([
    { path: "a.b", sent: "?", corrected: "L" },
    { path: "a.list", sent: [1], corrected: [1, 2] },
    { path: "Full Name", sent: "Ann", corrected: "Anna" },
    { path: '["v1.0"]', sent: 1, corrected: 2 },
    { path: "gone", sent: 2 },
    { path: "came", corrected: null },
  ]);
});
