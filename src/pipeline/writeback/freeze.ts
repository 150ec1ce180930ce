import { type OpenWriteback, SourceError, type WritebackField, type Writer } from "../../connector/index.ts";
import { groupBy } from "../../lib/group.ts";
import { shortHash } from "../../lib/hash.ts";
import type { Problem } from "../../model/problem.ts";
import { parseRecordKey } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { remove, set } from "../../store/writes.ts";
import { planStanding, readErrors } from "../problems.ts";
import { type Contest, flipsMax, isFought } from "./contest.ts";
import type { FrozenField, PlannedWriteback } from "./plan.ts";

/** Asks in one apply who it is that writes: where a tool fights over thousands of records, a few answers tell. */
const asksMax = 20;

export interface Freezing {
  store: Store;
  connection: string;
  writeback: Pick<OpenWriteback, "targets" | "whoWrote">;
  now(): string;
}

/**
 * Keeps the contests that plans find: each foreign change is counted before the field is written back, and a field that is frozen
 * becomes an open error of its record, which names who writes it, as far as the vendor tells.
 */
export function contestKeeper({ store, connection, writeback, now }: Freezing) {
  let asked = 0;
  const writerOf = async ({ object, remote_id }: PlannedWriteback, field: WritebackField): Promise<Writer | null> => {
    if (!writeback.whoWrote || ++asked > asksMax) return null;
    return writeback.whoWrote(object, remote_id, field).catch((cause: unknown) => {
      // Who it was is an ornament: the freeze stands without. After a stop nothing is sent anyway: the next run asks again.
      if (cause instanceof SourceError && !cause.details.cutShort) return null;
      throw cause;
    });
  };
  const problemsOf = (change: PlannedWriteback): Promise<Problem[]> =>
    Promise.all(
      change.frozen.filter(isNew).map(async (field) => {
        const writer = await writerOf(change, field.field);
        const name = writeback.targets[change.object]?.[field.field] ?? field.field;
        return problemOf({ connection, change, field, name, writer });
      }),
    );
  return async (planned: readonly PlannedWriteback[]): Promise<void> => {
    const found = planned.filter(({ contests }) => contests.length > 0);
    if (found.length === 0) return;
    const at = now();
    const rows = found.flatMap(({ record_key, contests }) =>
      contests.map((contest) => rowOf({ record_key, connection, contest, now: at })),
    );
    const keys = found.map(({ record_key }) => record_key);
    const errors = groupBy(await readErrors(store, keys), ({ record_key }) => record_key);
    const problems = await Promise.all(
      found.map(async (change) => ({ key: change.record_key, own: await problemsOf(change) })),
    );
    const opened = problems.flatMap(({ key, own }) =>
      planStanding({ problems: own, known: errors.get(key) ?? [], concerns: () => false, now: at }),
    );
    await store.commit([set("contested_fields", rows), ...opened]);
  };
}

const isNew = ({ frozen_at }: FrozenField): boolean => frozen_at === null;

function rowOf(input: { record_key: string; connection: string; contest: Contest; now: string }) {
  const { record_key, connection, contest, now } = input;
  const { field, flips } = contest;
  const frozen_at = isFought(contest) ? now : null;
  return { record_key, connection, field, flips: JSON.stringify(flips), frozen_at } satisfies Row<"contested_fields">;
}

function problemOf(input: {
  connection: string;
  change: PlannedWriteback;
  field: FrozenField;
  name: string;
  writer: Writer | null;
}): Problem {
  const { connection, change, field, name, writer } = input;
  const [last] = field.flips.slice(-1);
  const who = writer ? `by ${writer.by} at ${writer.at}` : `at ${last?.at}`;
  return {
    connection,
    record_key: change.record_key,
    step: "writeback",
    class: "conflict",
    fingerprint: fingerprintOf(change.object, field.field),
    message:
      `${name} was changed ${flipsMax} times within 24 hours after journey-hub had written it: now it holds ${shown(field.found)}, ` +
      `journey-hub wants ${shown(field.wanted)}; last changed ${who}. It is frozen: this field of this record is not written any more.`,
    remedy:
      "Find the workflow, tool or person that writes this field too, and stop it; then `journey-hub errors retry` with this error's id " +
      "writes it again. To leave the field to them, dismiss the error: it stays frozen, until a retry with that id thaws it.",
    raw_seq: change.raw_seq,
  };
}

function shown(value: string | number | null): string {
  if (value === null) return "nothing";
  return typeof value === "number" ? String(value) : `“${value}”`;
}

function fingerprintOf(object: string, field: string): string {
  return `${object} ${field} contested`;
}

/** The errors of these records without those of frozen fields, which no passing of the other fields closes. */
export async function readErrorsThatPass(store: Store, recordKeys: readonly string[]): Promise<Row<"errors">[]> {
  const contested = await store.byKey("contested_fields", "record_key", recordKeys);
  const frozen = new Set(contested.filter(({ frozen_at }) => frozen_at !== null).map(frozenErrorId));
  return (await readErrors(store, recordKeys)).filter(({ id }) => !frozen.has(id));
}

/** The id of the error that a frozen field has. */
export function frozenErrorId({ connection, record_key, field }: Place): string {
  const { object } = parseRecordKey(record_key);
  return shortHash(connection, record_key, "writeback", fingerprintOf(object, field));
}

type Place = Pick<Row<"contested_fields">, "connection" | "record_key" | "field">;

/** Thaws the fields that these errors are about: they are planned anew by what stands in the CRM, and foreign changes counted from none. */
export async function thaw(store: Store, errors: readonly Row<"errors">[]): Promise<void> {
  const frozen = errors.filter(({ class: kind }) => kind === "conflict");
  if (frozen.length === 0) return;
  const ids = new Set(frozen.map(({ id }) => id));
  const keys = [...new Set(frozen.map(({ record_key }) => record_key))];
  const contested = await store.byKey("contested_fields", "record_key", keys);
  const thawed = contested.filter((row) => ids.has(frozenErrorId(row)));
  if (thawed.length === 0) return;
  const written = await store.byKey("writebacks", "record_key", [
    ...new Set(thawed.map(({ record_key }) => record_key)),
  ]);
  await store.commit([
    remove(
      "contested_fields",
      ["record_key", "field"],
      thawed.map(({ record_key, field }) => [record_key, field]),
    ),
    set(
      "writebacks",
      written.map((row) => ({ ...row, status: "later" })),
    ),
  ]);
}
