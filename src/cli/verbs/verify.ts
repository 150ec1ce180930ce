import type { Command } from "commander";
import { verifyHub } from "../../hub/rules/scratch.ts";
import { exitCodes } from "../failure.ts";
import { withReading } from "../open.ts";
import { style, table } from "../output.ts";
import { action, withCommon } from "../verb.ts";

/** `verify`: derived state equals replay, or here is where not. */
export function addVerify(program: Command): void {
  withCommon(program.command("verify"))
    .description(
      "recompute everything derived from the raw records in a scratch folder and compare it with what stands",
    )
    .action(
      action(async ({ data, output }) => {
        const bar = output.progress("verify");
        const tables = await withReading(data, (hub) => verifyHub(hub, (done) => bar.set(done))).finally(bar.stop);
        const isEqual = tables.every(({ extra, missing }) => extra === 0 && missing === 0);
        output.result({ equal: isEqual, tables }, () => {
          const rows = tables.map(({ table: name, rows: count, extra, missing }) => [
            name,
            String(count),
            String(extra),
            String(missing),
          ]);
          const examples = tables.flatMap((compared) => compared.examples.map((text) => `  ${compared.table} ${text}`));
          const verdict = isEqual
            ? style.good("✓ what stands equals what the raw records give")
            : style.bad("✗ what stands differs; `journey-hub replay` mends it");
          return [table([["table", "rows", "extra", "missing"], ...rows]), ...examples, verdict].join("\n");
        });
        return isEqual ? exitCodes.done : exitCodes.failed;
      }),
    );
}
