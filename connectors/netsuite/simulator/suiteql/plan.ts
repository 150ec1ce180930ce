import type { Account } from "../storage.ts";
import { type Access, chooseAccess } from "./access.ts";
import { aggregateNames } from "./aggregates.ts";
import { createBinder } from "./binder.ts";
import type { BoundCondition, BoundValue } from "./bound.ts";
import { type JoinStep, planJoin } from "./joins.ts";
import { unsupported } from "./refusal.ts";
import { type BoundSource, type Hidden, openScope, type Scope } from "./scope.ts";
import type { Expression, OrderTerm, SelectItem, Statement } from "./syntax.ts";

export interface Output {
  name: string;
  value: BoundValue;
}

export interface OrderKey {
  value: BoundValue;
  descending: boolean;
  nullsFirst: boolean;
}

/** A statement ready to run on one state of the account. */
export interface Plan {
  outputs: readonly Output[];
  access: Access;
  /** Conditions on the first source alone that the access does not already guarantee. */
  filters: readonly BoundCondition[];
  joins: readonly JoinStep[];
  /** `WHERE ROWNUM <= n`: rows taken before sorting, as Oracle does. */
  rowNumberMax: number;
  grouping: { keys: readonly BoundValue[]; having: BoundCondition | null } | null;
  order: readonly OrderKey[];
  distinct: boolean;
  rowsMax: number;
  rowsSkipped: number;
}

export interface PlanContext {
  account: Account;
  now: string;
  hidden: Hidden;
}

/**
 * Resolves a parsed statement against an account and decides how to read it.
 * @throws SuiteqlRefusal for unknown records, unknown identifiers and whatever the engine cannot do.
 */
export function planStatement(statement: Statement, { account, now, hidden }: PlanContext): Plan {
  const scope = openScope(account, statement.sources, hidden);
  const items = expandItems(statement.items, scope, hidden);
  const groupBy = isGrouped(statement) ? statement.groupBy.map((term) => ordinal(term, items)) : null;
  const binder = createBinder({ scope, now, groupBy });
  const plain = createBinder({ scope, now, groupBy: null });
  const { conditions, rowNumberMax } = splitWhere(statement.where);
  const where = conditions.map(plain.condition);
  const order = statement.orderBy.map((term) => bindOrder(term, items, binder.value));
  const [first] = scope.sources;
  if (!first) throw unsupported();
  const access = chooseAccess(
    first,
    where.map(({ shape }) => shape),
    wantedColumn(order),
  );
  const outputs = named(items).map(({ name, expression }) => ({ name, value: binder.value(expression) }));
  if (statement.having && !groupBy) throw unsupported("ORA-00979: not a GROUP BY expression");
  return {
    outputs,
    access,
    filters: access.exact ? [] : where.filter(({ sources }) => sources <= 1),
    joins: scope.sources.slice(1).map((source, index) => planSource(source, index + 1, where, plain.condition)),
    rowNumberMax,
    grouping: groupBy && {
      keys: groupBy.map(plain.value),
      having: statement.having && binder.condition(statement.having),
    },
    order,
    distinct: statement.distinct,
    rowsMax: statement.rowsMax ?? Number.POSITIVE_INFINITY,
    rowsSkipped: statement.rowsSkipped,
  };
}

interface NamedExpression {
  alias: string | null;
  expression: Expression;
}

function expandItems(items: readonly SelectItem[], scope: Scope, hidden: Hidden): NamedExpression[] {
  return items.flatMap((item) => {
    if (item.type === "expression") return [item];
    const { qualifier } = item;
    const chosen = scope.sources.filter((source) => qualifier === null || source.alias === qualifier.toLowerCase());
    if (chosen.length === 0 && qualifier !== null) scope.resolve(qualifier, "*");
    return chosen.flatMap((source) =>
      [...source.schema.columns.keys()]
        .filter((name) => !hidden.columns.has(`${source.schema.name}.${name}`))
        .map((name): NamedExpression => {
          return { alias: null, expression: { type: "column", qualifier: source.alias, name } };
        }),
    );
  });
}

