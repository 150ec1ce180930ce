import type { Command } from "commander";
import type { ErrorView } from "../../hub/queries/errors.ts";
import { createFields } from "../create-fields.ts";
import { type Desk, withDesk } from "../desk.ts";
import { exitCodes } from "../failure.ts";
import { type Outcome, onEach, worst, writingConnections } from "../follow.ts";
import { failureText, type Output, table } from "../output.ts";
import { action, withCommon } from "../verb.ts";

/** `apply`: send the differences. */
export function addApply(program: Command): void {
  withCommon(program.command("apply"))
    .description("write stages and scores back to the CRMs: only what differs, in the vendors' batches")
    .argument("[connections...]", "which ones; all when none is named")
    .option("--create-fields", "first create the fields that are written to, where the vendor allows it; asks before")
    .option("--yes", "with --create-fields: do not ask")
    .action(
      action<Options, [string[]]>(({ data, output }, options, names) =>
        withDesk(data, async (desk) => {
          if (options.createFields) {
            const connections = await writingConnections(desk, names);
            await createFields(desk, output, { connections, isAgreed: options.yes === true });
          }
          return apply(desk, output, names);
        }),
      ),
    );
}

interface Options {
  data: string;
  json: boolean;
  createFields?: boolean;
  yes?: boolean;
}

/** What one connection came to, with the fields that a person must set up there first. */
interface Applied extends Outcome {
  missing: Pick<ErrorView, "message" | "remedy">[];
}

async function apply(desk: Desk, output: Output, named: readonly string[]): Promise<number> {
  const names = await writingConnections(desk, named);
  const outcomes = await onEach(desk, output, {
    names,
    work: (connection, seen) => desk.run("/api/v1/writebacks/apply", { connection }, seen),
  });
  const applied: Applied[] = [];
  for (const outcome of outcomes) applied.push({ ...outcome, missing: await missingFields(desk, outcome) });
  for (const { connection, missing } of applied) {
    for (const { message, remedy } of missing) {
      output.warn(failureText({ message: `${connection}: ${message}`, remedy }));
    }
  }
  const runs = applied.map(({ connection, run, failure, missing }) => ({
    ...(run ?? { connection, status: "failed", message: failure?.message ?? null, counts: {} }),
    missing,
  }));
  output.result(runs, () => asText(applied));
  return worst(applied.map(exitCodeOf));
}

/** The run leaves out objects whose fields are missing, and opens an error for each of the fields. */
async function missingFields(desk: Desk, { connection, run, failure }: Outcome): Promise<Applied["missing"]> {
  if (!run || failure) return [];
  const filter = new URLSearchParams({
    connection,
    step: "writeback",
    class: "missing_field",
    status: "open",
    limit: "200",
  });
  const { items } = await desk.get<{ items: ErrorView[] }>(`/api/v1/errors?${filter}`);
  return items.map(({ message, remedy }) => ({ message, remedy }));
}

function exitCodeOf({ run, failure, missing }: Applied): number {
  if (failure) return failure.exitCode;
  if (missing.length > 0) return exitCodes.refused;
  return (run?.counts.refused ?? 0) > 0 ? exitCodes.failed : exitCodes.done;
}

const columns = ["records", "fields", "refused", "left out", "frozen"];

function asText(applied: readonly Applied[]): string {
  const counted = ({ run }: Applied, name: string) => String(run?.counts[name.replace(" ", "_")] ?? 0);
  const rows = applied.map((each) => [
    each.connection,
    each.failure ? "failed" : "done",
    ...columns.map((name) => counted(each, name)),
  ]);
  const waiting = applied.filter(({ missing }) => missing.length > 0).map(({ connection }) => connection);
  const isCounted = (name: string) => applied.some(({ run }) => (run?.counts[name] ?? 0) > 0);
  return [
    table([["connection", "", ...columns], ...rows]),
    ...(waiting.length > 0
      ? [`Left out until the fields named above are set up: records of ${waiting.join(", ")}.`]
      : []),
    ...(isCounted("frozen") ? ["Who writes over frozen fields, and what to do: journey-hub errors frozen"] : []),
    ...(isCounted("refused") ? ["Why records were refused, and what to do: journey-hub errors --step writeback"] : []),
  ].join("\n");
}
