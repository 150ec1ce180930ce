import { NodePgDatabase, NodePgSession } from "drizzle-orm/node-postgres";
import { PgDialect } from "drizzle-orm/pg-core";
import type pg from "pg";
import { errorFor } from "./failure.ts";

/** Drizzle's builders on a pool; awaited, they fail with the store's own errors. */
export function reading(pool: pg.Pool): NodePgDatabase {
  const dialect = new PgDialect();
  return new NodePgDatabase(dialect, new ReadingSession(pool, dialect, undefined), undefined);
}

class ReadingSession extends NodePgSession<Record<string, never>, Record<string, never>> {
  override prepareQuery: NodePgSession<Record<string, never>, Record<string, never>>["prepareQuery"] = (...query) => {
    const prepared = super.prepareQuery(...query);
    const execute = prepared.execute.bind(prepared);
    prepared.execute = (values) =>
      execute(values).catch((cause: unknown) => {
        throw errorFor(cause);
      });
    return prepared;
  };
}
