import jsforce from "jsforce";
import { afterEach, describe, expect, test } from "vitest";
import { demoCredentials } from "../../../../../connectors/salesforce/simulator/index.ts";
import { callerOf, hostileOrg, minuteMs, pageOf, rowsOf, served, signIn } from "./account.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const objects = ["Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole", "Case", "Task", "Event"];

/** Everything the account shows of itself. */
async function dump(org: ReturnType<typeof hostileOrg>): Promise<string> {
  const caller = callerOf(org, await signIn(org));
  const fields = "Id, IsDeleted, SystemModstamp, LastModifiedDate, CreatedDate";
  const all = await Promise.all(objects.map((object) => rowsOf(caller, `SELECT ${fields} FROM ${object} ORDER BY Id`)));
  return JSON.stringify(all);
}

describe("a hostile account", () => {
  test("begins with about as many records as asked for, over months, the newest an hour old", async () => {
    const org = hostileOrg({ records: 600 });
    const sizes = [...org.account.truth()].map(([object, ids]) => [object, ids.size] as const);
    expect(sizes.map(([object]) => object)).toEqual(["User", "OpportunityStage", ...objects]);
    expect(sizes.every(([, size]) => size > 5)).toBe(true);
    const total = sizes.reduce((sum, [, size]) => sum + size, 0);
    expect([total > 500, total < 650]).toEqual([true, true]);
    const caller = callerOf(org, await signIn(org));
    const stamps = (await rowsOf(caller, "SELECT SystemModstamp FROM Task ORDER BY SystemModstamp")).map((row) =>
      String(row.SystemModstamp),
    );
    expect([stamps[0]?.slice(0, 7), (stamps.at(-1) ?? "") < "2026-03-18T11:00:01"]).toEqual(["2025-11", true]);
  });

  test("lives the same life for the same seed, whatever was asked of it before", async () => {
    const lived = async (seed: number, disturbed: boolean) => {
      const org = hostileOrg({ seed });
      org.account.beset({
        seed,
        level: "extreme",
        only: org.account.troubles.flatMap(({ kind, name }) => (kind === "life" ? [name] : [])),
      });
      for (let n = 0; n < 5; n++) {
        if (disturbed) await dump(org);
        org.account.live({ seed: n, count: 20 });
        org.clock.advance(7 * minuteMs);
      }
      org.account.settle();
      return dump(org);
    };
    const first = await lived(3, false);
    expect(await lived(3, true)).toBe(first);
    expect(await lived(4, false)).not.toBe(first);
  });

  test("tells the truth: the rows queries show as not deleted", async () => {
    const org = hostileOrg();
    org.beset({ only: ["late-commit", "purge", "merge-chain", "cascade-without-stamps"] });
    org.account.live({ seed: 1, count: 200 });
    org.account.settle();
    org.beset({ level: "none" });
    const caller = callerOf(org, await signIn(org));
    for (const object of objects) {
      const rows = await rowsOf(caller, `SELECT Id FROM ${object} WHERE IsDeleted = false ORDER BY Id`);
      expect(rows.map(({ Id }) => Id)).toEqual([...(org.account.truth().get(object) ?? [])].sort());
    }
  });

  test("declares every trouble once, with a source", () => {
    const { troubles } = hostileOrg().account;
    expect(new Set(troubles.map(({ name }) => name)).size).toBe(troubles.length);
    expect(troubles.filter(({ about, source }) => !about || !source)).toEqual([]);
    const kinds = ["wire", "life", "nature"].map((kind) => troubles.filter((each) => each.kind === kind).length);
    expect(kinds).toEqual([25, 13, 8]);
  });

  test("refuses nothing on purpose, and counts at its door what went over a limit", async () => {
    const org = hostileOrg();
    org.beset({ level: "extreme" });
    org.beset({ level: "none" });
    const { query } = callerOf(org, await signIn(org));
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async () => (await query("SELECT Id FROM Case")).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await query(`SELECT Id FROM Case WHERE Subject = '${"x".repeat(17_000)}'`)).status).toBe(414);
    expect(org.account.door()).toEqual({ requests: 62, struck: {}, overLimit: 1, tooEarly: 0 });
  });

  test("happenings show under their names at the door", () => {
    const org = hostileOrg();
    org.beset({ only: ["formula-change"] });
    org.account.live({ seed: 1, count: 100 });
    const count = org.account.door().struck["formula-change"] ?? 0;
    expect([count > 30, count < 70]).toEqual([true, true]);
  });
});

describe("without trouble", () => {
  test("the vendor's own npm client reads the account whole", async () => {
    const org = hostileOrg();
    org.beset({ level: "extreme" });
    org.account.live({ seed: 1, count: 100 });
    org.beset({ level: "none" });
    org.account.settle();
    const { url, close } = await served(org);
    closing.push(close);
    const { clientId, clientSecret } = demoCredentials;
    const connection = new jsforce.Connection({
      loginUrl: url,
      version: "62.0",
      oauth2: { loginUrl: url, clientId, clientSecret },
    });
    await connection.authorize({ grant_type: "client_credentials" });
    let page = await connection.query("SELECT Id FROM Contact");
    const ids = page.records.map(({ Id }) => Id);
    for (let n = 0; n < 100 && page.nextRecordsUrl; n++) {
      page = await connection.queryMore(page.nextRecordsUrl);
      ids.push(...page.records.map(({ Id }) => Id));
    }
    expect(new Set(ids)).toEqual(org.account.truth().get("Contact"));
  });

  test("our connector signs in and reads the first page", async () => {
    const org = hostileOrg();
    const { connection, close } = await served(org);
    closing.push(close);
    expect(await connection.check()).toMatchObject({ name: "Demo" });
    const page = await connection.streams.Contact?.pages({ after: null, fields: ["LastName"] });
    expect(page?.records).toHaveLength(25);
    const { query } = callerOf(org, await signIn(org));
    expect((await pageOf(await query("SELECT Id FROM Contact ORDER BY Id"))).records.map(({ Id }) => Id)).toEqual(
      page?.records.map(({ id }) => id),
    );
  });
});
