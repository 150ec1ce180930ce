import { and, asc, count, eq, isNotNull, sql } from "drizzle-orm";
import { z } from "zod";
import { type Contest, contestsIn } from "../../pipeline/writeback/contest.ts";
import { frozenErrorId } from "../../pipeline/writeback/freeze.ts";
import type { Row } from "../../store/tables.ts";
import { type Dismissal, readDismissals } from "../errors/dismiss.ts";
import type { Hub } from "../hub.ts";
import { maskOf } from "../log.ts";
import { cursorPart, decodeCursor, type Page, type PageRequest, pageOf } from "./page.ts";

/** A field of one record that is not written any more, because somebody else kept writing over it. */
export interface FrozenView {
  record_key: string;
  connection: string;
  field: string;
  frozen_at: string;
  /** The foreign changes that led to it, oldest first. */
  flips: Omit<Contest["flips"][number], "seq">[];
  /** Its error: trying that again thaws the field, also where it was dismissed. */
  error_id: string;
  /** `dismissed`: the field was left to who else writes it. */
  error_status: string;
  /** What happened, and who it was as far as the vendor tells; null where the error was never kept. */
  message: string | null;
  /** By whom, when and why; null unless it is dismissed. */
  dismissed: Dismissal | null;
}

/** Frozen fields, in order of record keys, those whose error was dismissed among them. */
export async function listFrozen(
  hub: Hub,
  { connection, limit, cursor }: PageRequest & { connection?: string | undefined },
): Promise<Page<FrozenView>> {
  const { contested_fields: contested } = hub.store.tables;
  const after = decodeCursor(cursor, z.tuple([cursorPart.text, cursorPart.text]));
  const rows = await hub.store.db
    .select()
    .from(contested)
    .where(
      and(
        isNotNull(contested.frozen_at),
        connection === undefined ? undefined : eq(contested.connection, connection),
        after ? sql`(${contested.record_key}, ${contested.field}) > (${after[0]}, ${after[1]})` : undefined,
      ),
    )
    .orderBy(asc(contested.record_key), asc(contested.field))
    .limit(limit + 1);
  const ids = rows.map(frozenErrorId);
  const errors = new Map((await hub.store.byKey("errors", "id", ids)).map((row) => [row.id, row]));
  const said = await readDismissals(hub, ids);
  const mask = maskOf(hub);
  const view = (row: Row<"contested_fields">): FrozenView => {
    const id = frozenErrorId(row);
    const { status = "open", message = null } = errors.get(id) ?? {};
    const dismissed = status === "dismissed" ? (said.get(id) ?? null) : null;
    return { ...frozenView(row), error_status: status, message: message === null ? null : mask(message), dismissed };
  };
  return pageOf(rows, limit, { view, cursor: ({ record_key, field }) => [record_key, field] });
}

function frozenView(row: Row<"contested_fields">): Omit<FrozenView, "error_status" | "message" | "dismissed"> {
  const { record_key, connection, field, frozen_at } = row;
  const flips = contestsIn([row]).get(field)?.flips ?? [];
  return {
    record_key,
    connection,
    field,
    frozen_at: frozen_at ?? "",
    flips: flips.map(({ seq: _, ...flip }) => flip),
    error_id: frozenErrorId(row),
  };
}

/** How many fields are frozen, by connection. */
export async function countFrozen({ store }: Pick<Hub, "store">): Promise<Map<string, number>> {
  const { contested_fields: contested } = store.tables;
  const rows = await store.db
    .select({ connection: contested.connection, amount: count() })
    .from(contested)
    .where(isNotNull(contested.frozen_at))
    .groupBy(contested.connection);
  return new Map(rows.map(({ connection, amount }) => [connection, amount]));
}
