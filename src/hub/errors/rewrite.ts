import { planErrors } from "../../pipeline/problems.ts";
import { readErrorsThatPass, thaw } from "../../pipeline/writeback/freeze.ts";
import { isSent, planWritebacks } from "../../pipeline/writeback/plan.ts";
import { readCandidates } from "../../pipeline/writeback/rows.ts";
import type { Row } from "../../store/tables.ts";
import { set } from "../../store/writes.ts";
import type { Hub } from "../hub.ts";

/**
 * What a CRM refused to take, and what was frozen, is sent again at the next apply. Errors of records on which nothing is left to be
 * written are closed: the wish, or the CRM, has changed meanwhile. Of a connection that is not written back to nothing is changed.
 * Throws ConfigError.
 */
export async function rewrite(hub: Hub, id: string, errors: readonly Row<"errors">[]): Promise<void> {
  const { open, entry } = hub.connection(id);
  if (!open.writeback || !entry.writeback) return;
  const keys = errors.map(({ record_key }) => record_key);
  const refused = await hub.store.byKey("writebacks", "record_key", keys);
  const again = refused
    .filter(({ status }) => status === "refused")
    .map((row): Row<"writebacks"> => ({ ...row, status: "later" }));
  await hub.store.commit([set("writebacks", again)]);
  await thaw(hub.store, errors);
  const objects = Object.keys(open.writeback.targets);
  const { candidates } = await readCandidates(hub.store, {
    connection: id,
    objects,
    keys,
    after: "",
    limit: keys.length,
  });
  const wanted = new Set(
    planWritebacks(candidates)
      .filter(isSent)
      .map(({ record_key }) => record_key),
  );
  const passed = new Set(keys.filter((key) => !wanted.has(key)));
  if (passed.size === 0) return;
  const known = await readErrorsThatPass(hub.store, [...passed]);
  await hub.store.commit(planErrors({ step: "writeback", problems: [], passed, known, now: hub.now() }));
}
