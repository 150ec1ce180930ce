import type { Shape } from "./shape.ts";
import type { Write } from "./writes.ts";

/** Writes the n-th parameter of a statement: `?` for SQLite, `$n` for Postgres. */
export type Placeholder = (n: number) => string;

/**
 * SQL of a write for `rowCount` rows, the same text but for placeholders in both databases.
 * @example statementFor({ op: "append", … }, shapes.dirty, 2, () => "?")
 */
export function statementFor(write: Pick<Write, "op" | "by">, shape: Shape, rowCount: number, at: Placeholder): string {
  if (write.op === "remove") return removal(write.by, shape, rowCount, at);
  const values = tuples(shape.columns.length, rowCount, at);
  const insert = `insert into ${quoted(shape.name)} (${shape.columns.map(quoted).join(", ")}) values ${values}`;
  if (write.op === "append") return `${insert} on conflict do nothing`;
  return `${insert} on conflict (${shape.key.map(quoted).join(", ")}) ${replacement(write.op, shape)}`;
}

function removal(by: readonly string[], shape: Shape, rowCount: number, at: Placeholder): string {
  const [first] = by;
  if (by.length === 1 && first) {
    const list = Array.from({ length: rowCount }, (_, n) => at(n + 1)).join(", ");
    return `delete from ${quoted(shape.name)} where ${quoted(first)} in (${list})`;
  }
  return `delete from ${quoted(shape.name)} where (${by.map(quoted).join(", ")}) in (values ${tuples(by.length, rowCount, at)})`;
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
