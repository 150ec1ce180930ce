import { eq } from "drizzle-orm";
import { type CursorState, unaskedFields } from "../connector/index.ts";
import { readCursor } from "../pipeline/pull/rows.ts";
import type { Hub, HubConnection } from "./hub.ts";

/** A reading of everything that is due or under way, because the mapping has begun to read fields that records were not asked for before. */
export interface RereadView {
  /** The fields that records lack until then. */
  fields: string[];
  /** Records read again so far. */
  records: number;
}

const fieldsNamed = 3;

/** A few of the fields by name. @example fieldsText({ fields: ["a", "b", "c", "d"], records: 0 }) // "a, b, c and 1 more" */
export function fieldsText({ fields }: RereadView): string {
  const more = fields.length - fieldsNamed;
  return `${fields.slice(0, fieldsNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/**
 * The raw fields that a stream's mapping reads. While its files have mistakes, those that records were asked for before: asked for less,
 * they would come without what the mended mapping reads.
 */
export function fieldsRead(
  { rules }: Hub,
  { connector, open }: HubConnection,
  name: string,
  state: CursorState | null,
): readonly string[] {
  const object = open.streams[name]?.object ?? name;
  const held = rules.mappings.held(connector.id, object);
  if (!held) return rules.mappings.find(connector.id, object)?.reads ?? [];
  const asked = state ? fieldsAsked(state) : [];
  return asked.length > 0 ? asked : held.reads;
}

function fieldsAsked(state: CursorState): string[] {
  if (state.mode === "whole") return [];
  const under = state.mode === "changes" ? state.reread?.under?.forFields?.asked : undefined;
  return [...new Set([...(state.fields ?? []), ...(under ?? [])])];
}

/** The raw fields to ask for where a stream's records are fetched by id. */
export async function fieldsToFetch(hub: Hub, connection: HubConnection, name: string): Promise<readonly string[]> {
  const isHeld = hub.rules.mappings.allHeld.length > 0;
  const place = isHeld ? await readCursor(hub.store, connection.id, name) : null;
  return fieldsRead(hub, connection, name, place ? JSON.parse(place.state) : null);
}

/** What a stream owes to fields that its mapping has begun to read; null when every record was asked for all. */
export function rereadOf(hub: Hub, connection: HubConnection, name: string, state: CursorState): RereadView | null {
  const fields = unaskedFields(state, fieldsRead(hub, connection, name, state));
  if (fields.length === 0) return null;
  const reread = state.mode === "changes" ? state.reread : undefined;
  return { fields, records: reread?.under?.forFields?.records ?? 0 };
}

/** The streams of a connection that are to be read again because of their fields. */
export async function streamsToReread(hub: Hub, connection: HubConnection): Promise<string[]> {
  const { cursors } = hub.store.tables;
  const places = await hub.store.db.select().from(cursors).where(eq(cursors.connection, connection.id));
  const owed = places.filter(({ stream, state }) => rereadOf(hub, connection, stream, JSON.parse(state)) !== null);
  return owed.map(({ stream }) => stream).filter((stream) => stream in connection.open.streams);
}
