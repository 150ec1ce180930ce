import { pause } from "../lib/pause.ts";
import type { LandedRecord, MappedVersion } from "../model/record.ts";
import type { Row } from "../store/tables.ts";
import { set, type Write } from "../store/writes.ts";
import type { Pipeline } from "./context.ts";
import { runMap } from "./map/run.ts";
import { planErrors, readErrors } from "./problems.ts";
import { runResolve } from "./resolve/run.ts";
import { runTimeline } from "./timeline/run.ts";

interface Onward {
  writes: Write[];
  versions: readonly MappedVersion[];
  events: number;
  /** Records whose newest version could not be mapped. */
  failed: number;
}

/**
 * Landed records through map → resolve → timeline, with errors and dirty marks: what landing and replay share. Of what has not landed before
 * (`isNew`) nothing mapped is looked for.
 */
export async function onward(
  pipeline: Pipeline,
  landed: readonly LandedRecord[],
  { now, turn, isNew }: { now: string; turn: number; isNew?: (recordKey: string) => boolean },
): Promise<Onward> {
  const mapped = await runMap(pipeline, landed, isNew);
  const { versions, problems, passed } = mapped.output;
  await pause();
  const resolved = await runResolve(pipeline, mapped.output);
  await pause();
  const placed = await runTimeline(pipeline, mapped.output, resolved.output);
  await pause();
  const concerned = new Set([...passed, ...problems.map((problem) => problem.record_key)]);
  const failing = [...concerned].filter((key) => key !== "" && !passed.has(key));
  const known = await readErrors(pipeline.store, [...concerned]);
  const undecided = resolved.output.problems;
  const decided = new Set(versions.map(({ landed: { record_key } }) => record_key));
  for (const { record_key } of undecided) decided.delete(record_key);
  const errors = [
    ...planErrors({ step: "map", problems, passed, known, now }),
    ...planErrors({ step: "resolve", problems: undecided, passed: decided, known, now }),
  ];
  const dirty = new Set([...resolved.output.touched, ...placed.output.touched]);
  return {
    writes: [...mapped.writes, ...resolved.writes, ...placed.writes, ...errors, ...markDirty(dirty, `${now} ${turn}`)],
    versions,
    events: placed.output.events,
    failed: failing.length,
  };
}

/** Each commit's mark is its own (`since`), so that a derivation takes off no mark that was renewed while it ran. */
export function markDirty(customers: ReadonlySet<string>, since: string): Write[] {
  if (customers.size === 0) return [];
  return [
    set(
      "dirty",
      [...customers].map((customer_id): Row<"dirty"> => ({ customer_id, since })),
    ),
  ];
}
