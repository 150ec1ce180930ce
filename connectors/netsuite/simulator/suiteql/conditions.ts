import type { AccountCalendar } from "../calendar.ts";
import type { Cell } from "../partition.ts";
import { type BoundCondition, type BoundValue, type Shape, textOf } from "./bound.ts";
import { bindComparison } from "./comparison.ts";
import { unsupported } from "./refusal.ts";
import type { Expression } from "./syntax.ts";

/** How conditions bind the values they compare. */
export interface ValueBinding {
  value(expression: Expression): BoundValue;
  calendar: AccountCalendar;
}

/**
 * Binds a condition in SQL's three-valued logic.
 * @throws SuiteqlRefusal when the expression is a value, or compares what cannot be compared.
 */
export function bindCondition(expression: Expression, binding: ValueBinding): BoundCondition {
  switch (expression.type) {
    case "and":
    case "or":
      return bindBoth(
        expression.type,
        bindCondition(expression.left, binding),
        bindCondition(expression.right, binding),
      );
    case "not":
      return negate(bindCondition(expression.operand, binding));
    case "compare":
      return bindComparison(
        expression.operator,
        binding.value(expression.left),
        binding.value(expression.right),
        binding.calendar,
      );
    case "between":
      return bindBetween(expression, binding);
    case "in":
      return bindIn(expression, binding);
    case "like":
      return bindLike(expression, binding);
    case "null":
      return bindNull(binding.value(expression.operand), expression.negated);
    default:
      throw unsupported("A value stands where a condition is needed.");
  }
}

function bindBoth(type: "and" | "or", left: BoundCondition, right: BoundCondition): BoundCondition {
  const decisive = type === "or";
  const shape: Shape | null = left.shape || right.shape ? { type, left: left.shape, right: right.shape } : null;
  return {
    sources: left.sources | right.sources,
    shape,
    test(tuple, group) {
      const one = left.test(tuple, group);
      if (one === decisive) return decisive;
      const other = right.test(tuple, group);
      if (other === decisive) return decisive;
      return one === null || other === null ? null : !decisive;
    },
  };
}

function negate(condition: BoundCondition): BoundCondition {
  return {
    sources: condition.sources,
    shape: null,
    test(tuple, group) {
      const verdict = condition.test(tuple, group);
      return verdict === null ? null : !verdict;
    },
  };
}

function bindBetween(
  { operand, low, high, negated }: Extract<Expression, { type: "between" }>,
  binding: ValueBinding,
): BoundCondition {
  const value = binding.value(operand);
  const range = bindBoth(
    "and",
    bindComparison(">=", value, binding.value(low), binding.calendar),
    bindComparison("<=", value, binding.value(high), binding.calendar),
  );
  return negated ? negate(range) : range;
}

function bindIn(
  { operand, list, negated }: Extract<Expression, { type: "in" }>,
  binding: ValueBinding,
): BoundCondition {
  const value = binding.value(operand);
  const each = list.map((item) => bindComparison("=", value, binding.value(item), binding.calendar));
  const compares = each.flatMap(({ shape }) => (shape?.type === "compare" ? [shape] : []));
  const [first] = compares;
  const any =
    first && compares.length === each.length
      ? memberOf(value, { source: first.source, column: first.column, values: compares.map((shape) => shape.value) })
      : each.reduce((left, right) => bindBoth("or", left, right));
  return negated ? negate(any) : any;
}

/** A list of constants is looked up, not walked. */
function memberOf(
  value: BoundValue,
  list: { source: number; column: string; values: (string | number)[] },
): BoundCondition {
  const members = new Set<Cell>(list.values);
  return {
    sources: value.sources,
    shape: { type: "in", ...list },
    test(tuple, group) {
      const cell = value.evaluate(tuple, group);
      return cell === null ? null : members.has(cell);
    },
  };
}

function bindLike(
  { operand, pattern, escape: escapeTerm, negated }: Extract<Expression, { type: "like" }>,
  binding: ValueBinding,
): BoundCondition {
  const value = binding.value(operand);
  const like = binding.value(pattern).constant?.value;
  if (like === undefined) throw unsupported("LIKE needs a constant pattern.");
  const escapes = escapeTerm ? String(binding.value(escapeTerm).constant?.value ?? "") : "";
  const expression = like === null ? null : likeExpression(String(like), escapes);
  const test: BoundCondition = {
    sources: value.sources,
    shape: null,
    test(tuple, group) {
      const cell = value.evaluate(tuple, group);
      return cell === null || expression === null ? null : expression.test(textOf(cell, value.kind, binding.calendar));
    },
  };
  return negated ? negate(test) : test;
}

function likeExpression(pattern: string, escapes: string): RegExp {
  const steps = [...pattern];
  let source = "";
  for (let index = 0; index < steps.length; index += 1) {
    const character = steps[index] ?? "";
    if (character === escapes) {
      index += 1;
      source += literally(steps[index] ?? "");
    } else if (character === "%") source += "[\\s\\S]*";
    else if (character === "_") source += "[\\s\\S]";
    else source += literally(character);
  }
  return new RegExp(`^${source}$`, "u");
}

function literally(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}

function bindNull(value: BoundValue, negated: boolean): BoundCondition {
  return {
    sources: value.sources,
    shape: null,
    test: (tuple, group) => (value.evaluate(tuple, group) === null) !== negated,
  };
}
