import type { Page, PageRequest, StreamDeclaration } from "journey-hub/connector";
import { readEverything } from "./bulk/read.ts";
import { type ObjectWithPast, readHistory } from "./history.ts";
import { rowsById, rowsByStamp, rowsOfIds } from "./query.ts";
import { countRows, readRows } from "./read.ts";
import type { Session } from "./session.ts";

type Stream = StreamDeclaration<Session>;

/** Salesforce ends a transaction after ten minutes; nobody sees its rows before it commits, and their stamps say when they were saved. */
const lookBackMs = 11 * 60_000;
/** Formula fields, archived activities and what goes with a deleted parent move no stamp. */
const reread = { everyMs: 86_400_000 };

/** Every object we read. Stages are few and without deletion marks, so they are read as a whole each time. */
export const streams = {
  User: stream("User", { reference: true }),
  OpportunityStage: {
    ...wholeStream("OpportunityStage", { reference: true }),
    sweep: { order: "text", confirm: "none" },
  },
  Account: stream("Account"),
  Contact: stream("Contact"),
  Lead: withPast("Lead"),
  Opportunity: withPast("Opportunity"),
  OpportunityContactRole: stream("OpportunityContactRole"),
  Case: withPast("Case"),
  Task: stream("Task"),
  Event: stream("Event"),
} satisfies Record<string, Stream>;

/** The stream of any other object a mapping names, such as `Membership__c`: all that can be read so are alike. */
export function customStreams(object: string): Record<string, Stream> | null {
  return /^[A-Za-z]\w{0,79}$/.test(object) ? { [object]: stream(object) } : null;
}

function stream(object: string, traits: Pick<Stream, "reference"> = {}): Stream {
  return {
    ...wholeStream(object, traits),
    lookBackMs,
    reread,
    sweep: { order: "text" },
    pages(session, { after, fields }) {
      const byPage = (behind: string | null) => readPage(session, object, { after: behind, fields });
      return readEverything({ session, object, fields, byPage }, after);
    },
    changes: (session, { since, fields }) =>
      readRows(session, {
        object,
        fields,
        lane: "poll",
        order: "stamp",
        soql: (select, upTo) => rowsByStamp(select, since, upTo),
      }),
    async byId(session, ids, { fields, lane }) {
      if (ids.length === 0) return [];
      const soql = (select: Parameters<typeof rowsOfIds>[0]) => rowsOfIds(select, ids);
      const { records } = await readRows(session, { object, fields, lane, order: "id", soql });
      return records;
    },
    idsMax: 200,
  };
}

function withPast(object: ObjectWithPast): Stream {
  return { ...stream(object), history: (session, request) => readHistory(session, object, request) };
}

function wholeStream(object: string, traits: Pick<Stream, "reference">): Stream {
  return {
    object,
    ...traits,
    count: (session) => countRows(session, object),
    pages: (session, { after, fields }) => readPage(session, object, { after, fields }),
  };
}

async function readPage(session: Session, object: string, { after, fields }: PageRequest): Promise<Page<string>> {
  const { next, ...page } = await readRows(session, {
    object,
    fields,
    lane: "backfill",
    order: "id",
    soql: (select, upTo) => rowsById(select, after, upTo?.id ?? null),
  });
  return { ...page, next: next?.id ?? null };
}
