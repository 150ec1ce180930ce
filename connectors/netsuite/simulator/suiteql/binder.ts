import { displayCell } from "../display.ts";
import type { Cell } from "../partition.ts";
import { aggregateNames, bindAggregate, countAll } from "./aggregates.ts";
import { type BoundCondition, type BoundValue, constant, isTemporal, textOf } from "./bound.ts";
import { bindCondition } from "./conditions.ts";
import { bindArithmetic, bindCall } from "./functions.ts";
import { unsupported } from "./refusal.ts";
import type { Scope } from "./scope.ts";
import type { Expression } from "./syntax.ts";

/** Resolves the names and kinds of one statement's expressions; both throw SuiteqlRefusal for what does not exist or fit. */
export interface Binder {
  value(expression: Expression): BoundValue;
  condition(expression: Expression): BoundCondition;
}

export interface BinderOptions {
  scope: Scope;
  /** The instant SYSDATE stands for. */
  now: string;
  /** The GROUP BY terms where the statement groups: columns outside aggregates must be among them. */
  groupBy: readonly Expression[] | null;
}

export function createBinder(options: BinderOptions): Binder {
  const { scope, groupBy } = options;
  const grouped = new Set(groupBy?.map((expression) => identityOf(expression, scope)));
  const plain = groupBy ? createBinder({ ...options, groupBy: null }) : null;
  const binder: Binder = {
    value: (expression) =>
      plain && grouped.has(identityOf(expression, scope)) ? plain.value(expression) : bindValue(expression, context),
    condition: (expression) => bindCondition(expression, { value: binder.value, calendar: scope.account.calendar }),
  };
  const context: Context = { ...options, binder, plain };
  return binder;
}

interface Context extends BinderOptions {
  binder: Binder;
  /** Binds what stands inside an aggregate; null where the statement does not group. */
  plain: Binder | null;
}

function bindValue(expression: Expression, context: Context): BoundValue {
  const { binder, scope } = context;
  const { calendar } = scope.account;
  switch (expression.type) {
    case "literal":
      return constant(typeof expression.value === "number" ? "number" : "text", expression.value);
    case "column":
      return bindColumn(expression, context);
    case "countAll":
      if (!context.plain) throw misplaced();
      return countAll;
    case "call":
      return bindAnyCall(expression, context);
    case "arithmetic":
      return bindArithmetic(
        expression.operator,
        binder.value(expression.left),
        binder.value(expression.right),
        calendar,
      );
    case "concat":
      return bindConcat(binder.value(expression.left), binder.value(expression.right), context);
    case "case":
      return bindCase(expression, context);
    default:
      throw unsupported("A condition stands where a value is needed.");
  }
}

function misplaced() {
  return unsupported("ORA-00934: group function is not allowed here");
}

const pseudoColumns: ReadonlySet<string> = new Set(["SYSDATE", "CURRENT_DATE", "SYSTIMESTAMP"]);

function bindColumn(
  { qualifier, name }: Extract<Expression, { type: "column" }>,
  { scope, now, plain }: Context,
): BoundValue {
  if (qualifier === null && pseudoColumns.has(name.toUpperCase())) return constant("datetime", now);
  if (qualifier === null && name.toUpperCase() === "ROWNUM") {
    throw unsupported("ROWNUM is simulated as ROWNUM <= n in the WHERE clause only.");
  }
  const reference = scope.resolve(qualifier, name);
  if (plain) throw unsupported("ORA-00979: not a GROUP BY expression");
  const { source, column } = reference;
  const key = column.column;
  return {
    kind: column.kind,
    column: reference,
    sources: 1 << source,
    evaluate: (tuple) => tuple[source]?.[key] ?? null,
  };
}

function bindAnyCall({ name, args, distinct }: Extract<Expression, { type: "call" }>, context: Context): BoundValue {
  const [first] = args;
  if (aggregateNames.has(name)) {
    if (!context.plain || args.length !== 1 || !first) throw misplaced();
    return bindAggregate(name, context.plain.value(first), distinct);
  }
  if (name === "BUILTIN.DF" || name === "BUILTIN.CF") {
    if (args.length !== 1 || !first) throw unsupported(`${name} takes one field.`);
    return bindBuiltin(name, context.binder.value(first), context.scope);
  }
  if (distinct) throw unsupported();
  return bindCall(name, args.map(context.binder.value), context.scope.account.calendar);
}

/** DF shows what a user sees, CF the code with its type: `CustInvc:B`. */
function bindBuiltin(name: "BUILTIN.DF" | "BUILTIN.CF", argument: BoundValue, { account }: Scope): BoundValue {
  if (!argument.column) throw unsupported(`${name} takes a field.`);
  const { source, column } = argument.column;
  return {
    kind: "text",
    sources: argument.sources,
    evaluate(tuple) {
      const row = tuple[source];
      if (!row) return null;
      if (name === "BUILTIN.DF") return displayCell(account, column, row);
      const value = row[column.column] ?? null;
      return value !== null && column.column === "status" && row.type !== undefined ? `${row.type}:${value}` : value;
    },
  };
}

function bindConcat(left: BoundValue, right: BoundValue, { scope }: Context): BoundValue {
  const { calendar } = scope.account;
  const join = (a: Cell, b: Cell) => textOf(a, left.kind, calendar) + textOf(b, right.kind, calendar);
  if (left.constant && right.constant) return constant("text", join(left.constant.value, right.constant.value));
  return {
    kind: "text",
    sources: left.sources | right.sources,
    evaluate: (tuple, group) => join(left.evaluate(tuple, group), right.evaluate(tuple, group)) || null,
  };
}

function bindCase({ branches, otherwise }: Extract<Expression, { type: "case" }>, { binder }: Context): BoundValue {
  const bound = branches.map(({ when, result }) => ({ when: binder.condition(when), result: binder.value(result) }));
  const last = otherwise ? binder.value(otherwise) : constant("null", null);
  const kinds = [...new Set([...bound.map(({ result }) => result), last].map(({ kind }) => kind))].filter(
    (kind) => kind !== "null",
  );
  if (kinds.length > 1 && kinds.some(isTemporal)) throw unsupported("ORA-00932: inconsistent datatypes");
  return {
    kind: kinds.length === 1 ? (kinds[0] ?? "null") : "text",
    sources: bound.reduce((sources, { when, result }) => sources | when.sources | result.sources, last.sources),
    evaluate(tuple, group) {
      const hit = bound.find(({ when }) => when.test(tuple, group) === true);
      return (hit?.result ?? last).evaluate(tuple, group);
    },
  };
}

/** One text for what is the same expression, however its names are written. */
function identityOf(expression: Expression, scope: Scope): string {
  return JSON.stringify(expression, (_key, part: unknown) => {
    if (!isColumn(part)) return part;
    if (
      part.qualifier === null &&
      (pseudoColumns.has(part.name.toUpperCase()) || part.name.toUpperCase() === "ROWNUM")
    ) {
      return part.name.toUpperCase();
    }
    const { source, column } = scope.resolve(part.qualifier, part.name);
    return { source, column: column.column };
  });
}

function isColumn(part: unknown): part is Extract<Expression, { type: "column" }> {
  return typeof part === "object" && part !== null && "type" in part && part.type === "column";
}
