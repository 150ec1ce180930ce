import { describe, expect, test } from "vitest";
import type { Comparable } from "../../../src/identity/comparable.ts";
import type { Bonds, Node } from "../../../src/identity/group/bonds.ts";
import { cluster } from "../../../src/identity/group/cluster.ts";
import { createMatching } from "../../../src/identity/matching.ts";
import type { Match } from "../../../src/identity/score/score.ts";
import { clusters, match, node } from "../../fixtures/identity/clusters.ts";
import { shippedIdentity } from "../../fixtures/pipeline/hub.ts";

const score: Match = { probability: 0.995, weight: 7.6, prior: -10, fields: [] };
const enough = () => score;

describe("groups that are likely one customer", () => {
  const pair = [node("a1", 1, ["id:1"], "Ann Lee"), node("a2", 2, ["id:1"], "Ann Lee")];
  const x = node("x", 3, [], "Ann Lee");

  test("are one when their records say enough together", () => {
    expect(clusters([...pair, x], { likely: [match("a1 x", 0.7)], together: enough })).toEqual(["a1 a2 x"]);
    expect(clusters([...pair, x], { likely: [match("a1 x", 0.7)], together: () => null })).toEqual(["a1 a2", "x"]);
    expect(clusters([...pair, x], { together: enough })).toEqual(["a1 a2", "x"]);
  });

  test("say so: whose records, and how much", () => {
    const [found] = cluster([...pair, x], "v1", { likely: [match("a1 x", 0.7)], together: enough });
    expect(found?.evidence.get("x")).toEqual({
      claim: null,
      with: "a1",
      rules: "v1",
      together: { match: score, left: ["a1", "a2"], right: ["x"] },
    });
  });

  test("are asked about again when they have grown", () => {
    const y = node("y", 4, [], "Ann Lee");
    const likely = [match("a1 x", 0.9), match("a2 y", 0.7)];
    const together: Bonds["together"] = (left, right) => {
      const keys = [...left, ...right].map(({ record_key }) => record_key);
      return keys.includes("x") && !keys.includes("y") ? null : score;
    };
    expect(clusters([...pair, x, y], { likely, together })).toEqual(["a1 a2 x y"]);
  });

  test("are two single records only as far as their score goes", () => {
    expect(clusters([node("a", 1, []), x], { likely: [match("a x", 0.98)], together: enough })).toEqual(["a", "x"]);
  });

  test("are not weighed as a whole when they are many records", () => {
    const many = (amount: number) => Array.from({ length: amount }, (_, n) => node(`b${n}`, n, ["id:1"], "Ann Lee"));
    const joined = (amount: number) => {
      const [first, ...others] = many(amount);
      const matches = others.map(({ record_key }) => match(`b0 ${record_key}`));
      return clusters([...(first ? [first] : []), ...others, node("x", 99, [], "Ann Lee")], {
        ...{ matches, likely: [match("b0 x", 0.9)], together: enough },
      }).length;
    };
    expect([8, 9].map(joined)).toEqual([1, 2]);
  });

  test("stay two where a person said so, records are in conflict, or it could be a rival as well", () => {
    const bonds = { likely: [match("a1 x", 0.9)], together: enough };
    const cannot = {
      id: 1,
      kind: "cannot_link" as const,
      left_key: "a2",
      right_key: "x",
      by: "Olga",
      at: "",
      reason: "",
    };
    expect(clusters([...pair, x], { ...bonds, overrides: [cannot] })).toEqual(["a1 a2", "x"]);
    const areOf = (one: string, other: string) => (a: Node, b: Node) =>
      [a.record_key, b.record_key].sort().join(" ") === `${one} ${other}`;
    expect(clusters([...pair, x], { ...bonds, conflict: areOf("a2", "x") })).toEqual(["a1 a2", "x"]);
    const son = node("son", 4, [], "Ann Lee");
    const torn = { ...bonds, likely: [match("a1 x", 0.9), match("son x", 0.6)], conflict: areOf("a1", "son") };
    expect(clusters([...pair, x, son], torn)).toEqual(["a1 a2", "son", "x"]);
    expect(clusters([...pair, x, son], { ...torn, contradict: areOf("son", "x") })).toEqual(["a1 a2 x", "son"]);
  });

  test("take nothing from records that anybody may have sent", () => {
    const shown = { ...x, isPublic: true };
    expect(clusters([...pair, shown], { likely: [match("a1 x", 0.9)], together: enough })).toEqual(["a1 a2", "x"]);
  });
});

const person = (fields: Comparable["fields"]): Comparable => ({ kind: "person", fields });

describe("what the records of two groups say together", () => {
  const matching = createMatching(shippedIdentity);
  const name = { first_name: ["ottilie"], last_name: ["quarles"] };
  const mail = person({ ...name, email: ["ottilie.q@quince.example"], birth_date: ["1971-05-09"] });
  const phone = person({ ...name, phone: ["+14155550199"], birth_date: ["1971-05-09"] });
  const sparse = person({
    first_name: ["ottilie"],
    phone: ["+14155550199"],
    email: ["ottilie.q@quince.exampel"],
  });

  test("is more than the best two say", () => {
    const alone = [mail, phone].map((one) => matching?.score(one, sparse).weight ?? 0);
    const all = matching?.together([mail, phone], [sparse]);
    expect(all?.weight).toBeGreaterThan(Math.max(...alone));
    expect(all?.fields.map(({ field }) => field)).toEqual(expect.arrayContaining(["email", "phone"]));
    expect(matching?.together([sparse], [phone, mail])).toEqual(all);
  });

  test("is nothing where any two contradict each other", () => {
    const son = person({ ...name, birth_date: ["1999-01-30"] });
    expect(matching?.together([mail, son], [sparse, phone])).toBeNull();
  });

  test("is nothing where a field differs that both sides are sure of", () => {
    const moved = person({ ...name, phone: ["+14155550123"], email: ["oq@moved.example"] });
    const likewise = person({ ...name, phone: ["+14155550123"], birth_date: ["1971-05-09"] });
    expect(matching?.together([mail], [moved, likewise])).not.toBeNull();
    expect(matching?.together([mail, mail], [moved, likewise])).toBeNull();
  });

  test("is nothing of nobody", () => {
    expect(matching?.together([], [mail])).toBeNull();
  });
});
