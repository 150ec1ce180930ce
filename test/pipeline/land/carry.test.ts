import { describe, expect, test } from "vitest";
import { carriedOver } from "../../../src/pipeline/land/carry.ts";

const before = { title: "?", size: "L", tags: ["a"] };
const under = (properties: unknown) => ({ id: "1", properties });

describe("a correction on a newer payload", () => {
  test.each([
    [
      "stays where the vendor still sends what it corrects",
      {
        corrected: { ...before, title: "Buyer" },
        now: { title: "?", size: "XL" },
        follows: { title: "Buyer", size: "XL" },
      },
    ],
    [
      "adds what the vendor still does not send",
      { corrected: { ...before, age: 3 }, now: { title: "CTO" }, follows: { title: "CTO", age: 3 } },
    ],
    [
      "leaves out what it left out",
      { corrected: { title: "?", tags: ["a"] }, now: { title: "CTO", size: "L" }, follows: { title: "CTO" } },
    ],
    [
      "stands for each value by itself",
      {
        corrected: { ...before, title: "Buyer", size: "S" },
        now: { title: "CTO", size: "L" },
        follows: { title: "CTO", size: "S" },
      },
    ],
    ["takes a list as one value", { corrected: { ...before, tags: ["b"] }, now: { tags: ["a", "c"] }, follows: null }],
    [
      "is over when the vendor sends something else",
      { corrected: { ...before, title: "Buyer" }, now: { title: "CTO" }, follows: null },
    ],
    [
      "is over where nothing of the like is left",
      { corrected: { ...before, title: "Buyer" }, now: "gone", follows: null },
    ],
  ])("%s", (_, { corrected, now, follows }) => {
    const carried = carriedOver({ sent: under(before), corrected: under(corrected) }, under(now));
    expect(carried).toEqual(follows && under(follows));
  });
});
