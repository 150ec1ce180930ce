import type { Command } from "commander";
import type { RunView } from "../../hub/queries/queries.ts";
import { type Desk, withDesk } from "../desk.ts";
import { type Output, table } from "../output.ts";
import { action, type Common, withCommon } from "../verb.ts";

interface Options {
  data: string;
  json: boolean;
}

/** `sync`: pull now, then derive. */
export function addSync(program: Command): void {
  withCommon(program.command("sync"))
    .description("pull connections now (everything the first time, changes afterwards) and derive stages and scores")
    .argument("[connections...]", "which ones; all when none is named")
    .action(
      action<Options, [string[]]>((common, _, names) => withDesk(common.data, (desk) => sync(desk, common, names))),
    );
}

async function sync(desk: Desk, { output }: Common, names: readonly string[]): Promise<undefined> {
  const runs: RunView[] = [];
  for (const name of await chosenConnections(desk, names)) {
    runs.push(await followed(output, name, (seen) => desk.run(`/api/v1/connections/${name}/sync`, {}, seen)));
  }
  const derived = await desk.run("/api/v1/derive", {});
  output.result({ runs, derived: derived.counts }, () =>
    table([
      ["connection", "in", "stored", "duplicate", "failed", "events"],
      ...runs.map(({ connection, counts }) => [
        connection,
        ...["in", "stored", "duplicate", "failed", "events"].map((name) => String(counts[name] ?? 0)),
      ]),
    ]),
  );
  return undefined;
}

/** The connections named, or all of the folder. */
export async function chosenConnections(desk: Desk, names: readonly string[]): Promise<string[]> {
  if (names.length > 0) return [...names];
  const { items } = await desk.get<{ items: { id: string }[] }>("/api/v1/connections");
  return items.map(({ id }) => id);
}

/** Shows a run's records as they are counted. */
export async function followed(
  output: Output,
  label: string,
  work: (seen: (run: RunView) => void) => Promise<RunView>,
): Promise<RunView> {
  const bar = output.progress(label);
  try {
    return await work(({ counts }) => bar.set(counts.in ?? counts.records ?? 0));
  } finally {
    bar.stop();
  }
}
