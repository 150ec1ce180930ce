import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLog } from "../../src/hub/log.ts";
import { customersOf } from "../../src/hub/queries/identifier.ts";
import { customerIdOf } from "../../src/pipeline/resolve/plan.ts";
import { put } from "../../src/store/writes.ts";
import { naughtyTexts } from "./naughty-texts.ts";
import { notesOfAda, openEmptyHub, openSampleHub, type SampleHub } from "./sample-hub.ts";
import { type Visitor, visit } from "./visitor.ts";

const at = "2026-03-01T12:00:00.000Z";

let sample: SampleHub;
let visitor: Visitor;
let ada: string;
beforeAll(async () => {
  sample = await openSampleHub();
  visitor = await visit(sample.hub);
  ada = await pathOf("email:ada@contoso.example");
});
afterAll(() => sample.close());

async function pathOf(identifier: string): Promise<string> {
  const [id] = await customersOf(sample.hub, identifier);
  return `/customers/${id}`;
}

describe("the overview", () => {
  test("shows each connection with its status, account, records and last run", async () => {
    const { text } = await visitor.see("/");
    expect(text).toContain("hubspot ✓ connected Webhooks are off: app_client_secret is not set");
    expect(text).toMatch(/ 24601907 0 1 Mar 2026, 13:01 ✓ done every 5m , writes back/);
    expect(text).toContain("erp ! needs attention Token refused. Make a new one.");
    expect(text).toContain("site ○ new Webhooks are off:");
    expect(text).toContain("unfinished ! needs attention Connection unfinished");
  });

  test("counts customers and events and says where the journeys stand", async () => {
    const { text } = await visitor.see("/");
    expect(text).toContain(`Persons ${naughtyTexts.length + 2}`);
    expect(text).toContain("Companies 1");
    expect(text).toMatch(/Timeline events \d{3}/);
    expect(text).toContain(`${naughtyTexts.length + 2} journeys by the stage they are in`);
    expect(text).toContain("Purchase 1");
  });

  test("lists open errors by cause and the last runs", async () => {
    const { text } = await visitor.see("/");
    expect(text).toMatch(/\d+ open errors of \d+ causes, the most frequent first/);
    expect(text).toContain("1 Mar 2026, 13:01");
    expect(text).toContain("NetSuite refused the token <script>alert(1)</script>. Make a new one.");
  });

  test("says of what is read again, for which fields of a mapping, and how far", async () => {
    const under = { from: at, after: "900", behind: null, forFields: { asked: ["id"], records: 1_200 } };
    const state = JSON.stringify({ mode: "changes", at, fields: ["id"], reread: { completeFrom: at, under } });
    const place = { connection: "hubspot", stream: "tickets", records: 0, updated_at: at, revision: 1, state };
    await sample.hub.store.commit([put("cursors", [place])]);
    const { text } = await visitor.see("/");
    expect(text).toMatch(/tickets are read again, as the mapping now reads [\w., ]+ and \d+ more : 1,200 so far/);
  });

  test("counts anew after a while", async () => {
    const before = await visitor.see("/");
    sample.advance(60_000);
    const after = await visitor.see("/");
    expect([before, after].map(({ text }) => /Counted ([^.]+) \./.exec(text)?.[1])).toEqual([
      "1 Mar 2026, 13:02",
      "1 Mar 2026, 13:03",
    ]);
  });
});

describe("customers", () => {
  test.each([
    ["a part of the name", "lovel"],
    ["an e-mail address", "Ada@Contoso.example"],
    ["a phone number", "+49 30 901820"],
    ["an identifier", "email:ada@contoso.example"],
    ["a record", "hubspot:contacts:51"],
  ])("are found by %s", async (_, q) => {
    const { html } = await visitor.see(`/customers?${new URLSearchParams({ q })}`);
    expect(html.match(/href="\/customers\/c_\w+"/g)).toEqual([`href="${ada}"`]);
  });

  test("are found by a company's domain, under all names it goes by", async () => {
    const { text } = await visitor.see("/customers?q=contoso.example");
    expect(text).toMatch(/Contoso Bikes( GmbH)? company Purchase/);
  });

  test("can be held against kind and stage", async () => {
    const { text } = await visitor.see("/customers?kind=company&stage=purchase");
    expect(text).toMatch(/Contoso Bikes( GmbH)? company Purchase since 1 Mar 2026, 12:00/);
    expect(text).not.toContain("Ada Lovelace");
  });

  test("that nobody is, are said to be none, and the search stays in its field", async () => {
    const { text, html } = await visitor.see("/customers?q=%22%3E%3Cscript%3Enobody");
    expect(text).toContain("No customer matches.");
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;nobody"');
  });

  test("a filter that does not exist is left out", async () => {
    expect((await visitor.see("/customers?kind=robot&q=ada")).text).toContain("Ada Lovelace");
  });
});

