import type { Comparable } from "../comparable.ts";

/**
 * Records by what they hold, so that it does not matter in which order they came. Numbers made of the texts' starts are compared first:
 * they lie side by side, while each text is somewhere in memory.
 */
export function inOrder(records: readonly Comparable[]): Comparable[] {
  const texts = records.map(textOf);
  const firstFields = [...new Set(texts.map(firstFieldOf))].sort();
  const rankOf = new Map(firstFields.map((field, rank) => [field, rank]));
  const starts = new Float64Array(texts.length);
  const nexts = new Float64Array(texts.length);
  for (const [n, text] of texts.entries()) {
    const field = firstFieldOf(text);
    const letters = sevenBits(text, field.length);
    starts[n] = (rankOf.get(field) ?? 0) * 2 ** 42 + numberOf(letters, 0);
    nexts[n] = numberOf(letters, 6);
  }
  const order = Array.from(texts.keys()).sort((a, b) => {
    const apart = (starts[a] ?? 0) - (starts[b] ?? 0) || (nexts[a] ?? 0) - (nexts[b] ?? 0);
    if (apart !== 0) return apart;
    const [one = "", other = ""] = [texts[a], texts[b]];
    return one < other ? -1 : one > other ? 1 : 0;
  });
  return order.flatMap((n) => records[n] ?? []);
}

function textOf({ fields }: Comparable): string {
  return Object.keys(fields)
    .sort()
    .map((field) => `${field}=${fields[field]?.join("\u0001")}`)
    .join("\u0002");
}

/** With its equals sign: so that none is the start of another. */
function firstFieldOf(text: string): string {
  return text.slice(0, text.indexOf("=") + 1);
}

/** The next twelve letters, of which others than ASCII have an end of it: from there on the texts must tell. */
function sevenBits(text: string, from: number): number[] {
  const letters: number[] = [];
  for (let at = from; at < text.length && letters.length < 12; at++) {
    const letter = text.charCodeAt(at);
    letters.push(Math.min(letter, 127));
    if (letter >= 127) break;
  }
  return letters;
}

function numberOf(letters: readonly number[], from: number): number {
  let number = 0;
  for (let at = from; at < from + 6; at++) number = number * 128 + (letters[at] ?? 0);
  return number;
}
