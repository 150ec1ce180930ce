import { forecastText } from "../connector/index.ts";
import type { ConnectionView } from "../hub/queries/connections.ts";
import { fieldsText } from "../hub/rereads.ts";

/**
 * The backfills under way of a connection, in words, and what is read again and why; "" when there are none.
 * @example "contacts: 12400 of 31000, ends about 14:20, 31 % of today's quota"
 */
export function backfillNote({ streams }: Pick<ConnectionView, "streams">, now: number, timeZone: string): string {
  const notes = streams.flatMap(({ name, backfill, rereading }) => {
    if (!backfill) return [];
    const { records, total, ends_at, quota_share } = backfill;
    const leftMs = ends_at === null ? null : Date.parse(ends_at) - now;
    const forecast = forecastText({ leftMs, requestsLeft: null, quotaShare: quota_share }, { now, timeZone });
    const why = rereading ? ` (read again for ${fieldsText(rereading)})` : "";
    return [`${name}${why}: ${records}${total === null ? "" : ` of ${total}`}, ${forecast}`];
  });
  return notes.join("; ");
}
