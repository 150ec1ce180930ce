import fc from "fast-check";
import { expect, test } from "vitest";
import type { Run } from "../../../src/mapping/run.ts";
import { isTransformName, transforms } from "../../../src/mapping/transforms.ts";

const args: Record<string, unknown> = {
  truncate: 5,
  replace_table: { a: "b" },
  split: ";",
  join: ",",
  multiply: 3,
  divide: 7,
};
const run: Run = { payload: {}, values: [], context: { lookup: () => undefined }, fields: {}, native: {}, drift: [] };
const names = Object.keys(transforms).filter(isTransformName);

function applied(name: (typeof names)[number]): (value: unknown) => unknown {
  const apply = transforms[name].make(args[name], { reader: () => () => "US", shared: (_, make) => make() });
  return (value) => apply(value, {}, run);
}

/** Anything JSON can hold, and the kinds of text each transform is made for, bent out of shape. */
const anything = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.emailAddress(),
  fc.webUrl(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.double().map(String),
  fc.array(fc.string(), { maxLength: 20 }),
  fc.stringMatching(/^[+(]?[0-9() .-]{3,20}$/),
);

test.each(names)("%s takes anything and never throws", (name) => {
  const apply = applied(name);
  fc.assert(
    fc.property(anything, (value) => {
      const made = apply(value);
      if (made !== undefined && name !== "first" && name !== "last") {
        expect(["string", "number", "boolean", "object"]).toContain(typeof made);
      }
    }),
    { numRuns: 10_000 },
  );
});

test("instants come out as 24 characters that sort as time does, whatever the offset", () => {
  const instant = applied("instant");
  const written = fc.tuple(
    fc.date({ min: new Date("0002-01-01"), max: new Date("9998-01-01"), noInvalidDate: true }),
    fc.integer({ min: -14 * 60, max: 14 * 60 }),
  );
  fc.assert(
    fc.property(written, ([date, minutes]) => {
      const shifted = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
      const sign = minutes < 0 ? "-" : "+";
      const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
      const offset = `${sign}${String(hours).padStart(2, "0")}${String(rest).padStart(2, "0")}`;
      expect(instant(`${shifted}${offset}`)).toBe(date.toISOString());
    }),
    { numRuns: 2_000 },
  );
});

const huge = {
  "one letter": "a".repeat(1_000_000),
  blanks: " ".repeat(1_000_000),
  "tag openings": "<".repeat(1_000_000),
  "tags without end": "<p ".repeat(300_000),
  entities: "&#".repeat(500_000),
  "e-mail of dots": `a@${"a.".repeat(500_000)}`,
  "e-mail just below its bound": `a@${"a-".repeat(120)}!`,
  "phone of digits": "1".repeat(1_000_000),
  "phone of brackets": `+${"(1".repeat(25)}`,
  commas: "1,".repeat(500_000),
  "digits below the bound": "9".repeat(63),
  separators: ";".repeat(1_000_000),
  "date of blanks": `2024-05-02${" ".repeat(1_000_000)}`,
};

test.each(Object.entries(huge))("%s costs no transform more than a millisecond", (_what, value) => {
  for (const name of names) {
    const apply = applied(name);
    // The best of several: the first may meet cold code or the garbage collector.
    const times = Array.from({ length: 8 }, (_, index) => {
      const text = index % 2 === 0 ? value : `${value} `;
      const started = performance.now();
      apply(text);
      return performance.now() - started;
    });
    expect(Math.min(...times), name).toBeLessThan(1);
  }
});
