import { and, asc, count, desc, eq, inArray, max, min, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { readVendorVersion } from "../../pipeline/land/rows.ts";
import type { Row } from "../../store/tables.ts";
import { type CorrectionView, readCorrections } from "../errors/corrections.ts";
import { type Dismissal, readDismissals } from "../errors/dismiss.ts";
import { type DeliveryView, deliveryOf } from "../errors/fix-delivery.ts";
import { type Way, wayOf } from "../errors/ways.ts";
import type { Hub } from "../hub.ts";
import { maskOf } from "../log.ts";
import { cursorPart, decodeCursor, type Page, type PageRequest, pageOf } from "./page.ts";

export interface ErrorView {
  id: string;
  connection: string;
  record_key: string;
  step: string;
  class: string;
  fingerprint: string;
  message: string;
  remedy: string;
  first_seen_at: string;
  last_seen_at: string;
  status: string;
  /** How a retry goes about it; null where none can help, and `refusal` says what does. */
  retry: Way | null;
  refusal: string | null;
  /** Who set it aside, when and why; of the last time, if it has come again since. */
  dismissed: Dismissal | null;
}

/** An error with the version of its record that landed last, which is what a retry has to get through. */
export interface ErrorDetail extends ErrorView {
  landed: LandedView | null;
  /** The webhook delivery that could not be understood, where the error is of one. */
  delivery: DeliveryView | null;
}

export interface LandedView {
  seq: number;
  version: string | null;
  known_at: string;
  deleted: boolean;
  payload: unknown;
  /** Who made this version by hand, over what its vendor sent; null where it is the vendor's own. */
  correction: (CorrectionView & { sent: unknown }) | null;
}

export interface ErrorFilter {
  connection?: string | undefined;
  /** One, or any of several. */
  status?: string | readonly string[] | undefined;
  step?: string | undefined;
  class?: string | undefined;
  fingerprint?: string | undefined;
  /** A record by its key. */
  record?: string | undefined;
  ids?: readonly string[] | undefined;
}

/** Errors, last seen first. */
export async function listErrors(
  hub: Hub,
  { limit, cursor, ...filter }: PageRequest & ErrorFilter,
): Promise<Page<ErrorView>> {
  const { errors } = hub.store.tables;
  const after = decodeCursor(cursor, z.tuple([cursorPart.instant, cursorPart.text]));
  const rows = await hub.store.db
    .select()
    .from(errors)
    .where(
      and(
        errorsMatching(hub, filter),
        after ? sql`(${errors.last_seen_at}, ${errors.id}) < (${after[0]}, ${after[1]})` : undefined,
      ),
    )
    .orderBy(desc(errors.last_seen_at), desc(errors.id))
    .limit(limit + 1);
  const view = await errorView(hub, rows);
  return pageOf(rows, limit, { view, cursor: ({ last_seen_at, id }) => [last_seen_at, id] });
}

/** One error with its record as it landed last; null when there is none of that id. */
export async function findError(hub: Hub, id: string): Promise<ErrorDetail | null> {
  const rows = await hub.store.byKey("errors", "id", [id]);
  const [row] = rows;
  if (!row) return null;
  const view = await errorView(hub, rows);
  return { ...view(row), landed: await landedLast(hub, row.record_key), delivery: await deliveryOf(hub, row) };
}

async function landedLast(hub: Hub, recordKey: string): Promise<LandedView | null> {
  const { raw_records: raw } = hub.store.tables;
  const ofRecord = eq(raw.record_key, recordKey);
  const [row] = await hub.store.db.select().from(raw).where(ofRecord).orderBy(desc(raw.seq)).limit(1);
  if (!row) return null;
  const { seq, version, known_at, deleted } = row;
  const correction = row.origin === "fix" ? (await readCorrections(hub, [seq])).get(seq) : undefined;
  const sent = correction ? await readVendorVersion(hub.store, recordKey) : null;
  return {
    ...{ seq, version, known_at, deleted: deleted === 1, payload: payloadOf(row) },
    correction: correction ? { ...correction, sent: sent ? payloadOf(sent) : null } : null,
  };
}

function payloadOf({ payload }: Row<"raw_records">): unknown {
  return JSON.parse(payload);
}

async function errorView(hub: Hub, rows: readonly Row<"errors">[]): Promise<(row: Row<"errors">) => ErrorView> {
  const mask = maskOf(hub);
  const dismissals = await readDismissals(
    hub,
    rows.map(({ id }) => id),
  );
  return ({ raw_seq: _, ...row }) => {
    const { way, refusal } = wayOf(row);
    return {
      ...row,
      message: mask(row.message),
      remedy: mask(row.remedy),
      retry: way,
      refusal,
      dismissed: dismissals.get(row.id) ?? null,
    };
  };
}

export interface ErrorGroup {
  connection: string;
  step: string;
  class: string;
  fingerprint: string;
  amount: number;
  first_seen_at: string;
  last_seen_at: string;
  remedy: string;
  retry: Way | null;
  refusal: string | null;
  /** One of them. */
  example: Pick<ErrorView, "id" | "record_key" | "message">;
}

const errorGroupsMax = 500;

/** Errors of one cause together, the most frequent first; at most 500 causes. */
export async function listErrorGroups(hub: Hub, filter: ErrorFilter): Promise<ErrorGroup[]> {
  const { errors } = hub.store.tables;
  const groups = await hub.store.db
    .select({
      amount: count(),
      first_seen_at: min(errors.first_seen_at),
      last_seen_at: max(errors.last_seen_at),
      example: max(errors.id),
    })
    .from(errors)
    .where(errorsMatching(hub, filter))
    .groupBy(errors.connection, errors.step, errors.class, errors.fingerprint)
    .orderBy(desc(count()), asc(errors.fingerprint))
    .limit(errorGroupsMax);
  const ids = groups.map(({ example }) => example ?? "");
  const examples = await hub.store.byKey("errors", "id", ids);
  const mask = maskOf(hub);
  return groups.flatMap(({ amount, first_seen_at, last_seen_at, example }): ErrorGroup[] => {
    const row = examples.find(({ id }) => id === example);
    if (!row) return [];
    const { connection, step, class: kind, fingerprint, id, record_key } = row;
    const { way, refusal } = wayOf(row);
    return [
      {
        ...{ connection, step, class: kind, fingerprint, amount },
        first_seen_at: first_seen_at ?? row.first_seen_at,
        last_seen_at: last_seen_at ?? row.last_seen_at,
        remedy: mask(row.remedy),
        retry: way,
        refusal,
        example: { id, record_key, message: mask(row.message) },
      },
    ];
  });
}

/** How many errors a filter takes. */
export async function countErrors(hub: Hub, filter: ErrorFilter): Promise<number> {
  const { errors } = hub.store.tables;
  const [row] = await hub.store.db.select({ amount: count() }).from(errors).where(errorsMatching(hub, filter));
  return row?.amount ?? 0;
}

/** The condition of a filter, for a query on errors. */
export function errorsMatching({ store }: Hub, filter: ErrorFilter): SQL | undefined {
  const { errors } = store.tables;
  const { connection, status, step, class: kind, fingerprint, record, ids } = filter;
  return and(
    connection === undefined ? undefined : eq(errors.connection, connection),
    status === undefined ? undefined : inArray(errors.status, [status].flat()),
    step === undefined ? undefined : eq(errors.step, step),
    kind === undefined ? undefined : eq(errors.class, kind),
    fingerprint === undefined ? undefined : eq(errors.fingerprint, fingerprint),
    record === undefined ? undefined : eq(errors.record_key, record),
    ids === undefined ? undefined : inArray(errors.id, [...ids]),
  );
}
