/** A path taken apart: names of own properties and list indexes. `[]` is the value itself. */
export type Path = readonly (string | number)[];

const stepsMax = 12;
const stepPattern = /(?:^|\.)([^.[\]"']+)|\[(\d{1,4})\]|\["([^"]+)"\]/y;

/**
 * Takes a path apart.
 * @returns the steps, or what is wrong with it as a sentence
 * @example parsePath('associations.companies.results[0].id') // ["associations", "companies", "results", 0, "id"]
 * @example parsePath('["Full Name"]') // ["Full Name"]; names may hold spaces, those with dots or brackets are quoted
 */
export function parsePath(text: string): Path | { problem: string } {
  if (text === ".") return [];
  if (text.startsWith(".")) return { problem: `"${text}" starts with a dot` };
  const steps: (string | number)[] = [];
  stepPattern.lastIndex = 0;
  while (stepPattern.lastIndex < text.length) {
    const match = stepPattern.exec(text);
    if (!match || steps.length === stepsMax)
      return { problem: `"${text}" is not a path like properties.email or items[0].id` };
    const [, plain, index, quoted] = match;
    const name = plain ?? quoted;
    if (name !== undefined && name.trim() !== name) return { problem: `"${text}" has a blank beside a step` };
    if (name !== undefined && isInherited(name))
      return { problem: `"${name}" is not a property a payload may be asked for` };
    steps.push(name ?? Number(index));
  }
  if (steps.length === 0) return { problem: "the path is empty" };
  return steps;
}

/** Names every object inherits (`constructor`, `__proto__`, `toString` …) never name a vendor's field. */
function isInherited(name: string): boolean {
  return name === "prototype" || name in Object.prototype;
}

/** What a connector must fetch for a path: its names up to the first list index. */
export function fetchedPath(path: Path): string {
  const index = path.findIndex((step) => typeof step === "number");
  return (index < 0 ? path : path.slice(0, index)).join(".");
}

/**
 * A function that follows the path through own properties only; anything else on the way gives undefined.
 * Short paths have their own closures: they are nearly all paths there are, and the mapping's time goes there.
 */
export function pathReader(path: Path): (root: unknown) => unknown {
  const [first, second] = path;
  if (first === undefined) return (root) => root;
  if (path.length === 1) return (root) => step(root, first);
  if (path.length === 2 && second !== undefined) return (root) => step(step(root, first), second);
  return (root) => {
    let value = root;
    for (const name of path) value = step(value, name);
    return value;
  };
}

/** One step along a path. */
export function step(value: unknown, name: string | number): unknown {
  if (Array.isArray(value)) return typeof name === "number" ? value[name] : undefined;
  return isObject(value) ? ownValue(value, name) : undefined;
}

/** An object whose properties may be read by name. */
export type Properties = Readonly<Record<string | number, unknown>>;

/** The object a path leads to, undefined where there is none or a list. */
export function objectReader(path: Path): (root: unknown) => Properties | undefined {
  const read = pathReader(path);
  return (root) => {
    const value = read(root);
    return isObject(value) && !Array.isArray(value) ? value : undefined;
  };
}

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null;
}

/** An own property's value. The value is looked at before its owner, because most properties of a vendor's record are empty. */
function ownValue(object: Properties, name: string | number): unknown {
  const found = object[name];
  return found === undefined || found === null || !Object.hasOwn(object, name) ? undefined : found;
}
