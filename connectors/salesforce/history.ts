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
import { z } from "zod";
import { anyHistoryPath, historyPath, type Parents, rowsMax } from "./query.ts";
import { instant } from "./read.ts";
import type { Session } from "./session.ts";

/** An object in which Salesforce keeps the past of another one. */
interface Source {
  object: string;
  /** Its lookup to the record. */
  parent: string;
  /** Columns of whole snapshots. Absent: a row is the change of one field. */
  snapshot?: readonly string[];
  /** By name in `Field`: the record's field. */
  changes?: Readonly<Record<string, string>>;
}

interface Past {
  sources: readonly Source[];
  /** By field: what Salesforce works out from it. */
  following: Readonly<Record<string, readonly string[]>>;
}

const pastOf = {
  Opportunity: {
    sources: [
      {
        object: "OpportunityHistory",
        parent: "OpportunityId",
        snapshot: ["StageName", "Amount", "CloseDate", "Probability"],
      },
      { object: "OpportunityFieldHistory", parent: "OpportunityId", changes: { Owner: "OwnerId" } },
    ],
    following: { StageName: ["IsClosed", "IsWon", "LastStageChangeDate", "ForecastCategory", "ForecastCategoryName"] },
  },
  Case: {
    sources: [
      {
        object: "CaseHistory",
        parent: "CaseId",
        changes: { Status: "Status", Priority: "Priority", IsEscalated: "IsEscalated" },
      },
    ],
    following: { Status: ["IsClosed", "ClosedDate"] },
  },
  Lead: {
    sources: [{ object: "LeadHistory", parent: "LeadId", changes: { Status: "Status" } }],
    following: { Status: ["IsConverted", "ConvertedDate"] },
  },
} as const satisfies Record<string, Past>;

export type ObjectWithPast = keyof typeof pastOf;

/** What records were before. A history that this user may not read is named, and asked for again after an hour. */
export async function readHistory(
  session: Session,
  object: ObjectWithPast,
  { records, fields, lane }: HistoryRequest,
): Promise<History> {
  const { sources, following }: Past = pastOf[object];
  // A record that was never changed has no past; CreatedDate tells, and when the first version began.
  const changed = records.filter(({ at, payload }) => at !== null && createdAt(payload) < at);
  if (changed.length === 0) return { versions: [] };
  const values = new Map<string, PastValue[]>(changed.map(({ id }) => [id, []]));
  const missing: string[] = [];
  for (const source of sources) {
    if (fieldsOf(source).every((field) => !fields.includes(field))) continue;
    const rows = await readSource(session, source, { records: changed, lane });
    if (rows === null) missing.push(source.object);
    else for (const record of changed) values.get(record.id)?.push(...valuesIn(source, record, rows.get(record.id)));
  }
  const versions = changed.flatMap((record) => versionsOf(record, values.get(record.id) ?? [], { fields, following }));
  return { versions, missing };
}

const fieldsOf = ({ snapshot = [], changes = {} }: Source): string[] => [...snapshot, ...Object.values(changes)];

const historyRow = z.looseObject({ Id: z.string(), CreatedDate: z.string() });
type HistoryRow = z.infer<typeof historyRow>;
const historyReply = z.looseObject({ records: z.array(historyRow), done: z.boolean().default(true) });

/** So many ids fit into an address. */
const idsAtOnce = 500;
const pagesMax = 1_000;

/** The rows of each record, oldest first; null where this user does not see the object. */
async function readSource(
  session: Session,
  source: Source,
  { records, lane }: { records: readonly SourceRecord[]; lane: Lane },
): Promise<Map<string, HistoryRow[]> | null> {
  const { hidden, emptyHistories } = session;
  if (hidden.has(source.object)) return null;
  // Where nothing was kept, there can be something of what has changed since.
  const since = emptyHistories.get(source.object) ?? "";
  const ids = records.flatMap(({ id, at }) => ((at ?? "9999") >= since ? [id] : []));
  const found = new Map<string, HistoryRow[]>(ids.map((id) => [id, []]));
  let rows = 0;
  try {
    for (const of of parentsIn(ids)) {
      for await (const row of rowsOf(session, source, { of, lane })) {
        rows += 1;
        found.get(String(row[source.parent]))?.push(row);
      }
    }
    if (rows === 0 && ids.length > idsAtOnce) await lookInto(session, source, lane);
  } catch (cause) {
    if (!(cause instanceof SourceError) || !refused.test(cause.details.code ?? "")) throw cause;
    hidden.add(source.object);
    return null;
  }
  for (const own of found.values()) own.sort((a, b) => order(instant(a.CreatedDate), instant(b.CreatedDate)));
  return found;
}

/** What was changed in a transaction is seen ten minutes later at most, and says when it was written. */
const unseenMs = 11 * 60_000;

/** Where hundreds of records have no past, perhaps none has: orgs that track no fields need not be asked for each page. */
async function lookInto({ client, emptyHistories, vendorNow }: Session, source: Source, lane: Lane): Promise<void> {
  const from = new Date(vendorNow() - unseenMs).toISOString();
  const { records } = await client.request({
    purpose: `looking into ${source.object}`,
    operation: `${source.object}.query`,
    lane,
    path: anyHistoryPath(source.object, changedNames(source)),
    reply: z.looseObject({ records: z.array(z.unknown()) }),
  });
  if (records.length === 0) emptyHistories.set(source.object, from);
}

