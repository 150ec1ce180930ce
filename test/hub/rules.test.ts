import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadRules } from "../../src/hub/rules/rules.ts";
import { shippedMappings } from "../../src/mapping/index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journey-hub-rules-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Puts a copy of a shipped file into the data folder, one text in it changed. */
function own(file: string, from: string, to: string): void {
  const text = readFileSync(join(shippedMappings, file), "utf8");
  mkdirSync(join(folder, "mappings", file, ".."), { recursive: true });
  writeFileSync(join(folder, "mappings", file), text.replace(from, to));
}

test("a data folder without rules of its own works by the shipped ones", async () => {
  const rules = await loadRules(folder, new Set(["webhook"]));
  expect(rules.derive.journey.stages.map(({ id }) => id)).toContain("advocacy");
  expect(rules.derive).toBe(rules.derive);
  expect(rules.mappings.find("webhook", "events")).toBeDefined();
});

test("a score of the data folder that the shipped journey does not fit is refused when the rules are read", async () => {
  own("scores/default.yaml", "name: lead", "name: mine");
  await expect(loadRules(folder, new Set())).rejects.toThrow(/default\.yaml:\d+:\d+ no score is named 'lead'/);
});

test("a journey of the data folder with a mistake is refused with its place when the rules are read", async () => {
  own("journeys/default.yaml", "kind: Journey", "kind: Travel");
  await expect(loadRules(folder, new Set())).rejects.toThrow(/mappings\/journeys\/default\.yaml:4:7 /);
});

test("rules that were in the data folder when they were read stay in use when its files change later", async () => {
  const rules = await loadRules(folder, new Set());
  cpSync(join(shippedMappings, "journeys"), join(folder, "mappings", "journeys"), { recursive: true });
  own("journeys/default.yaml", "kind: Journey", "kind: Travel");
  expect(rules.derive.journey.stages.length).toBeGreaterThan(5);
});
