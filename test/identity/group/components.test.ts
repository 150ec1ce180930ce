import fc from "fast-check";
import { expect, test } from "vitest";
import type { Node, OverrideBond } from "../../../src/identity/group/bonds.ts";
import { mergeWith } from "../../../src/identity/group/claims.ts";
import { componentsOf } from "../../../src/identity/group/components.ts";
import { noPairs } from "../../../src/identity/pairs.ts";
import { cluster, match, node } from "../../fixtures/identity/clusters.ts";

const decided = (kind: OverrideBond["kind"], left_key: string, right_key: string, id = 1): OverrideBond => {
  return { id, kind, left_key, right_key, by: "carl", at: "2026-01-01T00:00:00Z", reason: "called" };
};

const components = (...[nodes, bonds = {}]: Parameters<typeof componentsOf> | [Node[]]) =>
  [...componentsOf(nodes, bonds)].map((found) => found.nodes.map(({ record_key }) => record_key).join(" "));

test("records are apart that nothing could join, not even over others", () => {
  const nodes = [
    node("a", 1, ["email:1"]),
    node("b", 2, ["id:1"]),
    node("c", 3, ["email:1", "id:2"]),
    node("d", 4, ["id:2"]),
    node("e", 5, []),
  ];
  expect(components(nodes)).toEqual(["a c d", "b", "e"]);
  const pairs = { ...noPairs, a: Int32Array.of(1), b: Int32Array.of(4) };
  expect(components(nodes, { pairs })).toEqual(["a c d", "b e"]);
  expect(components(nodes, { overrides: [decided("must_link", "b", "d")] })).toEqual(["a b c d", "e"]);
  expect(components(nodes, { overrides: [decided("cannot_link", "b", "d")] })).toEqual(["a c d", "b", "e"]);
});

test("a claim on too many records of the set joins none of the few that are together for something else", () => {
  const crowd = [1, 2, 3, 4].map((n) => node(`p${n}`, n, n < 3 ? ["email:1", "phone_name:1"] : ["email:1"]));
  const found = [...componentsOf(crowd, {})];
  expect(found.map(({ nodes }) => nodes.length)).toEqual([2, 1, 1]);
  expect(found.map(({ bonds }) => [...(bonds.overfull ?? [])])).toEqual([["email:1"], ["email:1"], ["email:1"]]);
  const evidence = cluster(crowd).flatMap((customer) =>
    [...customer.evidence.values()].map(({ claim }) => claim ?? "founder"),
  );
  expect(evidence.sort()).toEqual(["founder", "founder", "founder", "phone_name:1"]);
});

test("a set comes to the same customers component by component as at once, whatever is between its records", () => {
  const records = fc.array(
    fc.record({
      claims: fc.uniqueArray(
        fc.constantFrom(..."id:1 id:2 id:3 email:1 email:2 email:3 phone_name:1 phone_name:2".split(" ")),
        {
          maxLength: 3,
        },
      ),
      name: fc.constantFrom("", "Ann Lee", "Anne Lee", "Bob Lee", "J Lee", "Jim Lee", "Jane Lee"),
      isPublic: fc.boolean(),
      mergedWith: fc.option(fc.nat(15), { freq: 5 }),
    }),
    { minLength: 2, maxLength: 16 },
  );
  const two = fc.tuple(fc.nat(15), fc.nat(15)).filter(([a, b]) => a < b);
  const keyOf = (n: number) => `r${n + 10}`;
  const scores = fc.uniqueArray(fc.tuple(two, fc.constantFrom(0.99, 0.995, 0.9995)), {
    selector: ([pair]) => `${pair}`,
  });
  const decisions = fc.array(fc.tuple(two, fc.boolean()), { maxLength: 3 });
  fc.assert(
    fc.property(records, scores, decisions, fc.integer({ min: 3, max: 9 }), (made, scored, said, apartBy) => {
      const nodes = made.map(({ claims, name, isPublic, mergedWith }, n): Node => {
        const plain = node(keyOf(n), made.length - n, claims, name);
        const merges = mergedWith === null ? [] : [mergeWith(keyOf(mergedWith))];
        return { ...plain, claims: [...merges, ...plain.claims], isPublic };
      });
      const matches = scored.flatMap(([[a, b], probability]) => {
        return b < made.length ? [match(`${keyOf(a)} ${keyOf(b)}`, probability)] : [];
      });
      const overrides = said.map(([[a, b], isOne], id) => {
        return decided(isOne ? "must_link" : "cannot_link", keyOf(a), keyOf(b), id + 1);
      });
      const conflict = (a: Node, b: Node) => (a.first_seq * b.first_seq) % apartBy === 1;
      // The fixture clusters both ways, and compares.
      expect(cluster(nodes, { matches, overrides, conflict }).length).toBeGreaterThan(0);
    }),
    { seed: 20_261, numRuns: 300 },
  );
});
