import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import NetsuiteRest from "netsuite-rest";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  createNetsuiteSimulator,
  demoCredentials,
  type NetsuiteSimulator,
} from "../../../../connectors/netsuite/simulator/index.ts";
import { seed } from "./seed.ts";

/** The vendor client's signer, unmodified, over a real socket and the real clock. */
const signer = new NetsuiteRest({
  consumer_key: demoCredentials.consumerKey,
  consumer_secret_key: demoCredentials.consumerSecret,
  token: demoCredentials.tokenId,
  token_secret: demoCredentials.tokenSecret,
  realm: demoCredentials.accountId,
});

let simulator: NetsuiteSimulator;
let server: ServerType;
let base: string;

beforeEach(async () => {
  simulator = createNetsuiteSimulator();
  simulator.load(seed);
  base = await new Promise((resolve) => {
    server = serve({ fetch: simulator.app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }: AddressInfo) =>
      resolve(`http://127.0.0.1:${port}/services/rest`),
    );
  });
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

function call(method: string, path: string, body?: object): Promise<Response> {
  const url = `${base}${path}`;
  const headers = {
    ...signer.getAuthorizationHeader({ url, method }),
    "content-type": "application/json",
    prefer: "transient",
  };
  return fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
}

test("queries are answered", async () => {
  const reply = await call("POST", "/query/v1/suiteql?limit=2&offset=2", { q: "SELECT id FROM customer ORDER BY id" });
  expect(await reply.json()).toMatchObject({
    count: 1,
    hasMore: false,
    offset: 2,
    totalResults: 3,
    items: [{ links: [], id: "12" }],
  });
});

test("filters with quotes, spaces and slashes are signed alike on both sides", async () => {
  const filter = encodeURIComponent('dateCreated ON_OR_AFTER "06/01/2025" AND companyName IS "O\'Hara & Sons"');
  const reply = await call("GET", `/record/v1/customer?q=${filter}&limit=10`);
  expect(await reply.json()).toMatchObject({ totalResults: 1, items: [{ id: "11" }] });
});

test("writes and the exclamation mark of a transformation are signed alike", async () => {
  const patched = await call("PATCH", "/record/v1/customer/10", { custentity_journey_hub_stage: "purchase" });
  expect(patched.status).toBe(204);
  expect(patched.headers.get("location")).toBe(`${base}/record/v1/customer/10`);
  const paid = await call("POST", "/record/v1/invoice/201/!transform/customerPayment", {});
  expect(paid.status).toBe(204);
});

test("a wrong secret is refused", async () => {
  const forger = new NetsuiteRest({
    consumer_key: demoCredentials.consumerKey,
    consumer_secret_key: demoCredentials.consumerSecret,
    token: demoCredentials.tokenId,
    token_secret: "wrong",
    realm: demoCredentials.accountId,
  });
  const url = `${base}/record/v1/customer/10`;
  const reply = await fetch(url, { headers: { ...forger.getAuthorizationHeader({ url, method: "GET" }) } });
  expect(reply.status).toBe(401);
  expect(simulator.loginAudit).toMatchObject([{ cause: "InvalidSignature" }]);
});
