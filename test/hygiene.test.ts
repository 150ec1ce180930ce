import { homedir } from "node:os";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../src/lib/package-root.ts";
import { readSources, readTexts } from "./house/files.ts";
import { leaks, litter } from "./house/hygiene.ts";

test("nothing is left to be done, left out, hidden or unexplained in our sources", () => {
  expect(litter(readSources("src", "connectors", "test"))).toEqual([]);
});

test("no file of the project holds a secret", () => {
  // The token of Salesforce's own documentation, as another project's published sample has it.
  const published = ["test/fixtures/salesforce/restforce-auth_success_response.json"];
  expect(leaks(readTexts(), published)).toEqual([]);
});

test("no file of the project names the folder it was written in, or a person's", () => {
  const ownPaths = [`${packageRoot}/`, ...(homedir().length > 5 ? [`${homedir()}/`] : [])];
  const naming = [...readTexts()].filter(([, text]) => {
    return ownPaths.some((path) => text.includes(path)) || /(?:^|["'`\s(=])\/(?:home|Users)\/\w/.test(text);
  });
  expect(naming.map(([path]) => path)).toEqual([]);
});

describe("the check for litter", () => {
  const of = (text: string, path = "src/connector/x.ts") => litter(new Map([[path, text]]));

  test.each([
    ["a note to oneself", "// TO" + "DO: later", "src/connector/x.ts:1 is left to be done"],
    ["one in a block", "/**\n * FIX" + "ME\n */", "src/connector/x.ts:1 is left to be done"],
    ["a test that runs alone", 'describe.only("x", () => 1);', "src/connector/x.ts:1 runs alone"],
    ["a table of them", 'test.concurrent.only.each([1])("x");', "src/connector/x.ts:1 runs alone"],
    ["a test left out", '\ntest.skip("x", () => 1);', "src/connector/x.ts:2 is left out without a reason"],
    ["a test promised", 'test.todo("x");', "src/connector/x.ts:1 is left out without a reason"],
    ["an error hidden", "try { a(); } catch {\n}", "src/connector/x.ts:1 hides an error"],
    ["an error named and hidden", "try { a(); } catch (e) { /* fine */ }", "src/connector/x.ts:1 hides an error"],
    ["a rejection hidden", "void a().catch(() => {});", "src/connector/x.ts:1 hides an error"],
    ["a function without docstring", "export function a() {}", "src/connector/x.ts:1 a has no docstring"],
    ["a generator", "\nexport async function* b() {}", "src/connector/x.ts:2 b has no docstring"],
    ["an arrow", "export const c = (x: number): number => x;", "src/connector/x.ts:1 c has no docstring"],
    ["one by default", "export default function () {}", "src/connector/x.ts:1 default has no docstring"],
  ])("finds %s", (_, text, finding) => {
    expect(of(text)).toEqual([finding]);
  });

  test.each([
    ["a docstring", "/** Does a. */\nexport function a() {}"],
    [
      "an overload after the one that has it",
      "/** Does a. */\nexport function a(x: 1): 1;\nexport function a(x: 2): 2;",
    ],
    ["a constant that is no function", "export const limit = 3;\nexport const table = { a: () => 1 };"],
    ["a reason above", '// needs a server that is not here\ntest.skip("x", () => 1);'],
    ["a reason beside", 'test.skip("x", () => 1); // needs a server'],
    ["a condition", 'test.skipIf(process.getuid?.() === 0)("x", () => 1);'],
    ["a reason as text", 'test("x", ({ skip }) => skip(!hasIpv6, "this machine has no ::1"));'],
    ["a catch that does something", "try { a(); } catch { return null; }"],
    ["the words in a text", 'const s = "TO' + 'DO .only( catch {}";'],
    ["a word that has it inside", "// the method of todos"],
  ])("takes %s", (_, text) => {
    expect(of(text)).toEqual([]);
  });

  test("asks for docstrings in the kit, the mappings, the store and the pipeline's entry alone", () => {
    const bare = "export function a() {}";
    const paths = [
      "src/mapping/a.ts",
      "src/store/a.ts",
      "src/pipeline/index.ts",
      "src/pipeline/land/plan.ts",
      "src/cli/a.ts",
    ];
    expect(paths.filter((path) => of(bare, path).length > 0)).toEqual(paths.slice(0, 3));
  });
});

test("the check for secrets finds them in texts and by the names of files", () => {
  const files = new Map([
    [".env", ""],
    ["test/fixtures/tls/server.key", ""],
    ["src/a.ts", `const key = "AK${"IA"}ABCDEFGHIJKLMNOP";`],
    ["mappings/b.yaml", `token: gh${"p_"}${"a1".repeat(18)}`],
    ["README.md", "Set JOURNEY_HUB_KEY in .env; tokens begin with pat-…"],
  ]);
  expect(leaks(files)).toEqual([
    ".env is a file for secrets",
    "test/fixtures/tls/server.key is a file for secrets",
    "src/a.ts holds an AWS key",
    "mappings/b.yaml holds a GitHub token",
  ]);
});
