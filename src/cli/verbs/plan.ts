import type { Command } from "commander";
import type { FieldsView } from "../../hub/writeback-fields.ts";
import { type Desk, withDesk } from "../desk.ts";
import { exitCodes, type Failure, failureOf, told } from "../failure.ts";
import { failuresOf, warnOf, worst, writingConnections } from "../follow.ts";
import { failureText, type Output, style } from "../output.ts";
import { action, withCommon } from "../verb.ts";

interface PlannedRecord {
  record_key: string;
  object: string;
  values: Record<string, string | number | null>;
  observed: Record<string, string | number | null>;
  because: string;
  frozen: { field: string; found: string | number | null; wanted: string | number | null }[];
}

/** What would be written to one connection, and what is missing there. */
interface ConnectionPlan {
  connection: string;
  planned: PlannedRecord[];
  missing: FieldsView["missing"];
  failure: Failure | null;
}

/** `plan`: what would be written back, field by field and why. */
export function addPlan(program: Command): void {
  withCommon(program.command("plan"))
    .description(
      "show what would be written back to the CRMs, field by field and why, and which fields are missing there; nothing is sent",
    )
    .argument("[connections...]", "which ones; all when none is named")
    .action(
      action<{ data: string; json: boolean }, [string[]]>(({ data, output }, _, names) =>
        withDesk(data, (desk) => plan(desk, output, names)),
      ),
    );
}

async function plan(desk: Desk, output: Output, named: readonly string[]): Promise<number> {
  const plans: ConnectionPlan[] = [];
  for (const name of await writingConnections(desk, named)) plans.push(await planOne(desk, output, name));
  for (const [n, { connection, missing, failure }] of plans.entries()) {
    // What keeps all of them from being planned is said once.
    const isSaid = plans.slice(0, n).some((before) => before.failure?.message === failure?.message);
    if (failure && !isSaid) warnOf(output, connection, failure);
    for (const { object, field, instructions } of missing) {
      const message = `${connection}: ${object} has no field ${field} that journey-hub may write`;
      output.warn(failureText({ message, remedy: instructions }));
    }
  }
  const missing = plans.flatMap(({ connection, missing: fields }) => fields.map((field) => ({ connection, ...field })));
  output.result({ planned: plans.flatMap(({ planned }) => planned), missing, failures: failuresOf(plans) }, () =>
    asText(plans),
  );
  return worst([...plans.map(({ failure }) => failure?.exitCode), missing.length > 0 ? exitCodes.refused : undefined]);
}

/** What would be written is known without the vendor; whether its fields are there, it must be asked. */
async function planOne(desk: Desk, output: Output, connection: string): Promise<ConnectionPlan> {
  const bar = output.progress(`plan ${connection}`);
  try {
    const planned = await desk.lines<PlannedRecord>(`/api/v1/writebacks/plan?connection=${connection}`, bar.set);
    const { missing, failure } = await desk.post<FieldsView>("/api/v1/writebacks/check", { connection });
    return { connection, planned, missing, failure: failure && told(failure) };
  } catch (cause) {
    return { connection, planned: [], missing: [], failure: failureOf(cause) };
  } finally {
    bar.stop();
  }
}

function asText(plans: readonly ConnectionPlan[]): string {
  const waits = ({ missing }: ConnectionPlan, { object }: PlannedRecord) =>
    missing.some((each) => each.object === object);
  const isSent = ({ values }: PlannedRecord) => Object.keys(values).length > 0;
  const written = plans.flatMap((each) => each.planned.filter((record) => isSent(record) && !waits(each, record)));
  const waiting = plans.flatMap((each) => each.planned.filter((record) => isSent(record) && waits(each, record)));
  const frozen = plans.flatMap(({ planned }) => planned.flatMap(frozenLines));
  return [
    ...written.flatMap(recordLines),
    plans.length > 0 && plans.every(({ failure }) => failure !== null)
      ? "Nothing could be planned."
      : `${amountOf(written)} would be written.`,
    ...(waiting.length > 0 ? [`${amountOf(waiting)} wait until the missing fields are set up.`] : []),
    ...(frozen.length > 0
      ? [`${frozen.length} frozen, because somebody else keeps writing over them:`, ...frozen]
      : []),
    ...(frozen.length > 0 ? ["By whom, and what to do: journey-hub errors frozen"] : []),
  ].join("\n");
}

function recordLines({ record_key, values, observed, because }: PlannedRecord): string[] {
  return [
    style.bold(record_key),
    ...Object.entries(values).map(([name, value]) => `  ${name}: ${shown(observed[name])} → ${shown(value)}`),
    style.dim(`  because ${because}`),
  ];
}

function frozenLines({ record_key, frozen }: PlannedRecord): string[] {
  return frozen.map(
    ({ field, found, wanted }) => `  ${record_key} ${field}: holds ${shown(found)}, wanted ${shown(wanted)}`,
  );
}

function amountOf(records: readonly PlannedRecord[]): string {
  const fields = records.reduce((sum, { values }) => sum + Object.keys(values).length, 0);
  return `${fields} fields of ${records.length} records`;
}

function shown(value: string | number | null | undefined): string {
  return value === null || value === undefined ? "—" : String(value);
}
