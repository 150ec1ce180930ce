import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dismissError } from "../../src/hub/errors/dismiss.ts";
import { readMappingsAnew } from "../../src/hub/errors/mappings.ts";
import { drainInbox } from "../../src/hub/inbox/inbox.ts";
import { keepDeliveries } from "../../src/hub/inbox/intake.ts";
import { findError } from "../../src/hub/queries/errors.ts";
import { deriveAll } from "../../src/hub/sync.ts";
import type { RawRecord } from "../../src/model/record.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { customerIdOf } from "../../src/pipeline/resolve/plan.ts";
import { breakMappings, spoilMapping } from "../hub/errors/mappings.ts";
import { eventually } from "../hub/world.ts";
import { openEmptyHub, type SampleHub } from "./sample-hub.ts";
import { type Opened, openConsole, ownSite, see } from "./visitor.ts";

/** A contact without a job title, which the broken files cannot do without; what it says of itself means to break a page. */
const contact = (id: string): RawRecord => ({
  connection: "hubspot",
  object: "contacts",
  remote_id: id,
  version: "2026-02-01T09:00:00.000Z",
  deleted: false,
  payload: { id, properties: { lastname: "</textarea><script>alert(1)</script>", hs_language: "en" } },
});

let sample: SampleHub;
let pages: Opened;
let operator: { cookie: string };
beforeAll(async () => {
  sample = await openEmptyHub();
  breakMappings(sample.hub.folder);
  await readMappingsAnew(sample.hub);
  pages = openConsole(sample);
  operator = await pages.as("operator");
});
afterAll(() => pages.close());

let id: string;
let landed = 0;
let key: string;
beforeEach(async () => {
  landed += 1;
  key = `hubspot:contacts:w${landed}`;
  await processBatch(sample.hub.pipeline, { records: [contact(`w${landed}`)], also: [] });
  const [error] = await sample.hub.store.byKey("errors", "record_key", [key]);
  id = error?.id ?? "";
});

const record = (headers = operator) => see(pages.app, `/errors/record?id=${id}`, headers);
const press = (path: string, form: Record<string, string>, headers: Record<string, string> = operator) =>
  pages.app.request(path, { method: "POST", body: new URLSearchParams(form), headers: { ...ownSite, ...headers } });
async function form(properties: Record<string, string>, more: Record<string, string> = {}) {
  const seq = (await findError(sample.hub, id))?.landed?.seq;
  const payload = JSON.stringify({ id: key.split(":")[2], properties: { hs_language: "en", ...properties } });
  return { id, seq: String(seq), payload, reason: "as her card says", act: "keep", ...more };
}
const status = async () => (await findError(sample.hub, id))?.status;

test("from the cause a way leads to the record as it landed; an operator finds a form there, a viewer none", async () => {
  const cause = new URLSearchParams({ connection: "hubspot", step: "map", fingerprint: "contacts title value" });
  const list = await see(pages.app, `/errors/cause?${cause}`, operator);
  expect(list.html).toContain(`/errors/record?id=${id}`);
  const { html, text } = await record();
  expect(text).toContain("the expression of title does not fit this record");
  expect(html).toContain('<textarea name="payload"');
  expect(html.match(/<script/g)).toBeNull();
  const viewed = await record(await pages.as("viewer"));
  expect(viewed.text).toContain("</textarea><script>alert(1)</script>");
  expect(viewed.html).not.toMatch(/<textarea|errors\/fix|errors\/unfix/);
  expect((await see(pages.app, "/errors/record?id=none", operator)).status).toBe(404);
});

test("a dismissed error can be tried again from its page, by an operator", async () => {
  await dismissError(sample.hub, id, { by: "Olga", reason: "a test record" });
  const { html, text } = await record();
  expect(text).toContain("by Olga , 1 Mar 2026, 13:00 : a test record");
  expect(html).toMatch(/action="\/errors\/retry"><input type="hidden" name="ids" value="[^"]+"/);
  expect((await record(await pages.as("viewer"))).html).not.toContain("/errors/retry");
  expect((await press("/errors/retry", { ids: id })).headers.get("location")).toBe("/runs");
  await eventually("its trial", async () => (await status()) === "open");
});

