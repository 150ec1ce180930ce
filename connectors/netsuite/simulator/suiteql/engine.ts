import type { Account } from "../storage.ts";
import { type BoundValue, isTemporal } from "./bound.ts";
import { parseSuiteql } from "./parser.ts";
import { type Output, type Plan, planStatement } from "./plan.ts";
import { limitedCounter, type Result, type ResultRow, runPlan } from "./run.ts";
import type { Hidden } from "./scope.ts";
import type { Statement } from "./syntax.ts";

/** A result row as the REST service writes it: lower-case names, texts only, nulls left out. */
export type SuiteqlItem = { links: [] } & { [column: string]: string | [] };

export interface SuiteqlPage {
  items: SuiteqlItem[];
  total: number;
}

export interface SuiteqlEngine {
  /** Runs a statement and returns one page. @throws SuiteqlRefusal as the vendor refuses. */
  query(statement: string, page: { limit: number; offset: number }): SuiteqlPage;
  /** Rows looked at since the engine was made. */
  rowsScanned(): number;
}

export interface EngineOptions {
  /** The present instant, ISO UTC. */
  now: () => string;
  /** Rows one query yields at most in all (100,000 without SuiteAnalytics Connect). */
  rowsMax: number;
  /** More columns than this yield no row and no error. */
  columnsMax: number;
  hidden: Hidden;
  /** Chooses the order of rows that ORDER BY leaves tied, anew for every page; absent: it stays. */
  tieOrder?: (() => number) | undefined;
}

/** A SuiteQL engine over one account; following pages of a statement reuse its result until something is written. */
export function createEngine(account: Account, options: EngineOptions): SuiteqlEngine {
  let scanned = 0;
  const statements = recent<Statement>(statementsKept);
  const results = recent<{ plan: Plan; result: Result; version: number }>(resultsKept);

  const resultOf = (text: string) => {
    const known = results.get(text);
    if (known?.version === account.version() && !options.tieOrder && !timeDependent.test(text)) return known;
    const statement = statements.get(text) ?? parseSuiteql(text);
    statements.set(text, statement);
    const plan = planStatement(statement, { account, now: options.now(), hidden: options.hidden });
    const counter = limitedCounter(scanMax, (rows) => {
      scanned += rows;
    });
    const fresh = { plan, result: runPlan(plan, counter, options.tieOrder), version: account.version() };
    results.set(text, fresh);
    return fresh;
  };
  return {
    rowsScanned: () => scanned,
    query(text, { limit, offset }) {
      const { plan, result } = resultOf(text);
      if (plan.outputs.length > options.columnsMax) return { items: [], total: 0 };
      const total = Math.min(result.total, options.rowsMax);
      const rows = result.rows(offset, Math.max(0, Math.min(limit, total - offset)));
      return { items: rows.map((row) => itemOf(row, plan.outputs, account)), total };
    },
  };
}

const statementsKept = 200;
const resultsKept = 8;
const scanMax = 20_000_000;
const timeDependent = /SYSDATE|CURRENT_DATE|SYSTIMESTAMP/i;

/** A small cache that forgets what was set longest ago. */
function recent<Value>(size: number) {
  const values = new Map<string, Value>();
  return {
    get: (key: string) => values.get(key),
    set(key: string, value: Value) {
      values.delete(key);
      values.set(key, value);
      const [oldest] = values.keys();
      if (values.size > size && oldest !== undefined) values.delete(oldest);
    },
  };
}

function itemOf({ tuple, group }: ResultRow, outputs: readonly Output[], account: Account): SuiteqlItem {
  const item: SuiteqlItem = { links: [] };
  for (const { name, value } of outputs) {
    const cell = value.evaluate(tuple, group);
    if (cell !== null) item[name] = shown(cell, value.kind, account);
  }
  return item;
}

/** Dates come as the day alone, in the account's format. */
function shown(cell: string | number, kind: BoundValue["kind"], account: Account): string {
  return isTemporal(kind) ? account.calendar.display(String(cell)) : String(cell);
}
