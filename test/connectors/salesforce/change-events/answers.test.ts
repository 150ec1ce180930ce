import { SourceError } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import salesforce from "../../../../connectors/salesforce/index.ts";
import { sfId } from "../../../../connectors/salesforce/simulator/index.ts";
import { edit, type TestOrg } from "../org.ts";
import { listeners, operationsOf, recordsIn } from "./listening.ts";

/* What the connector does when the org, or what stands before it, answers oddly. */

const ann = sfId("003", 1);
const { openOrg, ear } = listeners();
let org: TestOrg;
const begin = async () => {
  org = await openOrg();
};
const rename = (id: string, name: string) => edit(org, "Contact", id, { LastName: name });
const operations = () => operationsOf(org);

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
    ["an event without anything", event(undefined), "without its replay id"],
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

/** A reply of the org to the first message of this name. */
const once = (name: string, reply: (message: { id: string }) => object[]) => {
  let isOver = false;
  org.always.trouble = async (request) => {
    const text = await request.clone().text();
    if (isOver || !text.includes(`/meta/${name}`)) return undefined;
    isOver = true;
    return Response.json(reply(JSON.parse(text)[0]));
  };
};

describe("advice that comes with another answer than a long poll's does not hold up the listening", () => {
  const subscribe = { channel: "/meta/subscribe", successful: false };
  const forgotten = [{ ...subscribe, error: "403::Unknown client", advice: { reconnect: "handshake", interval: 0 } }];

  test("of a client that is forgotten before it has subscribed", async () => {
    await begin();
    once("subscribe", () => forgotten);
    await expect(ear().next()).rejects.toMatchObject({
      next: "retry",
      message: expect.stringContaining("403::Unknown"),
    });
    expect(recordsIn((await ear().next()).deliveries)).toEqual([]);
  });

  test.each(["none", "handshake"])("of a place that is lost: %s", async (reconnect) => {
    await begin();
    once("subscribe", () => [
      { ...subscribe, error: "400::The replayId {5} you provided was invalid.", advice: { reconnect } },
    ]);
    const listener = ear("5");
    expect(await listener.next()).toMatchObject({ place: null, incomplete: expect.stringContaining("not kept") });
    await rename(ann, "Lovelace");
    expect(recordsIn((await listener.next()).deliveries)).toEqual([ann]);
  });

  test.each(["none", "handshake"])(
    "of a handshake that was taken, or of what nobody asked for: %s",
    async (reconnect) => {
      await begin();
      const { app } = org.simulator;
      org.always.trouble = async (request) => {
        if (!request.url.includes("/cometd/")) return undefined;
        const reply = await app.fetch(request);
        const [own, ...others] = (await reply.json()) as { channel: string }[];
        const isGreeting = own?.channel === "/meta/handshake";
        const unasked = { channel: "/meta/unsubscribe", id: "1", successful: false, advice: { reconnect } };
        const said = isGreeting ? [unasked, { ...own, advice: { reconnect } }] : [unasked, own, ...others];
        return Response.json(said, { headers: reply.headers });
      };
      const listener = ear();
      await listener.next();
      for (const name of ["Lovelace", "King"]) {
        await rename(ann, name);
        expect(recordsIn((await listener.next()).deliveries)).toEqual([ann]);
      }
      expect(operations().filter((each) => each === "handshake ok")).toHaveLength(1);
    },
  );
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
