import type { WritebackField, Writer } from "journey-hub/connector";
import { z } from "zod";
import { writerOf } from "./query.ts";
import type { Session } from "./session.ts";

const reply = z.looseObject({
  records: z.array(
    z.looseObject({
      LastModifiedById: z.string(),
      LastModifiedBy: z.looseObject({ Name: z.string().nullish() }).nullish(),
      LastModifiedDate: z.string().transform((written) => new Date(written).toISOString()),
    }),
  ),
});

/** Who changed the record last: Salesforce keeps no history of a field unless an administrator has it tracked. */
export async function whoWrote(
  { client }: Session,
  object: string,
  remoteId: string,
  _field: WritebackField,
): Promise<Writer | null> {
  const { records } = await client.request({
    purpose: `asking who changed ${object} ${remoteId}`,
    operation: `${object}.writer`,
    lane: "writeback",
    path: writerOf(object, remoteId),
    reply,
  });
  const [row] = records;
  if (!row) return null;
  const { LastModifiedById: id, LastModifiedBy: user } = row;
  return { by: user?.Name ? `${user.Name} (user ${id})` : `user ${id}`, at: row.LastModifiedDate };
}
