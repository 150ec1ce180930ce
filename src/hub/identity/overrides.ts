import { and, desc, eq, inArray, lt, or } from "drizzle-orm";
import { z } from "zod";
import type { OverrideBond } from "../../identity/group/bonds.ts";
import { partyKinds } from "../../model/kinds.ts";
import { type Decided, type DecisionTurn, decide } from "../../pipeline/decide.ts";
import { bothEnds } from "../../pipeline/resolve/follow.ts";
import type { Row } from "../../store/tables.ts";
import type { Author } from "../errors/fix.ts";
import type { Hub } from "../hub.ts";
import { cursorPart, decodeCursor, type Page, type PageRequest, pageOf } from "../queries/page.ts";
import { isOfSame, overrulers } from "./overruled.ts";

/** What a person has decided about two records: that they are one customer, or that they are not. */
export interface OverrideView extends OverrideBond {
  revoked_at: string | null;
  revoked_by: string | null;
  revoked_reason: string | null;
  /** The later decision because of which this one does not hold; null where it holds, or is revoked. */
  overruled_by: number | null;
}

/** The decision cannot be made, and why. Nothing was changed. */
export class OverrideRefusedError extends Error {
  override readonly name = "OverrideRefusedError";
}

/** An unmerge is a decision for each record against each of the others: beyond this the customer is a fault of the rules. */
const pairsMax = 10_000;

/**
 * Decides that two records are one customer, whatever rules say; decisions that kept records of their two customers apart are revoked by
 * it. Throws OverrideRefusedError.
 */
export async function linkRecords(
  hub: Hub,
  { left, right }: { left: string; right: string },
  author: Author,
): Promise<OverrideView> {
  return decideWithin(hub, async (turn) => {
    const [one, other] = await partiesOf(hub, [left, right]);
    if (!one || !other) throw new OverrideRefusedError("Name two records.");
    if (one.kind !== other.kind) {
      throw new OverrideRefusedError(
        `${left} is a ${one.kind} and ${right} a ${other.kind}: they cannot be one customer.`,
      );
    }
    const standing = await standingAmong(hub, [...(await membersOf(hub, one)), ...(await membersOf(hub, other))]);
    // One that a later decision overrules may be made again.
    if (one.customer_id === other.customer_id) refuseRepeated(standing, "must_link", [left, right]);
    const made = overrideRow("must_link", [left, right], { ...turn, ...author });
    return {
      rows: [
        ...standing.filter(({ kind }) => kind === "cannot_link").map((row) => revoked(row, turn.now, author)),
        made,
      ],
      output: viewOf(made),
      async check(customerOf) {
        if ((await customerOf(left)) === (await customerOf(right))) return;
        throw new OverrideRefusedError(
          `One of ${left} and ${right} may have been sent by anybody and is linked with another customer already: such a record cannot make two customers one.`,
        );
      },
    };
  });
}

/** Decides that two records are not one customer. Throws OverrideRefusedError. */
export async function separateRecords(
  hub: Hub,
  { left, right }: { left: string; right: string },
  author: Author,
): Promise<OverrideView> {
  return decideWithin(hub, async (turn) => {
    const [one, other] = await partiesOf(hub, [left, right]);
    if (one?.customer_id !== other?.customer_id) {
      refuseRepeated(await standingAmong(hub, [left, right]), "cannot_link", [left, right]);
    }
    const made = overrideRow("cannot_link", [left, right], { ...turn, ...author });
    return { rows: [made], output: viewOf(made) };
  });
}

