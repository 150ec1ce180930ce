import { afterEach, describe, expect, test } from "vitest";
import { sfId } from "../../../../connectors/salesforce/simulator/index.ts";
import { contacts, edit, readStream, startOrg, type TestOrg } from "../org.ts";
import { asked, config, fields, idsIn, jobIn, orgOf, readAll, readFrom } from "./jobs.ts";

let org: TestOrg;
afterEach(() => org.close());

const everyId = (count: number) => contacts(count).map(({ Id }) => Id);

describe("a backfill of many records", () => {
  test("goes through one query job after a first page and a count, and ends with a page that finds no more", async () => {
    org = await orgOf(30_000);
    const steps = await readAll(org);
    expect(idsIn(steps)).toEqual(everyId(30_000));
    expect(asked(org)).toEqual({
      "GET queryAll": 3, // the first page, the count, the last page
      "POST jobs/query": 1,
      "GET jobs/query/{id}": 7,
      "GET jobs/query/{id}/results": 2,
    });
  });

  test("hands on pages of 2,000 records, whatever the vendor's result pages hold", async () => {
    org = await orgOf(13_000, { bulkResultRowsMax: 4_500 });
    const steps = await readAll(org);
    expect(steps.map(({ records }) => records.length)).toEqual([
      2_000, 0, 2_000, 2_000, 500, 2_000, 2_000, 500, 2_000, 0,
    ]);
    expect(idsIn(steps)).toEqual(everyId(13_000));
  });

  test("keeps the job before it waits for it", async () => {
    org = await orgOf(9_000, { bulkQueueSeconds: 100 });
    const [, begun] = await readFrom(org.open(config), null, ({ records }) => records.length > 0);
    expect(begun?.records).toEqual([]);
    expect(jobIn(begun?.next)).toBe(sfId("750", 1));
  });

  test("looks less and less often at a job that takes long, and says that it goes on", async () => {
    org = await orgOf(9_000, { bulkQueueSeconds: 600 });
    const begunAt = org.clock.now();
    const steps = await readAll(org);
    expect(idsIn(steps)).toEqual(everyId(9_000));
    expect(asked(org)["GET jobs/query/{id}"]).toBe(29);
    expect(org.clock.now() - begunAt).toBeLessThan(660_000);
  });

  test("reads several jobs one after the other where there are more rows than one takes", async () => {
    org = await orgOf(260_500);
    const steps = await readAll(org);
    expect(idsIn(steps)).toEqual(everyId(260_500));
    expect(asked(org)["POST jobs/query"]).toBe(2);
    // Another process, which knows of no count, goes on amid the first.
    const rest = await readFrom(org.open(config), steps[120]?.next ?? null);
    expect([...idsIn(steps.slice(0, 121)), ...idsIn(rest)]).toEqual(everyId(260_500));
    expect(asked(org)["POST jobs/query"]).toBe(3);
  });

  test("through the engine: what changes while the job runs comes again with the changes", async () => {
    org = await orgOf(9_000);
    org.always.trouble = async (request) => {
      if (request.method !== "POST" || !request.url.endsWith("/jobs/query")) return undefined;
      const answer = await org.simulator.app.fetch(request);
      org.clock.advance(1_000);
      await edit(org, "Contact", sfId("003", 8_000), { LastName: "Changed meanwhile" });
      return answer;
    };
    const { records, cursor } = await readStream({ ...org, connection: org.open(config) }, "Contact", null, fields);
    const names = records.filter(({ id }) => id === sfId("003", 8_000)).map(({ payload }) => payload.LastName);
    expect(names).toEqual(["Number 8000", "Changed meanwhile"]);
    expect(cursor?.mode).toBe("changes");
  });
});

describe("by pages as ever", () => {
  test("goes an object that has one page: it is not even counted", async () => {
    org = await orgOf(1_500);
    await readAll(org);
    expect(asked(org)).toEqual({ "GET queryAll": 1 });
  });

  test("goes an object with fewer records than are worth a job, counted once", async () => {
    org = await orgOf(6_500);
    expect(idsIn(await readAll(org))).toEqual(everyId(6_500));
    expect(asked(org)).toEqual({ "GET queryAll": 5 });
  });

  test("goes everything where jobs are switched off", async () => {
    org = await orgOf(8_001);
    expect(idsIn(await readFrom(org.open({ bulk_from_records: "never" }), null))).toEqual(everyId(8_001));
    expect(asked(org)).toEqual({ "GET queryAll": 5 });
  });

  test("goes what has an address as a whole, which jobs do not give", async () => {
    org = await orgOf(8_000, {}, () => ({ MailingCity: "Zürich" }));
    const withAddress = [...fields, "MailingAddress.city"];
    const { records } = await readStream({ ...org, connection: org.open(config) }, "Contact", null, withAddress);
    expect(new Set(records.map(({ payload }) => JSON.stringify(payload.MailingAddress))).size).toBe(1);
    expect(records.length).toBeGreaterThanOrEqual(8_000);
    expect(asked(org)["POST jobs/query"]).toBeUndefined();
  });

  test("goes a list without fields: who asks for that holds it against what is there now", async () => {
    org = await startOrg({ Contact: contacts(8_000) });
    await readStream({ ...org, connection: org.open(config) }, "Contact", null, []);
    expect(asked(org)["POST jobs/query"]).toBeUndefined();
  });
});
