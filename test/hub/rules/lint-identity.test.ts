import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lintIdentity } from "../../../src/hub/rules/lint-identity.ts";

const shipped = new URL("../../../mappings/identity/", import.meta.url);
const textOf = (name: string) => readFileSync(new URL(name, shipped), "utf8");
const sources = new Set(["salesforce", "crm"]);

let own: string;
beforeEach(() => {
  own = mkdtempSync(join(tmpdir(), "journey-hub-lint-identity-"));
  mkdirSync(join(own, "identity"));
});
afterEach(() => rmSync(own, { recursive: true }));

/** What is found in the shipped identity file with one text in it changed, as "line:column message". */
function found(from: string, to: string): string[] {
  const file = join(own, "identity", "default.yaml");
  writeFileSync(file, textOf("default.yaml").replace(from, to));
  return lintIdentity(file, own, sources).map(({ line, column, message }) => `${line}:${column} ${message}`);
}

/** Where a text of the shipped file stands that is there once a kind. */
function placeOf(text: string, nth = 0): string {
  const lines = textOf("default.yaml").split("\n");
  const line = lines.findIndex(
    (one, n) => one.includes(text) && lines.slice(0, n).filter((two) => two.includes(text)).length === nth,
  );
  return `${line + 1}:${(lines[line]?.indexOf(text) ?? 0) + 1 + "model: ".length}`;
}

const model = "model: default";

test("the shipped identity file has nothing to mend", () => {
  expect(found("", "")).toEqual([]);
});

test("a model that is not there is told with its place", () => {
  expect(found(model, "model: mine")).toEqual([
    `${placeOf(model)} there is no mine.model.json beside this file: name one that is there, or have \`identity train --use\` write it`,
  ]);
});

test("a model of the data folder that cannot be read is told for each kind that names it", () => {
  writeFileSync(join(own, "identity", "default.model.json"), "{ half");
  expect(found("", "")).toEqual([
    expect.stringMatching(`^${placeOf(model)} the model .*default.model.json cannot be used: .*is not JSON`),
    expect.stringMatching(`^${placeOf(model, 1)} `),
  ]);
});

test("a model that was trained on other comparisons is told where it is compared what it does not know", () => {
  const { company, ...rest } = JSON.parse(textOf("default.model.json"));
  const { birth_date: _, ...comparisons } = rest.person.comparisons;
  const trained = { ...rest, company, person: { ...rest.person, comparisons } };
  writeFileSync(join(own, "identity", "default.model.json"), JSON.stringify(trained));
  const lines = textOf("default.yaml").split("\n");
  const line = lines.findIndex((text) => text.includes("field: birth_date")) + 1;
  expect(found("", "")).toEqual([
    expect.stringMatching(
      `^${line}:9 .*default.model.json: the model knows nothing of birth_date .*; take that file away`,
    ),
  ]);
});

test("names in source_priority that are no connection and no connector are told with their places", () => {
  const rules = "survivorship: { person: { phone: [{ source_priority: [crm, [salesforce, sap], hubspto] }] } }\n";
  const line =
    textOf("default.yaml")
      .split("\n")
      .findIndex((one) => one.startsWith("survivorship:")) + 1;
  const place = (name: string) => `${line}:${rules.indexOf(name) + 1}`;
  expect(found(/^survivorship:[\s\S]*/m.exec(textOf("default.yaml"))?.[0] ?? "none", rules)).toEqual([
    `${place("sap]")} no connection and no connector is called 'sap'`,
    `${place("hubspto")} no connection and no connector is called 'hubspto'`,
  ]);
});