/** Takes records out of their customer: they are not one with any of the others. Throws OverrideRefusedError. */
export async function unmergeRecords(hub: Hub, records: readonly string[], author: Author): Promise<OverrideView[]> {
  return decideWithin(hub, async (turn): Promise<Decided<OverrideView[]>> => {
    const leaving = [...new Set(records)];
    const parties = await partiesOf(hub, leaving);
    const [first] = parties;
    if (!first) throw new OverrideRefusedError("Name the records that are to leave their customer.");
    if (parties.some(({ customer_id }) => customer_id !== first.customer_id)) {
      throw new OverrideRefusedError("The records belong to different customers: take them out of one at a time.");
    }
    const rest = (await membersOf(hub, first)).filter((key) => !leaving.includes(key)).sort();
    if (rest.length === 0) {
      const others = leaving.length === 1 ? "It is" : "They are";
      throw new OverrideRefusedError(
        `${others} all there is of customer ${first.customer_id}: there is nothing to part from.`,
      );
    }
    if (leaving.length * rest.length > pairsMax) {
      throw new OverrideRefusedError(
        `That would be ${leaving.length * rest.length} decisions, more than ${pairsMax}: what joins so many records is a value to be blocked in mappings/identity.`,
      );
    }
    const pairs = leaving.flatMap((one) => rest.map((other): [string, string] => [one, other]));
    const rows = pairs.map((pair, n) =>
      overrideRow("cannot_link", pair, { ...turn, ...author, nextId: turn.nextId + n }),
    );
    return { rows, output: rows.map(viewOf) };
  });
}

/**
 * Revokes decisions: the rules decide again, and what kept records apart before they were linked stands again. Throws OverrideRefusedError when one does not stand. */
export async function revokeOverrides(hub: Hub, ids: readonly number[], author: Author): Promise<OverrideView[]> {
  return decideWithin(hub, async ({ now }) => {
    const { overrides } = hub.store.tables;
    const found = await hub.store.db
      .select()
      .from(overrides)
      .where(inArray(overrides.id, [...ids]));
    const missing = ids.find((id) => !found.some((row) => row.id === id && row.revoked_at === null));
    if (missing !== undefined) throw new OverrideRefusedError(`No decision ${missing} stands.`);
    const rows = found.map((row) => revoked(row, now, author));
    const back = await revokedBy(hub, found);
    return { rows: [...rows, ...back.map(standingAgain)], output: rows.map(viewOf) };
  });
}

/**
 * The decisions that these revoked when they linked records, in the same commit; but of two records about which something was
 * decided since then, that word stands.
 */
async function revokedBy({ store }: Hub, links: readonly Row<"overrides">[]): Promise<Row<"overrides">[]> {
  const made = new Map(links.filter(({ kind }) => kind === "must_link").map((row) => [`${row.at} ${row.by}`, row.id]));
  if (made.size === 0) return [];
  const { overrides } = store.tables;
  const instants = [...new Set(links.map(({ at }) => at))];
  const rows = await store.db.select().from(overrides).where(inArray(overrides.revoked_at, instants));
  const found = rows.filter(
    ({ id, kind, revoked_at, revoked_by }) =>
      kind === "cannot_link" && id < (made.get(`${revoked_at} ${revoked_by}`) ?? 0),
  );
  const ids = new Set(links.map(({ id }) => id));
  const standing = (await standingAmong({ store }, found.flatMap(bothEnds))).filter(({ id }) => !ids.has(id));
  return found.filter((row) => !standing.some((other) => other.id > row.id && isOfSame(other, row)));
}

function standingAgain(row: Row<"overrides">): Row<"overrides"> {
  return { ...row, ...notRevoked };
}

/** A decision among more records than can be decided about would change nothing, and say so to nobody: it is refused. */
async function decideWithin<T>(hub: Hub, plan: (turn: DecisionTurn) => Promise<Decided<T>>): Promise<T> {
  return decide(hub.pipeline, async (turn) => {
    const { check, ...decided } = await plan(turn);
    return {
      ...decided,
      async check(customerOf, undecided) {
        const [first] = undecided;
        if (first) throw new OverrideRefusedError(`${first.message}. ${first.remedy}`);
        await check?.(customerOf, undecided);
      },
    };
  });
}

