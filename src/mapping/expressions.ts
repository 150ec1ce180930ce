import { type ASTNode, Environment, ParseError } from "@marcbachmann/cel-js";
import { fetchedPath, type Path, parsePath, pathReader } from "./paths.ts";
import { type Read, ValueError } from "./run.ts";
import { suggestion } from "./suggest.ts";
import { textCharactersMax } from "./transforms/texts.ts";

/** Where an expression stands. */
export interface ExpressionSite {
  /** The fields it may read: those mapped before it. */
  fields: ReadonlySet<string>;
  /** The field it belongs to, for messages. */
  field: string;
}

export interface CompiledExpression {
  read: Read;
  /** The CEL type of the result; `dyn` when it depends on the record. */
  type: string;
  /** Text the expression can result in as it stands, in its branches: checked against an enum's values. */
  literals: readonly string[];
  /** Fields it reads. */
  usesFields: boolean;
  /** Payload paths it reads. */
  reads: readonly string[];
}

/**
 * What an expression may call. Left out on purpose: `matches` (a regular expression can take for ever), `map`, `filter` and `bind`
 * (they can multiply a value), `bytes`, `dyn` and `type`.
 */
const functionsAllowed =
  "size contains startsWith endsWith lowerAscii upperAscii trim indexOf lastIndexOf substring int double string bool timestamp duration exists all exists_one".split(
    " ",
  );
const comprehensions = new Set(["exists", "all", "exists_one"]);
const limits = { maxAstNodes: 200, maxDepth: 20, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 4 };
const openEnvironment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false, limits });

/**
 * Compiles a CEL expression over the record's fields (`status`), the payload (`raw.properties.x`), the name of its connection
 * (`connection == 'shop'`) and, inside a list, `item.x`.
 * Paths are followed by the mapping's own reader, so CEL only ever sees text, numbers, booleans, null and lists of them.
 * Numbers are CEL doubles: write `raw.count + 1.0`.
 * @returns the expression, or what is wrong with it as a sentence
 */
export function compileExpression(text: string, site: ExpressionSite): CompiledExpression | { problem: string } {
  try {
    return checkedExpression(text, site);
  } catch (cause) {
    if (cause instanceof ParseError) return { problem: `CEL: ${cause.summary}` };
    if (cause instanceof Refusal) return { problem: cause.message };
    throw cause;
  }
}

class Refusal extends Error {}

/** A name in the text that stands for a value we supply. */
interface Slot {
  start: number;
  end: number;
  variable: string;
  read: Read;
}

function checkedExpression(text: string, site: ExpressionSite): CompiledExpression {
  const survey: Survey = { site, slots: [], reads: [], bound: new Set(), insideComprehension: false };
  const { ast } = openEnvironment.parse(text);
  visit(ast, survey);
  // Slots replace names and whole paths, so that CEL never follows a path itself and no field name can clash with a word of CEL.
  const variables = new Map(survey.slots.map((slot) => [slot.variable, slot.read]));
  const environment = new Environment({ homogeneousAggregateLiterals: false, limits });
  for (const variable of variables.keys()) environment.registerVariable(variable, "dyn");
  const parsed = environment.parse(withSlots(text, survey.slots));
  const check = parsed.check();
  if (!check.valid) throw new Refusal(`CEL: ${check.error?.summary ?? "the types do not fit"}`);
  return {
    read: evaluation(parsed, [...variables], site.field),
    type: check.type ?? "dyn",
    literals: resultLiterals(ast),
    usesFields: survey.slots.some((slot) => slot.variable.startsWith("field_")),
    reads: survey.reads,
  };
}

interface Survey {
  site: ExpressionSite;
  slots: Slot[];
  reads: string[];
  bound: ReadonlySet<string>;
  insideComprehension: boolean;
}

function visit(node: ASTNode, survey: Survey): void {
  if (node.op === "id" || node.op === "." || node.op === "[]") visitName(node, survey);
  else if (node.op === "call") visitCall(node.args[0], node.args[1], survey);
  else if (node.op === "rcall") visitMethod(node.args[0], node.args[1], node.args[2], survey);
  else for (const child of children(node)) visit(child, survey);
}

function children(node: ASTNode): ASTNode[] {
  const found: ASTNode[] = [];
  const collect = (part: unknown): void => {
    if (isNode(part)) found.push(part);
    else if (Array.isArray(part)) for (const each of part) collect(each);
  };
  collect(node.args);
  return found;
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === "object" && part !== null && "op" in part && "args" in part;
}

function visitCall(called: string, args: readonly ASTNode[], survey: Survey): void {
  if (called === "has") throw new Refusal("has() is not needed: an absent path is null, compare it with null");
  requireAllowed(called);
  for (const arg of args) visit(arg, survey);
}

