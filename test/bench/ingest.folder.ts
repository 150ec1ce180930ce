import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hubFileName } from "../../src/hub/folder/config.ts";
import { initFolder } from "../../src/hub/folder/init.ts";
import { secret } from "./ingest.secret.ts";

/** Makes a data folder with a webhook connection `hook`, and the connections given. JSON is YAML. */
export function benchFolder(folder: string, connections: Record<string, object> = {}): void {
  initFolder(folder);
  const hook = { connector: "webhook", config: { scheme: "hmac-sha256", secret } };
  const file = { apiVersion: "journey-hub/v1", connections: { hook, ...connections } };
  writeFileSync(join(folder, hubFileName), JSON.stringify(file, null, 2));
}
