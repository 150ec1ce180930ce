import { z } from "zod";

const canonical = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const instantLength = 24;
const timeOfEvent = z.union([z.iso.datetime({ offset: true }), z.int()]);

/** ISO 8601 with an offset, or milliseconds since 1970; null for anything else, which the mapping may still be able to read. */
export function instantOf(value: unknown): string | null {
  // The common case, already in our form, must not cost a schema on the way to the sender's answer.
  if (typeof value === "string" && canonical.test(value) && isOnTheCalendar(value)) return value;
  const read = timeOfEvent.safeParse(value);
  const date = read.success ? new Date(read.data) : null;
  if (date === null || Number.isNaN(date.getTime())) return null;
  const instant = date.toISOString();
  return instant.length === instantLength ? instant : null;
}

/** False for 30 February and the like, which JavaScript moves to another day. */
function isOnTheCalendar(instant: string): boolean {
  const date = new Date(instant);
  return !Number.isNaN(date.getTime()) && date.toISOString() === instant;
}
