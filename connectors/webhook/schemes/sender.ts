import type { DeliveredWork, Delivery, HandshakeAnswer, IncomingWebhook, Proof } from "journey-hub/connector";
import { idForm, type Json, objectOf, textOf, usableId, valueAt } from "../body.ts";
import type { WebhookConfig } from "../config.ts";
import { instantOf } from "../instant.ts";
import type { Scheme } from "./scheme.ts";

/** Where a sender writes something: a header, a path in the body, or nowhere, being always the same. */
export type Place = { header: string } | { path: string; unit?: "s" } | { text: string };

/** A sender whose requests each bring one event about one record, declared. */
export interface SenderDeclaration {
  title: string;
  settings?: Scheme["settings"];
  proof(config: WebhookConfig): Proof;
  event: {
    /** What tells this event from all others and is the same on each attempt; several parts are joined. */
    id: readonly Place[];
    /** What the same id with other content means. */
    onConflict: Delivery["onConflict"];
    /** What happened, `customer.updated`; several parts are joined by a dot, missing ones left out. */
    name: readonly Place[];
    /** When it happened; the first that holds a time. */
    at: readonly Place[];
    /** Names of events that come after others of the same second: each list a millisecond after the one before it. */
    later?: readonly RegExp[];
  };
  record: {
    /** The sender's name for the kind of record, up to its first slash. Mappings name it `<sender>_<kind>`. */
    object: Place;
    sender: string;
    /** Where the record stands in the body; the body itself by default. */
    in?: string;
    /** Paths of its id from there; the first found counts, and where there is none the event is a record of its own. */
    id: readonly string[];
    /** What is not the sender's own but is made of it for the mapping. */
    derived?(record: Json, config: WebhookConfig): Json;
  };
  /** Names of events that say that the record is gone. */
  gone?: RegExp;
  /** Names of events that tell nothing, such as a sender's ping. */
  silent?: RegExp;
  /** What an event asks for that brings no record; null: it brings one. */
  asks?(event: SenderEvent, body: Json, config: WebhookConfig): DeliveredWork | null;
  handshake?(config: WebhookConfig, request: IncomingWebhook): HandshakeAnswer | null;
}

/** What is known of an event besides its body. */
export interface SenderEvent {
  id: string;
  name: string;
  object: string;
  at: string | null;
}

/** The scheme that a declaration describes. */
export function sender(declaration: SenderDeclaration): Scheme {
  const { title, settings = [], proof, handshake } = declaration;
  return {
    title,
    settings,
    proof,
    deliveries: (config, request) => [deliver(declaration, config, request)],
    work: (config, kept) => workOf(declaration, config, kept),
    ...(handshake ? { handshake } : {}),
  };
}

/** What headers told is kept beside the body, which stays as the sender wrote it. */
function deliver(declaration: SenderDeclaration, config: WebhookConfig, request: IncomingWebhook): Delivery {
  const { event } = declaration;
  const text = textOf(request.body);
  const body = objectOf(JSON.parse(text), "the body");
  const read = (place: Place) => ("path" in place ? valueAt(body, place.path) : fixedText(place, request));
  const known: SenderEvent = {
    id: event.id.map((place) => needed(read(place), place)).join(":"),
    name: event.name.flatMap((place) => usableId(read(place)) ?? []).join("."),
    object: objectName(declaration, read(declaration.record.object)),
    at: timeOf(event.at, read),
  };
  const kept = `{"event":${JSON.stringify(known)},"body":${text}}`;
  workOf(declaration, config, kept); // what cannot be understood is refused while its sender can be told
  return { dedupe_key: known.id, onConflict: event.onConflict, body: kept };
}

function fixedText(place: { header: string } | { text: string }, { headers }: IncomingWebhook): string | undefined {
  return "text" in place ? place.text : headers[place.header];
}

function needed(value: unknown, place: Place): string {
  const text = usableId(value);
  if (text !== null) return text;
  const where = "header" in place ? `the header ${place.header}` : `the body's ${"path" in place ? place.path : ""}`;
  throw new Error(`${where} holds no id (${idForm})`);
}

/** @example objectName(shopify, "customers/update") // "shopify_customers" */
function objectName({ record }: SenderDeclaration, written: unknown): string {
  const [kind = ""] = typeof written === "string" ? written.split("/", 1) : [];
  if (kind === "") throw new Error("it does not say what kind of record it is about");
  return `${record.sender}_${kind.slice(0, 60).replaceAll(/[^A-Za-z0-9_]/g, "_")}`;
}

function timeOf(places: readonly Place[], read: (place: Place) => unknown): string | null {
  for (const place of places) {
    const value = read(place);
    const inSeconds = "unit" in place && typeof value === "number";
    const at = instantOf(inSeconds ? value * 1_000 : value);
    if (at !== null) return at;
  }
  return null;
}

function workOf(declaration: SenderDeclaration, config: WebhookConfig, kept: string): DeliveredWork {
  const { event, body } = keptEvent(kept);
  const { record: place, silent, gone, asks } = declaration;
  if (silent?.test(event.name)) return { kind: "nothing", why: `${event.name} tells of no record` };
  const asked = asks?.(event, body, config);
  if (asked) return asked;
  const record = place.in === undefined ? body : objectOf(valueAt(body, place.in), `the body's ${place.in}`);
  const id = place.id.map((path) => recordId(record, path)).find((found) => found !== null) ?? event.id;
  const isGone = gone?.test(event.name) ?? false;
  const derived = place.derived?.(record, config);
  const payload = isGone ? {} : { ...record, ...derived, _event: event.name };
  const at = event.at === null ? null : inOrder(event.at, event.name, declaration.event.later);
  return { kind: "record", object: event.object, record: { id, at, deleted: isGone, payload } };
}

/** A number too large to be read exactly would name another record. */
function recordId(record: Json, path: string): string | null {
  const value = valueAt(record, path);
  const id = usableId(value);
  if (id === null && typeof value === "number") throw new Error(`${path} is no whole number that can be read exactly`);
  return id;
}

function keptEvent(kept: string): { event: SenderEvent; body: Json } {
  const { event, body } = objectOf(JSON.parse(kept), "the kept delivery");
  const { id, name, object, at } = objectOf(event, "the kept event");
  if (typeof id !== "string" || typeof name !== "string" || typeof object !== "string") {
    throw new Error("the kept event has no id, name or object");
  }
  const known = { id, name, object, at: typeof at === "string" ? at : null };
  return { event: known, body: objectOf(body, "the kept body") };
}

/** Senders stamp to the second and deliver in any order: what ends a thing must not be undone by what began it. */
function inOrder(at: string, name: string, later: readonly RegExp[] = []): string {
  const place = later.findLastIndex((names) => names.test(name));
  return place === -1 ? at : new Date(Date.parse(at) + place + 1).toISOString();
}
