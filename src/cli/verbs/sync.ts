import type { Command } from "commander";
import type { ConnectionView } from "../../hub/queries/connections.ts";
import type { RunView } from "../../hub/queries/queries.ts";
import { systemClock } from "../../lib/clock.ts";
import { backfillNote } from "../backfill-note.ts";
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
    const work = (seen: (run: RunView) => void) => desk.run(`/api/v1/connections/${name}/sync`, {}, seen);
    runs.push(await followed(output, name, work, glances(desk, name)));
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

const glanceEveryMs = 2_000;

/** What the connection's backfills say of themselves, asked for every two seconds at most. */
function glances(desk: Desk, name: string): () => string {
  let note = "";
  let glancedAt = 0;
  return () => {
    const now = systemClock.now();
    if (now - glancedAt >= glanceEveryMs) {
      glancedAt = now;
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      desk.get<ConnectionView>(`/api/v1/connections/${name}`).then(
        (view) => {
          note = backfillNote(view, now, timeZone);
        },
        () => {
          note = ""; // the run itself says what is wrong
        },
      );
    }
    return note;
  };
}

/** Shows a run's records as they are counted, and a note beside them. */
export async function followed(
  output: Output,
  label: string,
  work: (seen: (run: RunView) => void) => Promise<RunView>,
  note: () => string = () => "",
): Promise<RunView> {
  const bar = output.progress(label);
  try {
    return await work(({ counts }) => {
      bar.set(counts.in ?? counts.records ?? 0);
      bar.note(note());
    });
  } finally {
    bar.stop();
  }
}
