import { type Connector, errorForNetwork, type Lane, type OpenStream, type Transport } from "journey-hub/connector";
import {
  type ContractReport,
  type CreateHostileAccount,
  type CursorEngine,
  conformanceTable,
  describeReport,
  runContract,
} from "journey-hub/connector/testing";
import { describe, expect, test } from "vitest";
import { createHostileAcme } from "./acme/account.ts";
import { acmeConnector } from "./acme/connector.ts";
import { silentTroubles } from "./acme/troubles.ts";
import { brokenEngines } from "./broken-engines.ts";

/** With the odd seeds all that moves a stamp must be found without a re-reading, which would heal what was lost; with the even ones all must. */
function contractOf(seed: number, engine?: CursorEngine): Promise<ContractReport> {
  const odd = seed % 2 === 1;
  return runContract({
    create: createHostileAcme,
    seed,
    level: "high",
    rereads: odd ? "none" : "as declared",
    without: ["endless-body", ...(odd ? silentTroubles : [])],
    ...(engine ? { engine } : {}),
  });
}

const seeds = [1, 2, 3, 4, 5, 7, 9];

type ById = NonNullable<OpenStream["byId"]>;

/** Acme's connector, reading by id in another way. */
function openReading(change: (byId: ById, transport: Transport) => ById): Connector["open"] {
  return (config, transport) => {
    const open = acmeConnector.open(config, transport);
    const { things } = open.streams;
    if (!things?.byId) throw new Error("things are read by id");
    return { ...open, streams: { ...open.streams, things: { ...things, byId: change(things.byId, transport) } } };
  };
}

/** If it did not care who asks for records by id. */
const openInLane = (lane: Lane) =>
  openReading(
    (byId) =>
      (ids, { fields }) =>
        byId(ids, { fields, lane }),
  );

/** If it needed a token first, for which everybody waits. */
const openWithToken = openReading((byId, transport) => async (ids, request) => {
  const classify = (cause: unknown) => errorForNetwork(cause, "Acme");
  await transport.call({ operation: "acme.token", lane: "webhook", attempt: async () => null, classify });
  return byId(ids, request);
});

describe("the contract", () => {
  test.each(seeds)("is kept by our cursor engine: seed %i", async (seed) => {
    expect(describeReport(await contractOf(seed))).toBe(`acme, seed ${seed}, level high: the contract is kept`);
  });

  test.each(brokenEngines.map((broken) => [broken.name, broken] as const))(
    "is broken by an engine that %s",
    async (_, { leadsTo, engine }) => {
      let found = 0;
      for (const seed of seeds) {
        found += (await contractOf(seed, engine())).totals[leadsTo];
        if (found > 0) break;
      }
      expect(found).toBeGreaterThan(0);
    },
  );

  test("is broken by a connector that asks for records by id in a lane of its own", async () => {
    const hasty = { ...acmeConnector, open: openInLane("webhook") };
    const create: CreateHostileAccount = (options) => ({ ...createHostileAcme(options), connector: hasty });
    const { breaches } = await runContract({ create, seed: 2, level: "high" });
    expect(breaches.join()).toMatch(/^\d+ requests by id in another lane than asked for$/);
  });

  test("is kept by one that gets a token on the way", async () => {
    const create: CreateHostileAccount = (options) => ({
      ...createHostileAcme(options),
      connector: { ...acmeConnector, open: openWithToken },
    });
    expect((await runContract({ create, seed: 2, level: "high" })).breaches).toEqual([]);
  });
});

describe("a report", () => {
  test("is the same for the same seed, and another for another", async () => {
    const one = await contractOf(3);
    expect(await contractOf(3)).toEqual(one);
    expect((await contractOf(4)).requests).not.toBe(one.requests);
  });

  test("counts what was compared, and sets the requests beside the fewest possible", async () => {
    const report = await contractOf(3);
    expect(Object.keys(report.objects)).toEqual(["owners", "things"]);
    expect(report.totals).toEqual({ compared: report.totals.compared, missing: 0, stale: 0, extra: 0, doubled: 0 });
    expect(report.totals.compared).toBeGreaterThan(200);
    expect(report.idealRequests).toBeGreaterThan(50);
    expect(report.requests).toBeLessThan((report.idealRequests ?? 0) * 1.5);
    expect(report).toMatchObject({ vendor: "acme", seed: 3, level: "high", tooEarly: 0, overLimit: 0, breaches: [] });
  });

  test("is without trouble where there is none, though runs are killed and fail", async () => {
    const reports = await Promise.all(
      [1, 2, 3].map((seed) => runContract({ create: createHostileAcme, seed, level: "none" })),
    );
    expect(reports.map(({ struck, breaches }) => ({ struck, breaches }))).toEqual([
      { struck: {}, breaches: [] },
      { struck: {}, breaches: [] },
      { struck: {}, breaches: [] },
    ]);
    expect(reports.reduce((kills, report) => kills + report.kills, 0)).toBeGreaterThan(0);
  });

  test("tells of each difference when the record landed and what came of it", async () => {
    const engine = brokenEngines.find(({ name }) => name === "passes over deletions")?.engine();
    const report = await contractOf(3, engine);
    const [first] = report.differences;
    expect(first).toMatchObject({ kind: "extra", object: "things", about: "it is not in the account" });
    expect(first?.landings[0]).toMatchObject({ sync: "sync 1", stream: "things", outcome: "stored", deleted: false });
    expect(describeReport(report)).toContain(`things ${first?.id} is extra: it is not in the account`);
  });

  test("of an account without the troubles asked for compares all the same", async () => {
    const report = await runContract({ create: createHostileAcme, seed: 1, level: "extreme", only: ["late-commit"] });
    expect(report.breaches).toEqual([]);
    expect(report.troubles.map(({ name }) => name)).toEqual(["late-commit"]);
  });
});

describe("the table", () => {
  test("has a line a vendor: seeds, troubles, records and requests", async () => {
    const engine = brokenEngines.find(({ name }) => name === "passes over deletions")?.engine();
    const kept = await contractOf(1);
    const [title, line, ...rest] = conformanceTable([kept, await contractOf(3, engine)]).split("\n");
    expect(title?.split(/ {2,}/)).toEqual([
      "vendor",
      "contract kept",
      "troubles survived",
      "records compared",
      "differing",
      "requests",
      "of ideal",
      "kills",
      "failed runs",
      "too early",
      "over limit",
    ]);
    expect(line?.split(/ {2,}/).slice(0, 2)).toEqual(["acme", "1 of 2 seeds"]);
    expect(rest).toEqual([]);
  });
});
