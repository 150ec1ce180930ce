import { setImmediate as nextTurn } from "node:timers/promises";
import jsforce from "jsforce";
import { StreamingExtension } from "jsforce/lib/api/streaming.js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { demoCredentials, sfId } from "../../../../connectors/salesforce/simulator/index.ts";
import { contacts, edit, remove, startOrg, type TestOrg } from "../org.ts";

/* The vendor's own client (jsforce with faye, its Replay and AuthFailure extensions), unmodified, over a socket. */

let org: TestOrg;
beforeAll(async () => {
  org = await startOrg({ Contact: contacts(3) }, { capturedObjects: ["Contact"] });
});
afterAll(() => org.close());

interface ChangeMessage {
  payload: { ChangeEventHeader: { changeType: string; recordIds: string[] } };
  event: { replayId: number };
}

let heard: ChangeMessage[];
let refusedSessions: unknown[];
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});
beforeEach(() => {
  heard = [];
  refusedSessions = [];
});

const told = () => heard.map(({ payload: { ChangeEventHeader: header } }) => [header.changeType, ...header.recordIds]);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await nextTurn();
}

/** Resolves when the org has answered the subscription: with its refusal, or null. */
async function listen(replay: number, channel = "/data/ChangeEvents") {
  const { clientId, clientSecret } = demoCredentials;
  const oauth2 = { loginUrl: org.url, clientId, clientSecret };
  const connection = new jsforce.Connection({ instanceUrl: org.url, loginUrl: org.url, version: "62.0", oauth2 });
  await connection.authorize({ grant_type: "client_credentials" });
  const client = connection.streaming.createClient([
    new StreamingExtension.AuthFailure((message: unknown) => refusedSessions.push(message)),
    new StreamingExtension.Replay(channel, replay),
  ]);
  const subscription = client.subscribe(channel, (message: ChangeMessage) => heard.push(message));
  const refusal = await new Promise<string | null>((resolve) => {
    subscription.then(
      () => resolve(null),
      (cause: Error) => resolve(cause.message),
    );
  });
  const end = () => {
    // Of faye's client jsforce declares a part.
    if ("disconnect" in client && typeof client.disconnect === "function") client.disconnect();
  };
  ends.push(end);
  return { refusal, end };
}

describe("change events", () => {
  test("are told as they happen, and again from a replay id", async () => {
    const first = await listen(-1);
    expect(first.refusal).toBeNull();
    await edit(org, "Contact", sfId("003", 1), { LastName: "Lovelace" });
    await until(() => heard.length === 1);
    await remove(org, "Contact", sfId("003", 2));
    await until(() => heard.length === 2);
    expect(told()).toEqual([
      ["UPDATE", sfId("003", 1)],
      ["DELETE", sfId("003", 2)],
    ]);
    expect(heard[0]).toMatchObject({
      payload: {
        LastName: "Lovelace",
        ChangeEventHeader: {
          entityName: "Contact",
          changedFields: expect.arrayContaining(["LastName"]),
          sequenceNumber: 1,
          commitTimestamp: org.clock.now(),
        },
      },
    });
    first.end();

    const [{ event } = { event: { replayId: 0 } }] = heard;
    heard = [];
    await listen(event.replayId);
    await until(() => heard.length > 0);
    expect(told()).toEqual([["DELETE", sfId("003", 2)]]);

    heard = [];
    await listen(-2, "/data/ContactChangeEvent");
    await until(() => heard.length > 1);
    expect(told().map(([type]) => type)).toEqual(["UPDATE", "DELETE"]);
  });

  test("end with the session, which the client is told of", async () => {
    await listen(-1);
    org.simulator.state.expireSessions();
    await until(() => refusedSessions.length > 0);
    expect(refusedSessions[0]).toMatchObject({
      channel: "/meta/connect",
      error: "401::Authentication invalid",
      advice: { reconnect: "none" },
    });
  });

  test("are told to a client that the org has forgotten, once it has said who it is again", async () => {
    await listen(-1);
    org.simulator.state.forgetClients();
    // It asks for what is new then, as it did before: changed again and again, until that is done.
    for (let n = 0; heard.length === 0; n++) {
      await edit(org, "Contact", sfId("003", 3), { Title: `Try ${n}` });
      await nextTurn();
    }
    expect(told().at(-1)).toEqual(["UPDATE", sfId("003", 3)]);
  });

  test.each([
    ["a replay id that is not kept", 7, "/data/ChangeEvents", "400::The replayId {7} you provided was invalid."],
    ["a channel that is not there", -1, "/data/NothingChangeEvent", "400::The channel you requested to subscribe to"],
  ])("are refused behind %s", async (_, replay, channel, message) => {
    const { refusal } = await listen(replay, channel);
    expect(refusal).toContain(message);
  });
});
