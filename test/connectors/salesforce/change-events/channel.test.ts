import { SourceError } from "journey-hub/connector";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import salesforce from "../../../../connectors/salesforce/index.ts";
import { type SalesforceSimulatorOptions, sfId } from "../../../../connectors/salesforce/simulator/index.ts";
import { contacts, edit, remove, startOrg, type TestOrg } from "../org.ts";
import { type Ear, listenTo, recordsIn } from "./listening.ts";

/* What the connector hears, over real sockets. */

const [ann, bob, eve] = [sfId("003", 1), sfId("003", 2), sfId("003", 3)];
let org: TestOrg;
let ears: Ear[];
beforeEach(() => {
  ears = [];
});
afterEach(async () => {
  for (const ear of ears) ear.end();
  await org.close();
});

const begin = async (options: SalesforceSimulatorOptions = {}) => {
  org = await startOrg({ Contact: contacts(3) }, { capturedObjects: "all", ...options });
};
const ear = (after: string | null = null, config: Record<string, unknown> = {}): Ear => {
  const made = listenTo(org, after, config);
  ears.push(made);
  return made;
};
const rename = (id: string, name: string) => edit(org, "Contact", id, { LastName: name });
const operations = () => org.exchanges.map(({ operation, outcome }) => `${operation.split(".").at(-1)} ${outcome}`);

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
    if (request.url.includes("/cometd/")) asked.push(...((await request.clone().json()) as typeof asked));
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

test("a session that is over by the status of an answer alone is renewed, too", async () => {
  await begin();
  const listener = ear();
  await listener.next();
  org.exchanges.length = 0;
  org.simulator.state.expireSessions();
  instead([{ message: "Session expired or invalid", errorCode: "INVALID_SESSION_ID" }], 401);
  expect(await listener.next()).toMatchObject({ deliveries: [] });
  expect(operations()).toEqual([
    "connect reauthorise",
    "handshake reauthorise",
    "token ok",
    "handshake ok",
    "subscribe ok",
  ]);
  org.always.trouble = () => undefined;
  await rename(ann, "Lovelace");
  expect(recordsIn((await listener.next()).deliveries)).toEqual([ann]);
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

/** A reply of the org to every long poll that is not the first. */
const instead = (body: string | object, status = 200) => {
  org.always.trouble = async (request) => {
    if (!request.url.includes("/cometd/")) return undefined;
    if (!(await request.clone().text()).includes("/meta/connect")) return undefined;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return new Response(text, { status, headers: { "content-type": "application/json" } });
  };
};
const own = { channel: "/meta/connect", successful: true };
const event = (data: unknown, channel = "/data/ChangeEvents") => [{ channel, data }, own];

describe("an answer that is none", () => {
  test.each([
    ["a page", "<html><body>Down for maintenance</body></html>", "an HTML page"],
    ["half of one", '[{"channel":"/meta/conn', "not what Salesforce documents"],
    ["no list", { channel: "/meta/connect", successful: true }, "not what Salesforce documents"],
    ["an empty list", [], "not what Salesforce documents"],
    ["another request's", [{ channel: "/meta/subscribe", successful: true }], "not what Salesforce documents"],
    [
      "an earlier request's",
      [{ channel: "/meta/connect", id: "0", successful: true }],
      "not what Salesforce documents",
    ],
    ["an event of another channel", event({}, "/data/Other__chn"), "told of /data/Other__chn"],
    ["an event without a place", event({ payload: {} }), "without its replay id"],
    ["an event with a place that is none", event({ event: { replayId: "1e9" } }), "without its replay id"],
    ["a limit", [{ ...own, successful: false, error: "403::Organization concurrent user limit exceeded" }], "limit"],
  ])("is an error that is begun again after: %s", async (_, body, message) => {
    await begin();
    const listener = ear();
    instead(body);
    await listener.next();
    const cause = await listener.next().catch((reason: unknown) => reason);
    expect(cause).toBeInstanceOf(SourceError);
    expect(cause).toMatchObject({ next: "retry", message: expect.stringContaining(message) });
    expect((cause as SourceError).details.afterMs).toBeUndefined(); // other calls to the org need not wait
  });

  test("does not hold up the events around it where it is one event that cannot be read", async () => {
    await begin();
    const listener = ear();
    await listener.next();
    const header = {
      entityName: "Contact",
      recordIds: [ann],
      changeType: "UPDATE",
      transactionKey: "t",
      sequenceNumber: 1,
    };
    instead([
      { channel: "/data/ChangeEvents", data: { event: { replayId: 5 }, payload: { ChangeEventHeader: header } } },
      {
        channel: "/data/ChangeEvents",
        data: { event: { replayId: 6 }, payload: { ChangeEventHeader: { entityName: 1 } } },
      },
      own,
    ]);
    await rename(ann, "ends the poll under way");
    const polls = [await listener.next(), await listener.next()];
    const heard = polls.find(({ place }) => place === "6");
    expect(recordsIn(heard?.deliveries.slice(0, 1) ?? [])).toEqual([ann]);
    const read = () => salesforce.channel?.work({}, heard?.deliveries[1]?.body ?? "");
    expect(read).toThrow(SourceError);
    expect(read).toThrow("in a form that it does not document");
  });
});

describe("an org that does not let the hub listen", () => {
  test.each([
    ["the session", { sfdc: { failureReason: "401::Authentication invalid" } }, "a session it has just given"],
    ["the user", {}, "“View All Records”"],
  ])("because of %s is shown a new session once; then a person is told what is lacking", async (_, ext, remedy) => {
    await begin();
    const refusal = { channel: "/meta/handshake", successful: false, error: "403::Handshake denied" };
    org.always.trouble = (request) =>
      request.url.includes("/cometd/")
        ? Response.json([{ ...refusal, ext, advice: { reconnect: "none" } }])
        : undefined;
    await expect(ear().next()).rejects.toMatchObject({
      next: "reauthorise",
      details: { remedy: expect.stringContaining(remedy) },
    });
    expect(operations()).toEqual(["token ok", "handshake reauthorise", "token ok", "handshake reauthorise"]);
  });

  test("or forgets every client at once is not asked without end", async () => {
    await begin();
    instead([
      { channel: "/meta/connect", successful: false, error: "402::Unknown client", advice: { reconnect: "handshake" } },
    ]);
    const listener = ear();
    const heard = async () => {
      for (let n = 0; n < 100; n++) await listener.next();
    };
    await expect(heard()).rejects.toThrow("forgets this client again and again");
  });
});

test("a server that answers long polls at once, with nothing, is asked every five seconds", async () => {
  await begin();
  instead([own]);
  const listener = ear();
  await listener.next();
  const beganAt = org.clock.now();
  const polls = () => operations().filter((each) => each === "connect ok").length;
  const waiting = listener.next().catch(() => undefined);
  while (polls() < 20) await new Promise(setImmediate);
  listener.end();
  await waiting;
  expect(org.clock.now() - beganAt).toBeGreaterThanOrEqual(16 * 5_000);
});

test("a client that is told not to come back begins anew, however kindly it is told", async () => {
  await begin();
  const listener = ear();
  await listener.next();
  org.exchanges.length = 0;
  instead([{ ...own, advice: { reconnect: "none" } }]);
  await listener.next();
  expect(operations()).toEqual(["connect ok", "handshake ok", "subscribe ok"]);
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
