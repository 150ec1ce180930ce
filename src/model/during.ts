/** A stretch of time, both ends in it: "" from ever, `forEver` for what goes on. */
export interface Stretch {
  valid_from: string;
  valid_to: string;
}

/** Sorts behind every instant. */
export const forEver = "~";

/** What has no beginning that is known and goes on. */
export const always: Stretch = { valid_from: "", valid_to: forEver };

/**
 * Stretches as one text, for a row: intervals as in ISO 8601, open ends left empty; "" where one of them is always.
 * @example duringOf([{ valid_from: "", valid_to: "2026-05-01T00:00:00.000Z" }]) // "/2026-05-01T00:00:00.000Z"
 */
export function duringOf(stretches: readonly Stretch[]): string {
  const texts = stretches.map(({ valid_from, valid_to }) => `${valid_from}/${valid_to === forEver ? "" : valid_to}`);
  if (texts.includes("/")) return "";
  return [...new Set(texts)].sort().join(" ");
}

/** The stretches of such a text. @example stretchesOf("") // [always] */
export function stretchesOf(during: string): Stretch[] {
  if (during === "") return [always];
  return during.split(" ").map((text) => {
    const [valid_from = "", valid_to = ""] = text.split("/");
    return { valid_from, valid_to: valid_to || forEver };
  });
}

/** Whether an instant lies in one of the stretches. @example isDuring("2026-05-01T00:00:00.000Z/", "2026-06-01T00:00:00.000Z") // true */
export function isDuring(during: string, at: string): boolean {
  return during === "" || stretchesOf(during).some(({ valid_from, valid_to }) => valid_from <= at && at <= valid_to);
}

/** Where a record's events stand: on the timeline of this customer, as far as they are of these times. */
export interface Placement {
  customer_id: string;
  during: string;
}
