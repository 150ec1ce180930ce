import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TableComparison, verify } from "../../pipeline/verify.ts";
import { openStore } from "../../store/open.ts";
import { type Hub, pipelineOf } from "../hub.ts";

/** Makes every derived table anew from the raw records in a scratch folder and compares; the hub's own store is only read. */
export async function verifyHub(hub: Hub): Promise<TableComparison[]> {
  const folder = mkdtempSync(join(tmpdir(), "journey-hub-verify-"));
  const scratch = await openStore({ folder });
  try {
    return await verify(hub.store, pipelineOf(hub.file, hub.rules, scratch, hub.clock), hub.rules.derive);
  } finally {
    await scratch.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
