import { afterAll, beforeAll, expect, test } from "vitest";
import type { RawRecord } from "../../src/model/record.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { eventually } from "../hub/world.ts";
import { openEmptyHub, type SampleHub } from "./sample-hub.ts";
import { type Opened, openConsole, ownSite, see } from "./visitor.ts";

/** A vendor's object that no mapping file knows, so its records are errors. */
const widget = (id: string): RawRecord => ({
  connection: "hubspot",
  object: "widgets",
  remote_id: id,
  version: "2026-02-01T09:00:00.000Z",
  deleted: false,
  payload: { id },
});

let sample: SampleHub;
let pages: Opened;
beforeAll(async () => {
  sample = await openEmptyHub();
  const { hub } = sample;
  await processBatch(hub.pipeline, { records: [widget("w1"), widget("w2")], also: [] });
  pages = openConsole(sample);
});
afterAll(() => pages.close());

const cause = { connection: "hubspot", step: "map", fingerprint: "no mapping for widgets" };
const causeAddress = `/errors/cause?${new URLSearchParams(cause)}`;
const press = (form: Record<string, string>, headers: Record<string, string>) =>
  pages.app.request("/errors/retry", {
    method: "POST",
    body: new URLSearchParams(form),
    headers: { ...ownSite, ...headers },
  });

test("an operator finds a button for the cause and one for each record; a viewer finds none", async () => {
  const { html, text } = await see(pages.app, causeAddress, await pages.as("operator"));
  expect(text).toContain("Try all 2 again");
  expect(html.match(/action="\/errors\/retry"/g)).toHaveLength(3);
  expect((await see(pages.app, causeAddress, await pages.as("viewer"))).html).not.toContain("/errors/retry");
});

test("pressed, it leads to the runs, where the retry says what came of it", async () => {
  const operator = await pages.as("operator");
  const answer = await press(cause, operator);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/runs"]);
  await eventually("its end", async () => (await see(pages.app, "/runs", operator)).text.includes("✓ done"));
  expect((await see(pages.app, "/runs", operator)).text).toMatch(/hubspot retry ✓ done \S+ \S+ 2 found, 2 open/);
});

test("pressed by a viewer, or from another site, it does nothing", async () => {
  const before = await sample.hub.store.db.select().from(sample.hub.store.tables.runs);
  expect((await press(cause, await pages.as("viewer"))).status).toBe(403);
  const elsewhere = { "sec-fetch-site": "cross-site", origin: "https://elsewhere.example" };
  expect((await press(cause, { ...(await pages.as("operator")), ...elsewhere })).status).toBe(403);
  expect((await press(cause, {})).headers.get("location")).toContain("/sign-in");
  expect(await sample.hub.store.db.select().from(sample.hub.store.tables.runs)).toHaveLength(before.length);
});

test("pressed for what is closed already, or for nothing, it says so", async () => {
  const operator = await pages.as("operator");
  for (const form of [{ ids: "e_gone" }, { ...cause, fingerprint: "none" }, {}]) {
    const answer = await press(form, operator);
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining("Nothing to try again")]);
  }
});
