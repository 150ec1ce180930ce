import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { comparableVersion } from "../../src/identity/compare/levels.ts";
import { loadIdentityRules } from "../../src/identity/rules.ts";
import { shortHash } from "../../src/lib/hash.ts";
import { packageRoot } from "../../src/lib/package-root.ts";

const shipped = readFileSync(join(packageRoot, "mappings", "identity", "default.yaml"), "utf8");
let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "journey-hub-identity-")), "default.yaml");
});
afterEach(() => rmSync(join(file, ".."), { recursive: true }));

const load = (text: string) => {
  writeFileSync(file, text);
  return loadIdentityRules(file);
};

test("the version is that of the meaning: a comment leaves it, a limit changes it", () => {
  const { version } = load(shipped);
  expect(load(`${shipped}# a remark\n`).version).toBe(version);
  expect(load(shipped.replace("limit: 6", "limit: 5")).version).not.toBe(version);
});

test("the version is also that of how names and values are read, whether records are scored or their claims alone join", () => {
  const { match: _, ...person } = load(shipped).person;
  const { match: __, ...company } = load(shipped).company;
  const { version, model, ...file } = load(stringify({ ...parse(shipped), person, company }));
  expect(model).toBeNull();
  expect(version).toBe(shortHash(JSON.stringify(file), comparableVersion));
});

test.each([
  ["is no YAML", "person: [", /default\.yaml:1:\d+ YAML: /],
  ["lacks a part", shipped.replace(/^company:[\s\S]*/m, ""), /default\.yaml:1:1 company: /],
  [
    "has an unknown key",
    shipped.replace("cutoff: 12,", "cutof: 12,"),
    /default\.yaml:(?!1:)\d+:\d+ unknown key 'cutof'/,
  ],
  [
    "allows no value",
    shipped.replace("limit: 6", "limit: 0"),
    /default\.yaml:(?!1:)\d+:\d+ person\.claims\.\d\.limit: /,
  ],
  [
    "names two claims alike",
    shipped.replace("type: domain", "type: email"),
    /default\.yaml:\d+:\d+ company\.claims\.\d\.type: another claim is named email/,
  ],
  [
    "names a claim as what vendors merge is named",
    shipped.replace("type: domain", "type: merged"),
    /default\.yaml:\d+:\d+ company\.claims\.\d\.type: another claim is named merged/,
  ],
])("a file that %s is refused with its name and the place", (_, text, message) => {
  expect(() => load(text)).toThrow(message);
  expect(() => load(text)).toThrow(file);
});
