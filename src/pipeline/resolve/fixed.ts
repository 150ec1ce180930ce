import type { Cluster } from "../../identity/group/cluster.ts";
import { groupBy } from "../../lib/group.ts";
import type { Problem } from "../../model/problem.ts";
import type { Pipeline } from "../context.ts";
import type { Closure } from "./closure.ts";
import { nodeOf } from "./nodes.ts";
import { beyondReach } from "./reach.ts";

/** New records among those about which nothing can be decided: each a customer of its own. */
export function newAlone(closure: Closure, pipeline: Pick<Pipeline, "identity" | "isPublic">): Cluster[] {
  const alone = { claim: null, with: null, rules: pipeline.identity.version };
  return [...closure.fixed].flatMap((key) => {
    const record = closure.links.has(key) ? undefined : closure.records.get(key);
    if (!record) return [];
    const founder = nodeOf(record, closure, pipeline);
    return [{ founder, members: [founder], evidence: new Map([[key, alone]]) }];
  });
}

/** The customers that records have about which nothing can be decided, as they stand. */
export function fixedCustomers(
  closure: Closure,
  pipeline: Pick<Pipeline, "isPublic">,
): { found: Cluster; id: string }[] {
  const linked = [...closure.fixed].flatMap((key) => {
    const [record, link] = [closure.records.get(key), closure.links.get(key)];
    return record && link ? [{ node: nodeOf(record, closure, pipeline), link }] : [];
  });
  return [...groupBy(linked, ({ link }) => link.customer_id)].flatMap(([id, of]) => {
    const founder = of.find(({ link }) => link.founder_id === id)?.node ?? of[0]?.node;
    return founder ? [{ id, found: { founder, members: of.map(({ node }) => node), evidence: new Map() } }] : [];
  });
}

/** The errors of the batch's records among them. */
export function problemsOf(closure: Closure, changedRecords: ReadonlySet<string>): Problem[] {
  const changed = [...closure.fixed].filter((key) => changedRecords.has(key));
  return beyondReach(
    changed.flatMap((key) => closure.records.get(key) ?? []),
    closure,
  );
}
