import type { Lane } from "journey-hub/connector";
import type { Client } from "./client.ts";
import { propertiesOf } from "./metadata.ts";
import type { NetsuiteObject } from "./objects.ts";

/** Which of an object's own columns hold days and times: SuiteQL gives these as the account writes dates, and time zones are ours to know. */
export interface OwnColumns {
  /** The object with what is known of the account's own columns among these fields. Nothing is asked where there are none. */
  in(object: NetsuiteObject, fields: readonly string[], lane: Lane): Promise<NetsuiteObject>;
  /** Asks anew next time: the account has changed. */
  forget(object: string): void;
}

type Dates = Pick<NetsuiteObject, "dates" | "dateTimes">;

const validMs = 3_600_000;
const ownColumn = /^cust(?:entity|body|event|record|item|col)_?/;
/** These are written by journey-hub: what they are is known. */
const written = /^custentity_journey_hub_/;

export function openOwnColumns(client: Client, now: () => number): OwnColumns {
  const known = new Map<string, { dates: Promise<Dates>; at: number }>();
  const of = (object: string, lane: Lane): Promise<Dates> => {
    const kept = known.get(object);
    if (kept && now() - kept.at < validMs) return kept.dates;
    const dates = readDates(client, object, lane);
    known.set(object, { dates, at: now() });
    dates.catch(() => known.delete(object));
    return dates;
  };
  return {
    async in(object, fields, lane) {
      if (!fields.some((field) => ownColumn.test(field) && !written.test(field))) return object;
      const { dates, dateTimes } = await of(object.name, lane);
      if (dates.size + dateTimes.size === 0) return object;
      return {
        ...object,
        dates: new Set([...object.dates, ...dates]),
        dateTimes: new Set([...object.dateTimes, ...dateTimes]),
      };
    },
    forget: (object) => void known.delete(object),
  };
}

async function readDates(client: Client, object: string, lane: Lane): Promise<Dates> {
  const properties = Object.entries((await propertiesOf(client, object, lane)) ?? {});
  const ofFormat = (format: string) =>
    new Set(
      properties
        .filter(([name, property]) => ownColumn.test(name.toLowerCase()) && property.format === format)
        .map(([name]) => name.toLowerCase()),
    );
  return { dates: ofFormat("date"), dateTimes: ofFormat("date-time") };
}
