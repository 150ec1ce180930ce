import type { TimelineEvent } from "../../model/index.ts";

const eventIdsMax = 20;
const textMax = 255;
const titleMax = 90;

/** What a rule held on, gathered from its parts: events, newest kept where there are more than 20, and a sentence a part. */
export class Found {
  readonly #eventIds = new Set<string>();
  readonly #texts: string[] = [];

  addEvent(event: TimelineEvent): void {
    this.#eventIds.add(event.id);
  }

  addIds(ids: readonly string[]): void {
    for (const id of ids) this.#eventIds.add(id);
  }

  say(text: string): void {
    if (!this.#texts.includes(text)) this.#texts.push(text);
  }

  eventIds(): string[] {
    return [...this.#eventIds].slice(-eventIdsMax);
  }

  text(fallback: string): string {
    return shorten(this.#texts.length === 0 ? fallback : this.#texts.join("; "), textMax);
  }
}

/** `Deal 'Fleet renewal' moved to Negotiation on 3 May 2026`. */
export function sayEvent(event: TimelineEvent): string {
  return `${shorten(event.title, titleMax)} on ${sayDate(event.occurred_at)}`;
}

/** `2026-05-03T…` → `3 May 2026`. */
export function sayDate(instant: string): string {
  return `${Number(instant.slice(8, 10))} ${months[Number(instant.slice(5, 7)) - 1]} ${instant.slice(0, 4)}`;
}

/** `90d` → `90 days`. */
export function sayDuration(duration: string): string {
  const count = duration.slice(0, -1);
  const unit = units[duration.at(-1) ?? ""] ?? "";
  return `${count} ${unit}${count === "1" ? "" : "s"}`;
}

/** `inbound:*` → `inbound activity`; `deal.won` → `deal won`. */
export function saySelector(selector: string | readonly string[]): string {
  const parts = (typeof selector === "string" ? [selector] : selector).map(sayOne);
  return parts.length <= 3 ? parts.join(" or ") : `${parts.slice(0, 2).join(", ")} or ${parts.length - 2} other kinds`;
}

export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Cuts a text to `max` characters, the last an ellipsis. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = isHighSurrogate(text.charCodeAt(max - 2)) ? max - 2 : max - 1;
  return `${text.slice(0, end).trimEnd()}…`;
}

function sayOne(selector: string): string {
  const [left = "", right] = selector.split(":");
  const kind = (right ?? left).replaceAll(".*", " activity").replaceAll("*", "activity").replaceAll(/[._]/g, " ");
  return right === undefined ? kind : `${left} ${kind}`;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"];
const units: Readonly<Record<string, string>> = { m: "minute", h: "hour", d: "day", w: "week" };
