import type { Shape } from "./shape.ts";
import type { Write } from "./writes.ts";

/** Writes the n-th parameter of a statement: `?` for SQLite, `$n` for Postgres. */
export type Placeholder = (n: number) => string;

/**
 * SQL of a write for `rowCount` rows, the same text but for placeholders in both databases.
 * @example statementFor({ op: "append", … }, shapes.dirty, 2, () => "?")
 */
export function statementFor(write: Pick<Write, "op" | "by">, shape: Shape, rowCount: number, at: Placeholder): string {
  if (write.op === "clear") return `delete from ${quoted(shape.name)}`;
  if (write.op === "remove") return removal(write.by, shape, rowCount, at);
  const values = tuples(shape.columns.length, rowCount, at);
  const insert = `insert into ${quoted(shape.name)} (${shape.columns.map(quoted).join(", ")}) values ${values}`;
  if (write.op === "append") return `${insert} on conflict do nothing`;
  return `${insert} on conflict (${shape.key.map(quoted).join(", ")}) ${replacement(write.op, shape)}`;
}

/**
 * SQL of a page of a timeline; parameters: customer id, the last page's instant and event id, what was known at this instant, limit.
 * The clustered placement is walked in order and each event is one look-up by its clustered key.
 */
export function timelineStatement(order: "newest_first" | "oldest_first", at: Placeholder): string {
  const [beyond, way] = order === "newest_first" ? ["<", "desc"] : [">", "asc"];
  return `select e.* from timeline t join events e on e.record_key = t.record_key and e.occurred_at = t.occurred_at and e.id = t.event_id
    where t.customer_id = ${at(1)} and (t.occurred_at, t.event_id) ${beyond} (${at(2)}, ${at(3)}) and e.known_at <= ${at(4)}
    order by t.occurred_at ${way}, t.event_id ${way} limit ${limitAt(at(5))}`;
}

/** A limit that is a parameter. SQLite would look at a bare one to plan by, and so make the statement anew at every use of it. */
export function limitAt(parameter: string): string {
  return `cast(${parameter} as integer)`;
}

/** Behind every instant: all that is known. */
export const everKnown = "~";

/** The place before the first row of a timeline in either order. */
export const timelineEdge = {
  newest_first: { occurred_at: "~", id: "~" },
  oldest_first: { occurred_at: "", id: "" },
} as const;

function removal(by: readonly string[], shape: Shape, rowCount: number, at: Placeholder): string {
  const [first] = by;
  if (by.length === 1 && first) {
    const list = Array.from({ length: rowCount }, (_, n) => at(n + 1)).join(", ");
    return `delete from ${quoted(shape.name)} where ${quoted(first)} in (${list})`;
  }
  // In a list of values of their own Postgres takes all parameters for texts.
  const typed: Placeholder = (n) =>
    shape.integers.has(by[(n - 1) % by.length] ?? "") ? `cast(${at(n)} as bigint)` : at(n);
  return `delete from ${quoted(shape.name)} where (${by.map(quoted).join(", ")}) in (values ${tuples(by.length, rowCount, typed)})`;
}

function replacement(op: Write["op"], shape: Shape): string {
  const rest = shape.columns.filter((column) => !shape.key.includes(column));
  if (rest.length === 0) return "do nothing";
  const assignments = rest.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(", ");
  const guard = op === "put" ? ` where ${quoted(shape.name)}.revision = excluded.revision - 1` : "";
  return `do update set ${assignments}${guard}`;
}

function tuples(width: number, rowCount: number, at: Placeholder): string {
  const rows: string[] = [];
  for (let row = 0; row < rowCount; row++) {
    rows.push(`(${Array.from({ length: width }, (_, column) => at(row * width + column + 1)).join(", ")})`);
  }
  return rows.join(", ");
}

function quoted(name: string): string {
  return `"${name}"`;
}
