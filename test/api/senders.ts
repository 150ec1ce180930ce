import { createHmac } from "node:crypto";
import { signV3 } from "../../connectors/hubspot/simulator/index.ts";
import {
  type Connections,
  heldClock,
  hubspotAppSecret,
  hubspotEntry,
  openWorld,
  publicUrl,
  removeFolder,
  shopEntry,
  shopSecret,
  type World,
} from "../hub/world.ts";

const standardSecret = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;
const connections: Connections = {
  hubspot: hubspotEntry({ url: "http://127.0.0.1:1" }),
  shop: shopEntry,
  forms: { connector: "webhook", config: { secret: standardSecret } },
  silent: { connector: "webhook", config: {} },
  broken: { connector: "webhook", config: { secret: "$" + "{env:NOT_SET_ANYWHERE}" } },
  files: { connector: "hubspot", config: { access_token: "pat-na1-whatever" } },
};

/** Of the test that runs. */
export let clock: ReturnType<typeof heldClock>;
export let world: World;
export const openIt = async () => {
  clock = heldClock();
  world = await openWorld(connections, { clock });
};
export const closeIt = async () => {
  await world.close();
  removeFolder(world.folder);
};

/** The same folder again, as after a restart. */
export const reopen = async (options: { pagesMax?: number } = {}) => {
  await world.close();
  world = await openWorld(connections, { clock, folder: world.folder, ...options });
};

export const event = (n = 1, more: object = {}) => ({
  eventId: n,
  subscriptionId: 1,
  portalId: 424242,
  appId: 7,
  occurredAt: 1762084800000,
  subscriptionType: "contact.propertyChange",
  attemptNumber: 0,
  objectId: 1001,
  ...more,
});

/** A request as HubSpot sends it. */
export function fromHubspot(body: string, more: { uri?: string; timestamp?: number; clientSecret?: string } = {}) {
  const { uri = `${publicUrl}/hooks/hubspot`, timestamp = clock.now(), clientSecret = hubspotAppSecret } = more;
  return {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-hubspot-signature-v3": signV3({ method: "POST", uri, body, timestamp, clientSecret }),
      "x-hubspot-request-timestamp": String(timestamp),
    },
  };
}

export const hmac = (body: string | Uint8Array, secret = shopSecret) =>
  createHmac("sha256", secret).update(body).digest();

/** A request as the shop sends it. */
export function fromShop(body: string) {
  return { method: "POST", body, headers: { "x-signature": hmac(body).toString("hex") } };
}
export const order = (more: object = {}) =>
  JSON.stringify({ id: "evt_1", type: "form", email: "ann@example.com", ...more });

/** A request by Standard Webhooks. */
export function fromForms(body: string, { id = "msg_1", at = Math.floor(clock.now() / 1_000) } = {}) {
  const key = Buffer.from(standardSecret.slice(6), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
  const headers = { "webhook-id": id, "webhook-timestamp": String(at), "webhook-signature": `v1,${signature}` };
  return { method: "POST", body, headers };
}

export const inbox = async () =>
  (await world.rows("inbox")).map(({ connection, dedupe_key, status }) => [connection, dedupe_key, status]);
export const openErrors = async () => (await world.rows("errors")).filter(({ status }) => status === "open");
