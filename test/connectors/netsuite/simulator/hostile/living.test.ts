import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import NetsuiteRest from "netsuite-rest";
import { describe, expect, test } from "vitest";
import { createHostileNetsuite } from "../../../../../connectors/netsuite/simulator/hostile/index.ts";
import { demoCredentials } from "../../../../../connectors/netsuite/simulator/index.ts";
import { type Hostile, hostile, listed, stamp } from "./account.ts";

/** Everything SuiteQL tells of an account. */
async function dumpOf({ rows }: Hostile): Promise<Record<string, unknown>> {
  const columns: Record<string, string> = {
    customer: `companyname, lastname, phone, entitystatus, ${stamp}`,
    contact: `lastname, email, company, ${stamp}`,
    supportcase: `title, status, company, ${stamp}`,
    employee: `lastname, phone, ${stamp}`,
  };
  const dump: Record<string, unknown> = {};
  for (const [object, from] of Object.entries(listed)) {
    dump[object] = await rows(columns[object] ?? `status, entity, foreigntotal, memo, ${stamp}`, from);
  }
  return dump;
}

describe("a hostile account begins", () => {
  test("with about as many records as asked for, of every object, on many pages, changed in the last months", async () => {
    const { account, rows, page } = hostile();
    const counts = [...account.truth()].map(([object, ids]) => [object, ids.size]);
    expect(counts).toEqual([
      ["employee", 18],
      ["customer", 144],
      ["contact", 96],
      ["opportunity", 60],
      ["estimate", 42],
      ["salesorder", 60],
      ["invoice", 72],
      ["customerpayment", 42],
      ["creditmemo", 18],
      ["supportcase", 48],
    ]);
    expect(await page("SELECT id FROM customer ORDER BY id", "?limit=1000")).toMatchObject({
      count: 20,
      hasMore: true,
      totalResults: 144,
    });
    const stamps = (await rows(stamp, "customer WHERE 1 = 1")).map((row) => row.stamp ?? "").sort();
    expect(stamps.at(0)?.slice(0, 7)).toBe("2026-05");
    expect(stamps.at(-1)?.slice(0, 7)).toBe("2026-10");
  });

  test("alike with the same seed, otherwise with another", async () => {
    const [one, same, other] = [hostile(), hostile(), hostile({ seed: 2 })];
    expect(await dumpOf(same)).toEqual(await dumpOf(one));
    expect(await dumpOf(other)).not.toEqual(await dumpOf(one));
  });

  test("in the zone and with the dates its seed chooses, of which the settings tell", async () => {
    const zones = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
      const account = createHostileNetsuite({ seed, records: 10, now: () => 0 });
      return account.config("http://127.0.0.1:1").time_zone;
    });
    expect(new Set(zones).size).toBeGreaterThan(2);
    const { page } = hostile({ dateFormat: "DD.MM.YYYY" });
    const { items } = await page("SELECT id, lastmodifieddate AS day FROM customer ORDER BY id");
    expect(items[0]?.day).toMatch(/^\d\d\.\d\d\.2026$/);
  });
});

