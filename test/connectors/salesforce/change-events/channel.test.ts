import { describe, expect, test } from "vitest";
import salesforce from "../../../../connectors/salesforce/index.ts";
import { type SalesforceSimulatorOptions, sfId } from "../../../../connectors/salesforce/simulator/index.ts";
import { edit, remove, type TestOrg } from "../org.ts";
import { listeners, listenTo, operationsOf, recordsIn } from "./listening.ts";

/* What the connector hears, over real sockets. */

const [ann, bob, eve] = [sfId("003", 1), sfId("003", 2), sfId("003", 3)];
const { openOrg, ear } = listeners();
let org: TestOrg;
const begin = async (options: SalesforceSimulatorOptions = {}) => {
  org = await openOrg(options);
};
const rename = (id: string, name: string) => edit(org, "Contact", id, { LastName: name });
const operations = () => operationsOf(org);

test("settings that ask for nothing listen to nothing; others to all objects, or to one", async () => {
  await begin();
  const names = [false, true, "/data/ContactChangeEvent"].map(
    (change_data_capture) => org.open({ change_data_capture }).channel?.name,
  );
  expect(names).toEqual([undefined, "/data/ChangeEvents", "/data/ContactChangeEvent"]);
  expect(() => org.open({ change_data_capture: "/topic/Mine" })).toThrow("write true, or a channel");
});

test("changes are heard one by one, each as a record to fetch, by the name it was told under", async () => {
  await begin();
  const listener = ear();
  expect(await listener.next()).toEqual({ deliveries: [], place: null, incomplete: "listening begins now" });
  await rename(ann, "Lovelace");
  const first = await listener.next();
  expect(recordsIn(first.deliveries)).toEqual([ann]);
  await remove(org, "Contact", bob);
  const second = await listener.next();
  expect(second.incomplete).toBeUndefined();
  const [delivery] = second.deliveries;
  expect(delivery).toMatchObject({ onConflict: "ignore", dedupe_key: expect.stringMatching(/^cdc \S+ 1 DELETE 003/) });
  expect(salesforce.channel?.work({}, delivery?.body ?? "")).toEqual({ kind: "changed", stream: "Contact", id: bob });
});

test("jsforce's client says what is asked, numbered and with its Replay extension; nothing reaches the org but through the hub's transport", async () => {
  await begin();
  const asked: Record<string, unknown>[] = [];
  org.always.trouble = async (request) => {
    // A WebSocket, which jsforce would try first and with the session, would come as a GET.
    if (request.url.includes("/cometd/")) asked.push(...JSON.parse((await request.clone().text()) || "[{}]"));
    return undefined;
  };
  const listener = ear();
  await listener.next();
  await rename(ann, "Lovelace");
  await listener.next();
  const said = asked.map(({ channel, id, ext }) => [channel, id, ext]);
  expect(said.slice(0, 3)).toEqual([
    ["/meta/handshake", "1", undefined],
    ["/meta/subscribe", "3", { replay: { "/data/ChangeEvents": -1 } }],
    ["/meta/connect", "2", undefined],
  ]);
  expect(asked.length).toBe(operations().filter((each) => /handshake|subscribe|connect/.test(each)).length);
});

describe("who begins again", () => {
  test("behind what was kept misses nothing; behind what was not, hears it again by the same name", async () => {
    await begin();
    const first = ear();
    await first.next();
    await rename(ann, "Lovelace");
    const kept = await first.next();
    await rename(bob, "Babbage");
    const lost = await first.next(); // killed before it is kept
    first.end();
    await rename(eve, "Byron");

    const second = ear(kept.place);
    const begun = await second.next();
    const heard = begun.deliveries.length > 0 ? begun : await second.next();
    expect(begun.incomplete).toBeUndefined();
    expect(recordsIn(heard.deliveries)).toEqual([bob, eve]);
    expect(heard.deliveries[0]).toEqual(lost.deliveries[0]);
  });

  test("behind a place that is not kept any more listens from now on, and says that there may be more", async () => {
    await begin();
    const first = ear();
    await first.next();
    await rename(ann, "Lovelace");
    const { place } = await first.next();
    first.end();
    org.clock.advance(73 * 3_600_000);
    const second = ear(place);
    expect(await second.next()).toEqual({
      deliveries: [],
      place: null,
      incomplete: `the place ${place} is not kept at Salesforce any more`,
    });
    await rename(ann, "King");
    expect(recordsIn((await second.next()).deliveries)).toEqual([ann]);
  });

  test.each([
    ["forgets the client", () => org.simulator.state.forgetClients(), "handshake ok"],
    ["ends the session", () => org.simulator.state.expireSessions(), "handshake reauthorise"],
  ])("because the org %s goes on behind the last change by itself", async (_, happens, answer) => {
    await begin();
    const listener = ear();
    await listener.next();
    await rename(ann, "Lovelace");
    const { place } = await listener.next();
    const again = listener.next();
    org.exchanges.length = 0;
    happens();
    expect(await again).toEqual({ deliveries: [], place });
    expect(operations().filter((each) => /handshake|token/.test(each))[0]).toBe(answer);
    expect(operations().filter((each) => each === "token ok").length).toBe(answer === "handshake ok" ? 0 : 1);
    await rename(bob, "Babbage");
    expect(recordsIn((await listener.next()).deliveries)).toEqual([bob]);
  });
});

describe("what the org cannot tell in full", () => {
  test("gaps name the records, as all else does", async () => {
    await begin();
    const listener = ear();
    await listener.next();
    org.simulator.state.troubleEvents({ events: "gap" });
    await rename(ann, "Lovelace");
    const { deliveries } = await listener.next();
    expect(deliveries[0]?.dedupe_key).toContain("GAP_UPDATE");
    expect(recordsIn(deliveries)).toEqual([ann]);
  });

  test.each([
    ["overflow", "GAP_OVERFLOW of Contact names no records"],
    ["wildcard", "GAP_UPDATE of Contact names no records"],
  ] as const)("an event of the kind %s asks for a pull, and what comes after it is heard", async (events, why) => {
    await begin();
    const listener = ear();
    await listener.next();
    org.simulator.state.troubleEvents({ events });
    await rename(ann, "Lovelace");
    expect(await listener.next()).toEqual({ deliveries: [], place: expect.stringMatching(/^\d+$/), incomplete: why });
    org.simulator.state.troubleEvents({});
    await rename(bob, "Babbage");
    expect(recordsIn((await listener.next()).deliveries)).toEqual([bob]);
  });

  test("objects the user may not see are left out by the org", async () => {
    await begin({ hiddenObjects: ["Lead"] });
    const refused = listenTo(org, null, { change_data_capture: "/data/LeadChangeEvent" }).next();
    await expect(refused).rejects.toMatchObject({
      next: "stop",
      details: { field: "change_data_capture", remedy: expect.stringContaining("View All Records") },
    });
  });
});

test("ended, it gives its client back at once and asks for nothing more", async () => {
  await begin();
  const listener = ear();
  await listener.next();
  const waiting = listener.next();
  while (!operations().includes("connect ok")) await new Promise(setImmediate); // the first poll is answered at once, the second waits
  listener.end();
  await expect(waiting).rejects.toThrow("enough heard");
  expect(operations().at(-1)).toBe("disconnect ok");
});
