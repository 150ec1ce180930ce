import type { Command } from "commander";
import type { Explanation } from "../../hub/queries/explain.ts";
import type { FieldExplanation } from "../../hub/queries/explain-field.ts";
import type { PathStep } from "../../hub/queries/explain-link.ts";
import { customerIdBy } from "../customer-text.ts";
import { type Desk, withDesk } from "../desk.ts";
import { explanationText, fieldText, pathText } from "../explain-text.ts";
import { UsageError } from "../failure.ts";
import type { Output } from "../output.ts";
import { action, withCommon } from "../verb.ts";

interface Options {
  data: string;
  json: boolean;
  field?: string;
  path?: string[];
}

/** `explain`: every value with its rule and what is behind it. */
export function addExplain(program: Command): void {
  withCommon(program.command("explain"))
    .description("why these records are one customer, and why its stage, its score and each value are what they are")
    .argument("<identifier>", "customer id, email:…, phone:…, or <connection>:<object>:<remote id>")
    .option(
      "--field <name>",
      "why this value: phone, email, title … with what lost against it and where each came from",
    )
    .option("--path <records...>", "the steps between two of its records, each <connection>:<object>:<remote id>")
    .action(
      action<Options, [string]>(async ({ data, output }, options, identifier) => {
        await withDesk(data, async (desk) => {
          const id = await customerIdBy(desk, identifier);
          await explain(desk, `/api/v1/customers/${id}/explain`, options, output);
        });
        return undefined;
      }),
    );
}

async function explain(desk: Desk, path: string, { field, path: records }: Options, output: Output): Promise<void> {
  if (field !== undefined) {
    const found = await desk.get<FieldExplanation>(`${path}/fields/${encodeURIComponent(field)}`);
    output.result(found, () => fieldText(found));
  } else if (records !== undefined) {
    const [from, to, ...more] = records;
    if (from === undefined || to === undefined || more.length > 0) throw new UsageError("--path takes two records.");
    const found = await desk.get<{ steps: PathStep[] }>(`${path}/path?${new URLSearchParams({ from, to })}`);
    output.result(found, () => pathText(found.steps));
  } else {
    const found = await desk.get<Explanation>(path);
    output.result(found, () => explanationText(found));
  }
}