describe("life goes on", () => {
  test("alike after the same calls, whatever was read in between", async () => {
    const [one, other] = [hostile(), hostile()];
    for (const each of [one, other]) {
      each.account.beset({ seed: 3, level: "high", only: ["late-commit", "mass-update", "silent-merge"] });
      for (const seed of [5, 6, 7]) {
        each.account.live({ seed, count: 40 });
        if (each === other) await each.page("SELECT id FROM customer ORDER BY id");
        each.clock.advance(90_000);
      }
      each.account.settle();
    }
    expect(other.account.truth()).toEqual(one.account.truth());
    expect(await dumpOf(other)).toEqual(await dumpOf(one));
  });

  test("with everything people do: records made, changed, paid, closed, merged and deleted", async () => {
    const { account, clock, rows, page } = hostile();
    const before = account.truth();
    clock.advance(60_000);
    account.live({ seed: 5, count: 400 });
    const after = account.truth();
    for (const [object, ids] of after) {
      const made = [...ids].filter((id) => !before.get(object)?.has(id));
      expect([object, made.length]).not.toEqual([object, 0]);
    }
    const changed = async (from: string) =>
      (await rows(stamp, from)).filter((row) => row.stamp === "2026-10-20 09:31:00").length;
    for (const [object, from] of Object.entries(listed)) expect([object, await changed(from)]).not.toEqual([object, 0]);
    const { items } = await page("SELECT type, COUNT(*) AS n FROM deletedrecord GROUP BY type ORDER BY type");
    expect(items.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["contact", "customerpayment", "lead", "prospect", "supportcase"]),
    );
    expect((await rows("status", "transaction WHERE type = 'CustInvc' AND status = 'B'")).length).toBeGreaterThan(0);
    expect((await rows("status", "transaction WHERE type = 'Opprtnty' AND status = 'C'")).length).toBeGreaterThan(0);
  });

  test("at the account's own time, which every answer tells", async () => {
    const { account, clock, rows, send } = hostile();
    clock.advance(3_600_000);
    account.live({ seed: 1, count: 30 });
    const stamps = (await rows(stamp, "customer WHERE 1 = 1")).map((row) => row.stamp ?? "").sort();
    expect(stamps.at(-1)).toBe("2026-10-20 10:30:00");
    const answer = await send("GET", "/record/v1/customer?limit=1");
    expect(answer.headers.get("date")).toBe("Tue, 20 Oct 2026 08:30:00 GMT");
  });

  test("and the truth is what SuiteQL lists", async () => {
    const { account, rows } = hostile();
    account.live({ seed: 9, count: 200 });
    for (const [object, ids] of account.truth()) {
      const found = (await rows("id AS same", listed[object] ?? "")).map(({ id }) => id);
      expect([object, found]).toEqual([object, [...ids]]);
    }
  });
});

test("requests beyond the account's five at a time are refused and counted as the client's fault", async () => {
  const { account, page } = hostile();
  const pages = await Promise.all(Array.from({ length: 8 }, () => page("SELECT id FROM customer ORDER BY id")));
  expect(pages.filter(({ status }) => status === 429)).toHaveLength(3);
  expect(account.door()).toEqual({ requests: 8, struck: {}, overLimit: 3, tooEarly: 0 });
});

test("NetSuite's own client signs and is answered, when there is no trouble", async () => {
  const { account } = hostile();
  const signer = new NetsuiteRest({
    consumer_key: demoCredentials.consumerKey,
    consumer_secret_key: demoCredentials.consumerSecret,
    token: demoCredentials.tokenId,
    token_secret: demoCredentials.tokenSecret,
    realm: demoCredentials.accountId,
  });
  const server = createAdaptorServer({ fetch: (request) => account.fetch(request) });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/rest`;
  const [id] = account.truth().get("customer") ?? [];
  const call = (method: string, path: string, body?: object) => {
    const url = `${base}${path}`;
    const headers = { ...signer.getAuthorizationHeader({ url, method }), prefer: "transient" };
    return fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  };
  const listing = await call("POST", "/query/v1/suiteql?limit=1000", { q: "SELECT id FROM customer ORDER BY id" });
  const { items, ...page }: { items: unknown[] } = JSON.parse(await listing.text());
  expect(page).toMatchObject({ count: 20, hasMore: true, totalResults: 144 });
  expect(items[0]).toEqual({ links: [], id });
  expect((await call("PATCH", `/record/v1/customer/${id}`, { phone: "+49 30 1234567" })).status).toBe(204);
  const record = await call("GET", `/record/v1/customer/${id}`);
  expect(await record.json()).toMatchObject({ id, phone: "+49 30 1234567" });
  expect(account.door()).toMatchObject({ requests: 3, struck: {}, overLimit: 0 });
  await new Promise((resolve) => server.close(resolve));
});
