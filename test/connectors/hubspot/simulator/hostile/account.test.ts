import { serve } from "@hono/node-server";
import { Client } from "@hubspot/api-client";
import { type CreateHostileAccount, runContract, type TroubleLevel } from "journey-hub/connector/testing";
import { describe, expect, test } from "vitest";
import { createHostileHubspot } from "../../../../../connectors/hubspot/simulator/hostile/index.ts";
import { listOf, minuteMs, noon, type Stage, stage } from "./account.ts";

/** Everything the account holds, as text. */
function contentsOf({ account }: Stage): string {
  const { tables, owners, pipelines, associations, catalogs } = account.simulator.state;
  const rows = Object.values(tables).map(({ live, archived, mergedInto }) => [live, archived, [...mergedInto]]);
  const ties = [...account.truth()].map(([object, ids]) =>
    object === "contacts" ? [...ids].map((id) => associations.of({ type: "contacts", id }, "companies")) : [],
  );
  return JSON.stringify([rows, owners, pipelines, ties, [...catalogs.contacts.definitions.keys()]]);
}

describe("the account", () => {
  test("holds about as many records as were asked for, each changed before now", async () => {
    const { account, visitor } = await stage({ seed: 3, records: 600 });
    const sizes = [...account.truth().values()].map(({ size }) => size);
    const sum = sizes.reduce((total, size) => total + size, 0);
    expect(sum).toBeGreaterThan(500);
    expect(sum).toBeLessThan(700);
    expect(sizes.every((size) => size > 0)).toBe(true);
    const rows = await visitor.all(listOf("contacts"));
    expect(rows.every(({ updatedAt }) => updatedAt <= noon)).toBe(true);
    expect(new Set(rows.map(({ updatedAt }) => updatedAt.slice(0, 7))).size).toBeGreaterThan(1);
  });

  test("tells the truth: what a list gives page by page", async () => {
    const { account, clock, visitor } = await stage({ seed: 4 });
    account.beset({ seed: 4, level: "high", only: ["late-commit", "ties", "erased", "merge-chain"] });
    account.live({ seed: 5, count: 50 });
    for (const object of ["contacts", "companies", "deals", "notes"]) {
      clock.advance(10_000);
      const listed = await visitor.all(listOf(object));
      expect(new Set(listed.map(({ id }) => id))).toEqual(account.truth().get(object));
    }
    expect(account.truth().get("deal_pipelines")).toContain("default");
  });

  test("counts a client's own excess, and what came before a Retry-After had run out", async () => {
    const { account, clock, visitor } = await stage();
    for (let n = 0; n < 7; n++) await visitor.post("/crm/v3/objects/contacts/search", { limit: 1 });
    expect(account.door()).toMatchObject({ requests: 8, overLimit: 2, tooEarly: 0, struck: {} });
    account.beset({ seed: 1, level: "extreme", only: ["account-moving-477"] });
    const waits: number[] = [];
    for (let n = 0; n < 10 && waits.length === 0; n++) {
      const { headers } = await visitor.call("GET", listOf("deals"));
      if (headers.has("retry-after")) waits.push(Number(headers.get("retry-after")));
    }
    clock.advance(1_000);
    await visitor.call("GET", listOf("deals"));
    expect(account.door()).toMatchObject({ overLimit: 2, tooEarly: 1 });
    expect(waits[0]).toBeGreaterThan(1);
  });

  test("refuses a schedule that names a trouble it does not have", async () => {
    const { account } = await stage();
    expect(() => account.beset({ seed: 1, level: "low", only: ["late-comit"] })).toThrow(
      "HubSpot has no trouble named late-comit",
    );
  });
});

