import { type CustomerReport, customerText, readCustomer } from "../customer-text.ts";
import { type Output, style, table } from "../output.ts";
import type { RunningServer } from "../server.ts";
import type { ReadBack } from "./story.ts";

const eventsShown = 15;

/** One customer as the running hub's API tells it. */
export async function printCustomer(
  server: RunningServer,
  identifier: string,
  output: Output,
): Promise<CustomerReport> {
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${server.url}${path}`, { headers: { Authorization: `Bearer ${server.key}` } });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const report = await readCustomer({ get }, identifier, { events: eventsShown });
  output.say(`\n${customerText(report)}`);
  return report;
}

/** What stands in the CRMs, as a fresh client of each vendor reads it. */
export function printReadBack(standing: readonly ReadBack[], output: Output): void {
  output.say(style.bold("\nAs read back from the CRMs by fresh vendor clients"));
  const names = ["stage", "stage_date", "score", "grade", "why"];
  const rows = standing.map(({ record, values }) => [record, ...names.map((name) => String(values[name] ?? "—"))]);
  output.say(table([["record", "stage", "since", "score", "grade", "why"], ...rows]));
}
