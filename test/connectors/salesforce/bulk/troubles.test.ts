import { afterEach, describe, expect, test } from "vitest";
import { contacts, type TestOrg } from "../org.ts";
import { asked, config, detoursIn, idsIn, jobIn, orgOf, readAll, readFrom, type Step } from "./jobs.ts";

let org: TestOrg;
afterEach(() => org.close());

const rows = 12_000;
const everyId = contacts(rows).map(({ Id }) => Id);
const isResult = ({ url }: Request) => new URL(url).pathname.endsWith("/results");
const isJob = ({ url }: Request) => /\/jobs\/query\/\w+$/.test(new URL(url).pathname);

/** The true answer with other text or headers. */
async function spoiled(request: Request, spoil: (text: string, headers: Headers) => string): Promise<Response> {
  const answer = await org.simulator.app.fetch(request);
  const headers = new Headers(answer.headers);
  return new Response(spoil(await answer.text(), headers), { status: answer.status, headers });
}

describe("a hub that is killed", () => {
  test("goes on at every place where it may have been, with each record once and none left out", async () => {
    org = await orgOf(rows, { bulkResultRowsMax: 7_000 });
    const whole = await readAll(org);
    expect(idsIn(whole)).toEqual(everyId);
    for (const [n, { after }] of whole.entries()) {
      const rest = await readFrom(org.open(config), after);
      expect([...idsIn(whole.slice(0, n)), ...idsIn(rest)]).toEqual(everyId);
    }
    expect(asked(org)["POST jobs/query"]).toBeLessThanOrEqual(3); // one, and one for each place before it was begun
  });

  test("finds its place in a page of results that now comes with fewer rows", async () => {
    const sizes = { bulkResultRowsMax: 9_000 };
    org = await orgOf(rows, sizes);
    const before = await readFrom(org.open(config), null, ({ next }) => !next?.includes('"handed":6000'));
    org.always.trouble = (request) => {
      const url = new URL(request.url);
      if (!isResult(request)) return undefined;
      url.searchParams.set("maxRecords", "4000");
      return org.simulator.app.fetch(new Request(url, request));
    };
    const rest = await readFrom(org.open(config), before.at(-1)?.next ?? null);
    expect([...idsIn(before), ...idsIn(rest)]).toEqual(everyId);
    expect(asked(org)["POST jobs/query"]).toBe(1);
  });
});

/** Reads until the job is under way with its first rows handed on, lets something happen, and reads on by another process. */
async function interrupted(happen: (job: string) => unknown): Promise<Step[]> {
  const before = await readFrom(org.open(config), null, ({ records, next }) => !(jobIn(next) && records.length > 0));
  const next = before.at(-1)?.next ?? null;
  await happen(jobIn(next));
  return [...before, ...(await readFrom(org.open(config), next))];
}

describe("a job that is no good any more", () => {
  test("gone after a week: another begins behind the last record", async () => {
    org = await orgOf(rows, { sessionSeconds: 30 * 86_400 });
    const steps = await interrupted(() => org.clock.advance(8 * 86_400_000));
    expect(idsIn(steps)).toEqual(everyId);
    expect(asked(org)["POST jobs/query"]).toBe(2);
  });

  test("of another selection of fields: another begins behind the last record", async () => {
    org = await orgOf(rows, {}, (n) => ({ Email: `n${n}@acme.example` }));
    const before = await readFrom(org.open(config), null, ({ records, next }) => !(jobIn(next) && records.length > 0));
    const stream = org.open(config).streams.Contact;
    const asksMore = ["LastName", "Email", "Account.Name", "Title"];
    const records = before.flatMap((step) => step.records);
    for (let after = before.at(-1)?.next ?? null; after !== null; ) {
      const page = await stream?.pages({ after, fields: asksMore });
      for (const { payload } of page?.records ?? []) expect(payload).toHaveProperty("Title");
      records.push(...(page?.records ?? []));
      after = page?.next ?? null;
    }
    expect(records.map(({ id }) => id)).toEqual(everyId);
  });

  test("failed: its rows are read by pages", async () => {
    org = await orgOf(rows);
    org.simulator.state.failNextJob("InternalServerError: retried more than fifteen times");
    const steps = await readAll(org);
    expect(idsIn(steps)).toEqual(everyId);
    expect(detoursIn(steps)).toEqual([
      null,
      "Salesforce, reading Contact: the query job ended: InternalServerError: retried more than fifteen times; " +
        "what it was to read is read by pages, which takes more requests",
    ]);
    expect(asked(org)).toMatchObject({ "POST jobs/query": 1, "GET queryAll": 8 });
    expect(asked(org)["GET jobs/query/{id}/results"]).toBeUndefined();
  });

  test("aborted by an administrator while it ran: its rows are read by pages", async () => {
    org = await orgOf(rows);
    org.always.trouble = async (request) => {
      if (!isJob(request) || request.method !== "GET") return undefined;
      const body = JSON.stringify({ state: "Aborted" });
      await org.simulator.app.fetch(new Request(request.url, { method: "PATCH", headers: request.headers, body }));
      return undefined;
    };
    expect(idsIn(await readAll(org))).toEqual(everyId);
  });

  test("never done: it is given up after two hours, told so, and its rows are read by pages", async () => {
    org = await orgOf(rows, { bulkQueueSeconds: 100_000, sessionSeconds: 100_000 });
    expect(idsIn(await readAll(org))).toEqual(everyId);
    expect(asked(org)["PATCH jobs/query/{id}"]).toBe(1);
  });

  test("done with nothing, where rows were counted: pages tell what is there", async () => {
    org = await orgOf(rows);
    org.always.trouble = (request) =>
      isJob(request)
        ? spoiled(request, (text) => text.replace(/"numberRecordsProcessed":\d+/, '"numberRecordsProcessed":0'))
        : undefined;
    expect(idsIn(await readAll(org))).toEqual(everyId);
  });
});

