import { z } from "zod";
import type { Hub } from "../hub/hub.ts";
import {
  linkRecords,
  OverrideRefusedError,
  revokeOverrides,
  separateRecords,
  unmergeRecords,
} from "../hub/identity/overrides.ts";
import { currentCustomerId } from "../hub/queries/customer.ts";
import type { Runner } from "../hub/runner/runner.ts";
import { customerAddress } from "./address.ts";
import { type FailurePage, refusedPage } from "./failure.tsx";
import { typedReason, typedText } from "./typed.ts";

interface Deciding {
  hub: Hub;
  runner: Runner;
}

const sentPair = z.object({
  kind: z.enum(["must_link", "cannot_link"]),
  left: typedText,
  right: typedText,
  reason: typedReason,
});
const sentUnmerge = z.object({ id: typedText, record: typedText, reason: typedReason });

const sentRevoke = z.object({ id: z.coerce.number().int().positive(), reason: typedReason });

const sayWhy = refusedPage("Say why: it is kept with the decision.");

/** Decides about a pair of the reviews. @returns the reviews that are left, or a page that says why nothing was done. */
export async function decidePair(
  { hub, runner }: Deciding,
  sent: Record<string, unknown>,
  by: string,
): Promise<string | FailurePage> {
  const { data: typed } = sentPair.safeParse(sent);
  if (!typed) return sayWhy;
  const { kind, left, right, reason } = typed;
  const decide = kind === "must_link" ? linkRecords : separateRecords;
  return (await refusal(decide(hub, { left, right }, { by, reason }), runner)) ?? "/reviews";
}

/** Takes a record out of its customer, the same way. @returns where the customer it left can be seen. */
export async function unmerge(
  { hub, runner }: Deciding,
  sent: Record<string, unknown>,
  by: string,
): Promise<string | FailurePage> {
  const { data: typed } = sentUnmerge.safeParse(sent);
  if (!typed) return sayWhy;
  const { id, record, reason } = typed;
  const refused = await refusal(unmergeRecords(hub, [record], { by, reason }), runner);
  return refused ?? customerAddress((await currentCustomerId(hub, id)) ?? id);
}

/** Takes a decision back, the same way. */
export async function revoke(
  { hub, runner }: Deciding,
  sent: Record<string, unknown>,
  by: string,
): Promise<string | FailurePage> {
  const { data: typed } = sentRevoke.safeParse(sent);
  if (!typed) return sayWhy;
  const { id, reason } = typed;
  return (await refusal(revokeOverrides(hub, [id], { by, reason }), runner)) ?? "/reviews";
}

async function refusal(work: Promise<unknown>, runner: Runner): Promise<FailurePage | null> {
  try {
    await work;
  } catch (cause) {
    if (!(cause instanceof OverrideRefusedError)) throw cause;
    return refusedPage(cause.message);
  }
  runner.changed();
  return null;
}
