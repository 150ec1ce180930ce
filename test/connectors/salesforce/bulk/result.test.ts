import { describe, expect, test } from "vitest";
import { parseResult } from "../../../../connectors/salesforce/bulk/result.ts";

const last = (rows: number | null) => ({ rows, next: null });

describe("a page of results", () => {
  test("is handed out in portions, its cells as they were meant", () => {
    const page = parseResult('"Id","Text"\n"1","a, ""b"""\n"2","one\r\ntwo\n"\n"3",""\n', last(3), 2);
    expect([page.columns, page.rows, page.isDone()]).toEqual([["Id", "Text"], 3, false]);
    expect(page.take()).toEqual([
      ["1", 'a, "b"'],
      ["2", "one\r\ntwo\n"],
    ]);
    expect([page.take(), page.isDone(), page.take()]).toEqual([[["3", ""]], true, []]);
  });

  test("may be without quotes, with a mark before it, without a count, and without rows", () => {
    expect(parseResult("\uFEFFId,Text\n1,a\n", last(null), 2).take()).toEqual([["1", "a"]]);
    const empty = parseResult('"Id","Text"\n', last(0), 2);
    expect([empty.rows, empty.isDone(), empty.take()]).toEqual([0, true, []]);
  });

  test.each([
    ["nothing at all", "", 0, "it has no heading"],
    ["a page for people", "<html>\n<body></body>\n", 1, "it has no heading"],
    ["a cell broken off", '"Id","Text"\n"1","a', 1, "it breaks off within a cell"],
    ["a row broken off", '"Id","Text"\n"1"', 1, "it breaks off within a row"],
    ["a row left out", '"Id","Text"\n"1","a"\n', 2, "1 rows came, of 2"],
    ["a row too many", '"Id","Text"\n"1","a"\n"2","b"\n', 1, "2 rows came, of 1"],
    ["a row too short", '"Id","Text"\n"1"\n', 1, "its rows are not as wide as its heading"],
    ["a row too wide", '"Id","Text"\n"1","a","b"\n', 1, "its rows are not as wide as its heading"],
  ])("with %s is refused, to be asked for again", (_what, text, rows, why) => {
    expect(() => parseResult(text, last(rows), 2)).toThrowError(
      expect.objectContaining({ next: "retry", message: expect.stringContaining(why) }),
    );
  });
});
