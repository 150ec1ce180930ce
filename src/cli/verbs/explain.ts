import type { Command } from "commander";
import type { Explanation } from "../../hub/queries/explain.ts";
import { customerIdBy, explanationText } from "../customer-text.ts";
import { withDesk } from "../desk.ts";
import { action, withCommon } from "../verb.ts";

/** `explain`: every value with its rule and the events behind it. */
export function addExplain(program: Command): void {
  withCommon(program.command("explain"))
    .description("why these records are one customer, and why its stage and score are what they are")
    .argument("<identifier>", "customer id, email:…, phone:…, or <connection>:<object>:<remote id>")
    .action(
      action<{ data: string; json: boolean }, [string]>(async ({ data, output }, _, identifier) => {
        const explanation = await withDesk(data, async (desk) =>
          desk.get<Explanation>(`/api/v1/customers/${await customerIdBy(desk, identifier)}/explain`),
        );
        output.result(explanation, () => explanationText(explanation));
        return undefined;
      }),
    );
}
