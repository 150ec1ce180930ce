import { afterAll, beforeAll, expect, test } from "vitest";
import type { RawRecord } from "../../src/model/record.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { customerIdOf } from "../../src/pipeline/resolve/plan.ts";
import { openEmptyHub, type SampleHub } from "./sample-hub.ts";
import { type Opened, openConsole, ownSite, see } from "./visitor.ts";

/* Two Graces share a name and no more: too little for the rules to be sure, too much to be left alone. */

let sample: SampleHub;
let pages: Opened;
let operator: { cookie: string };
let viewer: { cookie: string };
beforeAll(async () => {
  sample = await openEmptyHub();
  pages = openConsole(sample);
  [operator, viewer] = [await pages.as("operator"), await pages.as("viewer")];
});
afterAll(() => pages.close());

function contact(id: string, properties: object): RawRecord {
  const version = "2026-02-01T09:00:00.000Z";
  const payload = {
    id,
    properties: { ...properties, hs_lastmodifieddate: version, lastmodifieddate: version },
    createdAt: "2026-01-15T09:00:00.000Z",
    updatedAt: version,
  };
  return { connection: "hubspot", object: "contacts", remote_id: id, version, deleted: false, payload };
}

const name = { firstname: "Grace", lastname: "Hopper" };
const graces = [
  contact("1", { ...name, email: "grace@navy.example", jobtitle: "<b>Admiral" }),
  contact("2", { ...name, phone: "+1 518 555 0101", jobtitle: "Programmer" }),
];
const [one, other] = ["hubspot:contacts:1", "hubspot:contacts:2"] as const;
const customer = `/customers/${customerIdOf(one)}`;

const press = (path: string, form: Record<string, string>, by: Record<string, string> = operator) =>
  pages.app.request(path, { method: "POST", body: new URLSearchParams(form), headers: { ...ownSite, ...by } });
const decide = (kind: string, reason: string, by = operator) =>
  press("/reviews/decide", { left: one, right: other, kind, reason }, by);
const reviews = (by = operator, query = "") => see(pages.app, `/reviews${query}`, by);

test("without a pair the page says what that means, and the navigation counts none", async () => {
  const { text } = await reviews();
  expect(text).toContain("No pair waits for a person: the rules join or part all records by themselves");
  expect(text).toContain("Reviews Errors");
});

test("a pair stands with what both records say, its probability and what speaks for it, and is counted", async () => {
  await processBatch(sample.hub.pipeline, { records: graces, also: [] });
  const { text, html } = await reviews();
  expect(text).toContain("Reviews 1 waiting Errors");
  expect(text).toMatch(/Grace Hopper and Grace Hopper Probability 0\.\d{4} that this is one person\./);
  expect(text).toContain("First name Grace Grace ✓ agree");
  expect(text).toContain("Title <b>Admiral Programmer ✕ differ");
  expect(text).toMatch(/in bits before anything is compared -\d+\.\d .*Last name, exact \+\d+\.\d/);
  expect(html).not.toContain("<b>");
  expect((await reviews(operator, "?kind=company")).text).toContain("No pair waits");
});

test("a viewer finds neither button nor form, and may send none", async () => {
  const { text, html } = await reviews(viewer);
  expect(text).toContain("Grace Hopper and Grace Hopper");
  expect(html).not.toMatch(/action="\/reviews\/decide"|One customer/);
  expect((await decide("must_link", "so", viewer)).status).toBe(403);
  expect((await press("/customers/unmerge", { id: "c", record: one, reason: "so" }, viewer)).status).toBe(403);
});

test("a decision wants a reason and two records that are there", async () => {
  const unexplained = await decide("must_link", " ");
  expect([unexplained.status, await unexplained.text()]).toEqual([409, expect.stringContaining("Say why")]);
  const unknown = await press("/reviews/decide", {
    left: one,
    right: "hubspot:contacts:9",
    kind: "must_link",
    reason: "x",
  });
  expect([unknown.status, await unknown.text()]).toEqual([
    409,
    expect.stringContaining("hubspot:contacts:9 is not known"),
  ]);
});

test("an operator makes them one customer, takes one out again, and the pair does not come back", async () => {
  const linked = await decide("must_link", "<i>asked her");
  expect([linked.status, linked.headers.get("location")]).toEqual([303, "/reviews"]);
  expect((await reviews()).text).toContain("No pair waits");
  const { text, html } = await see(pages.app, customer, operator);
  expect(text).toContain("Linked with hubspot contacts 1 by a operator : <i>asked her");
  expect(html).not.toContain("<i>");
  expect((await see(pages.app, customer, viewer)).html).not.toContain("/customers/unmerge");

  const parted = await press("/customers/unmerge", { id: customerIdOf(one), record: other, reason: "her aunt" });
  expect([parted.status, parted.headers.get("location")]).toEqual([303, customer]);
  const { html: alone } = await see(pages.app, customer, operator);
  expect(alone).not.toContain("/customers/unmerge");
  expect((await reviews()).text).toContain("No pair waits");
  const again = await press("/customers/unmerge", { id: customerIdOf(one), record: one, reason: "once more" });
  expect([again.status, await again.text()]).toEqual([409, expect.stringContaining("there is nothing to part from")]);
});

test("what was decided is listed, and an operator takes it back: the pair waits again", async () => {
  expect((await reviews(viewer)).text).toMatch(/not the same her aunt a operator , .* stands/);
  expect((await reviews()).text).toMatch(/not the same her aunt a operator , .* Take back/);
  expect((await reviews(viewer)).text).toMatch(/<i>asked her a operator , .* overruled by 2/);
  const unexplained = await press("/reviews/revoke", { id: "2", reason: " " });
  expect([unexplained.status, await unexplained.text()]).toEqual([409, expect.stringContaining("Say why")]);
  // The later of the two goes first, so that the earlier holds until it goes too.
  for (const id of ["2", "1"]) expect((await press("/reviews/revoke", { id, reason: "I was wrong" })).status).toBe(303);
  const { text } = await reviews();
  expect(text).toContain("Reviews 1 waiting");
  expect(text).toMatch(/one customer <i>asked her a operator , .* taken back by a operator , .*: I was wrong/);
  const twice = await press("/reviews/revoke", { id: "2", reason: "once more" });
  expect([twice.status, await twice.text()]).toEqual([409, expect.stringContaining("No decision 2 stands.")]);
});
