type Version = readonly [major: number, minor: number, patch: number];

/** Versions from the first on, the second not among them. */
type Span = readonly [from: Version, before: Version];

const first: Version = [0, 0, 0];
const endless: Version = [Number.POSITIVE_INFINITY, 0, 0];

/**
 * Whether a version lies in a range as package.json has it: `^1.2.3`, `~1.2`, `1.x`, `>=1.2 <3`, `1.2.3 || 2`, `*`. What stands behind the
 * three numbers (`-beta.1`) does not count. Null for a range in another form.
 * @example isInRange("0.1.4", "^0.1.0") // true
 */
export function isInRange(version: string, range: string): boolean | null {
  const numbers = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  const [major = 0, minor = 0, patch = 0] = numbers ?? [];
  const alternatives = range.split("||").map((alternative) => spansOf(alternative.trim()));
  if (!numbers || alternatives.includes(null)) return null;
  const here: Version = [major, minor, patch];
  return alternatives.some((spans) => spans?.every(([from, before]) => !isBelow(here, from) && isBelow(here, before)));
}

function isBelow(left: Version, right: Version): boolean {
  const differing = left.findIndex((number, n) => number !== right[n]);
  return differing >= 0 && (left[differing] ?? 0) < (right[differing] ?? 0);
}

function spansOf(alternative: string): Span[] | null {
  if (alternative === "") return [[first, endless]];
  const spans = alternative
    .replaceAll(/([<>=^~])\s+/g, "$1")
    .split(/\s+/)
    .map(spanOf);
  return spans.includes(null) ? null : spans.filter((span) => span !== null);
}

const comparator = /^(\^|~|>=|<=|>|<|=)?v?(\d+|[x*])(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?(?:[-+][\w.+-]+)?$/i;

function spanOf(text: string): Span | null {
  const parts = comparator.exec(text);
  if (!parts) return null;
  const [, sign = "", ...places] = parts;
  const open = places.findIndex((place) => !/^\d+$/.test(place ?? ""));
  const given = (open < 0 ? places : places.slice(0, open)).map(Number);
  const [major, minor, patch] = given;
  if (major === undefined) return [first, endless];
  const from: Version = [major, minor ?? 0, patch ?? 0];
  const after = next(from, given.length);
  if (sign === ">=") return [from, endless];
  if (sign === ">") return [after, endless];
  if (sign === "<") return [first, from];
  if (sign === "<=") return [first, after];
  if (sign === "~") return [from, next(from, Math.min(given.length, 2))];
  return sign === "^" ? [from, next(from, firstThatCounts(from, given.length))] : [from, after];
}

/** The version behind all that begin with so many of these numbers. */
function next([major, minor, patch]: Version, count: number): Version {
  if (count <= 1) return [major + 1, 0, 0];
  return count === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

/** `^` lets everything change behind the first number that is not 0. */
function firstThatCounts([major, minor]: Version, given: number): number {
  if (major > 0 || given === 1) return 1;
  return minor > 0 || given === 2 ? 2 : 3;
}
