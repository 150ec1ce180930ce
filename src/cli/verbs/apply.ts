import type { Command } from "commander";
import type { RunView } from "../../hub/queries/queries.ts";
import { type Desk, withDesk } from "../desk.ts";
import { exitCodes } from "../failure.ts";
import { table } from "../output.ts";
import { action, withCommon } from "../verb.ts";
import { followed } from "./sync.ts";

/** `apply`: send the differences. */
export function addApply(program: Command): void {
  withCommon(program.command("apply"))
    .description("write stages and scores back to the CRMs: only what differs, in the vendors' batches")
    .argument("[connections...]", "which ones; all when none is named")
    .action(
      action<{ data: string; json: boolean }, [string[]]>(async ({ data, output }, _, names) => {
        const runs = await withDesk(data, async (desk) => {
          const ended: RunView[] = [];
          for (const connection of await writingConnections(desk, names)) {
            const work = (seen: (run: RunView) => void) => desk.run("/api/v1/writebacks/apply", { connection }, seen);
            ended.push(await followed(output, connection, work));
          }
          return ended;
        });
        output.result(runs, () =>
          table([
            ["connection", "records", "fields", "refused"],
            ...runs.map(({ connection, counts }) => [
              connection,
              ...["records", "fields", "refused"].map((name) => String(counts[name] ?? 0)),
            ]),
          ]),
        );
        return runs.some(({ counts }) => (counts.refused ?? 0) > 0) ? exitCodes.failed : exitCodes.done;
      }),
    );
}

/** The connections named, or all that are written back to. */
export async function writingConnections(desk: Desk, names: readonly string[]): Promise<string[]> {
  if (names.length > 0) return [...names];
  const { items } = await desk.get<{ items: { id: string; writes_back: boolean }[] }>("/api/v1/connections");
  return items.filter(({ writes_back }) => writes_back).map(({ id }) => id);
}
