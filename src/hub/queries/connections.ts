import { and, count, desc, eq, inArray } from "drizzle-orm";
import type { CursorState } from "../../connector/index.ts";
import type { Row } from "../../store/tables.ts";
import { backfillOf } from "../backfills.ts";
import { type ChannelView, channelView, readChannels } from "../channels.ts";
import type { Hub, HubConnection } from "../hub.ts";
import { maskOf } from "../log.ts";
import { type RereadView, rereadOf } from "../rereads.ts";

export interface StreamView {
  name: string;
  object: string;
  /** `never`: not read yet; `backfill`: reading everything; `changes`: up to `until`; `whole`: read as a whole each run. */
  mode: "never" | CursorState["mode"];
  until: string | null;
  records: number;
  updated_at: string | null;
  /** The backfill under way in this process: how many of how many, when it ends, and which share of the day's quota the rest takes. */
  backfill: { records: number; total: number | null; ends_at: string | null; quota_share: number | null } | null;
  /** Everything is due to be read again, or being read, because the mapping has begun to read these fields; `records`: how many were so far. */
  rereading: RereadView | null;
}

/** A connection as it may be shown: what it is and how it does, never its settings. */
export interface ConnectionView {
  id: string;
  connector: string;
  title: string;
  account: string | null;
  /** `new`: not checked yet. */
  status: "new" | "connected" | "needs_attention" | "failed";
  message: string | null;
  checked_at: string | null;
  schedule: string | null;
  writes_back: boolean;
  /** Where its webhooks go, and why they cannot be received yet; null where the vendor has none. */
  webhook: { url: string; missing: string | null } | null;
  /** What it listens to, and whether that stands; null where its settings listen to nothing. */
  channel: ChannelView | null;
  streams: StreamView[];
  /** The account's daily API quota, as far as it is known: `share` is how much of it may be used before the hub holds back. */
  quota: { used: number; limit: number; share: number; resets_at: string | null } | null;
  deliveries: { waiting: number; failed: number };
  last_run: { id: string; kind: string; status: string; started_at: string } | null;
  /** The vendor does not answer or asks to wait: what is tried again, when, and which attempt of how many that is. Null while all is well. */
  waiting: { message: string; next_try_at: string; attempt: number; attempts: number } | null;
}

/** Every configured connection, in the order of journey-hub.yaml. */
export async function listConnections(hub: Hub): Promise<ConnectionView[]> {
  const ids = hub.connectionIds();
  if (ids.length === 0) return [];
  const { cursors, inbox } = hub.store.tables;
  const states = await hub.store.byKey("connections", "id", ids);
  const places = await hub.store.db.select().from(cursors).where(inArray(cursors.connection, ids));
  const heard = await readChannels(hub, ids);
  const deliveries = await hub.store.db
    .select({ connection: inbox.connection, status: inbox.status, amount: count() })
    .from(inbox)
    .where(inArray(inbox.status, ["waiting", "failed"]))
    .groupBy(inbox.connection, inbox.status);
  const amount = (id: string, status: string) =>
    deliveries.find((row) => row.connection === id && row.status === status)?.amount ?? 0;
  return Promise.all(
    ids.map(async (id) => ({
      ...(await connectionView(
        hub,
        id,
        states.find((row) => row.id === id),
      )),
      streams: streamViews(
        hub,
        usable(hub, id),
        places.filter(({ connection }) => connection === id),
      ),
      channel: shownChannel(usable(hub, id), heard),
      quota: quotaView(usable(hub, id)),
      waiting: waitingView(hub, id),
      deliveries: { waiting: amount(id, "waiting"), failed: amount(id, "failed") },
    })),
  );
}

/** One connection; null when none of that id is configured. */
export async function findConnection(hub: Hub, id: string): Promise<ConnectionView | null> {
  return (await listConnections(hub)).find((connection) => connection.id === id) ?? null;
}

/** Where a connection's webhooks go. @example hookUrl(hub, "hubspot") // "https://hub.example.com/hooks/hubspot" */
export function hookUrl(hub: Hub, id: string): string {
  return `${hub.file.public_url.replace(/\/+$/, "")}/hooks/${id}`;
}

