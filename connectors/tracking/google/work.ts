import { type DeliveredRecord, type DeliveredWork, SourceError } from "journey-hub/connector";
import { idOf, instantNoLater, isObject, type KeptEvent, type Properties } from "../kept.ts";
import { eventFaults, microsOf, requestFaults } from "./faults.ts";

/**
 * What a kept call means: its event, or its events where it was kept as a whole; and whose browser it came from where it names its user.
 * @throws SourceError `skip` for a call or an event that cannot be used
 */
export function googleWork({ id, receivedAt, request, event }: KeptEvent): DeliveredWork {
  const shared = isObject(request) ? request : {};
  const events = event === undefined ? listed(shared.events) : [event];
  const whole = event === undefined ? request : { ...shared, events };
  const [fault] = [...requestFaults(whole), ...events.flatMap((one, n) => eventFaults(one, `events[${n}]`))];
  if (fault) {
    throw new SourceError("skip", `${fault.fieldPath}: ${fault.description}`, {
      code: "malformed event",
      remedy: "Send the same call to /debug/mp/collect: it tells everything that is wrong with it.",
    });
  }
  const told = events.filter(isObject).map((one, n) => {
    const own = event === undefined ? `${id}-${n}` : id;
    return eventOf(one, n === 0 ? shared : { ...shared, user_properties: {} }, { id: own, receivedAt });
  });
  const last = told.at(-1)?.record.at ?? receivedAt;
  return { kind: "records", records: [...visitorOf(shared, last), ...told] };
}

const listed = (events: unknown): unknown[] => (Array.isArray(events) ? events : []);

function eventOf(event: Properties, shared: Properties, kept: Pick<KeptEvent, "id" | "receivedAt">): DeliveredRecord {
  const { id, receivedAt } = kept;
  const micros = microsOf(event.timestamp_micros ?? shared.timestamp_micros);
  const at = micros === null ? receivedAt : instantNoLater(micros / 1_000, receivedAt);
  const { name, params = {} } = event;
  const said = { name, params, user_properties: shared.user_properties ?? {} };
  const payload = { id, ...said, ...idsOf(shared), timestamp: at, receivedAt };
  return { object: "google_events", record: { id, at, deleted: false, payload } };
}

function idsOf({ client_id, app_instance_id, user_id }: Properties): { clientId: string; userId?: string } {
  const clientId = idOf(client_id ?? app_instance_id) ?? "";
  const userId = idOf(user_id);
  return userId ? { clientId, userId } : { clientId };
}

function visitorOf(shared: Properties, at: string): DeliveredRecord[] {
  const { userId, clientId } = idsOf(shared);
  if (userId === undefined) return [];
  const told = [
    { id: `u:${userId}`, userId },
    { id: `g:${clientId}`, clientId, userId },
  ];
  return told.map((payload) => ({ object: "visitors", record: { id: payload.id, at, deleted: false, payload } }));
}
