import type { Child } from "hono/jsx";
import { addressText } from "../model/address-text.ts";

const locale = "en-GB";
const whole = new Intl.NumberFormat(locale);
const atMostOne = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

/** A count with its thousands apart. @example amountText(20411) // "20,411" */
export function amountText(amount: number): string {
  return whole.format(amount);
}

/** Points of a score, to one decimal. @example pointsText(12.26) // "12.3" */
export function pointsText(points: number): string {
  return atMostOne.format(points);
}

/** A count and its noun. @example counted(1, "record") // "1 record" */
export function counted(amount: number, noun: string, plural = `${noun}s`): string {
  return `${amountText(amount)} ${amount === 1 ? noun : plural}`;
}

/** A word of the vocabulary as people read it. @example wordText("stage_changed") // "Stage changed" */
export function wordText(word: string): string {
  const spaced = word.replaceAll(/[_.]+/g, " ").trim();
  return spaced.slice(0, 1).toUpperCase() + spaced.slice(1);
}

/** Dates and times in the hub's time zone. */
export interface Times {
  zone: string;
  moment(instant: string): string;
  day(instant: string): string;
  clock(instant: string): string;
}

/** @example timesIn("Europe/Berlin").moment("2026-01-02T10:00:00.000Z") // "2 Jan 2026, 11:00" */
export function timesIn(timeZone: string): Times {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(locale, { timeZone, ...options });
    return (instant: string) => (Number.isNaN(Date.parse(instant)) ? instant : formatter.format(new Date(instant)));
  };
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  return {
    zone: timeZone,
    moment: format({ day: "numeric", month: "short", year: "numeric", ...time }),
    day: format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    clock: format(time),
  };
}

/** An instant as a `<time>`; a dash where there is none. */
export function Moment({ at, times }: { at: string | null | undefined; times: Times }) {
  if (!at) return <None />;
  return <time datetime={at}>{times.moment(at)}</time>;
}

/** Between two instants, in the unit that says it best. @example durationText("…:00.000Z", "…:02.500Z") // "2.5 s" */
export function durationText(from: string, to: string): string {
  const seconds = Math.max(0, Date.parse(to) - Date.parse(from)) / 1_000;
  if (seconds < 60) return `${atMostOne.format(seconds)} s`;
  const minutes = seconds / 60;
  return minutes < 60 ? `${atMostOne.format(minutes)} min` : `${atMostOne.format(minutes / 60)} h`;
}

/** Text that came from outside: kept apart from the direction of the text around it. */
export function Foreign({ children }: { children?: Child }) {
  return <bdi>{children}</bdi>;
}

/** What stands where there is nothing, readable aloud. */
export function None({ says = "none" }: { says?: string }) {
  return (
    <>
      <span class="quiet" aria-hidden="true">
        –
      </span>
      <span class="spoken">{says}</span>
    </>
  );
}

/** Any value of a record: money, addresses, instants, numbers and texts as people read them, anything else as JSON. */
export function Value({ value, times }: { value: unknown; times: Times }) {
  if (value === undefined || value === null || value === "") return <None says="empty" />;
  if (typeof value === "number") return <>{atMostTen.format(value)}</>;
  if (typeof value === "boolean") return <>{value ? "yes" : "no"}</>;
  if (typeof value === "string") {
    return isInstant(value) ? <Moment at={value} times={times} /> : <Foreign>{value}</Foreign>;
  }
  const money = moneyText(value);
  if (money !== null) return <span>{money}</span>;
  const address = addressText(value);
  return address === null ? <code class="json">{JSON.stringify(value)}</code> : <Foreign>{address}</Foreign>;
}

const atMostTen = new Intl.NumberFormat(locale, { maximumFractionDigits: 10 });

function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);
}

/** Money exact to the last digit, null for anything else. @example moneyText({ amount: "48000.5", currency: "EUR" }) // "€48,000.50" */
export function moneyText(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("amount" in value && "currency" in value)) return null;
  const { amount, currency } = value;
  if (!isDecimal(amount) || typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency)) return null;
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount);
}

function isDecimal(amount: unknown): amount is `${number}` {
  return typeof amount === "string" && /^-?\d+(\.\d+)?$/.test(amount);
}
