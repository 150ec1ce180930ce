import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mappingJsonSchema, readMappingFolders, shippedMappings } from "../../src/mapping/index.ts";

const file = join(shippedMappings, "mapping.schema.json");
const current = JSON.stringify(mappingJsonSchema(), null, 2);

test("mappings/mapping.schema.json is what the engine checks with (UPDATE_SCHEMA=1 writes it)", async () => {
  if (process.env.UPDATE_SCHEMA === "1") await writeFile(file, `${current}\n`);
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual(JSON.parse(current));
});

test("the schema offers the model's fields and their values to editors", () => {
  expect(current).toContain('"lifecycle_stage"');
  expect(current).toContain('"marketing_qualified_lead"');
  expect(current).toContain('"country_from"');
});

test("every shipped file names the schema in its first line", async () => {
  for (const { text } of await readMappingFolders([shippedMappings])) {
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=../mapping.schema.json");
  }
});
