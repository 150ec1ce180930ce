import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { lintFolder } from "../../../src/hub/rules/lint.ts";
import { loadRules } from "../../../src/hub/rules/rules.ts";
import { shippedMappings } from "../../../src/mapping/index.ts";

const folder = mkdtempSync(join(tmpdir(), "journey-hub-plugged-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A mapping of Acme's people that reads the first name from this field. */
function write(file: string, field: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  const head = "apiVersion: journey-hub/v1\nkind: Mapping\nmetadata: { connector: acme, object: people }\nto: contact";
  writeFileSync(join(folder, file), `${head}\nrecord: { id: id }\nfields: { first_name: ${field} }\n`);
}

const plugged = join(folder, "node_modules", "acme", "mappings");
const reads = async () => {
  const rules = await loadRules(folder, new Set(["acme", "hubspot"]), [shippedMappings, plugged]);
  expect(rules.mappings.find("hubspot", "contacts")).toBeDefined();
  return rules.mappings.find("acme", "people")?.reads;
};

test("a plug-in's mapping is used beside the shipped ones, and the data folder's of the same name in its place", async () => {
  write("node_modules/acme/mappings/acme/people.yaml", "given");
  expect(await reads()).toEqual(["given", "id"]);
  write("mappings/acme/people.yaml", "called");
  expect(await reads()).toEqual(["called", "id"]);
});

test("lint counts a plug-in's files, and finds a mistake in the one that takes the place of one", async () => {
  const { files } = await lintFolder(folder);
  expect(await lintFolder(folder, { plugged: [plugged] })).toEqual({ files, findings: [] });
  write("mappings/acme/people.yaml", "called, last_nam: called");
  const { findings } = await lintFolder(folder, { plugged: [plugged] });
  expect(findings).toMatchObject([{ file: "acme/people.yaml", line: 6, message: expect.stringContaining("last_nam") }]);
});
