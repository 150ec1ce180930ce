import { afterEach, expect, test, vi } from "vitest";
import { createOutput, failureText, table } from "../../src/cli/output.ts";

afterEach(() => vi.restoreAllMocks());

function printed(text: string): string {
  const lines: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  createOutput(false).result(null, () => text);
  return lines.join("");
}

test("what a stranger's name would do to a terminal is shown and not done", () => {
  expect(printed("Ann\u001b[2J\u001b]0;owned\u0007 Lee\u009b31m\rBob \u202egnp.exe")).toBe(
    "Ann�[2J�]0;owned� Lee�31m�Bob �gnp.exe\n",
  );
  expect(failureText({ message: "no Ann\u001b[2J", remedy: "look" })).toBe("✗ no Ann�[2J\n  look");
});

test("our own emphasis, lines and tabs stay", () => {
  const text = "\u001b[1mAnn\u001b[22m\n\tLee \u001b[31m✗\u001b[39m";
  expect(printed(text)).toBe(`${text}\n`);
});

test("a line break in a cell makes no line of its own", () => {
  expect(
    table([
      ["Ann\nhubspot:contacts:1  is  Bob", "c_1"],
      ["Lee", "c_2"],
    ]).split("\n"),
  ).toEqual(["Ann hubspot:contacts:1  is  Bob  c_1", "Lee                              c_2"]);
});