/** What Salesforce answers where the user may not see the object, or columns of it. */
const refused = /^(INVALID_TYPE|INVALID_FIELD)$|^INSUFFICIENT_ACCESS/;

/** In how many questions records are asked about: one where their ids lie close together, as on the pages of a backfill. */
function parentsIn(ids: readonly string[]): Parents[] {
  const [first = "", ...others] = ids.toSorted();
  const last = others.at(-1) ?? first;
  if (ids.length > idsAtOnce && idsBetween(first, last) <= ids.length * sparseMax) return [{ first, last }];
  const starts = Array.from({ length: Math.ceil(ids.length / idsAtOnce) }, (_, n) => n * idsAtOnce);
  return starts.map((start) => ({ ids: ids.slice(start, start + idsAtOnce) }));
}

/** Of so many possible ids in a stretch, one at least is asked about: the rest may bring rows that nobody asked for. */
const sparseMax = 4;
const figures = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** How many ids there can be from one to another: their last nine figures count, to the base of 62, within one server's. */
function idsBetween(first: string, last: string): number {
  if (first.slice(0, 6) !== last.slice(0, 6)) return Number.POSITIVE_INFINITY;
  const numberOf = (id: string) => [...id.slice(6, 15)].reduce((sum, each) => sum * 62 + figures.indexOf(each), 0);
  return numberOf(last) - numberOf(first) + 1;
}

/** By the names that `Field` has. */
const changedNames = ({ snapshot, changes = {} }: Source): string[] => (snapshot ? [] : Object.keys(changes));

async function* rowsOf(
  { client }: Session,
  source: Source,
  { of, lane }: { of: Parents; lane: Lane },
): AsyncGenerator<HistoryRow> {
  const { object, parent, snapshot } = source;
  const columns = ["Id", parent, "CreatedDate", ...(snapshot ?? ["Field", "OldValue", "NewValue"])];
  let after: string | null = null;
  for (let n = 0; n < pagesMax; n++) {
    const page: z.infer<typeof historyReply> = await client.request({
      purpose: `reading ${object}`,
      operation: `${object}.query`,
      lane,
      path: historyPath({ object, columns }, { parent, of, fields: changedNames(source), after }),
      reply: historyReply,
    });
    yield* page.records;
    if (page.done && page.records.length < rowsMax) return;
    after = page.records.at(-1)?.Id ?? null;
    if (after === null) {
      throw new SourceError("retry", `Salesforce, reading ${object}: an empty page that is not the last`);
    }
  }
  throw new SourceError("stop", `Salesforce, reading ${object}: more than ${pagesMax} pages for one page of records`);
}

function valuesIn(source: Source, record: SourceRecord, rows: readonly HistoryRow[] = []): PastValue[] {
  const { snapshot, changes = {} } = source;
  if (snapshot) {
    return rows.flatMap((row) =>
      snapshot.map((field) => ({ field, value: row[field] ?? null, at: instant(row.CreatedDate) })),
    );
  }
  const known = new Set<string>();
  return rows.flatMap((row): PastValue[] => {
    const field = changes[String(row.Field)];
    // A lookup leaves two rows, one with the names; the ids are what the record holds.
    if (field === undefined || (field.endsWith("Id") && !isId(row.OldValue) && !isId(row.NewValue))) return [];
    const now = { field, value: typed(row.NewValue), at: instant(row.CreatedDate) };
    if (known.has(field)) return [now];
    known.add(field);
    return [{ field, value: typed(row.OldValue), at: createdAt(record.payload) }, now];
  });
}

const isId = (value: unknown): boolean => typeof value === "string" && /^[a-zA-Z0-9]{15}([A-Z0-5]{3})?$/.test(value);

/** Old and new values are of any type; flags come as words from some versions of the API. */
const typed = (value: unknown): unknown => (value === "true" ? true : value === "false" ? false : (value ?? null));

function versionsOf(
  { id, at, payload }: SourceRecord,
  values: readonly PastValue[],
  { fields, following }: { fields: readonly string[]; following: Past["following"] },
): SourceRecord[] {
  const wanted = values.filter(({ field }) => fields.includes(field));
  const states = earlierStates({ present: payload, before: at ?? "", values: wanted, following });
  return withStageDates(states, createdAt(payload)).map(({ at: began, fields: were }) => {
    const stamps = Object.fromEntries(["LastModifiedDate", "SystemModstamp"].map((name) => [name, began]));
    return { id, at: began, deleted: false, payload: { ...payload, ...were, ...stamps, _history: true } };
  });
}

/** Salesforce keeps no past of LastStageChangeDate; the stages tell it. */
function withStageDates(states: readonly EarlierState[], created: string): EarlierState[] {
  let stage: unknown;
  let since: string | null = null;
  return states.map(({ at, fields }, n) => {
    // The stage a deal was made in was not changed to.
    if (n === 0 ? at > created : fields.StageName !== stage) since = at;
    stage = fields.StageName;
    return { at, fields: fields.LastStageChangeDate === null ? { ...fields, LastStageChangeDate: since } : fields };
  });
}

/** Later than any stamp where the record does not tell. */
function createdAt({ CreatedDate: created }: SourceRecord["payload"]): string {
  return typeof created === "string" ? instant(created) : "9999";
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
