import { freeMailDomains } from "../../mapping/free-mail.ts";
import type { ValueTest } from "./grammar.ts";

export type Scalar = string | number | boolean;
export type ScalarTest = (value: Scalar | undefined) => boolean;
type Plain = Scalar | readonly Scalar[] | ValueTest;

/**
 * Compiles what a `where:` or `field:` asks of one value: a scalar means equal, a list one of, an object all of its tests.
 * A missing value passes only `exists: false` and `notIn`. Texts compare without regard to case; decimal strings compare as numbers.
 */
export function compileTest(asked: Plain): ScalarTest {
  if (isList(asked)) return oneOf(asked);
  if (typeof asked !== "object") return oneOf([asked]);
  const checks = checksOf(asked);
  if (asked.exists === false) return (value) => value === undefined;
  const passesMissing = Object.values(asked).every((ask) => ask === undefined || ask === asked.notIn);
  return (value) => {
    if (value === undefined) return passesMissing && asked.notIn !== undefined;
    for (const check of checks) if (!check(value)) return false;
    return true;
  };
}

/** The number in a number or a decimal string ("12000.00"), else NaN. */
export function numeric(value: Scalar | undefined): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
}

/** Whether `text` fits a glob of `*` and `?`, both already in lower case; linear in text × stars, never backtracking further. */
export function fitsGlob(text: string, glob: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let next = 0;
  while (at < text.length) {
    if (next < glob.length && glob[next] === "*") {
      star = next++;
      resume = at;
    } else if (next < glob.length && (glob[next] === "?" || glob[next] === text[at])) {
      next++;
      at++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else return false;
  }
  while (glob[next] === "*") next++;
  return next === glob.length;
}

function checksOf(test: ValueTest): ((value: Scalar) => boolean)[] {
  const checks: ((value: Scalar) => boolean)[] = [];
  if (test.eq !== undefined) checks.push(oneOf([test.eq]));
  if (test.in) checks.push(oneOf(test.in));
  if (test.notIn) {
    const listed = oneOf(test.notIn);
    checks.push((value) => !listed(value));
  }
  const { matches, hasWord, freeMail } = test;
  if (matches !== undefined) {
    const globs = listOf(matches).map((glob) => glob.toLowerCase());
    checks.push((value) => globs.some((glob) => fitsGlob(String(value).toLowerCase(), glob)));
  }
  if (hasWord !== undefined) {
    const wanted = listOf(hasWord).map((word) => ` ${wordsOf(word)} `);
    checks.push((value) => {
      const words = ` ${wordsOf(String(value))} `;
      return wanted.some((word) => words.includes(word));
    });
  }
  if (freeMail !== undefined) checks.push((value) => freeMailDomains.has(String(value).toLowerCase()) === freeMail);
  const within = compileRange(test);
  if (within) checks.push((value) => within(numeric(value)));
  return checks;
}

interface Bounds {
  gt?: number | undefined;
  gte?: number | undefined;
  lt?: number | undefined;
  lte?: number | undefined;
}

/** The comparison `gt / gte / lt / lte` ask for, or null when none is given; NaN never passes. */
export function compileRange({ gt, gte, lt, lte }: Bounds): ((value: number) => boolean) | null {
  if (gt === undefined && gte === undefined && lt === undefined && lte === undefined) return null;
  const above = gt ?? Number.NEGATIVE_INFINITY;
  const least = gte ?? Number.NEGATIVE_INFINITY;
  const below = lt ?? Number.POSITIVE_INFINITY;
  const most = lte ?? Number.POSITIVE_INFINITY;
  return (value) => value > above && value >= least && value < below && value <= most;
}

function oneOf(values: readonly Scalar[]): (value: Scalar | undefined) => boolean {
  const wanted = new Set(values.map(comparable));
  return (value) => value !== undefined && wanted.has(comparable(value));
}

function comparable(value: Scalar): Scalar {
  return typeof value === "string" ? value.toLowerCase() : value;
}

function wordsOf(text: string): string {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .join(" ");
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

function isList(value: Plain): value is readonly Scalar[] {
  return Array.isArray(value);
}
