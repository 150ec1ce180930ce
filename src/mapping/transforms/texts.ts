/** No text longer than this is kept or worked on: a transform's time is bounded by it. */
export const textCharactersMax = 20_000;

/** Text without blanks around it; numbers, booleans and big integers as text; undefined for anything else or nothing. */
export function readText(value: unknown): string | undefined {
  if (typeof value === "string") return trimmed(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  return typeof value === "boolean" || typeof value === "bigint" ? String(value) : undefined;
}

function trimmed(value: string): string | undefined {
  const text = value.length > textCharactersMax ? value.slice(0, textCharactersMax) : value;
  // Trimming copies nothing when there is nothing to trim, but the call itself costs more than two looks.
  const trimless = isPrinted(text.charCodeAt(0)) && isPrinted(text.charCodeAt(text.length - 1));
  return trimless ? text : text.trim() || undefined;
}

function isPrinted(code: number): boolean {
  return code > 32 && code < 127;
}

/** Digits only, in order: `"DE 12-34"` is `"1234"`. */
export function digits(text: string): string {
  return text.replace(/\D+/g, "");
}

/** The first `length` characters, never half a surrogate pair. */
export function truncate(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

const entities = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", " "],
]);
const lineEnders = new Set(["br", "p", "/p", "div", "/div", "li", "/li", "tr", "/tr", "/h1", "/h2", "/h3"]);

/**
 * The words of an HTML fragment: tags gone, paragraphs as lines, the common entities decoded. One pass; not a sanitiser: show it escaped.
 * @example htmlText("<p>Hi&nbsp;Ann,</p><p>thanks</p>") // "Hi Ann,\nthanks"
 */
export function htmlText(html: string): string {
  const pieces: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    const close = open < 0 ? -1 : html.indexOf(">", open);
    pieces.push(html.slice(at, close < 0 ? html.length : open));
    if (close < 0) break;
    if (lineEnders.has(tagName(html, open + 1))) pieces.push("\n");
    at = close + 1;
  }
  return tidyLines(decoded(pieces.join("")));
}

function tagName(html: string, start: number): string {
  return (/^\/?[a-z0-9]{0,10}/i.exec(html.slice(start, start + 12))?.[0] ?? "").toLowerCase();
}

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities.get(String(name).toLowerCase()) ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function tidyLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.split(/\s/).filter(Boolean).join(" "))
    .filter(Boolean)
    .join("\n");
}
