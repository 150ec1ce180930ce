import { z } from "zod";

const reading = z.strictObject({
  /** How many rows the job found. */
  rows: z.number(),
  /** The result page under way, and rows on the pages before it. */
  locator: z.string().nullable(),
  before: z.number(),
  /** Rows of it that were handed on, and the id of the last of all. */
  handed: z.number(),
  after: z.string().nullable(),
});

const schema = z.strictObject({
  /** The job reads the rows behind this id; null: from the first. */
  from: z.string().nullable(),
  job: z.string(),
  /** When it was created, epoch ms. */
  since: z.number(),
  /** How often it was looked at so far. */
  looks: z.number(),
  /** Set once the job is done. */
  reading: reading.optional(),
});

/** A place within a query job: all that is needed to go on there in another process. */
export type JobPlace = z.infer<typeof schema>;
/** How far the results of a job have been read. */
export type Reading = z.infer<typeof reading>;

const mark = "bulk:";

/** The place as a page token; ids, the other tokens, begin with a figure. */
export function tokenOf(place: JobPlace): string {
  return mark + JSON.stringify(place);
}

/** The place a token names; null where it is an id or nothing. */
export function placeOf(token: string | null): JobPlace | null {
  return token?.startsWith(mark) ? schema.parse(JSON.parse(token.slice(mark.length))) : null;
}
