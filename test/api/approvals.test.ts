import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { demoCredentials } from "../../connectors/hubspot/simulator/index.ts";
import type { Departed } from "../../src/hub/approvals.ts";
import type { ConnectionCheck } from "../../src/hub/check.ts";
import { checkConnection, syncConnection } from "../../src/hub/sync.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { ledTo } from "../connectors/approve.ts";
import {
  contacts,
  hubspotEntry,
  newFolder,
  noon,
  openWorld,
  removeFolder,
  serveHubspot,
  type TestHubspot,
  type World,
} from "../hub/world.ts";

const { clientId: client_id, clientSecret: client_secret } = demoCredentials;

const portal = { portalId: 424242, objects: { contacts: contacts(3) }, associations: [], owners: [], pipelines: {} };

let clock: ReturnType<typeof virtualClock>;
let hubspot: TestHubspot;
let folder: string;
let world: World;
let admin: { authorization: string };

beforeAll(async () => {
  clock = virtualClock(noon);
  hubspot = await serveHubspot(clock, portal);
  folder = newFolder();
  world = await open();
  admin = await world.as("admin");
});
afterEach(() => {
  hubspot.simulator.setConsent("given");
  hubspot.simulator.state.settings.switches.tokensNameAccount = true;
  hubspot.simulator.load(portal);
});
afterAll(async () => {
  await world.close();
  await hubspot.close();
  removeFolder(folder);
});

/** A hub with one connection that is to be approved, and one with a key. */
function open(): Promise<World> {
  const { url } = hubspot;
  const app = hubspotEntry(hubspot, { config: { base_url: url, client_id, client_secret } });
  const connections = { approved: app, another: app, keyed: hubspotEntry(hubspot) };
  return openWorld(connections, { clock, folder });
}

async function post<T>(path: string, body: object, headers = admin): Promise<{ status: number; body: T }> {
  const reply = await world.app.request(`/api/v1/connections/${path}`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: reply.status, body: (await reply.json()) as T };
}

const begin = async (connection = "approved") => (await post<Departed>(`${connection}/approval`, {})).body;
const answer = async (redirected: string, connection = "approved", headers = admin) =>
  (await post<ConnectionCheck>(`${connection}/approval/answer`, { redirected }, headers)).body;
const approve = async () => answer((await ledTo((await begin()).url)).href);
const statusOf = async (id: string) => (await world.rows("connections")).find((row) => row.id === id)?.status;
const tokenRequests = () => hubspot.requests.filter((request) => request.endsWith("/oauth/v1/token")).length;

describe("an approval", () => {
  test("is begun with the app's address at the vendor, ends with a proven connection, and shows no token anywhere", async () => {
    const departed = await begin();
    expect(departed).toMatchObject({
      connection: "approved",
      vendor: "HubSpot",
      redirect_uri: "https://hub.example.com/connect/callback",
      scopes: expect.arrayContaining(["crm.objects.contacts.read"]),
      expires_at: new Date(clock.now() + 10 * 60_000).toISOString(),
    });
    const checked = await answer((await ledTo(departed.url)).href);
    expect(checked).toEqual({
      connection: "approved",
      account: "424242",
      name: "HubSpot 424242",
      failure: null,
      restart: false,
      added: false,
      changed: false,
    });
    const stored = JSON.stringify([await world.rows("settings"), world.logged]);
    expect(stored).toContain("tokens approved");
    expect(stored).not.toMatch(/na1-refresh|na1-code|CN-demo/);
  });

  test("outlives the process: another one asks for no token while the one kept is good", async () => {
    await approve();
    const before = tokenRequests();
    await world.close();
    world = await open();
    await checkConnection(world.hub, "approved");
    expect(tokenRequests()).toBe(before);
  });

  test.each(["viewer", "operator"] as const)("is nothing for a key of the role %s", async (role) => {
    const headers = await world.as(role);
    expect((await post("approved/approval", {}, headers)).status).toBe(403);
    expect((await post("approved/approval/answer", { redirected: "https://x.example/" }, headers)).status).toBe(403);
  });

  test.each([
    ["http://evil.example/connect/callback"],
    ["javascript:alert(1)"],
    ["https://hub.example.com/connect/callback#x"],
    ["nowhere"],
  ])("leads nobody to %s", async (redirect_uri) => {
    expect((await post("approved/approval", { redirect_uri })).status).toBe(409);
  });

  test("is not for a connection with a key, which is said", async () => {
    const { status, body } = await post<{ detail: string }>("keyed/approval", {});
    expect([status, body.detail]).toEqual([409, expect.stringContaining("does not sign in by a person's approval")]);
  });
});

