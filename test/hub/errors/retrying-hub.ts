/* A process of its own that retries a folder's errors until it is killed. Argument: the folder. Tells of each batch on a line. */

import { loadConnectors } from "../../../connectors/index.ts";
import { retryErrors } from "../../../src/hub/errors/retry.ts";
import { openHub } from "../../../src/hub/hub.ts";

const [folder = ""] = process.argv.slice(2);
const hub = await openHub({ folder, connectors: loadConnectors });
await retryErrors(hub, {}, { onProgress: ({ closed }) => void process.stdout.write(`closed ${closed}\n`) });
