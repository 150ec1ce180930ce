import {
  type EarlierState,
  earlierStates,
  type History,
  type HistoryRequest,
  type Lane,
  type PastValue,
  SourceError,
  type SourceRecord,
} from "journey-hub/connector";
import { type NetsuiteObject, objects } from "./objects.ts";
import { notesOfIds, notesTable, statusRows } from "./query.ts";
import { query, type Row, type Session, versionOf } from "./read.ts";
import { unknownNameIn } from "./refusals.ts";

interface Past {
  /** What system notes file the record under: entities, transactions, cases. */
  recordType: number;
  created: string;
  /** The select field whose notes are read, what notes call it, and the table of what it points to. */
  status: { field: string; notedAs: readonly string[]; table: "entitystatus" | "supportcasestatus" };
  /** Fields whose notes hold the value itself, by what notes call them. */
  plain?: Readonly<Record<string, string>>;
  /** What NetSuite works out from the status. */
  following: readonly string[];
}

/*
 * The objects whose past is read. NetSuite documents no list of the names that notes have for fields: a name it does not use matches
 * nothing, and the past then begins with the first sight of the record.
 */
const pastOf = {
  customer: {
    recordType: -9,
    created: "datecreated",
    status: {
      field: "entitystatus",
      notedAs: ["ENTITY.KENTITYSTATUS", "CUSTJOB.KENTITYSTATUS"],
      table: "entitystatus",
    },
    following: [],
  },
  opportunity: {
    recordType: -30,
    created: "createddate",
    status: { field: "entitystatus", notedAs: ["TRANDOC.KENTITYSTATUS"], table: "entitystatus" },
    following: ["status", "probability", "actualclosedate", "closedate", "winlossreason"],
  },
  supportcase: {
    recordType: -23,
    created: "createddate",
    status: {
      field: "status",
      notedAs: ["EVENT.KSTATUS", "SUPPORTCASE.KSTATUS", "CASE.KSTATUS"],
      table: "supportcasestatus",
    },
    plain: { "EVENT.PRIORITY": "priority", "EVENT.KPRIORITY": "priority" },
    following: ["enddate"],
  },
} as const satisfies Record<string, Past>;

export type ObjectWithPast = keyof typeof pastOf;

/** What records were before, by their system notes. Where those cannot be read this is remembered for an hour, and told. */
export async function readHistory(
  session: Session,
  name: ObjectWithPast,
  { records, fields, lane }: HistoryRequest,
): Promise<History> {
  const object = objects[name];
  const past: Past = pastOf[name];
  const { status, plain = {} } = past;
  const asked = records.filter(({ payload }) => typeof payload[past.created] === "string");
  const tracked = [status.field, ...Object.values(plain)];
  const isRead = fields.some((field) => tracked.includes(field) || field.startsWith(`${status.field}_`));
  if (asked.length === 0 || !isRead) return { versions: [] };
  const names = [...status.notedAs, ...Object.keys(plain)];
  const ids = asked.map(({ id }) => id);
  const notes = await readNotes(session, object, { recordType: past.recordType, names, ids, lane });
  if (notes === null) return { versions: [], missing: [notesTable] };
  if (notes.size === 0) return { versions: [], missing: [] };
  const statuses = await readStatuses(session, object, { table: status.table, lane });
  if (statuses === null) return { versions: [], missing: [status.table] };
  const known = { statuses, fields };
  const versions = asked.flatMap((record) => versionsOf(session, past, record, notes.get(record.id) ?? [], known));
  return { versions, missing: [] };
}

const pagesMax = 1_000;

interface Asked {
  recordType: number;
  names: readonly string[];
  ids: readonly string[];
  lane: Lane;
}

/** The notes of each record in the order in which they were written; null where they cannot be read. */
async function readNotes(
  { client, absences }: Session,
  { name: object }: NetsuiteObject,
  { lane, ...asked }: Asked,
): Promise<Map<string, Row[]> | null> {
  if (absences.of(object).has(notesTable)) return null;
  const found = new Map<string, Row[]>();
  let after: string | null = null;
  for (let n = 0; n < pagesMax; n++) {
    const reading = query(client, { object, lane, statement: notesOfIds(asked, after) });
    const page: Awaited<typeof reading> | null = await reading.catch((cause: unknown) => {
      if (!isWithheld(cause)) throw cause;
      absences.add(object, [notesTable]);
      return null;
    });
    if (!page) return null;
    for (const row of page.rows) {
      const id = String(row.recordid);
      found.set(id, [...(found.get(id) ?? []), row]);
    }
    after = page.rows.at(-1)?.id ?? null;
    if (page.complete || after === null) return found;
  }
  throw new SourceError("stop", `NetSuite, reading the notes of ${object}: more than ${pagesMax} pages for one page`);
}

