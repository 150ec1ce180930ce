/**
 * Whether two values would be the same text as JSON, the order of their keys included, without making that text. For values out of JSON
 * or on their way into it: no dates, nothing undefined.
 * @example isSameJson({ a: [1] }, { a: [1] }) // true
 */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) return Array.isArray(other) && isSameList(one, other);
  return isObject(one) && isObject(other) && !Array.isArray(other) && isSameObject(one, other);
}

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) {
    if (!isSameJson(one[at], other[at])) return false;
  }
  return true;
}

type Properties = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null;
}

function isSameObject(one: Properties, other: Properties): boolean {
  const [names, others] = [Object.keys(one), Object.keys(other)];
  if (names.length !== others.length) return false;
  return names.every((name, at) => name === others[at] && isSameJson(one[name], other[name]));
}
