import { drainInbox } from "../../src/hub/inbox/inbox.ts";
import { verifyHub } from "../../src/hub/rules/scratch.ts";
import { deriveAll } from "../../src/hub/sync.ts";
import { type Connections, heldClock, openWorld, removeFolder, type World } from "../hub/world.ts";

/* A hub that takes tracking calls, as tests of its addresses use it. */

export const writeKey = "write-key-of-the-test-1";
export const previousKey = "write-key-of-the-test-0";
export const apiSecret = "api-secret-of-the-test-1";
export const measurementId = "G-TEST1234";

export const site = {
  connector: "tracking",
  config: {
    write_key: writeKey,
    previous_write_key: previousKey,
    measurement_id: measurementId,
    api_secret: apiSecret,
  },
};

/** Of the test that runs. */
export let clock: ReturnType<typeof heldClock>;
export let world: World;
let viewer: { authorization: string };

export async function openSite(connections: Connections = { web: site }): Promise<void> {
  clock = heldClock();
  world = await openWorld(connections, { clock });
  viewer = await world.as("admin");
}

export async function closeSite(): Promise<void> {
  await world.close();
  removeFolder(world.folder);
}

export const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString("base64")}`;

/** A call by Segment's API, as a server sends it. */
export async function post(
  path: string,
  body: unknown,
  headers: Record<string, string> = { authorization: basic(writeKey) },
) {
  const reply = await world.app.request(path, { method: "POST", body: written(body), headers });
  const text = await reply.text();
  return { status: reply.status, headers: reply.headers, body: text === "" ? null : JSON.parse(text) };
}

function written(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}

/** Sends calls, each by itself, and works them off. */
export async function tell(...calls: { type: string; [field: string]: unknown }[]): Promise<void> {
  for (const { type, ...call } of calls) {
    const { status, body } = await post(`/v1/${type}`, call);
    if (status !== 200) throw new Error(`${type} was refused: ${JSON.stringify(body)}`);
  }
  await workOff();
}

export const workOff = () => drainInbox(world.hub, "web", { retry: false });

export async function get<T>(path: string): Promise<T> {
  const reply = await world.app.request(path, { headers: viewer });
  return (await reply.json()) as T;
}

export async function change(path: string, body: object): Promise<{ status: number; body: unknown }> {
  const headers = { ...viewer, "content-type": "application/json" };
  const reply = await world.app.request(path, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: reply.status, body: await reply.json() };
}

interface Found {
  id: string;
  name: string;
  kind: string;
}

/** The customers an identifier leads to. */
export async function customers(identifier: string): Promise<Found[]> {
  const { items } = await get<{ items: Found[] }>(`/api/v1/customers?identifier=${encodeURIComponent(identifier)}`);
  return items;
}

interface TimelineItem {
  kind: string;
  title: string;
  occurred_at: string;
  channel: string;
  direction: string;
}

/** What stands on the timeline of the only customer of an identifier, oldest first. */
export async function timeline(identifier: string): Promise<TimelineItem[]> {
  const [customer, ...others] = await customers(identifier);
  if (!customer || others.length > 0)
    throw new Error(`${identifier} is ${others.length + (customer ? 1 : 0)} customers`);
  const path = `/api/v1/customers/${customer.id}/timeline?order=oldest_first&limit=200`;
  return (await get<{ items: TimelineItem[] }>(path)).items;
}

export const titles = async (identifier: string) => (await timeline(identifier)).map(({ title }) => title);

export const openErrors = async () => (await world.rows("errors")).filter(({ status }) => status === "open");

/** Tables that a replay from the raw records would make otherwise. */
export async function notAsReplayed(): Promise<object[]> {
  await deriveAll(world.hub);
  return (await verifyHub(world.hub)).filter(({ extra, missing }) => extra + missing > 0);
}
