import { and, eq, inArray } from "drizzle-orm";
import type { Heard, SourceError } from "../connector/index.ts";
import type { Problem } from "../model/problem.ts";
import { keepStanding } from "../pipeline/problems.ts";
import { StaleError } from "../store/store.ts";
import type { Row } from "../store/tables.ts";
import { put } from "../store/writes.ts";
import { failureView } from "./failure.ts";
import type { Hub, HubConnection } from "./hub.ts";
import { type Kept, keepDeliveries } from "./inbox/intake.ts";

/** How listening to a channel stands: `elsewhere`: another process on this store does it; `waiting`: it failed and is begun again. */
export type ListeningStatus = "off" | "beginning" | "listening" | "waiting" | "elsewhere";

/** A connection's channel as it may be shown. */
export interface ChannelView {
  name: string;
  status: ListeningStatus;
  /** Since when that is so; null where nothing listens in this process. */
  since: string | null;
  /** Why it waits. */
  message: string | null;
  heard: number;
  heard_at: string | null;
}

type Standing = Pick<ChannelView, "status" | "since" | "message">;

const standings = new WeakMap<HubConnection, Standing>();

/** Notes how listening stands in this process; what stands already keeps its time. */
export function noteListening(
  hub: Hub,
  connection: HubConnection,
  status: ListeningStatus,
  message: string | null = null,
): void {
  const known = standings.get(connection);
  standings.set(connection, { status, message, since: known?.status === status ? known.since : hub.now() });
}

/** How a connection's channel stands; null where its settings listen to none. */
export function channelView(connection: HubConnection, rows: readonly Row<"channels">[]): ChannelView | null {
  const name = connection.open.channel?.name;
  if (name === undefined) return null;
  const row = rows.find((each) => each.connection === connection.id && each.channel === name);
  const { status = "off", since = null, message = null } = standings.get(connection) ?? {};
  return { name, status, since, message, heard: row?.heard ?? 0, heard_at: row?.heard_at ?? null };
}

/** What is kept of these connections' channels. */
export async function readChannels(hub: Hub, connections: readonly string[]): Promise<Row<"channels">[]> {
  const { channels } = hub.store.tables;
  return hub.store.db
    .select()
    .from(channels)
    .where(inArray(channels.connection, [...connections]));
}

/** A channel's row as this process has made it its own; null while another one, which is not gone, has it. */
export async function claimChannel(hub: Hub, connection: string, channel: string): Promise<Row<"channels"> | null> {
  const { channels } = hub.store.tables;
  const [known] = await hub.store.db
    .select()
    .from(channels)
    .where(and(eq(channels.connection, connection), eq(channels.channel, channel)));
  const owner = hub.presence.id;
  if (known?.owner && known.owner !== owner && !(await hub.presence.gone())(known.owner)) return null;
  const fresh = { connection, channel, place: null, incomplete: null, heard: 0, heard_at: null, revision: 0 };
  const claimed = { ...(known ?? fresh), owner, revision: (known?.revision ?? 0) + 1 };
  return (await isKept(hub, claimed)) ? claimed : null;
}

/** Another process may have it at once. */
export async function releaseChannel(hub: Hub, row: Row<"channels">): Promise<void> {
  await isKept(hub, { ...row, owner: null, revision: row.revision + 1 });
}

/** False, and nothing kept, when another process was first. */
async function isKept(hub: Hub, row: Row<"channels">): Promise<boolean> {
  try {
    await hub.store.commit([put("channels", [row])]);
    return true;
  } catch (cause) {
    if (cause instanceof StaleError) return false;
    throw cause;
  }
}

/**
 * Keeps what was heard, the place behind it and the pull that it asks for in one commit: none is there without the others. Throws StaleError
 * when another process has taken the channel over, StoreFullError, StoreError: then nothing was kept.
 */
export async function keepHeard(
  hub: Hub,
  row: Row<"channels">,
  { deliveries, place, incomplete }: Heard,
): Promise<{ row: Row<"channels">; kept: Kept }> {
  const after = {
    ...row,
    place,
    incomplete: incomplete ?? row.incomplete,
    heard: row.heard + deliveries.length,
    heard_at: deliveries.length > 0 ? hub.now() : row.heard_at,
    revision: row.revision + 1,
  };
  const kept = await keepDeliveries(hub, row.connection, deliveries, [put("channels", [after])]);
  return { row: after, kept };
}

const mark = "channel ";

/** Whether an error of a pull says that a channel cannot be listened to. */
export function isOfChannel(fingerprint: string): boolean {
  return fingerprint.startsWith(mark);
}

/** Opens the error that says that a channel cannot be listened to; without a failure, closes it. */
export async function keepListening(hub: Hub, connection: string, failure?: SourceError): Promise<void> {
  await keepStanding(hub, {
    connection,
    step: "pull",
    problems: failure ? [problemOf(connection, failure)] : [],
    concerns: ({ fingerprint }) => isOfChannel(fingerprint),
  });
}

function problemOf(connection: string, failure: SourceError): Problem {
  const { message, setting } = failureView(failure);
  const { code, status, remedy } = failure.details;
  return {
    connection,
    record_key: "",
    step: "pull",
    class: "connection",
    fingerprint: `${mark}${code ?? status ?? failure.next}`,
    message: setting === null ? message : `${message} (setting: ${setting})`,
    remedy: remedy ?? "The hub listens again by itself; polls go on meanwhile, so changes come later, not never.",
    raw_seq: null,
  };
}