/** Result names: the alias or the column in lower case, `expr1` for what has no name, `_0` behind what comes twice. */
function named(items: readonly NamedExpression[]): { name: string; expression: Expression }[] {
  const taken = new Map<string, number>();
  let unnamed = 0;
  return items.map(({ alias, expression }) => {
    if (alias === null && expression.type !== "column") unnamed += 1;
    const name = (alias ?? (expression.type === "column" ? expression.name : `expr${unnamed}`)).toLowerCase();
    const earlier = taken.get(name);
    taken.set(name, (earlier ?? -1) + 1);
    return { name: earlier === undefined ? name : `${name}_${earlier}`, expression };
  });
}

function isGrouped({ groupBy, items, having, orderBy }: Statement): boolean {
  const expressions = [
    ...items.flatMap((item) => (item.type === "expression" ? [item.expression] : [])),
    ...orderBy.map((term) => term.expression),
  ];
  return groupBy.length > 0 || having !== null || expressions.some(hasAggregate);
}

function hasAggregate(expression: Expression): boolean {
  let found = false;
  JSON.stringify(expression, (key, part: unknown) => {
    if (part === "countAll" || (key === "name" && typeof part === "string" && aggregateNames.has(part))) found = true;
    return part;
  });
  return found;
}

/** ANDed conditions one by one, `ROWNUM <= n` taken out. */
function splitWhere(where: Expression | null): { conditions: Expression[]; rowNumberMax: number } {
  const all = where ? conjuncts(where) : [];
  const limits = all.map(rowNumberLimit);
  return {
    conditions: all.filter((_, index) => limits[index] === null),
    rowNumberMax: Math.min(Number.POSITIVE_INFINITY, ...limits.filter((limit) => limit !== null)),
  };
}

function conjuncts(expression: Expression): Expression[] {
  return expression.type === "and" ? [...conjuncts(expression.left), ...conjuncts(expression.right)] : [expression];
}

/** Oracle numbers rows as they pass, so `ROWNUM > 1` never passes any. */
function rowNumberLimit(expression: Expression): number | null {
  if (expression.type !== "compare") return null;
  const { left, right, operator } = expression;
  if (left.type !== "column" || left.qualifier !== null || left.name.toUpperCase() !== "ROWNUM") return null;
  if (right.type !== "literal" || typeof right.value !== "number") return null;
  if (operator === "<=") return right.value;
  if (operator === "<") return Math.ceil(right.value) - 1;
  if (operator === "=") return right.value === 1 ? 1 : 0;
  if (operator === ">") return right.value < 1 ? Number.POSITIVE_INFINITY : 0;
  return right.value <= 1 ? Number.POSITIVE_INFINITY : 0;
}

/** A whole number in ORDER BY or GROUP BY means the column at that place. */
function ordinal(expression: Expression, items: readonly NamedExpression[]): Expression {
  if (expression.type !== "literal" || typeof expression.value !== "number") return expression;
  const item = items[expression.value - 1];
  if (!item) throw unsupported("ORA-01785: ORDER BY item must be the number of a SELECT-list expression");
  return item.expression;
}

function bindOrder(
  term: OrderTerm,
  items: readonly NamedExpression[],
  bind: (expression: Expression) => BoundValue,
): OrderKey {
  const { expression, descending } = term;
  const aliased =
    expression.type === "column" && expression.qualifier === null
      ? items.find(({ alias }) => alias?.toLowerCase() === expression.name.toLowerCase())
      : undefined;
  const value = bind(aliased?.expression ?? ordinal(expression, items));
  return { value, descending, nullsFirst: term.nullsFirst ?? descending };
}

function wantedColumn([first]: readonly OrderKey[]): string | null {
  return first?.value.column?.source === 0 ? first.value.column.column.column : null;
}

function planSource(
  source: BoundSource,
  index: number,
  where: readonly BoundCondition[],
  bind: (expression: Expression) => BoundCondition,
): JoinStep {
  const on = source.syntax.on ? conjuncts(source.syntax.on).map(bind) : [];
  const bit = 1 << index;
  if (on.some(({ sources }) => sources >= bit << 1))
    throw unsupported("ORA-00904: invalid identifier in the join condition");
  // A condition is tested at the last source it reads.
  return planJoin(source, index, { on, where: where.filter(({ sources }) => sources >= bit && sources < bit << 1) });
}