async function connectionView(hub: Hub, id: string, state: Row<"connections"> | undefined) {
  const entry = hub.file.connections[id];
  const connection = usable(hub, id);
  const broken = connection instanceof Error ? connection : null;
  const webhook = broken === null ? webhookView(hub, connection) : null;
  const mask = maskOf(hub);
  const message = broken?.message ?? state?.message ?? null;
  return {
    id,
    connector: entry?.connector ?? "",
    title: connection instanceof Error ? (entry?.connector ?? id) : connection.connector.title,
    account: state?.account ?? null,
    status: broken ? "needs_attention" : statusOf(state),
    message: message === null ? null : mask(message),
    checked_at: state?.checked_at ?? null,
    schedule: entry?.schedule ?? null,
    writes_back:
      !(connection instanceof Error) && connection.entry.writeback && connection.open.writeback !== undefined,
    webhook,
    last_run: await lastRun(hub, id),
  } as const;
}

/** The connection, or why its settings cannot be used. */
/** A connection ready to be used, or why it is not. */
export function usable(hub: Hub, id: string): HubConnection | Error {
  try {
    return hub.connection(id);
  } catch (cause) {
    if (cause instanceof Error) return cause;
    throw cause;
  }
}

function statusOf(state: Row<"connections"> | undefined): ConnectionView["status"] {
  if (!state) return "new";
  if (state.status === "connected" || state.status === "needs_attention") return state.status;
  return "failed";
}

function webhookView(hub: Hub, connection: HubConnection | Error): ConnectionView["webhook"] {
  if (connection instanceof Error || !connection.connector.webhook) return null;
  return {
    url: hookUrl(hub, connection.id),
    missing: connection.connector.webhook.missing(connection.config),
  };
}

function shownChannel(connection: HubConnection | Error, heard: readonly Row<"channels">[]): ChannelView | null {
  return connection instanceof Error ? null : channelView(connection, heard);
}

function streamViews(hub: Hub, connection: HubConnection | Error, places: readonly Row<"cursors">[]): StreamView[] {
  if (connection instanceof Error) return [];
  return Object.entries(connection.open.streams).map(([name, { object }]) => {
    const place = places.find(({ stream }) => stream === name);
    const backfill = backfillView(connection, name, hub.clock.now());
    if (!place) {
      return { name, object, mode: "never", until: null, records: 0, updated_at: null, backfill, rereading: null };
    }
    const { records, updated_at } = place;
    const state = JSON.parse(place.state) as CursorState;
    const until = state.mode === "changes" ? state.at : null;
    const rereading = rereadOf(hub, connection, name, state);
    return { name, object, mode: state.mode, until, records, updated_at, backfill, rereading };
  });
}

function backfillView(connection: HubConnection, name: string, now: number): StreamView["backfill"] {
  const backfill = backfillOf(connection, name, now);
  if (!backfill) return null;
  const { records, total, leftMs, quotaShare } = backfill;
  return { records, total, ends_at: leftMs === null ? null : instant(now + leftMs), quota_share: quotaShare };
}

function quotaView(connection: HubConnection | Error): ConnectionView["quota"] {
  const quota = connection instanceof Error ? null : (connection.open.quota?.() ?? null);
  if (!quota) return null;
  const { used, limit, share, resetsAt } = quota;
  return { used, limit, share, resets_at: resetsAt === null ? null : instant(resetsAt) };
}

/** One whose time has passed by more than an exchange may take belongs to a call that was given up. */
const waitStaleMs = 60_000;

/** Why a call to a connection's vendor waits to be tried again, that of a check of newer settings too; null when none does. */
export function waitingView(hub: Hub, id: string): ConnectionView["waiting"] {
  for (const connection of [usable(hub, id), hub.tried(id)]) {
    if (connection === undefined || connection instanceof Error) continue;
    const wait = connection.wait();
    if (!wait || wait.nextAt + waitStaleMs < hub.clock.now()) continue;
    const { error, nextAt, attempt, attemptsMax: attempts } = wait;
    const { title } = connection.connector;
    const message = error.details.unreachable ? `${title} does not answer (${error.message})` : error.message;
    return { message: maskOf(hub)(message), next_try_at: instant(nextAt), attempt, attempts };
  }
  return null;
}

const instant = (ms: number): string => new Date(ms).toISOString();

async function lastRun({ store }: Hub, id: string): Promise<ConnectionView["last_run"]> {
  const { runs } = store.tables;
  const [row] = await store.db
    .select({ id: runs.id, kind: runs.kind, status: runs.status, started_at: runs.started_at })
    .from(runs)
    .where(and(eq(runs.connection, id), eq(runs.kind, "sync")))
    .orderBy(desc(runs.started_at))
    .limit(1);
  return row ?? null;
}
