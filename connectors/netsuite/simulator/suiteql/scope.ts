import type { TableSchema } from "../schema.ts";
import type { TableName } from "../seed.ts";
import type { Account, Table } from "../storage.ts";
import type { ColumnReference } from "./bound.ts";
import { SuiteqlRefusal, unsupported } from "./refusal.ts";
import type { Source } from "./syntax.ts";

/** A table as one statement uses it. */
export interface BoundSource {
  alias: string;
  schema: TableSchema;
  table: Table;
  /** The transaction type a view is limited to: `opportunity` shows the transactions of type Opprtnty. */
  only: string | null;
  syntax: Source;
}

/** Names as the statement may write them. */
export interface Scope {
  readonly account: Account;
  readonly sources: readonly BoundSource[];
  resolve(qualifier: string | null, name: string): ColumnReference;
}

/**
 * The scope of a FROM clause.
 * @throws SuiteqlRefusal for a record that does not exist or that the role may not see.
 */
export function openScope(account: Account, sources: readonly Source[], hidden: Hidden): Scope {
  const bound = sources.map((source) => bindSource(account, source, hidden.records));
  const aliases = new Set(bound.map((source) => source.alias));
  if (aliases.size < bound.length) throw unsupported("ORA-00918: column ambiguously defined");
  const available = bound.map((source) => `${source.alias}=${source.schema.name}`).join(", ");
  const unknown = (identifier: string) =>
    new SuiteqlRefusal(
      `Search error occurred: Unknown identifier '${identifier}'. Available identifiers are: {${available}}.`,
    );

  return {
    account,
    sources: bound,
    resolve(qualifier, name) {
      if (qualifier !== null && !aliases.has(qualifier.toLowerCase())) throw unknown(qualifier);
      const found = bound.flatMap((source, index): ColumnReference[] => {
        if (qualifier !== null && source.alias !== qualifier.toLowerCase()) return [];
        const column = source.schema.columns.get(name.toLowerCase());
        return column ? [{ source: index, column }] : [];
      });
      const [first] = found;
      if (!first) throw unknown(name);
      if (found.length > 1) throw unsupported("ORA-00918: column ambiguously defined");
      const record = bound[first.source]?.schema.name;
      if (hidden.columns.has(`${record}.${first.column.column}`)) throw notExposed(first.column.column, record);
      return first;
    },
  };
}

/** What the role may not see, in lower case: records by name, columns as `record.column`. */
export interface Hidden {
  records: ReadonlySet<string>;
  columns: ReadonlySet<string>;
}

function notExposed(column: string, record: string | undefined): SuiteqlRefusal {
  return new SuiteqlRefusal(
    `Search error occurred: Field '${column}' for record '${record}' was not found. Reason: NOT_EXPOSED - Not available for channel SEARCH.`,
  );
}

const otherNames: Record<string, TableName> = { customerstatus: "entitystatus" };

function bindSource(account: Account, source: Source, hidden: ReadonlySet<string>): BoundSource {
  const written = source.table.toLowerCase();
  const name = otherNames[written] ?? [...account.schema.keys()].find((candidate) => candidate === written);
  const schema = name && account.schema.get(name);
  if (!name || !schema || hidden.has(written))
    throw new SuiteqlRefusal(`Search error occurred: Record '${source.table}' was not found.`);
  return {
    alias: source.alias.toLowerCase(),
    schema,
    table: account.table(name),
    only: name === "opportunity" ? "Opprtnty" : null,
    syntax: source,
  };
}
