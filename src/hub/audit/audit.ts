import { type CursorState, moving, type OpenStream, SourceError, sweptBy } from "../../connector/index.ts";
import { shortHash } from "../../lib/hash.ts";
import { readCursor } from "../../pipeline/pull/rows.ts";
import { countOf } from "../backfills.ts";
import type { Hub, HubConnection } from "../hub.ts";
import { fieldsToFetch, streamsToReread } from "../rereads.ts";
import { compareWindow } from "./compare.ts";
import { heal, type Patient } from "./heal.ts";
import { type AuditRow, beginPass, type Pass, type PassCounts, putAudit, readAudit } from "./rows.ts";
import { liveCount, standingOf } from "./standing.ts";

/** Streams that can be audited: those that follow changes and fetch by id. The others are read whole on every run. */
export function auditedStreams({ open }: HubConnection): string[] {
  return Object.keys(open.streams).filter((name) => open.streams[name]?.changes && open.streams[name]?.byId);
}

export interface AuditOptions {
  /** Called after each window. */
  onProgress?: (pass: Pass) => void;
  signal?: AbortSignal;
}

/** Windows of one pass; a window is a page of the vendor's. */
const windowsMax = 1_000_000;

/**
 * Compares a stream with its vendor, window by window in the order of ids, and heals what differs: missing and stale records are fetched
 * and landed, extra ones landed as deleted once the vendor was asked for each. Goes on with a pass that was cut off.
 * @returns the complete pass; null while the first backfill is not over, since nothing is owed before.
 * Throws SourceError; what was healed and kept stands.
 */
export async function auditStream(
  hub: Hub,
  connection: HubConnection,
  name: string,
  { onProgress, signal }: AuditOptions = {},
): Promise<Pass | null> {
  const audited = await openAudit(hub, connection, name);
  if (!audited) return null;
  let row = await beginOrGoOn(audited);
  for (let n = 0; n < windowsMax; n++) {
    signal?.throwIfAborted();
    row = await auditWindow(audited, row);
    const pass = row.pass ?? row.last;
    if (pass) onProgress?.(pass);
    if (row.pass === null) return row.last;
  }
  throw new SourceError("stop", `The audit of ${name} did not end after ${windowsMax} pages`);
}

interface Audited {
  connection: HubConnection;
  name: string;
  stream: OpenStream;
  patient: Patient;
  /** Whether records are still to be read again for fields that the mapping has begun to read: until then contents differ, and rightly so. */
  owesFields: boolean;
}

async function openAudit(hub: Hub, connection: HubConnection, name: string): Promise<Audited | null> {
  const stream = connection.open.streams[name];
  const readUpTo = await changesReadUpTo(hub, connection.id, name);
  if (!stream?.byId || readUpTo === null) return null;
  const { object } = stream;
  const fields = await fieldsToFetch(hub, connection, name);
  const isDue = (at: string | null) => at === null || at <= readUpTo;
  const owesFields = (await streamsToReread(hub, connection)).includes(name);
  const patient = { hub, connection: connection.id, object, fields, stream, isDue };
  return { connection, name, stream, patient, owesFields };
}

/** Until when changes were read: a record stamped before that is owed, a later one not yet due. Null during the first backfill. */
export async function changesReadUpTo({ store }: Hub, connection: string, stream: string): Promise<string | null> {
  const row = await readCursor(store, connection, stream);
  const state = row ? (JSON.parse(row.state) as CursorState) : null;
  return state?.mode === "changes" ? state.at : null;
}

async function beginOrGoOn(audited: Audited): Promise<AuditRow> {
  const { name, patient } = audited;
  const { hub, connection, object } = patient;
  const known = await readAudit(hub.store, connection, name);
  if (known?.pass) return known;
  return {
    connection,
    stream: name,
    object,
    after: null,
    pass: beginPass(hub.now()),
    last: known?.last ?? null,
    vendor_count: await countOf(audited.connection, name),
    stored_count: await liveCount(hub.store, patient),
    updated_at: hub.now(),
    revision: known?.revision ?? 0,
  };
}

async function auditWindow({ stream, patient, owesFields }: Audited, row: AuditRow): Promise<AuditRow> {
  const { hub } = patient;
  const pass = row.pass ?? beginPass(hub.now());
  const ask = () => stream.pages({ after: row.after, fields: [] });
  const { records, next } = await moving(ask, (place) => place === row.after);
  const listed = records.filter(({ deleted }) => !deleted);
  const ids = records.map(({ id }) => id);
  const { swept, behind } = sweptOf(stream, { behind: pass.place, records, isLast: next === null });
  const differences = compareWindow({
    listed,
    standing: await standingOf(hub.store, patient, ids),
    isSampled: (id) => !owesFields && isSampled(id, pass.began_at),
  });
  const waiting = [...pass.sample, ...differences.sample];
  const sample = waiting.length >= (stream.idsMax ?? sampleAtOnce) || next === null ? waiting : [];
  const found = {
    ...(await heal(patient, { ...differences, sample }, { ids: listed.map(({ id }) => id), range: swept })),
    compared: listed.length,
  };
  const onward = { place: behind, sample: sample.length > 0 ? [] : waiting };
  const kept = nextRow(row, { ...pass, ...sumOf(pass, found), ...onward }, { next, now: hub.now() });
  await hub.store.commit([putAudit(kept)]);
  return kept;
}

/** A stream that does not say in which order its ids come shows no stretch of them as a whole. */
function sweptOf({ sweep }: OpenStream, page: Parameters<typeof sweptBy>[1]): ReturnType<typeof sweptBy> {
  return sweep ? sweptBy(sweep.order, page) : { swept: null, behind: null };
}

function nextRow(row: AuditRow, pass: Pass, { next, now }: { next: string | null; now: string }): AuditRow {
  const ended = next === null ? { ...pass, ended_at: now } : null;
  return {
    ...row,
    after: next,
    pass: ended ? null : pass,
    last: ended ?? row.last,
    updated_at: now,
    revision: row.revision + 1,
  };
}

function sumOf(one: PassCounts, other: PassCounts): PassCounts {
  return {
    compared: one.compared + other.compared,
    sampled: one.sampled + other.sampled,
    missing: one.missing + other.missing,
    stale: one.stale + other.stale,
    extra: one.extra + other.extra,
  };
}

/** How many of them are fetched together, where the stream names no most of its own. */
const sampleAtOnce = 100;

/** One record in so many is fetched in full; each pass takes others, so in time every record is. */
const sampledOneIn = 50;

function isSampled(id: string, passBeganAt: string): boolean {
  return Number.parseInt(shortHash(id, passBeganAt).slice(0, 6), 32) % sampledOneIn === 0;
}
