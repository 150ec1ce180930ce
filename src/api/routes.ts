import { z } from "@hono/zod-openapi";
import type { Hub } from "../hub/hub.ts";
import { currentCustomerId } from "../hub/queries/customer.ts";
import { ApiProblem } from "./problem.ts";
import { problem } from "./schemas.ts";

/* What the routes share: how parameters look, how answers are declared, and look-ups that end in 404. */

const limitMax = 200;

/** Text that both databases can compare with. */
export const text = z.string().regex(/^[^\0]*$/, "a NUL character is not allowed");

/** Query of every list. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(limitMax).default(50),
  cursor: text.max(1_000).optional().openapi({ description: "`next_cursor` of the page before." }),
});

/** Path of what has an id. */
export const idPath = z.object({ id: text.min(1).max(200) });

/** A short text to compare with. */
export const word = text.max(200).optional();

type Answers<S extends z.ZodType, Status extends number> = Record<
  Status,
  { description: string; content: { "application/json": { schema: S } } }
> & { default: ReturnType<typeof problemAnswer> };

/** A route's answers: this one, and problems. */
export function answers<S extends z.ZodType, Status extends number>(
  status: Status,
  schema: S,
  description: string,
): Answers<S, Status> {
  const good = { [status]: { description, content: { "application/json": { schema } } } };
  return { ...good, default: problemAnswer() } as Answers<S, Status>;
}

function problemAnswer() {
  return { description: "A problem (RFC 9457)", content: { "application/problem+json": { schema: problem } } };
}

/** The id a customer has now. Throws 404. */
export async function customerOr404(hub: Hub, id: string): Promise<string> {
  const current = await currentCustomerId(hub, id);
  if (current === null) throw new ApiProblem(404, `There is no customer ${id}.`);
  return current;
}

/** Throws 404 unless a connection of this id is configured. */
export function connectionOr404(hub: Hub, id: string): void {
  if (!hub.connectionIds().includes(id)) throw new ApiProblem(404, `There is no connection ${id}.`);
}
