import type { Command } from "commander";
import { type Desk, withDesk } from "../desk.ts";
import { style } from "../output.ts";
import { action, withCommon } from "../verb.ts";
import { writingConnections } from "./apply.ts";

interface Planned {
  record_key: string;
  values: Record<string, string | number | null>;
  observed: Record<string, string | number | null>;
  because: string;
}

/** `plan`: what would be written back, field by field and why. */
export function addPlan(program: Command): void {
  withCommon(program.command("plan"))
    .description("show what would be written back to the CRMs, field by field and why; nothing is sent")
    .argument("[connections...]", "which ones; all when none is named")
    .action(
      action<{ data: string; json: boolean }, [string[]]>(async ({ data, output }, _, names) => {
        const planned = await withDesk(data, (desk) => planAll(desk, names));
        output.result(planned, () => asText(planned));
        return undefined;
      }),
    );
}

async function planAll(desk: Desk, names: readonly string[]): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (const name of await writingConnections(desk, names)) {
    planned.push(...(await desk.lines<Planned>(`/api/v1/writebacks/plan?connection=${name}`)));
  }
  return planned;
}

function asText(planned: readonly Planned[]): string {
  const fields = planned.reduce((sum, { values }) => sum + Object.keys(values).length, 0);
  const records = planned.flatMap(({ record_key, values, observed, because }) => [
    style.bold(record_key),
    ...Object.entries(values).map(([name, value]) => `  ${name}: ${shown(observed[name])} → ${shown(value)}`),
    style.dim(`  because ${because}`),
  ]);
  return [...records, `${fields} fields of ${planned.length} records would be written.`].join("\n");
}

function shown(value: string | number | null | undefined): string {
  return value === null || value === undefined ? "—" : String(value);
}