describe("an answer", () => {
  async function changed(url: string, change: (answer: URLSearchParams) => void): Promise<string> {
    const to = await ledTo(url);
    change(to.searchParams);
    return to.href;
  }

  const refused: [string, string, () => Promise<ConnectionCheck>][] = [
    [
      "that was denied",
      "The approval was denied at HubSpot: end-user denied authorization (access_denied)",
      async () => {
        hubspot.simulator.setConsent("denied");
        return approve();
      },
    ],
    [
      "used already",
      "This answer was used already: each is good for once",
      async () => {
        const to = await ledTo((await begin()).url);
        await answer(to.href);
        return answer(to.href);
      },
    ],
    [
      "eleven minutes late",
      "This answer came more than ten minutes after the beginning",
      async () => {
        const to = await ledTo((await begin()).url);
        clock.advance(11 * 60_000);
        return answer(to.href);
      },
    ],
    [
      "with a state that nobody began",
      "This answer belongs to nothing that was begun here (its state is not known)",
      async () => answer(await changed((await begin()).url, (to) => to.set("state", "made-up"))),
    ],
    [
      "without a state",
      "This answer belongs to nothing that was begun here (its state is not known)",
      async () => answer(await changed((await begin()).url, (to) => to.delete("state"))),
    ],
    [
      "to what somebody else began",
      "This answer belongs to what somebody else began, or to another connection",
      async () => answer((await ledTo((await begin()).url)).href, "approved", await world.as("admin")),
    ],
    [
      "to what was begun for another connection",
      "This answer belongs to what somebody else began, or to another connection",
      async () => answer((await ledTo((await begin("another")).url)).href),
    ],
    [
      "without a code",
      "HubSpot led back without a code",
      async () => answer(await changed((await begin()).url, (to) => to.delete("code"))),
    ],
    [
      "with another code",
      "HubSpot: missing or unknown auth code (400)",
      async () => answer(await changed((await begin()).url, (to) => to.set("code", "stolen"))),
    ],
    [
      "from another account",
      "This opens HubSpot account 7, and the connection approved holds the records of 424242",
      async () => {
        hubspot.simulator.load({ ...portal, portalId: 7 });
        return approve();
      },
    ],
  ];

  beforeAll(approve);

  test.each(refused)("%s is refused, with what to do, and what was approved before stands", async (_, message, act) => {
    const { account, failure } = await act();
    expect(account).toBeNull();
    expect(failure).toMatchObject({ message, needs: "person", remedy: expect.stringMatching(/\w{3}/) });
    hubspot.simulator.load(portal);
    expect(await checkConnection(world.hub, "approved")).toMatchObject({ account: "424242" });
  });

  test("that names no account is asked whose it is, before it takes the place of what was approved before", async () => {
    const kept = async () => (await world.rows("settings")).filter(({ name }) => name === "tokens approved");
    const before = await kept();
    hubspot.simulator.state.settings.switches.tokensNameAccount = false;
    hubspot.simulator.load({ ...portal, portalId: 7 });
    expect((await approve()).failure).toMatchObject({
      message: "This opens HubSpot account 7, and the connection approved holds the records of 424242",
      remedy: expect.stringContaining("give the other account a connection of its own"),
    });
    expect(await kept()).toEqual(before);
    hubspot.simulator.load(portal);
    expect(await approve()).toMatchObject({ account: "424242", failure: null });
    expect(await kept()).not.toEqual(before);
  });

  test("sent twice at the same moment is taken once", async () => {
    const to = (await ledTo((await begin()).url)).href;
    const outcomes = await Promise.all([answer(to), answer(to)]);
    expect(outcomes.map(({ failure }) => failure?.message ?? "connected").sort()).toEqual([
      "This answer was used already: each is good for once",
      "connected",
    ]);
  });
});

describe("an approval that is withdrawn at the vendor", () => {
  test("stops that connection alone, says how to approve it again, and then it goes on where it stood", async () => {
    await approve();
    for (const id of ["approved", "keyed"]) await syncConnection(world.hub, id);
    const places = await world.rows("cursors");
    hubspot.simulator.uninstall();

    await expect(syncConnection(world.hub, "approved")).rejects.toThrow("missing or unknown refresh token");
    await syncConnection(world.hub, "keyed");
    expect([await statusOf("approved"), await statusOf("keyed")]).toEqual(["needs_attention", "connected"]);
    const [{ remedy = "" } = {}] = (await world.rows("errors")).filter((row) => row.connection === "approved");
    expect(remedy).toContain("journey-hub connect approved --oauth");
    expect(remedy).toContain("https://hub.example.com/connect/hubspot?connection=approved");
    const asked = tokenRequests();
    await expect(syncConnection(world.hub, "approved")).rejects.toThrow("missing or unknown refresh token");
    expect(tokenRequests()).toBe(asked);

    expect(await approve()).toMatchObject({ failure: null });
    await syncConnection(world.hub, "approved");
    expect(await statusOf("approved")).toBe("connected");
    const read = (rows: typeof places) =>
      rows.map(({ connection, stream, state }) => [connection, stream, JSON.parse(state).mode]);
    expect(read(await world.rows("cursors"))).toEqual(read(places));
  });

  test("while a good token is still held, the new approval counts at once", async () => {
    await approve();
    const before = hubspot.requests.length;
    await approve();
    expect(hubspot.requests.slice(before).filter((request) => request.endsWith("/token"))).toHaveLength(1);
    hubspot.simulator.expireTokens();
    expect(await checkConnection(world.hub, "approved")).toMatchObject({ account: "424242" });
  });
});
