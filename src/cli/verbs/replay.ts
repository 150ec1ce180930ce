import type { Command } from "commander";
import { refuseMistakes } from "../../hub/rules/held.ts";
import { deriveAll } from "../../hub/sync.ts";
import { replay } from "../../pipeline/replay.ts";
import { withHub } from "../open.ts";
import { action, withCommon } from "../verb.ts";

/** `replay`: everything derived made anew from the raw records. */
export function addReplay(program: Command): void {
  withCommon(program.command("replay"))
    .description(
      "make records, customers, timelines, stages and scores anew from the raw records, without a call to any vendor",
    )
    .action(
      action(async ({ data, output }) => {
        const counts = await withHub(data, async (hub) => {
          refuseMistakes(hub.rules.mappings, "Nothing is replayed");
          const replaying = output.progress("replay");
          const records = await replay(hub.pipeline, (done) => replaying.set(done));
          replaying.stop();
          const deriving = output.progress("derive");
          const customers = await deriveAll(hub, (done) => deriving.set(done));
          deriving.stop();
          return { records, customers, as_of: hub.now() };
        });
        output.result(counts, () => `Replayed ${counts.records} raw records; derived ${counts.customers} customers.`);
        return undefined;
      }),
    );
}
