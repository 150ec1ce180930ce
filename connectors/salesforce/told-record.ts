import { type DeliveredWork, type Delivery, SourceError } from "journey-hub/connector";
import { z } from "zod";
import type { SalesforceConfig } from "./config.ts";
import { json } from "./refusals.ts";
import { customStreams } from "./streams.ts";

/** A record that the org says has changed. `id` is that of the telling: the same each time the org tells it. */
export interface ToldRecord {
  id: string;
  object: string;
  record: string;
}

/** What is kept of it: the ids alone, however much was told. The values sent again are those of another time, the ids are the same. */
export function deliveryOf(told: ToldRecord): Delivery {
  return { dedupe_key: told.id, onConflict: "ignore", body: JSON.stringify(told) };
}

const kept = z.strictObject({
  id: z.string(),
  object: z.string(),
  record: z.string(),
}) satisfies z.ZodType<ToldRecord>;

/**
 * Every change means the same: the record is fetched as it is now, in the recycle bin too. So a deletion brings the record it was merged
 * into, and the order in which changes are told does not matter.
 */
export function workOf(_config: SalesforceConfig, body: string): DeliveredWork {
  const told = kept.safeParse(json(body)).data;
  if (!told) {
    throw new SourceError("skip", "Salesforce told of a change in a form that it does not document", {
      code: "UNREADABLE",
      remedy: "Nothing to do where polls go on: they bring the change. If there are many, report one of them.",
    });
  }
  const { object, record } = told;
  if (customStreams(object) === null) return { kind: "nothing", why: `${object} is no object's name` };
  return { kind: "changed", stream: object, id: longId(record) };
}

const checksumAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/** The 18 characters by which the REST API names a record: each of the last three tells which of five letters are capitals. */
function longId(id: string): string {
  if (id.length !== 15) return id;
  const fives = [id.slice(0, 5), id.slice(5, 10), id.slice(10)];
  const capitals = fives.map((five) =>
    [...five].reduce((bits, letter, n) => bits + (/[A-Z]/.test(letter) ? 2 ** n : 0), 0),
  );
  return id + capitals.map((bits) => checksumAlphabet[bits]).join("");
}