/** Decisions, the latest first; of one record where one is named. */
export async function listOverrides(
  hub: Hub,
  { limit, cursor, record }: PageRequest & { record?: string | undefined },
): Promise<Page<OverrideView>> {
  const { overrides } = hub.store.tables;
  const [after] = decodeCursor(cursor, z.tuple([cursorPart.whole])) ?? [];
  const rows = await hub.store.db
    .select()
    .from(overrides)
    .where(
      and(
        after === undefined ? undefined : lt(overrides.id, after),
        record === undefined ? undefined : or(eq(overrides.left_key, record), eq(overrides.right_key, record)),
      ),
    )
    .orderBy(desc(overrides.id))
    .limit(limit + 1);
  const overruled = await overrulers(hub, rows.slice(0, limit));
  const view = (row: Row<"overrides">) => ({ ...viewOf(row), overruled_by: overruled.get(row.id) ?? null });
  return pageOf(rows, limit, { view, cursor: ({ id }) => [id] });
}

interface PartyLinkRow {
  record_key: string;
  customer_id: string;
  kind: string;
}

/** The records' links, in the order they are named; refuses what is no person or company that is known. */
async function partiesOf({ store, pipeline }: Hub, recordKeys: readonly string[]): Promise<PartyLinkRow[]> {
  if (new Set(recordKeys).size < recordKeys.length) throw new OverrideRefusedError("That is one record, named twice.");
  const links = new Map((await store.byKey("links", "record_key", recordKeys)).map((row) => [row.record_key, row]));
  return recordKeys.map((key) => {
    const link = links.get(key);
    if (link) return link;
    throw new OverrideRefusedError(`${key} ${whyNoParty(pipeline, key)}: name records as <connection>:<object>:<id>.`);
  });
}

function whyNoParty(pipeline: Hub["pipeline"], key: string): string {
  if (!/^[^:]+:[^:]+:.+$/.test(key)) return "is no record";
  return pipeline.isParty(key) ? "is not known" : `is none of ${Object.keys(partyKinds).join(", ")}`;
}

async function membersOf({ store }: Hub, { customer_id }: PartyLinkRow): Promise<string[]> {
  return (await store.byKey("links", "customer_id", [customer_id])).map(({ record_key }) => record_key);
}

/** Decisions that stand between any two of these records. */
async function standingAmong(
  { store }: Pick<Hub, "store">,
  recordKeys: readonly string[],
): Promise<Row<"overrides">[]> {
  const among = new Set(recordKeys);
  const rows = await store.byKey("overrides", "left_key", [...among]);
  return rows.filter(({ right_key, revoked_at }) => revoked_at === null && among.has(right_key));
}

function refuseRepeated(
  standing: readonly Row<"overrides">[],
  kind: OverrideView["kind"],
  pair: [string, string],
): void {
  const [left, right] = [...pair].sort();
  const found = standing.find((row) => row.kind === kind && row.left_key === left && row.right_key === right);
  if (found) throw new OverrideRefusedError(`That was decided already by ${found.by} at ${found.at}: ${found.reason}`);
}

function overrideRow(
  kind: OverrideView["kind"],
  pair: readonly [string, string],
  { now, nextId, by, reason }: DecisionTurn & Author,
): Row<"overrides"> {
  const [one, other] = pair;
  const [left_key, right_key] = one < other ? [one, other] : [other, one];
  return { id: nextId, kind, left_key, right_key, by, at: now, reason, ...notRevoked };
}

const notRevoked = { revoked_at: null, revoked_by: null, revoked_reason: null };

function revoked(row: Row<"overrides">, now: string, { by, reason }: Author): Row<"overrides"> {
  return { ...row, revoked_at: now, revoked_by: by, revoked_reason: reason };
}

/** A decision just made, or just revoked: nothing overrules it. */
function viewOf(row: Row<"overrides">): OverrideView {
  return { ...row, kind: row.kind === "must_link" ? "must_link" : "cannot_link", overruled_by: null };
}
