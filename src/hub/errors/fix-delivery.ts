import { hash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { SourceError } from "../../connector/index.ts";
import type { MappingOutcome } from "../../mapping/index.ts";
import { type Correction, endOf, parseRecordKey, type RawRecord, recordKey } from "../../model/record.ts";
import { correctionName, correctionRow } from "../../pipeline/land/corrections.ts";
import type { Row } from "../../store/tables.ts";
import { remove, set } from "../../store/writes.ts";
import type { Hub } from "../hub.ts";
import { type SortedWork, sortWork, workOff } from "../inbox/inbox.ts";
import { accountOf } from "../inbox/names.ts";
import { type CorrectionView, readCorrections } from "./corrections.ts";
import { mappingsNow } from "./mappings.ts";
import { FixRefusedError } from "./refused.ts";

/** A webhook delivery that was given up because it could not be understood. */
export interface DeliveryView {
  seq: number;
  received_at: string;
  attempts: number;
  /** Its body: parsed where it is JSON, else as text. */
  payload: unknown;
  /** Who corrected it, when and why; the corrected one was worked off in its place. */
  correction: CorrectionView | null;
}

/** Whether an error stands for a delivery of which nothing more is known, so that its own body is at fault. */
export function isOfDelivery({ step, class: kind, record_key }: Row<"errors">): boolean {
  return step === "hook" && kind !== "conflict" && parseRecordKey(record_key).object === "inbox";
}

/** The delivery an error stands for; null where it is of none. */
export async function deliveryOf(hub: Hub, error: Row<"errors">): Promise<DeliveryView | null> {
  const row = isOfDelivery(error) ? await readDelivery(hub, error) : null;
  if (!row) return null;
  const corrected = await readByKey(hub, row.connection, correctedKey(row));
  const corrections = corrected ? await readCorrections(hub, [corrected.seq]) : null;
  const { seq, received_at, attempts } = row;
  const correction = (corrected && corrections?.get(corrected.seq)) ?? null;
  return { seq, received_at, attempts, payload: payloadOf(row), correction };
}

/** A delivery with another body: what it asks for, ready to be worked off. */
export interface CorrectedDelivery {
  sent: Row<"inbox">;
  /** The record it brings or names. */
  record_key: string;
  /** What the mapping makes of the record it brings; in words where the record is to be fetched, or gone. */
  outcome: MappingOutcome | string;
  rewritten(seq: number): { row: Row<"inbox">; sorted: SortedWork };
}

/** The delivery of this error, if it can be corrected. Throws FixRefusedError. */
export async function correctableDelivery(hub: Hub, error: Row<"errors">): Promise<Row<"inbox">> {
  const row = await readDelivery(hub, error);
  const isCorrected = row !== null && (await readByKey(hub, row.connection, correctedKey(row))) !== null;
  if (row?.status === "failed" && !isCorrected) return row;
  throw new FixRefusedError(
    row?.status === "waiting"
      ? "The delivery is on its way again: look at what comes of it first."
      : "The delivery has been worked off: there is nothing left to correct.",
  );
}

/** What a delivery asks for with this body; nothing is done. Throws FixRefusedError when it still cannot be understood. */
export async function tryDelivery(hub: Hub, sent: Row<"inbox">, payload: object): Promise<CorrectedDelivery> {
  const connection = hub.connection(sent.connection);
  const account = await accountOf(hub, connection).catch((cause: unknown) => {
    throw cause instanceof SourceError ? stillFails(cause) : cause;
  });
  const body = Buffer.from(JSON.stringify(payload));
  const rewritten = (seq: number) => {
    const content_hash = hash("sha256", body, "base64url");
    const row = {
      ...sent,
      seq,
      dedupe_key: correctedKey(sent),
      received_at: hub.now(),
      body,
      content_hash,
      attempts: 0,
    };
    return { row, sorted: sortWork(connection, [row], account) };
  };
  const { sorted } = rewritten(sent.seq);
  const [failure] = sorted.failures;
  if (failure) throw stillFails(failure.cause);
  const [unit] = sorted.units;
  if (unit?.record) return { sent, rewritten, ...(await brought(hub, unit.record)) };
  const [named] = [...sorted.changed].map(([name, asked]) => [
    connection.open.streams[name]?.object ?? name,
    ...asked.keys(),
  ]);
  const [object, id] = named ?? [];
  if (object === undefined || id === undefined)
    throw new FixRefusedError("So it would ask for nothing: nothing was kept.");
  return { sent, rewritten, record_key: recordKey(connection.id, object, id), outcome: "record to be fetched" };
}

async function brought(hub: Hub, record: RawRecord): Promise<Pick<CorrectedDelivery, "record_key" | "outcome">> {
  const { connection, object, remote_id, deleted, payload } = record;
  const record_key = recordKey(connection, object, remote_id);
  if (endOf({ deleted, payload })) return { record_key, outcome: "record that is gone" };
  const mapping = (await mappingsNow(hub)).find(hub.file.connections[connection]?.connector ?? "", object);
  if (!mapping) throw new FixRefusedError(`There is no mapping file for ${object}: add one first.`);
  return { record_key, outcome: mapping.map(payload, (await hub.pipeline.contexts([connection]))(connection)) };
}

/**
 * Works a corrected delivery off in the place of the one that was sent, which is kept as it came and done with it. Throws
 * FixRefusedError when that fails; both are as before then.
 */
export async function workOffCorrected(
  hub: Hub,
  { sent, rewritten }: CorrectedDelivery,
  correction: Correction,
): Promise<void> {
  const { row, sorted } = rewritten(await hub.store.reserve(1));
  // First, so that no corrected delivery is ever without it: without one it says nothing.
  await hub.store.commit([set("settings", [correctionRow(row.seq, correction)])]);
  const rows = [sent, row];
  const failures = await workOff(
    hub,
    hub.connection(sent.connection),
    {
      units: sorted.units.map(({ record, earlier = [] }) => ({
        record: record && { ...record, correction },
        earlier: earlier.map((other) => ({ ...other, correction })),
        rows,
      })),
      changed: new Map(
        [...sorted.changed].map(([name, asked]) => [name, new Map([...asked.keys()].map((id) => [id, rows]))]),
      ),
      failures: [],
    },
    { lane: "webhook" },
  );
  const [failure] = failures;
  if (!failure) return;
  await hub.store.commit([remove("settings", ["name"], [[correctionName(row.seq)]])]);
  throw stillFails(failure.cause);
}

function stillFails(cause: unknown): FixRefusedError {
  return new FixRefusedError(
    `It would still fail, so nothing was kept: ${cause instanceof Error ? cause.message : String(cause)}`,
  );
}

/** A delivery is corrected once: then it is done. */
const correctedKey = ({ dedupe_key }: Row<"inbox">): string => `${dedupe_key} corrected`;

function readDelivery(hub: Hub, { connection, record_key }: Row<"errors">): Promise<Row<"inbox"> | null> {
  return readByKey(hub, connection, parseRecordKey(record_key).remoteId);
}

async function readByKey({ store }: Hub, connection: string, dedupeKey: string): Promise<Row<"inbox"> | null> {
  const { inbox } = store.tables;
  const ofKey = and(eq(inbox.connection, connection), eq(inbox.dedupe_key, dedupeKey));
  const [row] = await store.db.select().from(inbox).where(ofKey);
  return row ?? null;
}

/** A delivery's body as JSON; as text where it is none. */
export function payloadOf({ body }: Row<"inbox">): unknown {
  const text = body.toString("utf8");
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return text;
    throw cause;
  }
}
