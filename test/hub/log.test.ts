import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineConnector, SourceError } from "../../src/connector/index.ts";
import { openProblems } from "../../src/hub/inbox/intake.ts";
import { createLog } from "../../src/hub/log.ts";
import { set } from "../../src/store/writes.ts";
import { heldClock, openWorld, removeFolder, type World } from "./world.ts";

/** Secrets as they stand in journey-hub.yaml, in the environment and in a sealed form; the odd characters change in other writings. */
const canaries = {
  token: "pat-na1-canary/written+in=the file",
  app: 'canary "quoted" secret of the app',
  environment: "canary-from-the-environment-42",
  shop: "canary secret of the shop ü",
  block: "canary in a block of settings",
};
/** One of somebody else, whose settings have a block with a secret inside. */
const acme = defineConnector({
  id: "acme",
  title: "Acme",
  config: z.strictObject({ sign_in: z.strictObject({ word: z.string().meta({ secret: true }) }) }),
  limits: () => ({ concurrency: 1 }),
  open: () => null,
  check: async () => ({ id: "1", name: "Acme" }),
  streams: {},
});
const connections = {
  hubspot: {
    connector: "hubspot",
    config: { access_token: canaries.token, app_client_secret: canaries.app, base_url: "http://127.0.0.1:1" },
  },
  oauth: {
    connector: "hubspot",
    config: { client_id: "c", client_secret: "$" + "{env:CANARY}", refresh_token: "$" + "{env:CANARY}" },
  },
  shop: { connector: "webhook", config: { scheme: "hmac-sha256", secret: canaries.shop } },
  acme: { connector: "acme", config: { sign_in: { word: canaries.block } } },
};

let world: World;
beforeAll(async () => {
  const environment = { CANARY: canaries.environment };
  world = await openWorld(connections, { clock: heldClock(), environment, connectors: [acme] });
});
afterAll(async () => {
  await world.close();
  removeFolder(world.folder);
});

/** Every way a secret may be written. */
function forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    bytes.toString("hex"),
  ];
}
const everyForm = Object.values(canaries).flatMap(forms);
const found = (text: string) => everyForm.filter((form) => text.includes(form));

describe("the log", () => {
  test("holds no secret of a connection, in whatever form it is written", () => {
    for (const form of everyForm) {
      world.log.info({ note: form, deep: { list: [`x${form}y`] } }, `said ${form}`);
      world.log.error({ err: new SourceError("stop", `refused ${form}`, { cause: new Error(form) }) });
    }
    expect(world.logged.length).toBeGreaterThanOrEqual(2 * everyForm.length);
    expect(found(world.logged.join("\n"))).toEqual([]);
    expect(world.logged[0]).toContain("[hidden]");
  });

  test("hides fields named like secrets, credentials and keys that it was not told of", () => {
    const lines: string[] = [];
    const log = createLog({ destination: { write: (line) => void lines.push(line) } });
    log.info({ headers: { authorization: "Bearer abcdefghijkl" }, config: { consumer_secret: 'a "b" c', id: "kept" } });
    log.info("sent Authorization: Basic dXNlcjpwYXNzd29yZA== along");
    log.info(`with jh_0123456789abcdef_${"A".repeat(43)} in hand`);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { headers: { authorization: "[hidden]" }, config: { consumer_secret: "[hidden]", id: "kept" } },
      { msg: "sent Authorization: Basic [hidden] along" },
      { msg: "with [hidden] in hand" },
    ]);
  });

  test("is one JSON line an entry, with level, time and message", () => {
    world.log.warn({ connection: "shop" }, "two\nlines");
    const line = world.logged.at(-1) ?? "";
    expect(line.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(line)).toMatchObject({
      level: 40,
      connection: "shop",
      msg: "two\nlines",
      time: expect.any(String),
    });
  });
});

test("no reply of the API holds a secret, even when a vendor's message did", async () => {
  const message = `vendor said ${everyForm.join(" ")}`;
  const { hub } = world;
  const status = { connector: "hubspot", account: null, status: "failed", message, checked_at: hub.now() };
  const run = {
    kind: "sync",
    owner: hub.presence.id,
    status: "failed",
    started_at: hub.now(),
    ended_at: hub.now(),
    counts: "{}",
    message,
    failure: null,
  };
  await hub.store.commit([
    set("connections", [{ id: "hubspot", ...status }]),
    set("runs", [{ id: "r1", connection: "hubspot", ...run }]),
  ]);
  await openProblems(hub, [
    {
      connection: "hubspot",
      record_key: "",
      step: "hook",
      class: "rejected",
      fingerprint: "f",
      message,
      remedy: message,
      raw_seq: null,
    },
  ]);
  const headers = await world.as("admin");
  const paths = world.app.routes
    .filter(({ method }) => method === "GET")
    .map(({ path }) => path.replace(/connections\/:id/, "connections/hubspot").replace(/runs\/:id/, "runs/r1"));
  for (const path of new Set(paths)) {
    const reply = await world.app.request(path, { headers });
    expect([path, found(await reply.text())]).toEqual([path, []]);
  }
  for (const id of ["hubspot", "oauth", "shop"]) {
    const refused = await world.app.request(`/hooks/${id}`, { method: "POST", body: everyForm.join(" ") });
    expect(found(await refused.text())).toEqual([]);
  }
  expect(found(world.logged.join("\n"))).toEqual([]);
});
