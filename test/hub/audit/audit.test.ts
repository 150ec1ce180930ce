import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HubspotRow } from "../../../connectors/hubspot/simulator/index.ts";
import { auditStream } from "../../../src/hub/audit/audit.ts";
import { syncConnection } from "../../../src/hub/sync.ts";
import { virtualClock } from "../../../src/lib/clock.ts";
import {
  contacts,
  hubspotEntry,
  noon,
  openWorld,
  removeFolder,
  serveHubspot,
  type TestHubspot,
  type World,
} from "../world.ts";

let clock: ReturnType<typeof virtualClock>;
let hubspot: TestHubspot;
let world: World;
beforeEach(async () => {
  clock = virtualClock(noon);
  hubspot = await serveHubspot(clock, { objects: { contacts: contacts(250) } });
  world = await openWorld({ crm: hubspotEntry(hubspot) }, { clock });
  await syncConnection(world.hub, "crm");
});
afterEach(async () => {
  await world.close();
  await hubspot.close();
  removeFolder(world.folder);
});

/** From now on the account holds these contacts, and neither a stamp nor a webhook says that anything happened. */
function quietly(rows: HubspotRow[]): void {
  hubspot.simulator.load({
    portalId: 424242,
    objects: { contacts: rows },
    associations: [],
    owners: [],
    pipelines: {},
  });
}

const audit = () => auditStream(world.hub, world.hub.connection("crm"), "contacts");
const counted = async () => {
  const pass = await audit();
  return pass && { compared: pass.compared, missing: pass.missing, stale: pass.stale, extra: pass.extra };
};
const firstNameOf = async (id: string) => {
  const [row] = await world.hub.store.byKey("records", "record_key", [`crm:contacts:${id}`]);
  return (
    row && `${(JSON.parse(row.fields) as { first_name: string }).first_name}${row.deleted === 1 ? " (deleted)" : ""}`
  );
};
const row = (id: string, firstname: string, updatedAt: string): HubspotRow => ({
  id,
  properties: { email: `p${id}@acme.example`, firstname, lastname: "Miller" },
  createdAt: "2026-01-05T08:00:00.000Z",
  updatedAt,
});

