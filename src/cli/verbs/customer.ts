import { type Command, InvalidArgumentError } from "commander";
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
    .option(
      "--as-known-at <instant>",
      "stage, score and timeline by what was known then, e.g. 2026-11-02T12:00Z",
      parseInstant,
    )
    .action(
      action<{ data: string; json: boolean; events: number; asKnownAt?: string }, [string]>(
        async ({ data, output }, { events, asKnownAt }, identifier) => {
          const report = await withDesk(data, (desk) => readCustomer(desk, identifier, { events, knownAt: asKnownAt }));
          output.result(report, () => customerText(report));
          return undefined;
        },
      ),
    );
}

function parseInstant(written: string): string {
  const instant = new Date(written);
  if (Number.isNaN(instant.getTime()))
    throw new InvalidArgumentError("It is no instant: write it like 2026-11-02T12:00Z.");
  return instant.toISOString();
}
