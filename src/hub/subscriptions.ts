import { SourceError, type SubscriptionChange, type SubscriptionPlan } from "../connector/index.ts";
import { keepRefused, readRefused, withRefusals } from "./drift/refused-subscriptions.ts";
import { type FailureView, failureView } from "./failure.ts";
import { ConfigError } from "./folder/config.ts";
import type { Hub, HubConnection } from "./hub.ts";
import { maskOf } from "./log.ts";
import { hookUrl } from "./queries/connections.ts";

/** What a vendor delivers to a connection's hook, held against what the mapped objects need. */
export interface SubscriptionsView {
  connection: string;
  /** Where deliveries are to go. */
  target: string;
  /** What would be changed at the vendor, or was. */
  changes: SubscriptionChange[];
  /** What a person must do, where the vendor lets no program do it. */
  by_hand: { instructions: string; file: { name: string; text: string } | null } | null;
  /** Why the vendor could not be asked. */
  failure: FailureView | null;
}

/** Asks a vendor what it would have to change to deliver what is mapped, or nothing; null where its connector cannot tell. Nothing is changed. */
export function lookAtSubscriptions(hub: Hub, id: string, wanted: boolean): Promise<SubscriptionsView | null> {
  return asked(hub, id, { wanted, isDone: false });
}

/** Has a vendor deliver what is mapped, or nothing any more; null where its connector cannot do that. */
export function applySubscriptions(hub: Hub, id: string, wanted: boolean): Promise<SubscriptionsView | null> {
  return asked(hub, id, { wanted, isDone: true });
}

async function asked(
  hub: Hub,
  id: string,
  { wanted, isDone }: { wanted: boolean; isDone: boolean },
): Promise<SubscriptionsView | null> {
  const connection = hub.connection(id);
  const { subscriptions } = connection.open;
  if (!subscriptions) return null;
  const view = { connection: id, target: hookUrl(hub, id), changes: [], by_hand: null, failure: null };
  const wish = { targetUrl: view.target, objects: wanted ? objectsMapped(hub, connection) : [] };
  try {
    if (wanted) refuseUnproven(connection);
    const plan = planned(await (isDone ? subscriptions.apply(wish) : subscriptions.look(wish)));
    if (!isDone) return { ...view, ...plan, changes: withRefusals(plan.changes, await readRefused(hub, id)) };
    const mask = maskOf(hub);
    const refused = plan.changes.flatMap((each) =>
      each.refused === undefined ? [] : [{ ...each, refused: mask(each.refused) }],
    );
    await keepRefused(hub, id, refused);
    return { ...view, ...plan, changes: withRefusals(plan.changes, refused) };
  } catch (cause) {
    if (!(cause instanceof SourceError || cause instanceof ConfigError)) throw cause;
    const mask = maskOf(hub);
    const { message, remedy, ...failure } = failureView(cause);
    return { ...view, failure: { ...failure, message: mask(message), remedy: remedy && mask(remedy) } };
  }
}

function planned(plan: SubscriptionPlan): Pick<SubscriptionsView, "changes" | "by_hand"> {
  if (plan.by === "hub") return { changes: [...plan.changes], by_hand: null };
  return { changes: [], by_hand: { instructions: plan.instructions, file: plan.file ?? null } };
}

/** What is delivered would be refused as long as nothing is there to prove it by. */
function refuseUnproven({ id, connector, config }: HubConnection): void {
  const missing = connector.webhook?.missing(config) ?? null;
  if (missing === null) return;
  throw new ConfigError(
    `Webhooks could not be received: ${missing}. Set it with \`journey-hub connect ${id} --set …\` first.`,
  );
}

/** Mapped objects that the vendor can be asked about one by one, with the paths their mapping reads. */
export function objectsMapped(
  { rules }: Hub,
  { connector, open }: HubConnection,
): { object: string; fields: readonly string[] }[] {
  const fetched = Object.values(open.streams).filter(({ byId, reference }) => byId !== undefined && !reference);
  return [...new Set(fetched.map(({ object }) => object))].flatMap((object) => {
    const mapping = rules.mappings.find(connector.id, object);
    return mapping ? [{ object, fields: mapping.reads }] : [];
  });
}
