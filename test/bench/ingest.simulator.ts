/* A HubSpot account to backfill from, as a process of its own. */

import { startSimulators } from "../../src/cli/simulators.ts";
import { asHelper } from "./measure.ts";

const simulators = await startSimulators({
  vendors: ["hubspot"],
  scale: "default",
  seed: 1,
  epoch: "2026-01-01T00:00:00.000Z",
});
await asHelper({ config: simulators.running[0]?.config ?? {} }, async () => {
  await simulators.stop();
  return {};
});
