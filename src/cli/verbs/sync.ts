import type { Command } from "commander";
import type { NotTaken } from "../../hub/edited.ts";
import type { ErrorGroup } from "../../hub/queries/errors.ts";
import { type Desk, withDesk } from "../desk.ts";
import { exitCodes } from "../failure.ts";
import { chosenConnections, failuresOf, onEach, warnOf, worst } from "../follow.ts";
import { failureText, type Output, table } from "../output.ts";
import { action, type Common, withCommon } from "../verb.ts";

interface Options {
  data: string;
  json: boolean;
}

/** `sync`: pull now, then derive. */
export function addSync(program: Command): void {
  withCommon(program.command("sync"))
    .description(
      "pull connections now (everything the first time or when a mapping reads new fields, changes otherwise) and derive stages and scores",
    )
    .argument("[connections...]", "which ones; all when none is named")
    .action(
      action<Options, [string[]]>((common, _, names) => withDesk(common.data, (desk) => sync(desk, common, names))),
    );
}

/** Connections pulled side by side: each waits for its own vendor most of the time, and holds one page of records. */
const pulledAtOnce = 4;

const columns = ["in", "stored", "duplicate", "failed", "events"];

/** What came in is derived, whichever connections failed. */
async function sync(desk: Desk, { output }: Common, named: readonly string[]): Promise<number> {
  const names = await chosenConnections(desk, named);
  const notTaken: NotTaken[] = [];
  const outcomes = await onEach(desk, output, {
    names,
    atOnce: pulledAtOnce,
    async work(name, seen) {
      const started = await desk.post<StartedSync>(`/api/v1/connections/${name}/sync`, {});
      notTaken.push(started);
      return desk.ended(started.run_id, seen);
    },
  });
  const edited = {
    mapping_mistake: notTaken.find(({ mapping_mistake }) => mapping_mistake !== null)?.mapping_mistake ?? null,
    rules_edited: notTaken.some(({ rules_edited }) => rules_edited),
    new_connections: [...new Set(notTaken.flatMap(({ new_connections }) => new_connections))],
  };
  sayNotTaken(output, edited);
  const derived = await desk.run("/api/v1/derive", {});
  const runs = outcomes.flatMap(({ run }) => run ?? []);
  const waiting = await waitingOf(desk, names);
  for (const { connection, ...failure } of waiting) warnOf(output, connection, failure);
  output.result({ runs, derived: derived.counts, failures: failuresOf(outcomes), waiting, ...edited }, () =>
    table([
      ["connection", "", ...columns],
      ...outcomes.map(({ connection, run, failure }) => [
        connection,
        failure ? "failed" : "done",
        ...columns.map((name) => String(run?.counts[name] ?? 0)),
      ]),
    ]),
  );
  return worst([
    ...outcomes.map(({ failure }) => failure?.exitCode),
    waiting.length > 0 || edited.mapping_mistake !== null ? exitCodes.failed : undefined,
  ]);
}

interface StartedSync extends NotTaken {
  run_id: string;
}

function sayNotTaken(output: Output, { mapping_mistake, rules_edited, new_connections }: NotTaken): void {
  if (mapping_mistake !== null) {
    output.warn(failureText({ message: `The running hub goes on with the mappings it has. ${mapping_mistake}` }));
  }
  if (rules_edited) {
    output.warn("The running hub uses the edited identity, journey or score rules from its next start on.");
  }
  for (const id of new_connections) {
    output.warn(
      `The running hub does not know the connection ${id} yet: \`journey-hub connect ${id}\` takes it into use.`,
    );
  }
}

/** Objects of these connections whose records wait for a mapping file to be mended: what was pulled is not mapped yet. */
async function waitingOf(desk: Desk, names: readonly string[]) {
  const { items } = await desk.get<{ items: ErrorGroup[] }>("/api/v1/errors/groups?step=map&class=mapping&status=open");
  return items
    .filter(({ connection }) => names.includes(connection))
    .map(({ connection, example, remedy }) => ({
      connection,
      message: example.message,
      remedy,
      exitCode: exitCodes.failed,
    }));
}
