import { expect, test } from "vitest";
import { createSlots } from "../../src/mapping/slots.ts";

test("paths of one or two names have a slot each, the same path the same one; all others have none", () => {
  const slots = createSlots();
  const [id, email] = [slots.of(["id"]), slots.of(["properties", "email"])];
  expect([id, email, slots.of(["id"]), slots.of(["properties", "email"])]).toEqual([0, 1, 0, 1]);
  expect([slots.of([]), slots.of(["a", 0]), slots.of([0, "a"]), slots.of(["a", "b", "c"])]).toEqual(
    Array(4).fill(undefined),
  );
});

test("one reading finds what there is; what is absent, null or under something else is undefined", () => {
  const slots = createSlots();
  for (const path of [["id"], ["properties", "email"], ["properties", "phone"], ["list", "length"], ["gone", "name"]]) {
    slots.of(path);
  }
  const payload = { id: 5, extra: true, properties: { phone: null, email: "a@b.example" }, list: [1, 2] };
  expect(slots.read(payload)).toEqual([5, "a@b.example", undefined, undefined, undefined]);
  expect(slots.read("no object")).toEqual(Array(5).fill(undefined));
});

test("what a payload inherits is not its own", () => {
  const slots = createSlots();
  slots.of(["secret"]);
  expect(slots.read(Object.create({ secret: "inherited" }))).toEqual([undefined]);
  expect(slots.read(JSON.parse('{ "__proto__": { "secret": "planted" } }'))).toEqual([undefined]);
  expect(slots.read(Object.assign(Object.create(null), { secret: "own" }))).toEqual(["own"]);
});