describe("a customer", () => {
  test("shows its values with their records, and why its records are one", async () => {
    const { text } = await visitor.see(ada);
    expect(text).toContain("Email ada@contoso.example hubspot contacts 51");
    expect(text).toContain("hubspot contacts 51 The first of them to land");
    const company = (await visitor.see(await pathOf("erp:customer:2211"))).text;
    expect(company).toContain("erp customer 2211 Shares domain contoso.example with hubspot companies 900");
    expect(company).toMatch(/Name Contoso Bikes GmbH erp customer 2211 Contoso Bikes hubspot companies 900/);
  });

  test("shows its stage since when and because of what, and the stages before", async () => {
    const { text } = await visitor.see(ada);
    expect(text).toContain("Purchase since 1 Mar 2026, 12:00 The journey is that of its company .");
    expect(text).toContain("Because Deal “Fleet renewal” won on 1 Mar 2026 (rule purchase.enter[0] , version ");
    expect(text).toMatch(/Stage history, the latest first .* Decision 20 Feb 2026, 09:00 1 Mar 2026, 12:00 entered/);
  });

  test("shows its score with the part of every rule", async () => {
    const { text } = await visitor.see(ada);
    expect(text).toMatch(/Score \d+(\.\d)? , grade [A-D][1-4]/);
    expect(text).toContain("Senior role: CTO Fit fit.title.senior +20 its fields");
  });

  test("shows what happened, newest first by day, with what changed", async () => {
    const { text } = await visitor.see(ada);
    expect(text).toContain("Timeline Sunday, 1 March 2026 12:00 hubspot Deal “Fleet renewal”");
    expect(text).toContain("Amount from €10,000.00 to €12,500.50");
  });

  test("shows older events page by page, each once", async () => {
    const seen: string[] = [];
    let path: string | undefined = ada;
    for (let page = 0; path !== undefined && page < 5; page++) {
      const { html } = await visitor.see(path);
      seen.push(...[...html.matchAll(/<li id="event-(\w+)"/g)].map(([, id]) => id ?? ""));
      path = /<a rel="next" href="([^"]+)"/.exec(html)?.[1];
    }
    expect(seen.length).toBeGreaterThan(notesOfAda);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test("is found under the id it had before it was merged into another", async () => {
    const old = customerIdOf("hubspot:contacts:62");
    const { status, headers } = await visitor.see(`/customers/${old}`);
    expect(status).toBe(302);
    expect(headers.get("location")).toBe(await pathOf("hubspot:contacts:61"));
  });

  test.each(["c_00000000000000000000", "nobody", "%00", "..%2F..%2Fetc"])(
    "that is none is not found: %s",
    async (id) => {
      const { status, text } = await visitor.see(`/customers/${id}`);
      expect(status).toBe(404);
      expect(text).toContain("There is nothing here");
    },
  );
});

describe("errors, runs and write-backs", () => {
  test("a cause opens to its records, what to do beside it", async () => {
    const { html } = await visitor.see("/errors");
    const [, address = ""] = /href="(\/errors\/cause\?[^"]+)"/.exec(html) ?? [];
    const { status, text } = await visitor.see(address.replaceAll("&amp;", "&"));
    expect(status).toBe(200);
    expect(text).toMatch(/Connection hubspot Step map Status ✕ open Seen 1 Mar 2026, 13:00/);
    expect(text).toMatch(/What to do \w+/);
    expect(text).toContain("records of this cause, last seen first".replace("records", ""));
  });

  test("a cause that nothing has is not found", async () => {
    expect((await visitor.see("/errors/cause?connection=hubspot&step=map&fingerprint=none")).status).toBe(404);
  });

  test("resolved errors are apart from open ones", async () => {
    expect((await visitor.see("/errors?status=resolved")).text).toContain("No error has been resolved yet.");
  });

  test("runs go on over pages and can be held against their status", async () => {
    const first = await visitor.see("/runs");
    const next = /<a rel="next" href="([^"]+)"/.exec(first.html)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const second = await visitor.see(next);
    expect(second.text).toContain("First page End of the list");
    const failed = await visitor.see("/runs?status=failed");
    expect(failed.text).toContain("erp sync ✕ failed NetSuite refused the token");
    expect(failed.text).not.toContain("✓ done");
  });

  test("write-backs show what was sent and what stood there before", async () => {
    const { text } = await visitor.see("/writebacks");
    expect(text).toContain("hubspot contacts 51 ✓ sent Stage from decision to purchase Score set to 41 1");
    expect((await visitor.see("/writebacks?status=refused")).text).toContain("hubspot contacts 61 ✕ refused");
  });

  test("write-backs name the fields that are left alone, with what stands there and the way to the error", async () => {
    const { text, html } = await visitor.see("/writebacks");
    expect(text).toContain("hubspot contacts 61 Score Score from 41 to 905");
    expect(text).toMatch(/Score from 41 to 905 .* dismissed by Olga : the tool is in the right/);
    expect(html).toMatch(/href="\/errors\/record\?id=\w{20}"/);
    expect((await visitor.see("/writebacks?connection=salesforce")).text).not.toContain("Frozen");
  });

  test("audits show what is proven of each stream, and what was found", async () => {
    const { text } = await visitor.see("/audits");
    expect(text).toContain(
      "3 records were missing, stale or extra, and were healed. 17 of 18 streams have not been compared",
    );
    expect(text).toMatch(
      /hubspot contacts 1 Mar 2026, 13:30 under way: 100 compared 24,603 24,601 24,603 2 1 0 hubspot deals never – – – – – –/,
    );
    expect((await visitor.see("/audits?connection=site")).text).toContain("No stream can be audited");
  });

  test.each(["/runs?cursor=xx", "/customers?cursor=%00", `/writebacks?cursor=${"e".repeat(900)}`, "/errors/cause?"])(
    "an address that is no page of a list gets an answer, not a failure: %s",
    async (path) => {
      const { status, text } = await visitor.see(path);
      expect([200, 400, 404]).toContain(status);
      expect(text).not.toContain("The hub could not answer");
    },
  );
});

