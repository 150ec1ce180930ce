/** A SuiteQL statement as parsed. Names keep the case they were written in. */
export type Expression =
  | { type: "literal"; value: string | number | null }
  | { type: "column"; qualifier: string | null; name: string }
  | { type: "call"; name: string; distinct: boolean; args: readonly Expression[] }
  | { type: "countAll" }
  | { type: "arithmetic"; operator: "+" | "-" | "*" | "/"; left: Expression; right: Expression }
  | { type: "concat"; left: Expression; right: Expression }
  | { type: "case"; branches: readonly { when: Expression; result: Expression }[]; otherwise: Expression | null }
  | { type: "compare"; operator: Comparison; left: Expression; right: Expression }
  | { type: "in"; operand: Expression; list: readonly Expression[]; negated: boolean }
  | { type: "between"; operand: Expression; low: Expression; high: Expression; negated: boolean }
  | { type: "like"; operand: Expression; pattern: Expression; escape: Expression | null; negated: boolean }
  | { type: "null"; operand: Expression; negated: boolean }
  | { type: "and" | "or"; left: Expression; right: Expression }
  | { type: "not"; operand: Expression };

export type Comparison = "=" | "<>" | "<" | "<=" | ">" | ">=";

export type SelectItem =
  | { type: "all"; qualifier: string | null }
  | { type: "expression"; expression: Expression; alias: string | null };

export interface Source {
  table: string;
  alias: string;
  /** How it is joined to the sources before it; the first and comma-separated ones have no condition. */
  join: "none" | "inner" | "left";
  on: Expression | null;
}

export interface OrderTerm {
  expression: Expression;
  descending: boolean;
  /** Null means Oracle's default: nulls are the greatest. */
  nullsFirst: boolean | null;
}

export interface Statement {
  distinct: boolean;
  items: readonly SelectItem[];
  sources: readonly Source[];
  where: Expression | null;
  groupBy: readonly Expression[];
  having: Expression | null;
  orderBy: readonly OrderTerm[];
  /** `FETCH FIRST n ROWS ONLY` or `TOP n`. */
  rowsMax: number | null;
  rowsSkipped: number;
}
