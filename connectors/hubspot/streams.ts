import type { StreamDeclaration } from "journey-hub/connector";
import { type ObjectWithPast, readHistory } from "./history.ts";
import { type CrmObject, isCustomObject } from "./objects.ts";
import {
  batchIdsMax,
  countRecords,
  readArchivedChanges,
  readArchivedPage,
  readByIds,
  readChanges,
  readPage,
} from "./records.ts";
import { readOwners, readPipelines } from "./reference.ts";
import type { HubspotSession } from "./session.ts";

type Stream = StreamDeclaration<HubspotSession>;

/** A pipeline that is deleted is no longer among the others; nothing else tells. */
const sweptWhole = { order: "text", confirm: "none" } as const;

/**
 * What is read from HubSpot. Archiving moves no stamp and search does not show it, so each object has a second stream of the same
 * object that follows the list of its archived records.
 */
export const streams = {
  owners: { object: "owners", reference: true, pages: readOwners },
  deal_pipelines: {
    object: "deal_pipelines",
    reference: true,
    sweep: sweptWhole,
    pages: (session) => readPipelines(session, "deals"),
  },
  ticket_pipelines: {
    object: "ticket_pipelines",
    reference: true,
    sweep: sweptWhole,
    pages: (session) => readPipelines(session, "tickets"),
  },
  companies: withPast("companies"),
  contacts: withPast("contacts"),
  deals: withPast("deals"),
  tickets: withPast("tickets"),
  notes: live("notes"),
  emails: live("emails"),
  calls: live("calls"),
  meetings: live("meetings"),
  companies_archived: archived("companies"),
  contacts_archived: archived("contacts"),
  deals_archived: archived("deals"),
  tickets_archived: archived("tickets"),
  notes_archived: archived("notes"),
  emails_archived: archived("emails"),
  calls_archived: archived("calls"),
  meetings_archived: archived("meetings"),
} as const satisfies Record<string, Stream>;

/** The streams of an object of the account's own: read, searched and archived like HubSpot's. */
export function customStreams(object: string): Record<string, Stream> | null {
  return isCustomObject(object) ? { [object]: live(object), [`${object}_archived`]: archived(object) } : null;
}

function live(object: CrmObject): Stream {
  return {
    object,
    idsMax: batchIdsMax,
    // Associations, calculated properties and merges elsewhere move no stamp; records erased for good are in no list.
    reread: { everyMs: 86_400_000 },
    // One change in some dozens takes an hour to reach search, and a few minutes more by the clock (seen by Estuary).
    stragglers: { byMs: 65 * 60_000, everyMs: 30 * 60_000 },
    sweep: { order: "number" },
    pages: (session, request) => readPage(session, object, request),
    changes: (session, request) => readChanges(session, object, request),
    byId: (session, ids, request) => readByIds(session, object, { ids, ...request }),
    count: (session) => countRecords(session, object),
  };
}

function withPast(object: ObjectWithPast): Stream {
  return { ...live(object), history: (session, request) => readHistory(session, object, request) };
}

function archived(object: CrmObject): Stream {
  return {
    object,
    pages: (session, request) => readArchivedPage(session, object, request),
    changes: (session, request) => readArchivedChanges(session, object, request),
  };
}