describe("texts that mean harm", () => {
  const paths = ["/", "/customers?q=naughty", "/errors", "/runs"];

  test.each(paths)("stay texts on %s", async (path) => {
    expectNothingForeign((await visitor.see(path)).html);
  });

  test("stay texts on the customers whose records hold them", async () => {
    for (const n of naughtyTexts.keys()) {
      const { status, html } = await visitor.see(await pathOf(`hubspot:contacts:${100 + n}`));
      expect(status).toBe(200);
      expectNothingForeign(html);
    }
  });

  test("are still there to be read", async () => {
    const { text } = await visitor.see(await pathOf("hubspot:contacts:100"));
    expect(text).toContain("Title <script>alert(1)</script>");
  });

  test("are no addresses to go to", async () => {
    const { html } = await visitor.see(await pathOf("hubspot:contacts:100"));
    expect(html).not.toMatch(/href="(?!\/|#)/);
    expect((await visitor.see(ada)).html).toContain(
      '<a href="https://app.hubspot.example/contacts/51" rel="external noreferrer">',
    );
  });

  function expectNothingForeign(html: string) {
    expect(html).not.toMatch(/<(script|iframe|style|base|object|embed|details open|img src=x)/i);
    expect(html.match(/<svg/g) ?? []).toEqual((html.match(/<svg class="bar"/g) ?? []).map(() => "<svg"));
    expect(html).not.toMatch(/<[^>]*\son\w+=/i);
    expect(html.match(/<meta http-equiv/g)).toBeNull();
    expect(html.match(/<form/g)).toHaveLength(html.includes('class="filter"') ? 2 : 1);
  }
});

describe("every page", () => {
  test("forbids scripts, foreign sources and frames, and is kept by nobody", async () => {
    const { headers, html } = await visitor.see("/");
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("cache-control")).toBe("no-store");
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(html).not.toContain("style=");
  });

  test("takes its looks from an address that changes with them", async () => {
    const [, address = ""] = /<link rel="stylesheet" href="([^"]+)"/.exec((await visitor.see("/sign-in")).html) ?? [];
    const { status, headers } = await visitor.see(address || "/console.css");
    expect([status, headers.get("content-type")]).toEqual([200, "text/css; charset=utf-8"]);
    expect(headers.get("cache-control")).toContain("immutable");
  });
});

describe("a hub that has nothing yet", () => {
  test("says on every page what is missing and how it comes", async () => {
    const empty = await openEmptyHub({});
    const { see } = await visit(empty.hub);
    const overview = (await see("/")).text;
    expect(overview).toContain("No connection is configured yet. Add one with `journey-hub connect NAME");
    expect(overview).toContain("No error is open");
    expect(overview).toContain("No stage is derived yet.");
    expect(overview).toContain("Nothing has run yet.");
    expect((await see("/customers")).text).toContain("There are no customers yet.");
    expect((await see("/errors")).text).toContain("No error is open");
    expect((await see("/runs")).text).toContain("No run matches.");
    expect((await see("/audits")).text).toContain("No stream can be audited");
    expect((await see("/writebacks")).text).toContain("Nothing has been written back that matches.");
    await empty.close();
  });

  test("that fails says so without what failed, and tells the log", async () => {
    const broken = await openEmptyHub({});
    const lines: string[] = [];
    const log = createLog({ destination: { write: (line) => lines.push(line) } });
    const { see } = await visit(broken.hub, log);
    Object.assign(broken.hub.store, { db: null });
    const { status, text } = await see("/runs");
    expect(status).toBe(500);
    expect(text).toContain("Nothing is lost. Load the page again; if it stays so, the hub's log says why.");
    expect(lines.join()).toContain("a page of the console failed");
    await broken.close();
  });
});
