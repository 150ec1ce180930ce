import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadConnectors } from "../../connectors/index.ts";

const connectors = await loadConnectors();

const folder = fileURLToPath(new URL("../../connectors/", import.meta.url));

test("every folder with a connector is in the list, once", () => {
  const folders = readdirSync(folder).filter((name) => existsSync(`${folder}${name}/index.ts`));
  expect(connectors.map(({ id }) => id).sort()).toEqual(folders.sort());
});

test("every connector says what it is called and has a README", () => {
  for (const { id, title } of connectors) {
    expect(title).not.toBe("");
    expect(existsSync(`${folder}${id}/README.md`), id).toBe(true);
  }
});
