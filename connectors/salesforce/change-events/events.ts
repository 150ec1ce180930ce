import { type Delivery, type Heard, SourceError } from "journey-hub/connector";
import { z } from "zod";
import { deliveryOf } from "../told-record.ts";
import { notTheOrg } from "./messages.ts";

const envelope = z.looseObject({
  event: z.looseObject({ replayId: z.union([z.int(), z.string().regex(/^\d{1,16}$/)]) }),
  payload: z.unknown(),
});

const payload = z.looseObject({
  ChangeEventHeader: z.looseObject({
    entityName: z.string().min(1),
    recordIds: z.array(z.string()).min(1),
    changeType: z.string(),
    transactionKey: z.string(),
    sequenceNumber: z.number(),
  }),
});
type Header = z.infer<typeof payload>["ChangeEventHeader"];

/**
 * What events of a channel tell: which records have changed. The fields that came along are left aside, as they are only those that changed;
 * the hub fetches the records. A gap event names records without saying what changed, which is as good; an overflow, and a change of all
 * records of an object, name none. Throws SourceError for what is no event.
 */
export function heardIn(events: readonly unknown[], channel: string, place: string | null): Heard {
  const deliveries: Delivery[] = [];
  let incomplete: string | undefined;
  let last = place;
  for (const event of events) {
    const { replayId, body } = eventOf(event, channel);
    // The last one sent, not the highest: ids are the org's own, and begin anew when it is moved to another place.
    last = replayId;
    const header = payload.safeParse(body).data?.ChangeEventHeader;
    if (!header) deliveries.push(unreadable(replayId, body));
    else if (namesRecords(header)) deliveries.push(...toldBy(header));
    else incomplete ??= `${header.changeType} of ${header.entityName} names no records`;
  }
  return { deliveries, place: last, ...(incomplete === undefined ? {} : { incomplete }) };
}

function eventOf(data: unknown, channel: string): { replayId: string; body: unknown } {
  const told = envelope.safeParse(data).data;
  if (told) return { replayId: String(told.event.replayId), body: told.payload };
  const what = `Salesforce, listening to change events (${channel}): an event came without its replay id`;
  throw new SourceError("retry", what, { remedy: notTheOrg });
}

const idForm = /^[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$/;

/** A wildcard stands for all records of an object when a field was converted; an overflow tells of 100,000 changes and more at once. */
function namesRecords({ changeType, recordIds }: Header): boolean {
  return changeType !== "GAP_OVERFLOW" && recordIds.every((id) => idForm.test(id));
}

/** One delivery a record. What is told again, after a cut or from the beginning, has the same name and no effect. */
function toldBy({ entityName, recordIds, changeType, transactionKey, sequenceNumber }: Header): Delivery[] {
  return recordIds.map((record) =>
    deliveryOf({
      id: `cdc ${transactionKey} ${sequenceNumber} ${changeType} ${record}`,
      object: entityName,
      record,
    }),
  );
}

const keptMax = 10_000;

/** Kept as it came, to be an open error of its own. */
function unreadable(replayId: string, body: unknown): Delivery {
  const text = (JSON.stringify(body) ?? "nothing").slice(0, keptMax);
  return { dedupe_key: `cdc unreadable ${replayId}`, onConflict: "ignore", body: JSON.stringify({ unreadable: text }) };
}
