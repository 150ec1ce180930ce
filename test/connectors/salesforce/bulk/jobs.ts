import type { Detour, OpenConnection, SourceRecord } from "journey-hub/connector";
import type { SalesforceRow, SalesforceSimulatorOptions } from "../../../../connectors/salesforce/simulator/index.ts";
import { contacts, startOrg, streamOf, type TestOrg } from "../org.ts";

/** From three pages on. */
export const fromRecords = 5_000;
export const fields = ["LastName", "Email", "Account.Name"];
export const config = { bulk_from_records: fromRecords };

/** An org of so many contacts, the connector told to read them through a job. */
export function orgOf(
  count: number,
  options: SalesforceSimulatorOptions = {},
  traits?: (n: number) => Partial<SalesforceRow>,
): Promise<TestOrg> {
  return startOrg({ Contact: contacts(count, traits) }, options);
}

/** One page as the engine asks for it. */
export interface Step {
  after: string | null;
  records: SourceRecord[];
  next: string | null;
  detour?: Detour | null;
}

const stepsMax = 500;

/** Reads contacts from a place to the end, page by page; `onStep` may stop it by false. */
export async function readFrom(
  connection: OpenConnection,
  after: string | null,
  onStep: (step: Step) => unknown = () => undefined,
): Promise<Step[]> {
  const stream = streamOf(connection, "Contact");
  const steps: Step[] = [];
  for (let place = after; steps.length < stepsMax; ) {
    const step = { after: place, ...(await stream.pages({ after: place, fields })) };
    const { next } = step;
    steps.push(step);
    if ((await onStep(step)) === false || next === null) return steps;
    place = next;
  }
  throw new Error("reading does not end");
}

/** Reads contacts from the first to the last. */
export const readAll = (org: TestOrg): Promise<Step[]> => readFrom(org.open(config), null);

export const idsIn = (steps: readonly Step[]): string[] => steps.flatMap(({ records }) => records.map(({ id }) => id));

/** Requests since the start, by what they asked for, sign-ins and descriptions left out. */
export function asked(org: TestOrg): Record<string, number> {
  const { byRoute } = org.simulator.traffic();
  return Object.fromEntries(Object.entries(byRoute).filter(([route]) => /queryAll|jobs/.test(route)));
}

/** The page token's job. */
export function jobIn(token: string | null | undefined): string {
  return /"job":"(\w+)"/.exec(token ?? "")?.[1] ?? "";
}

/** What the pages told of dearer ways; null: that it was the best. */
export const detoursIn = (steps: readonly Step[]): (string | null)[] =>
  steps.flatMap(({ detour }) => (detour === undefined ? [] : [detour?.message ?? null]));
