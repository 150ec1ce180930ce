import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConnectors } from "../../../connectors/index.ts";
import { type Hub, openHub } from "../../../src/hub/hub.ts";
import { folderIdentity, saveModel } from "../../../src/hub/identity/model-file.ts";
import { type Training, trainIdentity } from "../../../src/hub/identity/train.ts";
import { everyLink, type LinkRow } from "../../../src/hub/queries/links.ts";
import { groupBy } from "../../../src/lib/group.ts";
import { processBatch } from "../../../src/pipeline/index.ts";
import { plantedRecords } from "../../fixtures/identity/planted/plant.ts";
import { rawPlanted } from "../../fixtures/identity/planted/raw.ts";
import { at } from "../../fixtures/pipeline/crm.ts";

/* A data folder with planted people and firms (seed 7), on which weights are learned and from which links are written out. */

const folder = mkdtempSync(join(tmpdir(), "journey-hub-identity-"));
const own = join(folder, "mappings");
const open = () => openHub({ folder, connectors: loadConnectors });
let hub: Hub;

beforeAll(async () => {
  writeFileSync(
    join(folder, "journey-hub.yaml"),
    "apiVersion: journey-hub/v1\nconnections: { planted: { connector: csv } }\n",
  );
  mkdirSync(join(own, "csv"), { recursive: true });
  for (const name of ["contacts.yaml", "companies.yaml"]) {
    const file = fileURLToPath(new URL(`../../fixtures/identity/planted/mappings/planted/${name}`, import.meta.url));
    writeFileSync(join(own, "csv", name), readFileSync(file, "utf8").replace("connector: planted", "connector: csv"));
  }
  hub = await open();
});
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

test("too few records teach nothing, and that is said", async () => {
  const refused = trainIdentity(hub, { seed: 1 });
  await expect(refused).rejects.toThrow(
    /0 persons' and 0 companies' records; weights can be learned from 500 of a kind on/,
  );
});

describe("of 520 records of persons and 40 of companies", () => {
  let training: Training;
  beforeAll(async () => {
    const planted = [...plantedRecords({ records: 800, seed: 7 })];
    const some = (kind: string, count: number) => planted.filter((record) => record.kind === kind).slice(0, count);
    const records = [...some("contact", 520), ...some("company", 40)].map((record) => rawPlanted(record, at(1)));
    for (let start = 0; start < records.length; start += 200) {
      await processBatch(hub.pipeline, { records: records.slice(start, start + 200), also: [] });
    }
    training = await trainIdentity(hub, { seed: 1 });
  });

  test("links are given in the order of record keys, each with its customer and why", async () => {
    const links = await allLinks();
    expect(links).toHaveLength(560);
    expect(links.map(({ record_key }) => record_key)).toEqual(links.map(({ record_key }) => record_key).sort());
    const [link] = links.filter(({ because }) => because === "claim");
    expect(link).toMatchObject({ connection: "planted", claim: expect.stringMatching(/^\w+:./), probability: null });
    const founders = links.filter(({ because }) => because === "founder");
    expect(founders).toHaveLength(new Set(links.map(({ customer_id }) => customer_id)).size);
    for (const { with: other, claim } of founders) expect([other, claim]).toEqual([null, null]);
  });

  test("persons' weights are learned, companies' stay, and each level is shown as it was and as it would be", () => {
    expect(training.records).toEqual({ person: 520, company: 40 });
    expect(training.trained).toEqual(["person"]);
    expect(new Set(training.weights.map(({ kind }) => kind))).toEqual(new Set(["person"]));
    const exact = training.weights.find(({ field, level }) => field === "last_name" && level === "exact");
    expect([exact?.before, exact?.after].every((bits) => bits !== undefined && bits > 3)).toBe(true);
  });

  test("the pairs that are one customer now are those that the folder's links join", async () => {
    const customers = groupBy(await allLinks(), ({ customer_id }) => customer_id);
    const pairs = [...customers.values()].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
    const { before, after, come, go, examples } = training.links;
    expect(before).toBe(pairs);
    expect(after).toBe(before + come - go);
    expect([examples.come.length > 0, examples.go.length > 0]).toEqual([come > 0, go > 0]);
  });

  test("weights that are taken into use count from the next start on", async () => {
    expect(folderIdentity(own).version).toBe(hub.rules.identity.version);
    const files = saveModel(own, hub.rules.identity, training.model);
    expect(files).toEqual([join(own, "identity", "default.model.json")]);
    await hub.close();
    hub = await open();
    expect(hub.rules.identity.model?.version).toBe(training.model.version);
  });

  test("a model that knows nothing of what the rules compare is refused with the rules' file and line, and a remedy", () => {
    const { levels: _, ...rest } = training.model.person.comparisons.first_name ?? { levels: {} };
    const comparisons = { ...training.model.person.comparisons, first_name: { ...rest, levels: {} } };
    const person = { ...training.model.person, comparisons };
    saveModel(own, hub.rules.identity, { ...training.model, person });
    const file = fileURLToPath(new URL("../../../mappings/identity/default.yaml", import.meta.url));
    const line =
      readFileSync(file, "utf8")
        .split("\n")
        .findIndex((text) => text.includes("field: first_name")) + 1;
    const trained = join(own, "identity", "default.model.json");
    expect(() => folderIdentity(own)).toThrow(
      `${file}:${line}:9 ${trained}: the model knows nothing of first_name exact; take that file away, ` +
        "so that the shipped weights count, and run `journey-hub identity train --use`",
    );
  });

  test("rules of the folder's own that compare what the shipped weights do not know are refused with file and line", () => {
    rmSync(join(own, "identity", "default.model.json"));
    const shipped = fileURLToPath(new URL("../../../mappings/identity/default.yaml", import.meta.url));
    const file = join(own, "identity", "default.yaml");
    const text = readFileSync(shipped, "utf8");
    const [company, added] = [
      "{ field: tax_number, levels: [exact, one_error, different] }",
      "email, levels: [exact, different]",
    ];
    writeFileSync(file, text.replace(company, `${company}\n      - { field: ${added} }`));
    const line = text.split("\n").findIndex((each) => each.includes(company)) + 2;
    expect(() => folderIdentity(own)).toThrow(
      new RegExp(`^${file}:${line}:9 .*knows nothing of email exact; leave out`),
    );
    rmSync(file);
  });

  test("a damaged model is told of with its file", () => {
    writeFileSync(join(own, "identity", "default.model.json"), "{");
    expect(() => folderIdentity(own)).toThrow(/default\.model\.json is not JSON/);
  });
});

async function allLinks(): Promise<LinkRow[]> {
  const pages: LinkRow[][] = [];
  for await (const page of everyLink(hub)) pages.push(page);
  return pages.flat();
}
