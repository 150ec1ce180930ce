import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { createRandom } from "journey-hub/connector/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { demoCredentials, sfId } from "../../connectors/salesforce/simulator/index.ts";
import { contacts, edit, startOrg, type TestOrg } from "../connectors/salesforce/org.ts";
import { builtCli, freePort, startServing } from "../fixtures/process.ts";

/* A hub that listens, killed at any instant. It has no schedule: what it knows it has heard, or pulled because it was told to. */

const seed = Number(process.env.CHAOS_SEED ?? 20_261_122);
const people = 6;
const kills = 2;
const lookEveryMs = 20;

let org: TestOrg;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "journey-hub-chaos-listening-"));
  org = await startOrg({ Contact: contacts(people) }, { capturedObjects: "all", now: () => Date.now() });
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await org.close();
});

/** What a query on the hub's database gives while the hub is at work. */
function ask<T>(sql: string): T[] {
  const db = new Database(join(folder, "journey-hub.db"), { readonly: true });
  try {
    return db.prepare(sql).pluck().all() as T[];
  } finally {
    db.close();
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const startedAt = performance.now(); !holds(); ) {
    if (performance.now() - startedAt > 30_000) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

const namesKnown = () =>
  ask<string>("select json_extract(fields, '$.last_name') from records where object = 'Contact' order by remote_id");
const syncs = () => ask("select 1 from runs where kind = 'sync'").length;
const hasHeard = (name: string) => until(name, () => namesKnown().includes(name));

test(`${kills} kill -9 while it listens: it hears every change, those made while it was dead too, and pulls only once (seed ${seed})`, async () => {
  const { clientId: client_id, clientSecret: client_secret } = demoCredentials;
  const config = { login_url: org.url, client_id, client_secret, change_data_capture: true };
  const salesforce = { connector: "salesforce", writeback: false, audit: "off", allowedHosts: ["127.0.0.1"], config };
  const port = await freePort();
  const file = { apiVersion: "journey-hub/v1", public_url: `http://127.0.0.1:${port}`, connections: { salesforce } };
  writeFileSync(join(folder, "journey-hub.yaml"), stringify(file));
  const start = () =>
    startServing([builtCli, "start", "--log-level", "error", "--data", folder, "--port", `${port}`], port);
  const names = contacts(people).map(({ LastName }) => String(LastName));
  const rename = async (n: number, name: string) => {
    names[n % people] = name;
    await edit(org, "Contact", sfId("003", (n % people) + 1), { LastName: name });
  };

  let hub = await start();
  await until("the first pull", () => ask("select 1 from runs where kind = 'sync' and status = 'done'").length === 1);
  await rename(0, "heard first");
  await hasHeard("heard first");
  const random = createRandom(seed);
  for (let kill = 0; kill < kills; kill++) {
    const changing = (async () => {
      for (let n = 1; n < people; n++) await rename(n, `before kill ${kill}, ${n}`);
    })();
    await new Promise((resolve) => setTimeout(resolve, random.int(0, 40)));
    await hub.end("SIGKILL");
    await changing;
    await rename(kill, `while dead ${kill}`);
    hub = await start();
    await hasHeard(`while dead ${kill}`);
  }
  await until("all names", () => namesKnown().join() === names.join());
  await until("an empty inbox", () => ask("select 1 from inbox where status <> 'done'").length === 0);
  await hub.end("SIGTERM");
  expect(syncs()).toBe(1);
  expect(ask("select count(*) - count(distinct dedupe_key) from inbox")).toEqual([0]);
  expect(ask("select owner is null and incomplete is null from channels")).toEqual([1]);
});