describe("a correction", () => {
  test("tried shows what the mapping makes of it and keeps nothing; what was typed is still there", async () => {
    const answer = await press("/errors/fix", await form({ lastname: "Miller", jobtitle: "Buyer" }, { act: "try" }));
    const html = await answer.text();
    expect([answer.status, html]).toEqual([
      200,
      expect.stringContaining("It would pass as contact; nothing is kept yet"),
    ]);
    expect(html).toContain("Miller");
    expect(html).toContain('value="as her card says"');
    expect(await status()).toBe("open");
  });

  test("kept leads to its record, which says by whom, when and why; so does the customer's page", async () => {
    const answer = await press("/errors/fix", await form({ lastname: "Miller", jobtitle: "Buyer" }));
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/errors/record?id=${id}`]);
    const says = /Corrected by a operator , 1 Mar 2026, 13:00 : as her card says/;
    expect((await record()).text).toMatch(says);
    await deriveAll(sample.hub);
    expect((await see(pages.app, `/customers/${customerIdOf(key)}`, operator)).text).toMatch(says);
    const list = await see(pages.app, "/errors/corrections?state=stands", operator);
    expect(list.text).toMatch(/stands .*properties\.jobtitle from – empty to Buyer Corrected by a operator/);
    expect(list.html).toContain(`/errors/record?id=${id}`);

    const taken = await press("/errors/unfix", { id, reason: "it was her brother's" });
    expect([taken.status, await status()]).toEqual([303, "open"]);
    expect((await see(pages.app, `/customers/${customerIdOf(key)}`, operator)).text).toMatch(
      /\(taken back by a operator : it was her brother's \)/,
    );
  });

  const refusals: [string, Record<string, string>, RegExp][] = [
    ["that still fails", {}, /would still fail, so nothing was kept: the expression of title/],
    ["that is no JSON", { payload: "{ id: 1" }, /This is no JSON/],
    ["that is no object", { payload: "[]" }, /A payload is a JSON object/],
    ["without a reason", { reason: " " }, /Say why/],
    ["of a version that is no longer the newest", { seq: "999999" }, /Another version of the record has landed/],
  ];
  test.each(refusals)("%s is refused with why, and nothing typed is lost", async (_, more, says) => {
    const answer = await press("/errors/fix", await form({ lastname: "Typed" }, more));
    const html = await answer.text();
    expect([answer.status, html]).toEqual([409, expect.stringMatching(says)]);
    expect(html).toContain(more.payload ?? "Typed");
    expect(await status()).toBe("open");
  });

  test("is not tried while a mapping file has a mistake, and the form says where", async () => {
    spoilMapping(sample.hub.folder);
    const answer = await press("/errors/fix", await form({ jobtitle: "Buyer" }));
    expect([answer.status, await answer.text()]).toEqual([
      409,
      expect.stringMatching(/contacts\.yaml:\d+:\d+ .*shout/),
    ]);
    breakMappings(sample.hub.folder);
    expect(await status()).toBe("open");
  });

  test("from a viewer, from another site or of nothing is not taken", async () => {
    const good = await form({ jobtitle: "Buyer" });
    expect((await press("/errors/fix", good, await pages.as("viewer"))).status).toBe(403);
    const elsewhere = { ...operator, "sec-fetch-site": "cross-site", origin: "https://elsewhere.example" };
    expect((await press("/errors/fix", good, elsewhere)).status).toBe(403);
    expect((await press("/errors/fix", { ...good, id: "none" })).status).toBe(404);
    expect((await press("/errors/unfix", { id, reason: "x" })).status).toBe(409);
    expect((await press("/errors/unfix", { id })).status).toBe(409);
    expect(await status()).toBe("open");
  });
});

test("a webhook delivery that could not be understood is corrected the same way, once", async () => {
  const { hub } = sample;
  await keepDeliveries(hub, "site", [{ dedupe_key: "odd", onConflict: "refuse", body: '{"type":"form"}' }]);
  for (let n = 1; n <= 10; n++) await drainInbox(hub, "site", { retry: true });
  const [error] = await hub.store.byKey("errors", "record_key", ["site:inbox:odd"]);
  id = error?.id ?? "";
  expect((await record()).html).toMatch(/<textarea [^>]*>\{\s+&quot;type&quot;: &quot;form&quot;\s+\}<\/textarea>/);
  const seq = String((await findError(hub, id))?.delivery?.seq);
  const payload = '{"id":"e1","type":"form"}';
  const kept = await press("/errors/fix", { id, seq, payload, reason: "the sender forgot it", act: "keep" });
  expect(kept.status).toBe(303);
  const { html, text } = await record();
  expect(text).toMatch(/✓ resolved .*Corrected by a operator , 1 Mar 2026, 13:00 : the sender forgot it/);
  expect(html).not.toMatch(/<textarea|errors\/unfix/);
});
