import { join } from "node:path";
import { type HeldMapping, openMappings } from "../mapping/index.ts";
import type { Problem } from "../model/problem.ts";
import { heldProblem, objectHeld } from "../pipeline/map/held.ts";
import { planErrors, readErrors } from "../pipeline/problems.ts";
import { release } from "../pipeline/release.ts";
import type { Row } from "../store/tables.ts";
import { set } from "../store/writes.ts";
import { ConfigError } from "./folder/config.ts";
import type { Hub } from "./hub.ts";
import { refuseMistakes, waitsFor } from "./rules/held.ts";

/**
 * Looks whether mapping files with mistakes have been mended, maps what waited for them, and keeps one open error for each object whose
 * records wait still. @returns how many raw versions were mapped.
 */
export async function settleHeld(hub: Hub): Promise<number> {
  takeMended(hub);
  let mapped = 0;
  const mended = await keepStanding(hub);
  // What others look up comes first.
  mended.sort((a, b) => Number(hub.pipeline.isReference(b)) - Number(hub.pipeline.isReference(a)));
  for (const { row, ...origin } of mended) {
    mapped += await release(hub.pipeline, origin);
    await hub.store.commit([set("errors", [{ ...row, status: "resolved", last_seen_at: hub.now() }])]);
  }
  return mapped;
}

/** Whether records wait because their mapping has mistakes. */
export function isHeld({ rules }: Hub): boolean {
  return rules.mappings.allHeld.length > 0;
}

/** Reads the files anew while some have mistakes. What works in the hub is not taken out of use by a mistake made meanwhile. */
function takeMended(hub: Hub): void {
  if (!isHeld(hub)) return;
  const connectors = new Set(Object.values(hub.file.connections).map(({ connector }) => connector));
  const now = openMappings(join(hub.folder, "mappings"), connectors, hub.rules.shipped);
  const before = hub.rules.mappings;
  const isKnown = ({ connector, object }: HeldMapping) => before.held(connector, object) !== undefined;
  if (now.allHeld.every(isKnown)) hub.rules.mappings = now;
}

/** The errors of objects whose records wait or waited, of the connections there are. */
async function heldErrors({ store, file }: Hub): Promise<Row<"errors">[]> {
  const rows = await readErrors(store, [""]);
  return rows.filter((row) => objectHeld(row) !== null && row.connection in file.connections);
}

interface Mended {
  connection: string;
  object: string;
  row: Row<"errors">;
}

/** Opens the errors of what is held. @returns those of objects that wait for nothing any more. */
async function keepStanding(hub: Hub): Promise<Mended[]> {
  const rows = await heldErrors(hub);
  const mended: Mended[] = [];
  for (const [connection, { connector }] of Object.entries(hub.file.connections)) {
    const known = rows.filter((row) => row.connection === connection);
    const held = hub.rules.mappings.allHeld.filter((each) => each.connector === connector);
    const problems = held.map((each) => heldProblem({ connection, object: each.object }, each));
    const isSaid = ({ fingerprint, message }: Problem) =>
      known.some((row) => row.status === "open" && row.fingerprint === fingerprint && row.message === message);
    const news = problems.filter((problem) => !isSaid(problem));
    const writes = planErrors({ step: "map", problems: news, passed: new Set(), known, now: hub.now() });
    if (writes.length > 0) await hub.store.commit(writes);
    for (const row of known.filter(({ status }) => status !== "resolved")) {
      const object = objectHeld(row) ?? "";
      if (!waitsFor(hub.rules.mappings, connector, object)) mended.push({ connection, object, row });
    }
  }
  return mended;
}

/**
 * Refuses what goes out to CRMs while records wait for a mapping: it would be decided without them. Throws ConfigError with the
 * mistakes and what to do.
 */
export async function refuseWhileHeld(hub: Hub): Promise<void> {
  refuseMistakes(hub.rules.mappings, "Nothing is written back");
  const waiting = (await heldErrors(hub)).filter(({ status }) => status !== "resolved");
  const [first] = waiting;
  if (!first) return;
  throw new ConfigError(
    `Nothing is written back: records of ${first.connection} ${objectHeld(first)} wait to be mapped, now that their mapping is mended. Run \`journey-hub sync\`.`,
  );
}
