import type { Command } from "commander";
import { customerText, readCustomer } from "../customer-text.ts";
import { withDesk } from "../desk.ts";
import { action, withCommon } from "../verb.ts";
import { parseWhole } from "./simulate.ts";

/** `customer`: one customer with timeline, stage and score. */
export function addCustomer(program: Command): void {
  withCommon(program.command("customer"))
    .description("show one customer: records, stage with evidence, score with reasons, timeline with sources")
    .argument("<identifier>", "customer id, email:…, phone:…, or <connection>:<object>:<remote id>")
    .option("--events <n>", "how many events of the timeline", parseWhole, 25)
    .action(
      action<{ data: string; json: boolean; events: number }, [string]>(
        async ({ data, output }, { events }, identifier) => {
          const report = await withDesk(data, (desk) => readCustomer(desk, identifier, events));
          output.result(report, () => customerText(report));
          return undefined;
        },
      ),
    );
}
