import type { Org } from "../org.ts";
import { Refusal } from "../refusal.ts";
import { type Column, Columns, resolveObject } from "../soql/columns.ts";
import { parse } from "../soql/parse.ts";
import { runQuery } from "../soql/run.ts";
import type { SalesforceRow, SObjectName } from "../values.ts";

/** What a query job will deliver: rows as they were when it was created. */
export interface BulkAnswer {
  object: SObjectName;
  columns: Column[];
  rows: SalesforceRow[];
  /** LIMIT and ORDER BY keep the vendor from reading in chunks. */
  isChunked: boolean;
}

/**
 * Runs a job's statement, or refuses what query jobs do not support: aggregates, OFFSET, FIELDS(), compound fields, some objects.
 * What is wrong with the statement as such is told in the same words as by a query, under the code API_ERROR.
 */
export function runBulkQuery(org: Org, statement: string, options: BulkQueryOptions): BulkAnswer {
  const { object, columns, isChunked } = read(org, statement);
  if (options.unsupported.includes(object)) {
    throw new Refusal(400, "INVALIDENTITY", `Entity '${object}' is not supported by the Bulk API.`);
  }
  if (columns.some(({ field }) => field.type === "address")) {
    throw apiError("Selecting compound data not supported in Bulk Query");
  }
  const { rows } = inBulkWords(() => runQuery(org, statement, options.includeDeleted));
  return { object, columns, rows, isChunked };
}

export interface BulkQueryOptions {
  includeDeleted: boolean;
  unsupported: readonly SObjectName[];
}

/** A refusal under the code that the bulk service uses for most. */
export function apiError(message: string): Refusal {
  return new Refusal(400, "API_ERROR", message);
}

function read(org: Org, statement: string): Pick<BulkAnswer, "object" | "columns" | "isChunked"> {
  return inBulkWords(() => {
    const { select, countOnly, from, offset, limit, orderBy } = parse(statement);
    if (countOnly || select.some(({ kind }) => kind === "count")) {
      throw apiError("Aggregate Relationships not supported in Bulk Query");
    }
    if (offset > 0) throw apiError("OFFSET is not supported in Bulk Query");
    const object = resolveObject(org, statement, from);
    const columns = new Columns(org, statement, object);
    const paths = select.map((item) => {
      if (item.kind !== "path") throw apiError("The SOQL FIELDS function is not supported in Bulk Query");
      return columns.resolve(item.path);
    });
    return { object: object.name, columns: paths, isChunked: limit === undefined && orderBy.length === 0 };
  });
}

function inBulkWords<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof Refusal) throw apiError(cause.message);
    throw cause;
  }
}
