import { type Command, InvalidArgumentError } from "commander";
import type { GoldenValue } from "../../model/index.ts";
import { customerIdBy, customerText, readCustomer } from "../customer-text.ts";
import { type Desk, withDesk } from "../desk.ts";
import { leftText, pinnedText } from "../explain-text.ts";
import { UsageError } from "../failure.ts";
import { action, withAuthor, withCommon } from "../verb.ts";
import { parseWhole } from "./simulate.ts";

const identifier = "customer id, email:…, phone:…, or <connection>:<object>:<remote id>";

/** `customer`: one customer with timeline, stage and score; `customer pin`, `customer unpin`: its values set by hand. */
export function addCustomer(program: Command): void {
  // What follows `pin` is for pin: both have --data and --json.
  const customer = withCommon(program.command("customer").enablePositionalOptions())
    .description("show one customer: records, stage with evidence, score with reasons, timeline with sources")
    .argument("<identifier>", identifier)
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
  addPin(customer);
  addUnpin(customer);
}

interface Reasoned {
  data: string;
  json: boolean;
  reason?: string;
  by?: string;
}

function addPin(customer: Command): void {
  withAuthor(customer.command("pin"))
    .description("set a value of a customer by hand: it holds over what its records say")
    .argument("<identifier>", identifier)
    .argument("<field>", "email, phone, title … as `customer --json` names its golden values")
    .argument("<value>", "the value; an address as JSON")
    .option("--reason <text>", "why; kept with the value")
    .action(
      action<Reasoned, [string, string, string]>(async ({ data, output }, { reason, by }, identifier, field, text) => {
        if (!reason) throw new UsageError("Say why with --reason: it is kept with the value.");
        const value = field === "address" ? jsonOf(text) : text;
        const set = async (desk: Desk) => {
          const id = await customerIdBy(desk, identifier);
          const golden = await desk.post<GoldenValue>(`/api/v1/customers/${id}/pins`, { field, value, reason });
          await desk.run("/api/v1/derive", {});
          return { id, field, golden };
        };
        const pinned = await withDesk(data, set, by);
        output.result(pinned, () => pinnedText(pinned));
        return undefined;
      }),
    );
}

function addUnpin(customer: Command): void {
  withAuthor(customer.command("unpin"))
    .description("let a value go that was set by hand: what its records say counts again")
    .argument("<identifier>", identifier)
    .argument("<field>", "the field that was set")
    .option("--reason <text>", "why; kept with the value")
    .action(
      action<Reasoned, [string, string]>(async ({ data, output }, { reason, by }, identifier, field) => {
        if (!reason) throw new UsageError("Say why with --reason: it is kept with the value.");
        const letGo = async (desk: Desk) => {
          const id = await customerIdBy(desk, identifier);
          const path = `/api/v1/customers/${id}/pins/${encodeURIComponent(field)}/unpin`;
          const { golden } = await desk.post<{ golden: GoldenValue | null }>(path, { reason });
          await desk.run("/api/v1/derive", {});
          return { id, field, golden };
        };
        const left = await withDesk(data, letGo, by);
        output.result(left, () => leftText(left));
        return undefined;
      }),
    );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new UsageError('An address is given as JSON: {"line1":"8713 Yosemite Ct.","city":"Bothell","country":"US"}.');
  }
}

function parseInstant(written: string): string {
  const instant = new Date(written);
  if (Number.isNaN(instant.getTime()))
    throw new InvalidArgumentError("It is no instant: write it like 2026-11-02T12:00Z.");
  return instant.toISOString();
}
