import type { Page, PageRequest } from "journey-hub/connector";
import { ownersReply, pipelinesReply } from "./replies.ts";
import { exchange, type HubspotSession } from "./session.ts";

/** Marks that the active owners are through and the archived ones follow; old deals still name these. */
const archivedMark = "archived:";

/** A page of the owners: the active ones, then the archived. */
export async function readOwners(session: HubspotSession, { after }: PageRequest): Promise<Page<string>> {
  const archived = after?.startsWith(archivedMark) ?? false;
  const token = archived ? after?.slice(archivedMark.length) : after;
  const { results, paging } = await exchange(session, {
    operation: "owners.list",
    lane: "backfill",
    reply: ownersReply,
    send: ({ crm }, options) => crm.owners.ownersApi.getPage(undefined, token || undefined, 100, archived, options),
  });
  const records = results.map((owner) => ({ id: owner.id, at: newest([owner]), deleted: false, payload: owner }));
  const following = paging?.next?.after;
  if (following !== undefined) return { records, next: archived ? archivedMark + following : following };
  return { records, next: archived ? null : archivedMark };
}

/** All pipelines of deals or tickets, each with its stages. */
export async function readPipelines(session: HubspotSession, object: "deals" | "tickets"): Promise<Page<string>> {
  const { results } = await exchange(session, {
    operation: `pipelines.${object}`,
    lane: "backfill",
    reply: pipelinesReply,
    send: ({ crm }, options) => crm.pipelines.pipelinesApi.getAll(object, options),
  });
  const inOrder = [...results].sort((a, b) => (a.id < b.id ? -1 : 1)); // HubSpot sorts them as they are shown
  const records = inOrder.map((pipeline) => ({
    id: pipeline.id,
    at: newest([pipeline, ...pipeline.stages]), // a changed stage need not move its pipeline's stamp
    deleted: false,
    payload: pipeline,
  }));
  return { records, next: null };
}

function newest(parts: readonly { updatedAt?: string | undefined }[]): string | null {
  const times = parts.flatMap(({ updatedAt }) => (updatedAt === undefined ? [] : [Date.parse(updatedAt)]));
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}
