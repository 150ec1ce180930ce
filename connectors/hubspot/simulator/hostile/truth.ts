import { objectTypes } from "../object-types.ts";
import type { Portal } from "../portal.ts";

/** The ids that are there, by the connector's raw objects. Owners who left are still there: old records name them. */
export function truthOf({ tables, owners, pipelines }: Portal): ReadonlyMap<string, ReadonlySet<string>> {
  const idsOf = (records: readonly { id: string }[]) => new Set(records.map(({ id }) => id));
  return new Map([
    ...objectTypes.map((type) => [type, idsOf(tables[type].live)] as const),
    ["owners", idsOf(owners)] as const,
    ["deal_pipelines", idsOf(pipelines.deals)] as const,
    ["ticket_pipelines", idsOf(pipelines.tickets)] as const,
  ]);
}
