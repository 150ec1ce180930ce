import type { StreamDeclaration } from "journey-hub/connector";
import { readChanges } from "./changes.ts";
import { type ObjectWithPast, readHistory } from "./history.ts";
import { customRecord, type NetsuiteObject, objects } from "./objects.ts";
import { idsBetween, rowsById, rowsMax } from "./query.ts";
import { countRows, readByIds, readHighestId, readRows, type Session } from "./read.ts";

type Stream = StreamDeclaration<Session>;

/** Every object we read. Owners are read before what they own. */
export const streams = {
  employee: { ...stream(objects.employee), reference: true },
  customer: withPast("customer"),
  contact: stream(objects.contact),
  opportunity: withPast("opportunity"),
  estimate: stream(objects.estimate),
  salesorder: stream(objects.salesorder),
  invoice: stream(objects.invoice),
  customerpayment: stream(objects.customerpayment),
  creditmemo: stream(objects.creditmemo),
  supportcase: withPast("supportcase"),
} satisfies Record<string, Stream>;

/** The stream of a record type of the account's own, such as `customrecord_membership`. */
export function customStreams(name: string): Record<string, Stream> | null {
  return /^customrecord\w{1,80}$/.test(name) ? { [name]: stream(customRecord(name)) } : null;
}

function stream(object: NetsuiteObject): Stream {
  return {
    object: object.name,
    // Stamps are of the wall clock, and long saves commit late under an early stamp.
    lookBackMs: 3_600_000,
    // Calculated columns, what is read through other records, payments applied elsewhere and merges move no stamp.
    reread: { everyMs: 86_400_000 },
    sweep: { order: "number" },
    // Accounts grant five requests at a time and more; the governor finds out how many are free.
    ranges: { atOnce: 4, lastId: (session) => readHighestId(session, object) },
    async pages(session, { after, upTo, fields }) {
      const { records, complete, missingFields } = await readRows(session, {
        object,
        fields,
        lane: "backfill",
        statement: (selection) => rowsById(selection, after, upTo),
        isSought: idsBetween(after, upTo),
      });
      return { records, next: complete ? null : (records.at(-1)?.id ?? null), missingFields };
    },
    changes: (session, request) => readChanges(session, object, request),
    byId: (session, ids, request) => readByIds(session, { object, ids, ...request }),
    idsMax: rowsMax,
    count: (session) => countRows(session, object),
  };
}

function withPast(name: ObjectWithPast): Stream {
  return { ...stream(objects[name]), history: (session, request) => readHistory(session, name, request) };
}