describe("an audit", () => {
  test("of an account where nothing was lost compares every record and finds nothing", async () => {
    expect(await counted()).toEqual({ compared: 250, missing: 0, stale: 0, extra: 0 });
    const [kept] = await world.rows("audits");
    expect(kept).toMatchObject({ connection: "crm", stream: "contacts", object: "contacts", pass: null });
    expect(kept).toMatchObject({ stored_count: 250 });
  });

  test("finds what no poll would ever have read, and heals it", async () => {
    const all = contacts(250);
    const changed = all.map((contact) =>
      contact.id === "1100" ? row("1100", "Married", "2026-10-01T08:00:05.000Z") : contact,
    );
    quietly([
      ...changed.filter(({ id }) => id !== "1200"),
      row("900", "Before", "2026-09-01T08:00:00.000Z"),
      row("12345", "Behind", "2026-09-01T08:00:00.000Z"),
    ]);
    await syncConnection(world.hub, "crm");
    expect(await firstNameOf("900")).toBeUndefined();

    expect(await counted()).toEqual({ compared: 251, missing: 2, stale: 1, extra: 1 });
    expect(await firstNameOf("900")).toBe("Before");
    expect(await firstNameOf("12345")).toBe("Behind");
    expect(await firstNameOf("1100")).toBe("Married");
    expect(await firstNameOf("1200")).toBe("Person 200 (deleted)");
    expect(await counted()).toEqual({ compared: 251, missing: 0, stale: 0, extra: 0 });
  });

  test("finds a record that stands under an older stamp than what is held: somebody has restored it", async () => {
    const restored = row("1100", "As she was", "2026-09-15T08:00:00.000Z");
    quietly(contacts(250).map((contact) => (contact.id === "1100" ? restored : contact)));
    await syncConnection(world.hub, "crm");
    expect(await firstNameOf("1100")).toBe("Person 100");
    expect(await counted()).toEqual({ compared: 250, missing: 0, stale: 1, extra: 0 });
    expect(await firstNameOf("1100")).toBe("As she was");
    expect(await counted()).toEqual({ compared: 250, missing: 0, stale: 0, extra: 0 });
  });

  test("finds in time what changed without moving any stamp: each pass takes another sample", async () => {
    quietly(
      contacts(250).map((contact) => ({ ...contact, properties: { ...contact.properties, lastname: "Changed" } })),
    );
    let healed = 0;
    for (let pass = 0; pass < 20; pass++) {
      clock.advance(60_000);
      healed += (await counted())?.stale ?? 0;
    }
    // One in fifty a pass: after twenty passes about a third.
    expect(healed).toBeGreaterThan(30);
    expect(healed).toBeLessThan(200);
  });

  test("brings back what is held for deleted and stands at the vendor under the same stamp", async () => {
    quietly(contacts(250).filter(({ id }) => id !== "1007"));
    expect(await counted()).toMatchObject({ extra: 1 });
    quietly(contacts(250));
    expect(await counted()).toMatchObject({ missing: 1, extra: 0 });
    expect(await firstNameOf("1007")).toBe("Person 7");
    expect(await counted()).toEqual({ compared: 250, missing: 0, stale: 0, extra: 0 });
  });

  test("does not count what is merely not due yet, but takes it along", async () => {
    quietly([...contacts(250), row("5000", "New", "2026-11-02T11:59:59.000Z")]);
    expect(await counted()).toMatchObject({ compared: 251, missing: 0 });
    expect(await firstNameOf("5000")).toBe("New");
  });

  test("that is stopped goes on where it stood, and counts everything once", async () => {
    quietly(contacts(250).filter(({ id }) => id !== "1001"));
    const stopping = new AbortController();
    const connection = world.hub.connection("crm");
    const cut = auditStream(world.hub, connection, "contacts", {
      signal: stopping.signal,
      onProgress: () => stopping.abort(new Error("stopped")),
    });
    await expect(cut).rejects.toThrow("stopped");
    const asked = hubspot.requests.length;
    expect(await counted()).toEqual({ compared: 249, missing: 0, stale: 0, extra: 1 });
    expect(hubspot.requests.slice(asked).filter((request) => request.startsWith("GET"))).toHaveLength(2);
  });

  test("goes on past records that the vendor refuses by id: each is an open error, to be tried again", async () => {
    quietly([row("900", "Before", "2026-09-01T08:00:00.000Z"), ...contacts(250)]);
    const body = { status: "error", category: "VALIDATION_ERROR", message: "this record cannot be read" };
    hubspot.simulator.trouble({ path: /contacts\/batch\/read/, status: 400, body, times: 100 });
    expect(await counted()).toMatchObject({ compared: 251, missing: 0 });
    const open = (await world.rows("errors")).filter(({ status }) => status === "open");
    expect(open.map(({ record_key, step }) => [record_key, step])).toContainEqual(["crm:contacts:900", "pull"]);
  });

  test("of an account that shows nothing any more believes nothing, and says so", async () => {
    quietly([]);
    expect(await counted()).toMatchObject({ compared: 0, extra: 0 });
    expect(await firstNameOf("1001")).toBe("Person 1");
    const open = (await world.rows("errors")).filter(({ status }) => status === "open");
    expect(open.map(({ message }) => message).join()).toMatch(/contacts .* do not prove that they are gone \(1001, /);
  });

  test("owes nothing before the first backfill is over", async () => {
    const other = await openWorld({ fresh: hubspotEntry(hubspot) }, { clock });
    expect(await auditStream(other.hub, other.hub.connection("fresh"), "contacts")).toBeNull();
    await other.close();
    removeFolder(other.folder);
  });
});
