import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoCredentials, sfId } from "../../../../connectors/salesforce/simulator/index.ts";
import { set } from "../../../../src/store/writes.ts";
import { eventually, heldClock, newFolder, openWorld, removeFolder, type World } from "../../../hub/world.ts";
import { contacts, edit, remove, startOrg, type TestOrg } from "../org.ts";

/* A hub that listens, its API and its data store, against an org on a loopback port; polls only where a test says so. */

const [ann, bob] = [sfId("003", 1), sfId("003", 2)];
const deal = sfId("006", 1);
let org: TestOrg;
let folder: string;
let clock: ReturnType<typeof heldClock>;
let world: World;

async function setUp(): Promise<void> {
  folder = newFolder();
  clock = heldClock();
  org = await startOrg(
    {
      Account: [{ Id: sfId("001", 1), Name: "Acme" }],
      Contact: contacts(2, (n) => ({ Email: `person${n}@acme.example`, AccountId: sfId("001", 1) })),
      Opportunity: [
        { Id: deal, Name: "Bikes", AccountId: sfId("001", 1), StageName: "Prospecting", CloseDate: "2026-12-01" },
      ],
    },
    { capturedObjects: "all" },
  );
}
async function tearDown(): Promise<void> {
  await world.close();
  removeFolder(folder);
  await org.close();
}

async function start(more: object = {}): Promise<void> {
  const { clientId: client_id, clientSecret: client_secret } = demoCredentials;
  const config = { login_url: org.url, client_id, client_secret, change_data_capture: true };
  const entry = {
    connector: "salesforce",
    allowedHosts: [new URL(org.url).host],
    config,
    audit: "off",
    writeback: false,
  };
  world = await openWorld({ sf: { ...entry, ...more } }, { clock, folder });
  await world.runner.start();
  await soon("the listening", async () => (await channel())?.status === "listening");
}

/** Looked at again and again, while the hub's clock goes on. */
const soon = (what: string, holds: () => Promise<boolean>) =>
  eventually(what, async () => {
    clock.advance(2_000);
    for (let turn = 0; turn < 20; turn++) await nextTurn(); // looking costs more than what is waited for
    return holds();
  });

/** The clock goes on only between two attempts to listen, so that none of them lasts. */
const whileItWaits = (what: string, holds: () => Promise<boolean>) =>
  eventually(what, async () => {
    if ((await channel())?.status === "waiting") clock.advance(1_000);
    return holds();
  });

interface Shown {
  channel: { status: string; message: string | null; heard: number; since: string } | null;
}
async function channel() {
  const reply = await world.app.request("/api/v1/connections/sf", { headers: await viewer() });
  return ((await reply.json()) as Shown).channel;
}
const viewers = new WeakMap<World, Promise<{ authorization: string }>>();
function viewer() {
  const known = viewers.get(world) ?? world.as("viewer");
  viewers.set(world, known);
  return known;
}

const rename = (id: string, name: string) => edit(org, "Contact", id, { LastName: name });
const nameOf = async (id: string) => {
  const record = (await world.rows("records")).find(({ remote_id }) => remote_id === id);
  return record === undefined ? null : (JSON.parse(record.fields) as { last_name?: string }).last_name;
};
const isNamed = (id: string, name: string) => soon(name, async () => (await nameOf(id)) === name);
const syncs = async () =>
  (await world.rows("runs")).filter(({ kind, status }) => kind === "sync" && status === "done").length;
const pulled = (times: number) => soon(`pull ${times}`, async () => (await syncs()) === times);
const openErrors = async () =>
  (await world.rows("errors"))
    .filter((row) => row.status === "open" && row.class === "connection")
    .map(({ message }) => message);

