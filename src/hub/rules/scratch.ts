import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TableComparison, verify } from "../../pipeline/verify.ts";
import { openStore } from "../../store/open.ts";
import { type Hub, pipelineOf } from "../hub.ts";
import { refuseMistakes } from "./held.ts";

/** Makes every derived table anew from the raw records in a scratch folder and compares; the hub's own store is only read. Throws ConfigError while a mapping has mistakes. */
export async function verifyHub(hub: Hub, onProgress?: (done: number) => void): Promise<TableComparison[]> {
  refuseMistakes(hub.rules.mappings, "Nothing can be compared");
  const folder = mkdtempSync(join(tmpdir(), "journey-hub-verify-"));
  const scratch = await openStore({ folder });
  try {
    const pipeline = pipelineOf({ ...hub, store: scratch });
    return await verify(hub.store, pipeline, hub.rules.derive, onProgress);
  } finally {
    await scratch.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
