import type { DeliveredWork, Delivery, IncomingWebhook } from "journey-hub/connector";
import { z } from "zod";
import type { WebhookConfig } from "./config.ts";

type Event = Record<string, unknown>;

const utf8 = new TextDecoder("utf-8", { fatal: true });
const eventsMax = 1_000;
const idLengthMax = 255;

/**
 * The events of a verified body, one delivery each: the body is one event, an array of them, or `{ "events": [ … ] }`.
 * @throws Error that says what is malformed, and in which event
 */
export function splitEvents(config: WebhookConfig, request: IncomingWebhook): Delivery[] {
  const text = utf8.decode(request.body);
  const body: unknown = JSON.parse(text);
  const batch = batchOf(body);
  if (batch === null) {
    const event = eventOf(body, "the body");
    const id = headerId(config, request) ?? bodyId(event, config.id_path, "the body");
    // The sender's own bytes are kept where nothing has to be added to them.
    return [deliveryOf(event, id, usableId(event.id) === null ? undefined : text)];
  }
  if (batch.length > eventsMax)
    throw new Error(`there are ${batch.length} events in the body; send at most ${eventsMax}`);
  return batch.map((raw, n) => {
    const event = eventOf(raw, `event ${n + 1}`);
    return deliveryOf(event, bodyId(event, config.id_path, `event ${n + 1}`));
  });
}

/** A kept event as a record of the configured object; `at` is its `occurred_at`. */
export function workOf(config: WebhookConfig, body: string): DeliveredWork {
  const payload = eventOf(JSON.parse(body), "the kept event");
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

function eventOf(raw: unknown, which: string): Event {
  if (!isObject(raw)) throw new Error(`${which} is not a JSON object`);
  return raw;
}

function isObject(value: unknown): value is Event {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A message's id by its header; null where the scheme has none. One body with many events needs ids of their own. */
function headerId({ scheme, id_header }: WebhookConfig, { headers }: IncomingWebhook): string | null {
  const name = scheme === "standard-webhooks" ? "webhook-id" : id_header;
  if (name === undefined) return null;
  const id = usableId(headers[name]);
  if (id === null) throw new Error(`the header ${name} holds no id of 1 to ${idLengthMax} characters`);
  return id;
}

function bodyId(event: Event, path: string, which: string): string {
  const found = path
    .split(".")
    .reduce<unknown>((at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), event);
  const id = usableId(found);
  if (id !== null) return id;
  if (typeof found === "number")
    throw new Error(`${which}: ${path} is no whole number that can be read exactly; send it as text`);
  throw new Error(`${which} has no ${path} (text of 1 to ${idLengthMax} characters, or a whole number)`);
}

function usableId(value: unknown): string | null {
  if (Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && value !== "" && value.length <= idLengthMax ? value : null;
}

/** The record's name is the event's own `id`; an event without one takes the id it was delivered under. */
function deliveryOf(event: Event, id: string, text?: string): Delivery {
  const body = text ?? JSON.stringify(usableId(event.id) === null ? { ...event, id } : event);
  return { dedupe_key: id, onConflict: "refuse", body };
}

const canonical = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const instantLength = 24;
const timeOfEvent = z.union([z.iso.datetime({ offset: true }), z.int()]);

/** False for 30 February and the like, which JavaScript moves to another day. */
function isOnTheCalendar(instant: string): boolean {
  const date = new Date(instant);
  return !Number.isNaN(date.getTime()) && date.toISOString() === instant;
}

/** ISO 8601 with an offset, or milliseconds since 1970; null for anything else, which the mapping may still be able to read. */
function instantOf(value: unknown): string | null {
  // The common case, already in our form, must not cost a schema on the way to the sender's answer.
  if (typeof value === "string" && canonical.test(value) && isOnTheCalendar(value)) return value;
  const read = timeOfEvent.safeParse(value);
  const date = read.success ? new Date(read.data) : null;
  if (date === null || Number.isNaN(date.getTime())) return null;
  const instant = date.toISOString();
  return instant.length === instantLength ? instant : null;
}
