import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { packageRoot } from "../src/lib/package-root.ts";
import { readSources } from "./house/files.ts";
import { functionsIn } from "./house/functions.ts";
import { importsOf } from "./house/imports.ts";
import { breaches, type Exception } from "./house/rules.ts";

/** What may be longer than the limits, and why. An entry that is no longer needed fails. */
const exceptions: Exception[] = [];

test("no file of ours breaks a rule of the house", () => {
  expect(breaches(readSources("src", "connectors", "test"), exceptions)).toEqual([]);
});

const planted = z
  .array(
    z.strictObject({
      rule: z.string(),
      files: z.record(z.string(), z.string()),
      exceptions: z
        .array(z.strictObject({ path: z.string(), name: z.string().optional(), reason: z.string() }))
        .default([]),
      found: z.array(z.string()),
    }),
  )
  .parse(parse(readFileSync(new URL("./fixtures/floors/planted.yaml", import.meta.url), "utf8")));

describe("the check of the floors", () => {
  test.each(planted)("finds: $rule", ({ files, exceptions: excused, found }) => {
    const texts = Object.entries(files).map(([path, text]) => [path, expand(text)] as const);
    expect(breaches(new Map(texts), excused as Exception[])).toEqual(found);
  });
});

/** `<60 lines>` in a planted file stands for that many. */
const expand = (text: string) =>
  text.replace(/<(\d+) lines>/g, (_, count) => Array<string>(Number(count)).fill("  void 0;").join("\n"));

test("imports are read in every form they are written in, and not out of comments and strings", () => {
  const text = [
    'import a, { b } from "./a.ts";',
    "import type { C } from './c.ts';",
    'import "./d.ts";',
    'export {\n  e,\n  f,\n} from "./e.ts";',
    'export * from "./g.ts";',
    'const h = await import("./h.ts");',
    'type I = typeof import("./i.ts");',
    '// import x from "./no.ts";',
    '/* export * from "./no.ts" */',
    "const s = 'import x from \"./no.ts\"';",
    'const t = `import x from "./no.ts" ${`${s}`} import "./no.ts"`;',
    'const r = /import "x"/.test(s) ? "./no.ts" : 1 / 2;',
    'export const url = "./no.ts";',
    'import { type J } from "../../up/j.ts";',
  ].join("\n");
  expect(
    importsOf(new Map([["src/lib/x.ts", text]]), "src/lib/x.ts").map(({ line, specifier }) => [line, specifier]),
  ).toEqual([
    [1, "./a.ts"],
    [2, "./c.ts"],
    [3, "./d.ts"],
    [4, "./e.ts"],
    [8, "./g.ts"],
    [9, "./h.ts"],
    [10, "./i.ts"],
    [17, "../../up/j.ts"],
  ]);
});

test("functions are measured whatever form they have", () => {
  const text = [
    "export async function first<T>(a: { b: string },",
    "  c = { d: 1 }): Promise<{ e: T }> {",
    "  if (a) { return; }",
    "}",
    "const second = (x: string): { y: number } => {",
    "  return { y: x.length };",
    "};",
    "class K { third() {",
    "  for (const x of []) {}",
    "} }",
    "const o = { async fourth(x = `}${'{'}`) {",
    "  return /[/{]/.test(x);",
    "} };",
    "list.map((x) => {",
    "});",
    "const f = async x => {",
    "};",
    "export interface NoFunction {",
    "  x: number;",
    "}",
    "if (a) { b(); } else {",
    "}",
  ].join("\n");
  expect(functionsIn(text).map(({ name, line, lines }) => `${name} ${line} ${lines}`)).toEqual([
    "first 1 4",
    "second 5 3",
    "third 8 3",
    "fourth 11 3",
    "=> 14 2",
    "f 16 2",
  ]);
});

const lock = z.looseObject({ packages: z.record(z.string(), z.looseObject({ resolved: z.string().optional() })) });

/** What a lock file tells of the machine it was made on. */
function tracesIn(lockText: string): string[] {
  const { packages } = lock.parse(JSON.parse(lockText));
  return Object.entries(packages).flatMap(([name, entry]) => [
    ...("resolved" in entry ? [`${name} says where it was downloaded`] : []),
    ...(/"(?:file:|\/|[A-Za-z]:\\\\)/.test(JSON.stringify(entry)) || name.startsWith("/")
      ? [`${name} has a path of a machine`]
      : []),
    ...(/registry\.|\.tgz"/.test(JSON.stringify(entry)) ? [`${name} names a registry`] : []),
  ]);
}

test("the lock file holds no download address, no registry and no path of a machine", () => {
  expect(tracesIn(readFileSync(join(packageRoot, "package-lock.json"), "utf8"))).toEqual([]);
});

test("the check of the lock file finds each of them", () => {
  const packages = {
    "node_modules/a": { version: "1.0.0", resolved: "https://registry.example/a/-/a-1.0.0.tgz" },
    "node_modules/b": { version: "file:../b" },
    "node_modules/c": { version: "1.0.0", integrity: "sha512-abc", funding: { url: "https://c.example/sponsor" } },
  };
  expect(tracesIn(JSON.stringify({ packages }))).toEqual([
    "node_modules/a says where it was downloaded",
    "node_modules/a names a registry",
    "node_modules/b has a path of a machine",
  ]);
});
