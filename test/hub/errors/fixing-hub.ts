/* A process of its own that corrects every open error of a folder until it is killed. Argument: the folder. Tells of each on a line. */

import { loadConnectors } from "../../../connectors/index.ts";
import { fixError } from "../../../src/hub/errors/fix.ts";
import { openHub } from "../../../src/hub/hub.ts";
import { listErrors } from "../../../src/hub/queries/errors.ts";

const [folder = ""] = process.argv.slice(2);
const hub = await openHub({ folder, connectors: loadConnectors });
const { items } = await listErrors(hub, { status: "open", limit: 1_000 });
for (const { id, record_key } of items) {
  await fixError(hub, id, { set: { "properties.jobtitle": "Buyer" }, by: "Olga", reason: "as her card says" });
  process.stdout.write(`${record_key}\n`);
}
