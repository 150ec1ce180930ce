import type { CompanyMove, MappedVersion } from "../../model/record.ts";
import type { Write } from "../../store/writes.ts";
import type { Pipeline } from "../context.ts";
import { type PlacementInput, planEvents, planPlacement } from "./plan.ts";
import { readStandingEvents } from "./rows.ts";

/** Makes the events of record versions and of who moved, and places them, and those that stand already, with their customers. The writes are the batch's. */
export async function runTimeline(
  { store }: Pipeline,
  { versions, moves }: { versions: readonly MappedVersion[]; moves: readonly CompanyMove[] },
  { customersOf, changes }: Pick<PlacementInput, "customersOf" | "changes">,
): Promise<{ writes: Write[]; output: { events: number; touched: ReadonlySet<string> } }> {
  const made = planEvents(versions, moves);
  const isNew = new Set(versions.filter(({ before }) => before === null).map(({ landed }) => landed.record_key));
  const moved = changes.map(({ record_key }) => record_key).filter((key) => !isNew.has(key));
  const standing = await readStandingEvents(store, moved);
  const placed = planPlacement({ events: made.output, customersOf, changes, standing });
  return {
    writes: [...made.writes, ...placed.writes],
    output: { events: made.output.length, touched: new Set(placed.output) },
  };
}