describe("what happens", () => {
  const lived = async (level: TroubleLevel, { seed, looks }: { seed: number; looks: boolean }) => {
    const here = await stage({ seed: 8 });
    here.account.beset({ seed: 8, level });
    for (let round = 0; round < 4; round++) {
      here.account.live({ seed: seed + round, count: 25 });
      if (looks) await here.visitor.all(listOf("contacts")).catch(() => []);
      here.clock.advance(2 * minuteMs);
    }
    here.account.settle();
    return contentsOf(here);
  };

  test.each(["none", "extreme"] as const)("follows from the seed alone, at level %s", async (level) => {
    const once = await lived(level, { seed: 8, looks: false });
    expect(await lived(level, { seed: 8, looks: false })).toBe(once);
    expect(await lived(level, { seed: 80, looks: false })).not.toBe(once);
  });

  test("does not depend on who looks, in an account that is let alone", async () => {
    expect(await lived("none", { seed: 9, looks: true })).toBe(await lived("none", { seed: 9, looks: false }));
  });

  test("moves a stamp at level none, or is an archiving or a merge", async () => {
    const { account, clock, visitor } = await stage({ seed: 6 });
    const asked = listOf("contacts", "&properties=city,phone,lifecyclestage,bike_size&associations=companies");
    const before = new Map((await visitor.all(asked)).map((row) => [row.id, row]));
    clock.advance(minuteMs);
    account.live({ seed: 6, count: 200 });
    const after = await visitor.all(asked);
    const unmoved = after.filter(({ id, updatedAt }) => before.get(id)?.updatedAt === updatedAt);
    expect(unmoved.length).toBeGreaterThan(10);
    expect(unmoved).toEqual(unmoved.map(({ id }) => before.get(id)));
  });

  test("that is open shows at once when all is settled", async () => {
    const here = await stage();
    here.account.beset({ seed: 1, level: "extreme", only: ["late-commit"] });
    here.account.live({ seed: 11, count: 40 });
    const open = [...here.account.truth().values()].reduce((sum, { size }) => sum + size, 0);
    here.account.settle();
    const settled = [...here.account.truth().values()].reduce((sum, { size }) => sum + size, 0);
    expect(settled).toBeGreaterThan(open);
    const contents = contentsOf(here);
    here.clock.advance(10 * minuteMs);
    here.account.truth();
    expect(contentsOf(here)).toBe(contents);
  });
});

test("HubSpot's own client works with an account that is let alone", async () => {
  const { account, visitor } = await stage();
  account.beset({ seed: 1, level: "extreme" });
  account.beset({ seed: 1, level: "none" });
  const server = serve({ fetch: (request) => account.fetch(request), port: 0, hostname: "127.0.0.1" });
  const address = await new Promise<unknown>((ready) => server.once("listening", () => ready(server.address())));
  try {
    const port = address && typeof address === "object" && "port" in address ? address.port : 0;
    const { client_id, client_secret, refresh_token } = Object.fromEntries(
      Object.entries(account.config("")).map(([name, value]) => [name, String(value)]),
    );
    const hubspot = new Client({ basePath: `http://127.0.0.1:${port}` });
    const { accessToken } = await hubspot.oauth.tokensApi.create(
      "refresh_token",
      undefined,
      undefined,
      client_id,
      client_secret,
      refresh_token,
    );
    hubspot.setAccessToken(accessToken);
    const listed = await hubspot.crm.contacts.getAll(100, undefined, ["email"]);
    expect(listed.length).toBe(account.truth().get("contacts")?.size);
    const { total } = await hubspot.crm.companies.searchApi.doSearch({ limit: 100 });
    expect(total).toBe((await visitor.all(listOf("companies"))).length);
  } finally {
    server.close();
  }
});

describe("our connector", () => {
  const fields = () => ["properties.phone", "properties.dealstage", "associations.companies.results"];
  const create: CreateHostileAccount = createHostileHubspot;

  test.each([
    [1, "none"],
    [2, "low"],
    [3, "high"],
  ] as const)("loses nothing, seed %i at level %s", async (seed, level) => {
    // A record that comes back under its old stamp looks older than its own archiving: the hub keeps it for archived.
    const without = ["restored-unmoved", "endless-body"]; // waiting for what never ends takes its time
    const { totals, differences } = await runContract({ create, seed, level, fields, without, records: 120 });
    expect(differences).toEqual([]);
    expect(totals.compared).toBeGreaterThan(80);
  });
});
