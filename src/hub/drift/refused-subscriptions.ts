import { z } from "zod";
import type { SubscriptionChange } from "../../connector/index.ts";
import type { Problem } from "../../model/problem.ts";
import { keepStanding } from "../../pipeline/problems.ts";
import { remove, set } from "../../store/writes.ts";
import type { Hub } from "../hub.ts";

/** One change of a vendor's subscriptions that it refused when it was asked last, with its words. */
export type RefusedChange = SubscriptionChange & { refused: string };

/** Names the finding that tells of them. */
export const refusedMark = "drift:webhooks refused";

const nameOf = (connection: string): string => `webhooks refused ${connection}`;

const kept = z.array(
  z.object({ change: z.enum(["target", "create", "activate", "remove"]), what: z.string(), refused: z.string() }),
);

/** What of a connection's subscriptions the vendor refused when it was asked last. */
export async function readRefused({ store }: Pick<Hub, "store">, connection: string): Promise<RefusedChange[]> {
  const [row] = await store.byKey("settings", "name", [nameOf(connection)]);
  return row ? kept.parse(JSON.parse(row.value)) : [];
}

/** Keeps what a vendor has just refused, in the place of what it refused before, and tells of it by an open error. */
export async function keepRefused(hub: Hub, connection: string, refused: readonly RefusedChange[]): Promise<void> {
  const name = nameOf(connection);
  await hub.store.commit([
    refused.length > 0
      ? set("settings", [{ name, value: JSON.stringify(refused) }])
      : remove("settings", ["name"], [[name]]),
  ]);
  const problems = refusedProblems(connection, refused);
  const concerns = ({ fingerprint }: { fingerprint: string }) => fingerprint === refusedMark;
  await keepStanding(hub, { connection, step: "pull", problems, concerns });
}

/** Changes as planned, with what the vendor said to those that it refused before. */
export function withRefusals(
  changes: readonly SubscriptionChange[],
  refused: readonly RefusedChange[],
): SubscriptionChange[] {
  return changes.map((planned) => {
    const before = refused.find(({ change, what }) => change === planned.change && what === planned.what);
    return before ? { ...planned, refused: before.refused } : planned;
  });
}

/** What stays unsubscribed because the vendor will not have it, for a person to decide. */
export function refusedProblems(connection: string, changes: readonly SubscriptionChange[]): Problem[] {
  // What is delivered without need does no harm.
  const needed = changes.filter(({ change, refused }) => change !== "remove" && refused !== undefined);
  if (needed.length === 0) return [];
  const shown = needed.slice(0, namedMax).map(({ what, refused }) => `${what} (${refused})`);
  const more = needed.length > namedMax ? ` and ${needed.length - namedMax} more` : "";
  return [
    {
      ...{ connection, record_key: "", step: "pull", class: "drift", raw_seq: null },
      fingerprint: refusedMark,
      message: `The vendor refuses webhooks that connection ${connection} needs: ${shown.join(", ")}${more}`,
      remedy: `Mend at the vendor what its words name (a scope of the app, its limits), then run \`journey-hub connect ${connection} --webhooks\`: they are not asked for again by themselves. What they would tell comes with the next poll.`,
    },
  ];
}

const namedMax = 5;
