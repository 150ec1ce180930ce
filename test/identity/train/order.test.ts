import { expect, test } from "vitest";
import { createRandom } from "../../../src/connector/testing/adventureworks/random.ts";
import type { Comparable } from "../../../src/identity/comparable.ts";
import { inOrder } from "../../../src/identity/train/order.ts";

test("records are ordered by the text of what they hold, letters of any script among them, seed 8", () => {
  const random = createRandom(8);
  const letters = ["a", "b", "z", "~", "\u007f", "é", "ß", "名", " "];
  const word = () => Array.from({ length: random.int(0, 15) }, () => random.pick(letters)).join("");
  const records = Array.from({ length: 400 }, (): Comparable => {
    const fields = Object.fromEntries(
      ["email", "email_2", "phone", "last_name"]
        .filter(() => random.chance(0.6))
        .map((field) => [
          field,
          random.chance(0.3) ? [word(), word()] : [random.pick(["miller", "millerand", word()])],
        ]),
    );
    return { kind: "person", fields };
  });
  const textOf = ({ fields }: Comparable) =>
    Object.entries(fields)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([field, values]) => `${field}=${values.join("\u0001")}`)
      .join("\u0002");
  const expected = records.map(textOf).sort();
  expect(inOrder(records).map(textOf)).toEqual(expected);
  expect(inOrder(random.shuffled(records)).map(textOf)).toEqual(expected);
});
