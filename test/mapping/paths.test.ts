import { describe, expect, test } from "vitest";
import { fetchedPath, parsePath, pathReader } from "../../src/mapping/paths.ts";

const payload = { a: { b: [{ c: 1 }, { c: 2 }] }, "Full Name": "Ann", "x.y": { z: true }, list: ["p", "q"] };

describe("a path follows own properties and list indexes", () => {
  test.each([
    ["a.b[1].c", 2],
    ["a.b[9].c", undefined],
    ["a.b.c", undefined],
    ["a[0]", undefined],
    ["Full Name", "Ann"],
    ['["Full Name"]', "Ann"],
    ['["x.y"].z', true],
    ["list[0]", "p"],
    ["list.length", undefined],
    ["list[0].length", undefined],
    ["missing.at.all", undefined],
    [".", payload],
  ])("%s", (text, expected) => {
    const path = parsePath(text);
    expect("problem" in path ? path.problem : pathReader(path)(payload)).toEqual(expected);
  });
});

test.each(["", "a..b", ".a", "a.", "a[", "a[-1]", "a[1.5]", "a[b]", "a ", "a. b", 'a["', "a.b.c.d.e.f.g.h.i.j.k.l.m"])(
  "%j is not a path",
  (text) => {
    expect(parsePath(text)).toHaveProperty("problem");
  },
);

test("what a connector must fetch ends at the first list index", () => {
  const fetched = (text: string) => {
    const path = parsePath(text);
    return "problem" in path ? path.problem : fetchedPath(path);
  };
  expect(fetched("associations.companies.results[0].id")).toBe("associations.companies.results");
  expect(fetched("Owner.Email")).toBe("Owner.Email");
});