describe("results that are not what the job counted", () => {
  const idsOnce = (steps: readonly Step[]) => [...new Set(idsIn(steps))].sort();

  test("a page cut off, one without rows, one in HTML, a locator that ends too early: asked for again", async () => {
    org = await orgOf(rows, { bulkResultRowsMax: 3_000 });
    const spoils: ((text: string, headers: Headers) => string)[] = [
      (text) => text.slice(0, text.length >> 1),
      (text) => text.slice(0, text.lastIndexOf("\n", text.length - 2) + 1),
      (text) => text.slice(0, text.indexOf("\n") + 1),
      () => "",
      () => "<html><body>We will be back soon</body></html>",
      (text, headers) => {
        headers.set("sforce-locator", "null");
        return text;
      },
      (text) => text.replace(/^("003\w+",)/m, ""),
    ];
    let strikes = 0;
    org.always.trouble = (request) => {
      const spoil = isResult(request) && strikes++ % 2 === 0 ? spoils.shift() : undefined;
      return spoil && spoiled(request, spoil);
    };
    expect(idsIn(await readAll(org))).toEqual(everyId);
    expect(org.exchanges.filter(({ outcome }) => outcome === "retry").length).toBeGreaterThanOrEqual(3);
    expect(asked(org)["POST jobs/query"]).toBe(1);
  });

  test("fewer rows than the job counted, however often it is asked: all of them are read once more by pages", async () => {
    org = await orgOf(rows, { bulkResultRowsMax: 3_000 });
    org.always.trouble = (request) =>
      isJob(request)
        ? spoiled(request, (text) => text.replace(/"numberRecordsProcessed":10000/, '"numberRecordsProcessed":10001'))
        : undefined;
    const steps = await readAll(org);
    expect(detoursIn(steps).at(-1)).toContain("the query job counted 1001 rows more, and its results end with 1000;");
    expect(idsOnce(steps)).toEqual(everyId);
    expect(idsIn(steps).length).toBeGreaterThan(rows);
  });

  test("rows out of order: all of them are read once more by pages", async () => {
    org = await orgOf(rows);
    org.always.trouble = (request) =>
      isResult(request)
        ? spoiled(request, (text) => {
            const lines = text.trimEnd().split("\n");
            const [heading = "", ...others] = lines;
            return `${[heading, ...others.reverse()].join("\n")}\n`;
          })
        : undefined;
    expect(idsOnce(await readAll(org))).toEqual(everyId);
  });

  test("a reply over the limit: fewer rows are asked for", async () => {
    org = await orgOf(rows, {}, () => ({ Email: `${"x".repeat(60)}@acme.example` }));
    expect(idsIn(await readFrom(org.open(config, { replyBytesMax: 1_200_000 }), null))).toEqual(everyId);
    expect(asked(org)).toMatchObject({ "POST jobs/query": 1, "GET jobs/query/{id}/results": 3 });
  });
});

describe("an org that refuses query jobs", () => {
  test.each(["feature-not-enabled", "api-disabled", "no-permission"] as const)(
    "%s: everything is read by pages, and a job is not asked for again within the hour",
    async (bulkRefusal) => {
      org = await orgOf(rows, { bulkRefusal });
      const connection = org.open(config);
      const steps = await readFrom(connection, null);
      expect(idsIn(steps)).toEqual(everyId);
      expect(detoursIn(steps)).toEqual([expect.stringContaining("creating a query job for Contact")]);
      expect(idsIn(await readFrom(connection, null))).toEqual(everyId);
      expect(asked(org)["POST jobs/query"]).toBe(1);
    },
  );

  test("the day's jobs are used up, or its results too big: by pages", async () => {
    org = await orgOf(rows, { bulkQueryJobsMax: 0 });
    expect(idsIn(await readAll(org))).toEqual(everyId);
  });

  test("an object that query jobs do not serve: by pages", async () => {
    org = await orgOf(rows, { bulkUnsupported: ["Contact"] });
    expect(idsIn(await readAll(org))).toEqual(everyId);
  });
});