describe("a hub that listens", () => {
  beforeAll(async () => {
    await setUp();
    await start();
    await pulled(1);
  });
  afterAll(tearDown);

  test("knows a change without a poll, a deletion as well, however often and in whichever order they are told", async () => {
    await edit(org, "Opportunity", deal, { StageName: "Qualification" });
    await soon("the new stage on the timeline", async () =>
      (await world.rows("events")).some(({ kind }) => kind === "deal.stage_changed"),
    );
    org.simulator.state.troubleEvents({ events: "gap", delivery: "duplicates" });
    await rename(ann, "Lovelace");
    await isNamed(ann, "Lovelace");
    org.simulator.state.troubleEvents({ delivery: "unordered" });
    await rename(ann, "King");
    await remove(org, "Contact", bob);
    await isNamed(ann, "King");
    await soon("the deletion", async () =>
      (await world.rows("records")).some(({ remote_id, deleted }) => remote_id === bob && deleted === 1),
    );
    expect(await syncs()).toBe(1);
    expect((await world.rows("inbox")).map(({ status }) => status)).toEqual(["done", "done", "done", "done"]);
    expect(await channel()).toMatchObject({ status: "listening", message: null, heard: expect.any(Number) });
    expect(await world.metrics.text()).toContain('journey_hub_channel_listening{connection="sf"} 1');
    expect(await openErrors()).toEqual([]);
  });

  test("pulls what was changed by a transaction too large to be told, but not all the time", async () => {
    org.simulator.state.troubleEvents({ events: "overflow" });
    clock.advance(300_000);
    await rename(ann, "Byron");
    await eventually("the pull", async () => (await syncs()) === 2);
    expect(await nameOf(ann)).toBe("Byron");
    const [row] = await world.rows("channels");
    await rename(ann, "Gordon");
    await eventually("the second overflow", async () => (await world.rows("channels"))[0]?.place !== row?.place);
    for (let turn = 0; turn < 50; turn++) await nextTurn(); // the clock stands still: a pull now would bear this instant
    clock.advance(300_000);
    await eventually("the next pull", async () => (await syncs()) === 3);
    const begun = (await world.rows("runs")).filter(({ kind }) => kind === "sync").map(({ started_at }) => started_at);
    const [before = "", last = ""] = begun.sort().slice(-2);
    expect(Date.parse(last) - Date.parse(before)).toBeGreaterThanOrEqual(300_000);
    expect(await nameOf(ann)).toBe("Gordon");
    org.simulator.state.troubleEvents({});
  });

  test("pulls again later when a pull for it has failed, without any schedule", async () => {
    org.simulator.state.troubleEvents({ events: "overflow" });
    const refusal = [{ errorCode: "API_DISABLED_FOR_ORG", message: "The REST API is not enabled" }];
    org.always.trouble = (request) =>
      request.url.includes("/query") ? Response.json(refusal, { status: 403 }) : undefined;
    const before = await syncs();
    await rename(ann, "Noel");
    clock.advance(300_000);
    await soon("the failed pull", async () => (await world.rows("runs")).some(({ status }) => status === "failed"));
    org.simulator.state.troubleEvents({});
    org.always.trouble = () => undefined;
    clock.advance(290_000);
    await isNamed(ann, "Noel");
    await pulled(before + 1);
  });

  test("works on when it is cut off or answered nonsense, says so, and then hears what it has missed", async () => {
    org.always.trouble = (request) => (request.url.includes("/cometd/") ? "cut" : undefined);
    org.simulator.state.forgetClients();
    await soon("the cut", async () => (await channel())?.status === "waiting");
    org.always.trouble = (request) =>
      request.url.includes("/cometd/") ? new Response("<html>Be right back</html>") : undefined;
    await soon("the open error", async () => (await openErrors()).some((message) => message.includes("an HTML page")));
    expect(world.runner.state()).toBe("running");
    expect((await channel())?.message).toContain("listening to change events");
    await rename(ann, "Milbanke");

    org.always.trouble = () => undefined;
    await isNamed(ann, "Milbanke");
    await soon("no open error", async () => (await openErrors()).length === 0);
    expect([await syncs(), (await channel())?.status]).toEqual([4, "listening"]);
    expect(world.logged.join("")).toContain("listening is begun again");
    const said = [...world.logged, ...(await world.rows("errors")).map(({ message }) => message)].join("");
    expect(said).not.toMatch(/BAYEUX_BROWSER=|\bb\d+demo|Bearer (?!\[hidden\])/i);
  });
});

