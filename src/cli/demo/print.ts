import { type Output, style, table } from "../output.ts";
import type { RunningServer } from "../server.ts";
import type { ReadBack } from "./story.ts";

const eventsShown = 15;

/** One customer as the API tells it: timeline with sources, stage with evidence, score with reasons. */
export async function printCustomer(server: RunningServer, identifier: string, output: Output): Promise<unknown> {
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${server.url}${path}`, { headers: { Authorization: `Bearer ${server.key}` } });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  return { identifier, output, get };
}

/** What stands in the CRMs, as a fresh client of each vendor reads it. */
export function printReadBack(standing: readonly ReadBack[], output: Output): void {
  output.say(style.bold("\nAs read back from the CRMs by fresh vendor clients"));
  const rows = standing.map(({ record, values }) => [
    record,
    ...["stage", "stage_date", "score", "grade", "why"].map((name) => String(values[name] ?? "—")),
  ]);
  output.say(table([["record", "stage", "since", "score", "grade", "why"], ...rows]));
}
