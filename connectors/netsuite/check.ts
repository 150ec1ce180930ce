import { type Account, SourceError } from "journey-hub/connector";
import { z } from "zod";
import { objects } from "./objects.ts";
import { rowsById, selectionOf } from "./query.ts";
import { hiddenObject, query, type Row, type Session } from "./read.ts";
import { unknownNameIn } from "./refusals.ts";
import type { Zone } from "./zone.ts";

/**
 * Proves the credentials and that customers can be read, names the account, and holds an assumed time zone against a record.
 * Throws SourceError naming the setting that is wrong and what to do.
 */
export async function checkAccount(session: Session): Promise<Account> {
  const { config, zone } = session;
  const customer = await anyCustomer(session);
  if (customer && config.time_zone === undefined) await checkZone(session, customer);
  const name = (await companyName(session)) ?? `NetSuite ${config.account_id}`;
  return { id: config.account_id, name, timeZone: zone.name };
}

async function anyCustomer({ client, config }: Session): Promise<Row | undefined> {
  const statement = rowsById(selectionOf(objects.customer, ["datecreated"]), null);
  try {
    const { rows } = await query(client, { object: "customer", lane: "poll", statement, limit: 1 });
    return rows[0];
  } catch (cause) {
    const name = cause instanceof SourceError ? unknownNameIn(cause.message) : null;
    throw name?.record === "customer" && name.column === undefined
      ? hiddenObject(objects.customer, config, cause)
      : cause;
  }
}

const customerReply = z.looseObject({ dateCreated: z.string().optional(), lastModifiedDate: z.string().optional() });

/** SuiteQL shows the wall clock, the record service instants: where the two do not fit, the zone is another one. */
async function checkZone({ client, zone }: Session, customer: Row): Promise<void> {
  const record = await client
    .request({
      purpose: "checking the time zone",
      operation: "customer.get",
      lane: "poll",
      method: "GET",
      path: `/record/v1/customer/${customer.id}`,
      about: "record",
      reply: customerReply,
    })
    .catch(unlessWithheld);
  const pairs = [
    [customer.datecreated, record?.dateCreated],
    [customer.lastmodifieddate, record?.lastModifiedDate],
  ] as const;
  for (const [wall, stamp] of pairs) {
    const offMs = typeof wall === "string" ? differenceMs(zone, wall, Date.parse(stamp ?? "")) : 0;
    // The record service may leave out the seconds.
    if (Math.abs(offMs) > 120_000) throw wrongZone(zone.name, offMs);
  }
}

/** How far the wall clock is ahead of what the zone would show; 0 where that cannot be told. */
function differenceMs(zone: Zone, wall: string, instant: number): number {
  if (Number.isNaN(instant) || zone.repeatedAround(instant)) return 0;
  return zone.instantOf(wall) - instant;
}

function wrongZone(assumed: string, offMs: number): SourceError {
  const hours = Math.round(Math.abs(offMs) / 360_000) / 10;
  const message = `NetSuite shows its dates ${hours} hours ${offMs > 0 ? "ahead of" : "behind"} ${assumed}, the zone new accounts have`;
  return new SourceError("stop", message, {
    code: "WRONG_TIME_ZONE",
    field: "time_zone",
    remedy: "Set time_zone to the zone of the token's user (Home → Set Preferences → Time Zone), e.g. Europe/Berlin.",
  });
}

async function companyName({ client }: Session): Promise<string | undefined> {
  const statement = "SELECT s.id AS id, s.name AS name FROM subsidiary s WHERE s.parent IS NULL ORDER BY s.id";
  const page = await query(client, { object: "subsidiary", lane: "poll", statement, limit: 1 }).catch(unlessWithheld);
  const name = page?.rows[0]?.name;
  return typeof name === "string" ? name : undefined;
}

/** What the role may not see, or the account does not have, is gone without; every other failure counts. */
function unlessWithheld(cause: unknown): undefined {
  if (!(cause instanceof SourceError)) throw cause;
  const isWithheld = cause.next === "skip" || cause.details.code?.startsWith("INSUFFICIENT_PERMISSION");
  if (!isWithheld && !unknownNameIn(cause.message)) throw cause;
}
