import type { WritebackField, Writer } from "journey-hub/connector";
import { noteOfField } from "./query.ts";
import { query, type Session, versionOf } from "./read.ts";

/** What the newest system note about the field says; roles that may not see notes are told nothing. */
export function whoWrote(names: Readonly<Record<WritebackField, string>>) {
  return async (
    { client, zone }: Session,
    object: string,
    remoteId: string,
    field: WritebackField,
  ): Promise<Writer | null> => {
    const statement = noteOfField(remoteId, names[field]);
    const { rows } = await query(client, { object, lane: "writeback", statement, limit: 1 });
    const [row] = rows;
    if (typeof row?.notedat !== "string") return null;
    const context = typeof row.context === "string" ? `, by ${row.context}` : "";
    return { by: `${String(row.writer ?? "an unnamed user")}${context}`, at: versionOf(zone, row.notedat) };
  };
}