describe("a hub that is let in and cut off, again and again", () => {
  beforeAll(async () => {
    await setUp();
    await start();
  });
  afterAll(tearDown);

  test("has an open error all the while, until it has listened for a minute", async () => {
    let begun = 0;
    org.always.trouble = async (request) => {
      if (!request.url.includes("/cometd/")) return undefined;
      const text = await request.clone().text();
      if (text.includes("/meta/handshake")) begun += 1;
      return text.includes("/meta/connect") ? new Response("<html>Gateway timeout</html>") : undefined;
    };
    org.simulator.state.forgetClients();
    await whileItWaits("the open error", async () => (await openErrors()).length > 0);
    const told = async () => (await world.rows("errors")).filter((row) => row.class === "connection");
    const opened = await told();
    const before = begun;
    await whileItWaits("two attempts more", async () => begun >= before + 2);
    expect(await told()).toEqual(opened);
    org.always.trouble = () => undefined;
    await whileItWaits("listening", async () => (await channel())?.status === "listening");
    expect(await told()).toEqual(opened);
    clock.advance(60_000);
    await eventually("no open error", async () => (await openErrors()).length === 0);
  });
});

describe("a hub that was away", () => {
  beforeAll(setUp);
  afterAll(tearDown);

  test("hears what was told meanwhile, once, be it that it was stopped or killed; away too long, it pulls", async () => {
    await start();
    await pulled(1);
    await rename(ann, "Lovelace");
    await isNamed(ann, "Lovelace");
    await world.runner.stop();
    const [row] = await world.rows("channels");
    // It has ended by itself: a hub that is held up when it stops leaves its name.
    expect(row).toMatchObject({ owner: null, incomplete: null, place: expect.stringMatching(/^\d+$/) });
    if (!row) throw new Error("the channel is kept");
    await world.hub.store.commit([set("channels", [{ ...row, owner: "a killed process" }])]);
    await world.close();
    await rename(bob, "Babbage");

    await start();
    await isNamed(bob, "Babbage");
    expect(await syncs()).toBe(1);
    expect((await world.rows("inbox")).map(({ status }) => status)).toEqual(["done", "done"]);
    await world.close();
    org.clock.advance(80 * 3_600_000);
    await rename(bob, "Byron");

    await start();
    await isNamed(bob, "Byron");
    await pulled(2);
    await rename(bob, "King");
    await isNamed(bob, "King");
    expect(await syncs()).toBe(2);
    await world.runner.stop();
    const [last] = await world.rows("channels");
    if (!last) throw new Error("the channel is kept");
    await world.hub.store.commit([set("channels", [{ ...last, incomplete: "an overflow before it was killed" }])]);
    await world.close();

    await start();
    await pulled(3);
  });
});

describe("a hub that writes back", () => {
  beforeAll(setUp);
  afterAll(tearDown);

  test("hears of its own writes, and they cause nothing", async () => {
    await start({ writeback: true });
    const stageOf = (id: string) =>
      org.simulator.state.rows("Contact").find(({ Id }) => Id === id)?.Journey_Hub_Stage__c;
    await soon("the write-back", async () => typeof stageOf(ann) === "string" && typeof stageOf(bob) === "string");
    const events = (await world.rows("events")).length;
    await soon("the echo", async () => {
      const inbox = await world.rows("inbox");
      return inbox.length >= 2 && inbox.every(({ status }) => status === "done");
    });
    await world.runner.deriveNow().done;
    const before = writesSoFar();
    await world.runner.applyNow("sf").done;
    expect(before.length).toBeGreaterThan(0);
    expect(writesSoFar()).toEqual(before);
    expect((await world.rows("events")).length).toBe(events);
  });
});

const writesSoFar = () =>
  Object.entries(org.simulator.traffic().byRoute).filter(([route]) => /^(PATCH|POST) (composite|sobjects)/.test(route));
