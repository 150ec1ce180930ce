import { describe, expect, test } from "vitest";
import type { Node } from "../../../src/identity/group/bonds.ts";
import { clusters, match, node } from "../../fixtures/identity/clusters.ts";

describe("called as two of one mailbox may be called,", () => {
  const couple = [node("jim", 1, ["email:1"], "Jim Muir"), node("jane", 2, ["email:1"], "Jane Muir")];

  test.each(["J Muir", " Muir"])("with neither: %s", (name) => {
    expect(clusters([...couple, node("x", 3, ["email:1"], name)])).toEqual(["jane", "jim", "x"]);
  });

  test("with the one whose id or score is its own", () => {
    const x = node("x", 3, ["email:1", "id:1"], "J Muir");
    const [jim, jane] = [couple[0] ?? x, node("jane", 2, ["email:1", "id:1"], "Jane Muir")];
    expect(clusters([jim, jane, x])).toEqual(["jane x", "jim"]);
    expect(clusters([...couple, x], { matches: [match("jane x")] })).toEqual(["jane x", "jim"]);
  });
});

describe("as likely the father as the son,", () => {
  const nodes = [node("father", 1, [], "John Smith"), node("son", 2, [], "John Smith"), node("x", 3, [], "John Smith")];
  const conflict = (a: Node, b: Node) =>
    [a, b]
      .map((one) => one.record_key)
      .sort()
      .join(" ") === "father son";

  test("with neither, unless the score with one is beyond doubt", () => {
    expect(clusters(nodes, { conflict, matches: [match("father x", 0.996), match("son x", 0.995)] })).toEqual([
      "father",
      "son",
      "x",
    ]);
    expect(clusters(nodes, { conflict, matches: [match("father x", 0.9995), match("son x", 0.995)] })).toEqual([
      "father x",
      "son",
    ]);
    expect(clusters(nodes, { conflict, matches: [match("father x", 0.996)] })).toEqual(["father x", "son"]);
  });
});
