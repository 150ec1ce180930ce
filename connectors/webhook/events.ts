import type { DeliveredWork, Delivery, IncomingWebhook } from "journey-hub/connector";
import { idForm, isObject, type Json, objectOf, textOf, usableId, valueAt } from "./body.ts";
import type { WebhookConfig } from "./config.ts";
import { instantOf } from "./instant.ts";

const eventsMax = 1_000;

/**
 * The events of a verified body, one delivery each: the body is one event, an array of them, or `{ "events": [ … ] }`.
 * @throws Error that says what is malformed, and in which event
 */
export function splitEvents(config: WebhookConfig, request: IncomingWebhook, idHeader?: string): Delivery[] {
  const text = textOf(request.body);
  const body: unknown = JSON.parse(text);
  const batch = batchOf(body);
  if (batch === null) {
    const event = objectOf(body, "the body");
    const id = headerId(idHeader, request) ?? bodyId(event, config.id_path, "the body");
    // The sender's own bytes are kept where nothing has to be added to them.
    return [deliveryOf(event, id, usableId(event.id) === null ? undefined : text)];
  }
  if (batch.length > eventsMax)
    throw new Error(`there are ${batch.length} events in the body; send at most ${eventsMax}`);
  return batch.map((raw, n) => {
    const event = objectOf(raw, `event ${n + 1}`);
    return deliveryOf(event, bodyId(event, config.id_path, `event ${n + 1}`));
  });
}

/** A kept event as a record of the configured object; `at` is its `occurred_at`. */
export function workOf(config: WebhookConfig, body: string): DeliveredWork {
  const payload = objectOf(JSON.parse(body), "the kept event");
  const id = bodyId(payload, "id", "the kept event");
  return {
    kind: "record",
    object: config.object,
    record: { id, at: instantOf(payload.occurred_at), deleted: false, payload },
  };
}

function batchOf(body: unknown): unknown[] | null {
  if (Array.isArray(body)) return body;
  return isObject(body) && Array.isArray(body.events) ? body.events : null;
}

/** A message's id by its header; null where the scheme has none. One body with many events needs ids of their own. */
function headerId(name: string | undefined, { headers }: IncomingWebhook): string | null {
  if (name === undefined) return null;
  const id = usableId(headers[name]);
  if (id === null) throw new Error(`the header ${name} holds no id of 1 to 255 characters`);
  return id;
}

function bodyId(event: Json, path: string, which: string): string {
  const found = valueAt(event, path);
  const id = usableId(found);
  if (id !== null) return id;
  if (typeof found === "number")
    throw new Error(`${which}: ${path} is no whole number that can be read exactly; send it as text`);
  throw new Error(`${which} has no ${path} (${idForm})`);
}

/** The record's name is the event's own `id`; an event without one takes the id it was delivered under. */
function deliveryOf(event: Json, id: string, text?: string): Delivery {
  const body = text ?? JSON.stringify(usableId(event.id) === null ? { ...event, id } : event);
  return { dedupe_key: id, onConflict: "refuse", body };
}
