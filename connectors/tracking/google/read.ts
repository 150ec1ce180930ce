import { createHash } from "node:crypto";
import type { Delivery, TrackingCall, TrackingReading } from "journey-hub/connector";
import { isObject, jsonOf, type KeptEvent, type Properties } from "../kept.ts";
import { allFaults, requestFaults } from "./faults.ts";

const debugPath = "/debug/mp/collect";

/** The addresses of Google Analytics 4's Measurement Protocol. */
export const googlePaths: readonly string[] = ["/mp/collect", debugPath];

const taken = { status: 204, json: null };

/**
 * The events of a verified call, one delivery each. Google answers 2xx to whatever comes, so what cannot be used is kept too and becomes
 * an open error. The debug address tells what is wrong and keeps nothing.
 */
export function readGoogle(call: TrackingCall): TrackingReading {
  const request = requestOf(call);
  if (call.path === debugPath) {
    const validationMessages = allFaults(request, call.receivedAt);
    return { deliveries: [], answer: { status: 200, json: { validationMessages } } };
  }
  const { id, receivedAt } = call;
  if (!isObject(request) || !Array.isArray(request.events) || requestFaults(request).length > 0) {
    return { deliveries: [deliveryOf({ spec: "google", id: `ga-${id}`, receivedAt, request })], answer: taken };
  }
  const { events, ...shared } = request;
  const ofEach = idsAndTime(shared);
  const deliveries = events.map((event: unknown, n: number) =>
    deliveryOf({
      spec: "google",
      id: `ga-${eventId(shared, event, n) ?? `${id}-${n}`}`,
      receivedAt,
      // What the call says of its user is kept once: repeated with each event, a small call would be twenty-five large ones.
      request: n === 0 ? shared : ofEach,
      event: event ?? null,
    }),
  );
  return { deliveries, answer: taken };
}

/** What every event of a call is read with. */
function idsAndTime({ client_id, app_instance_id, user_id, timestamp_micros }: Properties): Properties {
  return { client_id: client_id ?? app_instance_id, user_id, timestamp_micros };
}

/** Text in place of what is no JSON. */
function requestOf({ body }: TrackingCall): unknown {
  try {
    return jsonOf(body);
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError) return Buffer.from(body).toString("utf8");
    throw cause;
  }
}

/** Events have no ids. One that says when it happened is known again by what it says; null: it is taken for another each time. */
function eventId(shared: Properties, event: unknown, n: number): string | null {
  const own = isObject(event) ? event.timestamp_micros : undefined;
  if ((own ?? shared.timestamp_micros) === undefined) return null;
  return createHash("sha256")
    .update(JSON.stringify([shared, event, n]))
    .digest("base64url");
}

function deliveryOf(kept: KeptEvent): Delivery {
  return { dedupe_key: kept.id, onConflict: "ignore", body: JSON.stringify(kept) };
}