function visitMethod(called: string, receiver: ASTNode, args: readonly ASTNode[], survey: Survey): void {
  requireAllowed(called);
  visit(receiver, survey);
  if (!comprehensions.has(called)) {
    for (const arg of args) visit(arg, survey);
    return;
  }
  if (survey.insideComprehension) throw new Refusal(`${called}() inside another walk over a list is not available`);
  const [variable, predicate] = args;
  if (variable?.op !== "id" || !predicate) throw new Refusal(`${called}() takes a name and a condition`);
  const inner = { ...survey, bound: new Set([...survey.bound, variable.args]), insideComprehension: true };
  visit(predicate, inner);
}

function requireAllowed(called: string): void {
  if (!functionsAllowed.includes(called)) {
    throw new Refusal(`${called}() is not available${suggestion(called, functionsAllowed)}`);
  }
}

/** A name, or a path rooted at one. */
function visitName(node: ASTNode, survey: Survey): void {
  const chain = chainOf(node);
  if (!chain)
    throw new Refusal("only paths with fixed steps can be read, such as raw.properties.email or raw.items[0]");
  const [root, ...steps] = chain;
  if (root === "raw" || root === "item") {
    addPath(node, root, steps, survey);
    return;
  }
  if (typeof root === "string" && survey.bound.has(root)) return;
  const name = String(root);
  if (name === "connection" && steps.length === 0) {
    const read: Read = (_scope, { context }) => context.connection;
    survey.slots.push({ start: node.start, end: node.end, variable: "connection_name", read });
    return;
  }
  if (!survey.site.fields.has(name)) {
    throw new Refusal(`unknown field "${name}"${suggestion(name, ["raw", "connection", ...survey.site.fields])}`);
  }
  if (steps.length > 0) throw new Refusal(`${name} is read whole: ask raw.<path> for a part of the payload`);
  survey.slots.push({
    start: node.start,
    end: node.end,
    variable: `field_${name}`,
    read: (_scope, run) => run.fields[name],
  });
}

function chainOf(node: ASTNode): Path | undefined {
  if (node.op === "id") return [node.args];
  if (node.op !== "." && node.op !== "[]") return undefined;
  const base = chainOf(node.args[0]);
  if (!base) return undefined;
  if (node.op === ".") return [...base, node.args[1]];
  const index = node.args[1];
  if (index.op !== "value") return undefined;
  if (typeof index.args === "string") return [...base, index.args];
  return typeof index.args === "bigint" && index.args >= 0n ? [...base, Number(index.args)] : undefined;
}

function addPath(node: ASTNode, root: "raw" | "item", steps: Path, survey: Survey): void {
  if (steps.length === 0 && root === "raw") throw new Refusal("raw is read by path, such as raw.properties.email");
  const path = steps.map((step) => (typeof step === "number" ? `[${step}]` : `["${step}"]`)).join("");
  const checked = path === "" ? [] : parsePath(path);
  if ("problem" in checked) throw new Refusal(checked.problem);
  const reader = pathReader(checked);
  const read: Read = root === "raw" ? (_scope, run) => reader(run.payload) : (scope) => reader(scope);
  if (root === "raw") survey.reads.push(fetchedPath(checked));
  survey.slots.push({ start: node.start, end: node.end, variable: `${root}_${survey.slots.length}`, read });
}

function withSlots(text: string, slots: readonly Slot[]): string {
  const fromBack = [...slots].sort((left, right) => right.start - left.start);
  return fromBack.reduce(
    (whole, { start, end, variable }) => whole.slice(0, start) + variable + whole.slice(end),
    text,
  );
}

function evaluation(
  parsed: (context: Record<string, unknown>) => unknown,
  variables: readonly (readonly [string, Read])[],
  field: string,
): Read {
  return (scope, run) => {
    const context: Record<string, unknown> = {};
    for (const [variable, read] of variables) context[variable] = plain(read(scope, run));
    try {
      return result(parsed(context));
    } catch (cause) {
      const summary = cause instanceof Error && "summary" in cause ? cause.summary : cause;
      throw new ValueError(field, `the expression of ${field} does not fit this record: ${String(summary)}`);
    }
  };
}

/** Only plain values go in: text cut to a bound, lists of scalars; anything else is null. */
function plain(value: unknown): unknown {
  if (typeof value === "string") return value.length > textCharactersMax ? value.slice(0, textCharactersMax) : value;
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (!Array.isArray(value)) return null;
  return value.slice(0, 1000).map((item) => (Array.isArray(item) ? null : plain(item)));
}

/** Only plain values come out. */
function result(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (Array.isArray(value)) return value.map(result);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

/** The text literals among the results a condition chooses from: `'a'` and `'b'` in `x ? 'a' : y ? 'b' : z`. */
function resultLiterals(node: ASTNode): string[] {
  if (node.op === "value") return typeof node.args === "string" ? [node.args] : [];
  return node.op === "?:" ? [...resultLiterals(node.args[1]), ...resultLiterals(node.args[2])] : [];
}
