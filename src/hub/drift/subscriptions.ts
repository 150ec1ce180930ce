import { SourceError, type SubscriptionChange } from "../../connector/index.ts";
import type { Problem } from "../../model/problem.ts";
import { isStanding } from "../../pipeline/problems.ts";
import type { Row } from "../../store/tables.ts";
import type { Hub, HubConnection } from "../hub.ts";
import { hookUrl } from "../queries/connections.ts";
import { objectsMapped } from "../subscriptions.ts";
import { readRefused, refusedProblems, withRefusals } from "./refused-subscriptions.ts";

const mark = "drift:webhooks ";

/**
 * What of the webhook subscriptions of a connection is not as its mapped objects need it: somebody switched one off, a field was mapped since,
 * deliveries go elsewhere. Nothing where no webhooks are received, or a person looks after the subscriptions. A vendor that does not answer
 * leaves what is `known` as it stands.
 */
export async function subscriptionProblems(
  hub: Hub,
  connection: HubConnection,
  known: readonly Row<"errors">[],
): Promise<Problem[]> {
  const { connector, config, open, id } = connection;
  if (!open.subscriptions || !connector.webhook || connector.webhook.missing(config) !== null) return [];
  try {
    const wish = { targetUrl: hookUrl(hub, id), objects: objectsMapped(hub, connection) };
    const plan = await open.subscriptions.look(wish);
    if (plan.by !== "hub") return [];
    const changes = withRefusals(plan.changes, await readRefused(hub, id));
    return [...problemsOf(id, changes), ...refusedProblems(id, changes)];
  } catch (cause) {
    if (!(cause instanceof SourceError)) throw cause;
    const standing = known.filter((row) => isStanding(row) && row.fingerprint.startsWith(mark));
    const still = standing.filter(({ fingerprint }) => fingerprint !== `${mark}unseen`).map(asProblem);
    return cause.next === "stop" ? [...still, unseen(id, cause)] : standing.map(asProblem);
  }
}

const about = (connection: string) =>
  ({ connection, record_key: "", step: "pull", class: "drift", raw_seq: null }) as const;

function asProblem({ connection, fingerprint, message, remedy }: Row<"errors">): Problem {
  return { ...about(connection), fingerprint, message, remedy };
}

/** What is delivered without need does no harm: it is fetched once more. */
const sentences = {
  target: "Webhooks of connection ID are delivered elsewhere; they should go to",
  activate: "Webhooks that connection ID needs are switched off at the vendor:",
  create: "Webhooks that connection ID needs are not subscribed to at the vendor:",
} as const;

function problemsOf(id: string, changes: readonly SubscriptionChange[]): Problem[] {
  return (["target", "activate", "create"] as const).flatMap((change): Problem[] => {
    const named = changes
      .filter((each) => each.change === change && each.refused === undefined)
      .map(({ what }) => what);
    if (named.length === 0) return [];
    return [
      {
        ...about(id),
        fingerprint: `${mark}${change}`,
        message: `${sentences[change].replace("ID", id)} ${listed(named)}`,
        remedy: `Run \`journey-hub connect ${id} --webhooks\`: it says what it will change and asks. What they would tell comes with the next poll.`,
      },
    ];
  });
}

const namedMax = 5;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, namedMax).join(", ");
  return names.length > namedMax ? `${shown} and ${names.length - namedMax} more` : shown;
}

function unseen(id: string, { message, details }: SourceError): Problem {
  return {
    ...about(id),
    fingerprint: `${mark}unseen`,
    message: `Changes to the webhook subscriptions of connection ${id} go unnoticed: ${message}`,
    remedy: details.remedy ?? `Run \`journey-hub connect ${id} --webhooks\` for the whole answer.`,
  };
}
