/** A name as written, `Account.Owner.Name`, and where. */
export interface Path {
  steps: string[];
  text: string;
  at: number;
}

/** A literal as written: strings keep their escapes until the field they meet is known. */
export interface Literal {
  kind: "string" | "number" | "date" | "dateTime" | "boolean" | "null" | "dateRange";
  text: string;
  at: number;
  /** The n of LAST_N_DAYS:n and its like. */
  n?: number;
}

export type ComparisonOperator = "=" | "!=" | "<" | "<=" | ">" | ">=";

export type Condition =
  | { kind: "and" | "or"; parts: Condition[] }
  | { kind: "not"; part: Condition }
  | { kind: "compare"; path: Path; operator: ComparisonOperator; value: Literal }
  | { kind: "like"; path: Path; value: Literal }
  | { kind: "in"; path: Path; negated: boolean; values: Literal[] };

export type SelectItem =
  | { kind: "path"; path: Path }
  /** `COUNT(Id)`, `COUNT_DISTINCT(Email) addresses`: an aggregate row with one number, under its alias or `expr0`. */
  | { kind: "count"; path: Path; distinct: boolean; alias: string | null }
  | { kind: "fields"; which: "ALL" | "STANDARD" | "CUSTOM"; at: number };

export interface OrderTerm {
  path: Path;
  descending: boolean;
  nullsLast: boolean;
}

/** A parsed statement, nothing checked against a schema yet. */
export interface Statement {
  /** `COUNT()`: the number of rows as totalSize and no records. */
  countOnly: boolean;
  select: SelectItem[];
  from: Path;
  where: Condition | undefined;
  orderBy: OrderTerm[];
  limit: number | undefined;
  offset: number;
}
