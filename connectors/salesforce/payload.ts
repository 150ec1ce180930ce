/** What a payload is made of, in the order in which its columns are asked for: so one record has one content, however it was read. */
export interface Shape {
  own: readonly string[];
  /** By relationship name. */
  parents: ReadonlyMap<string, Shape>;
}

/**
 * The shape of what these columns bring.
 * @example shapeOf(["Id", "Owner.Email"]) // { own: ["Id"], parents: { Owner: { own: ["Email"], … } } }
 */
export function shapeOf(columns: readonly string[]): Shape {
  const own: string[] = [];
  const beneath = new Map<string, string[]>();
  for (const column of columns) {
    const dot = column.indexOf(".");
    if (dot < 0) own.push(column);
    else beneath.set(column.slice(0, dot), [...(beneath.get(column.slice(0, dot)) ?? []), column.slice(dot + 1)]);
  }
  return { own, parents: new Map([...beneath].map(([name, rest]) => [name, shapeOf(rest)])) };
}

/** A row of the REST API without the type and address that Salesforce puts into every object, parents included. */
export function payloadOf(row: Record<string, unknown>, { own, parents }: Shape): Record<string, unknown> {
  const payload: Record<string, unknown> = {};
  for (const name of own) payload[name] = row[name] ?? null;
  for (const [name, shape] of parents) {
    const parent = row[name];
    payload[name] = isObject(parent) ? payloadOf(parent, shape) : null;
  }
  return payload;
}

/** Two parts of one row; a parent with columns in both has them all. */
export function joinedRow<T extends Record<string, unknown>>(left: T, right: Record<string, unknown>): T {
  const both = Object.entries(right).map(([name, value]) => {
    const known = left[name];
    return [name, isObject(known) && isObject(value) ? joinedRow(known, value) : value];
  });
  return { ...left, ...Object.fromEntries(both) };
}

/** Takes a row of cells apart. */
export type CellReader = (cells: readonly string[]) => Record<string, unknown>;

/** Where a column stands in a table, and the type that `describe` gives it. */
export interface Cells {
  placeOf(column: string): number;
  typeOf(column: string): string;
}

/**
 * Reads rows of text cells as the REST API would have sent them. A parent is there where its id is: its `Id` is among the columns,
 * whether or not it was asked for.
 */
export function cellReader({ own, parents }: Shape, cells: Cells, prefix = ""): CellReader {
  const values = own.map((name) => {
    const column = prefix + name;
    return { name, place: cells.placeOf(column), read: valueReader(cells.typeOf(column)) };
  });
  const above = [...parents].map(([name, shape]) => {
    const read = cellReader(shape, cells, `${prefix}${name}.`);
    return { name, place: cells.placeOf(`${prefix}${name}.Id`), read };
  });
  return (row) => {
    const payload: Record<string, unknown> = {};
    for (const { name, place, read } of values) payload[name] = read(row[place] ?? "");
    for (const { name, place, read } of above) payload[name] = row[place] ? read(row) : null;
    return payload;
  };
}

const numbers = new Set(["int", "long", "double", "currency", "percent"]);
const textOrNull = (cell: string) => (cell === "" ? null : cell);
const flagOrNull = (cell: string) => (cell === "" ? null : cell === "true");
const numberOrNull = (cell: string) => (cell === "" ? null : Number(cell));
/** CSV ends instants with `Z`, JSON with `+0000`. */
const instantOrNull = (cell: string) => (cell === "" ? null : cell.replace(/Z$/, "+0000"));

/** There are no empty texts in Salesforce: an empty cell is null. */
function valueReader(type: string): (cell: string) => unknown {
  if (type === "boolean") return flagOrNull;
  if (type === "datetime") return instantOrNull;
  return numbers.has(type) ? numberOrNull : textOrNull;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