/** Every status there is; null where they cannot be read. */
async function readStatuses(
  { client, absences }: Session,
  { name: object }: NetsuiteObject,
  { table, lane }: { table: Past["status"]["table"]; lane: Lane },
): Promise<Row[] | null> {
  if (absences.of(object).has(table)) return null;
  const found: Row[] = [];
  for (let n = 0; n < pagesMax; n++) {
    const asked = query(client, { object, lane, statement: statusRows(table, found.at(-1)?.id ?? null) });
    const page: Awaited<typeof asked> | null = await asked.catch((cause: unknown) => {
      if (!isWithheld(cause)) throw cause;
      absences.add(object, [table]);
      return null;
    });
    if (!page) return null;
    found.push(...page.rows);
    if (page.complete || page.rows.length === 0) return found;
  }
  throw new SourceError("stop", `NetSuite, reading ${table}: more than ${pagesMax} pages`);
}

function isWithheld(cause: unknown): boolean {
  if (!(cause instanceof SourceError)) return false;
  return unknownNameIn(cause.message) !== null || cause.details.code?.startsWith("INSUFFICIENT_PERMISSION") === true;
}

interface Known {
  statuses: readonly Row[];
  fields: readonly string[];
}

function versionsOf(
  { zone }: Session,
  past: Past,
  { id, at, payload }: SourceRecord,
  notes: readonly Row[],
  known: Known,
): SourceRecord[] {
  const values: PastValue[] = [];
  const noted = new Set<string>();
  for (const { field: notedAs, oldvalue, newvalue, notedat } of notes) {
    const field = past.status.notedAs.includes(String(notedAs)) ? past.status.field : past.plain?.[String(notedAs)];
    if (field === undefined || typeof notedat !== "string") continue;
    const read = (text: unknown, from: string) =>
      valuesOf(field, text, past, known).map((each) => ({ ...each, at: from }));
    // Before the first change it was what that change replaced, from the beginning.
    if (!noted.has(field)) values.push(...read(oldvalue, String(payload[past.created])));
    noted.add(field);
    values.push(...read(newvalue, versionOf(zone, notedat)));
  }
  const present = Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, textOf(value)]));
  const following = { [past.status.field]: past.following };
  return earlierStates({ present, before: at ?? "", values, following }).map((state) => {
    const were = past.status.table === "entitystatus" ? withDealStatus(state, payload, known) : state.fields;
    return {
      id,
      at: state.at,
      deleted: false,
      payload: { ...payload, ...were, lastmodifieddate: state.at, _history: true },
    };
  });
}

/** Notes hold what people see. Of a status that is its name, which may carry its stage before it: `CUSTOMER-Closed Won`. */
function valuesOf(
  field: string,
  text: unknown,
  { status }: Past,
  { statuses, fields }: Known,
): Omit<PastValue, "at">[] {
  if (field !== status.field) return [{ field, value: textOf(text) }];
  const name = String(text ?? "").toLowerCase();
  const row = statuses.find(
    (each) => String(each.name).toLowerCase() === name || `${each.stage}-${each.name}`.toLowerCase() === name,
  );
  const read = fields.filter((each) => each === field || each.startsWith(`${field}_`));
  return read.map((each) => {
    if (each === field) return { field: each, value: row?.id ?? null };
    const column = each.slice(field.length + 1);
    return { field: each, value: column === "name" ? textOf(row?.name ?? text) : textOf(row?.[column]) };
  });
}

/** NetSuite notes no letter (open, won, lost) of an opportunity beside its status; the list of statuses tells it, by probability. */
function withDealStatus({ fields }: EarlierState, payload: SourceRecord["payload"], { statuses }: Known) {
  if (!("status" in fields) || !("status" in payload)) return fields;
  const row = statuses.find(({ id }) => id === fields.entitystatus);
  if (!row) return { ...fields, status: "A" };
  const probability = Number(row.probability);
  const isLost = probability === 0 && /lost/i.test(String(row.name));
  return { ...fields, status: probability === 100 ? "C" : isLost ? "D" : "A", probability: textOf(row.probability) };
}

/** Numbers and texts alike as NetSuite gives them in most accounts. */
function textOf(value: unknown): string | null {
  return value === null || value === undefined || value === "" ? null : String(value);
}
