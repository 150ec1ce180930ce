import { expect, test } from "vitest";
import { usesOf } from "../../src/mapping/index.ts";

const text = `apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: desk, object: people }
to: contact
record: { id: id }
fields:
  first_name: { from: [name.first, nick] }
  lead_status:
    from: phase
    map: { new: open, busy: working }
  lifecycle_stage: { from: phase, map: { new: lead }, else: other }
  is_lead: { value: "raw.phase == 'new'" }
examples:
  - name: one
    in: { id: "1", nick: nick, phase: new }
    out: { remote_id: "1" }
`;
const usesIn = (path: string) =>
  usesOf([{ file: "desk/people.yaml", text }], { connector: "desk", object: "people", path });

test.each([
  ["a path in a list, and no example", "nick", [7]],
  ["a part of an object", "name", [7]],
  ["each place of a path, in expressions too", "phase", [9, 11, 12]],
  ["nothing", "pha", []],
])("%s", (_, path, lines) => {
  expect(usesIn(path).map(({ line }) => line)).toEqual(lines);
});

test("a table tells the values it knows, unless it has an answer for all others", () => {
  expect(usesIn("phase").map(({ values }) => values)).toEqual([["new", "busy"], null, null]);
  expect(usesIn("phase")[0]).toMatchObject({ file: "desk/people.yaml", line: 9, column: 11 });
});

test("files of another object or connector are left alone", () => {
  const texts = [{ file: "desk/people.yaml", text }];
  expect(usesOf(texts, { connector: "desk", object: "firms", path: "nick" })).toEqual([]);
  expect(usesOf(texts, { connector: "shop", object: "people", path: "nick" })).toEqual([]);
});
