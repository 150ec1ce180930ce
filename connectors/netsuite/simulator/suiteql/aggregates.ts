import { type Cell, compareCells } from "../partition.ts";
import { type BoundValue, isNumeric } from "./bound.ts";
import { exact } from "./functions.ts";
import { unsupported } from "./refusal.ts";

/** The names bound by `bindAggregate`. */
export const aggregateNames: ReadonlySet<string> = new Set(["COUNT", "SUM", "AVG", "MIN", "MAX"]);

/** An aggregate over the tuples of a group; nulls are not counted, and nothing sums up to null. */
export function bindAggregate(name: string, argument: BoundValue, distinct: boolean): BoundValue {
  if ((name === "SUM" || name === "AVG") && !isNumeric(argument.kind) && argument.kind !== "null") {
    throw unsupported("ORA-01722: invalid number");
  }
  const fold = folds[name];
  if (!fold) throw unsupported();
  return {
    kind: name === "MIN" || name === "MAX" ? argument.kind : "number",
    sources: argument.sources,
    evaluate(_tuple, group) {
      const cells = group.map((tuple) => argument.evaluate(tuple, [])).filter((cell) => cell !== null);
      return fold(distinct ? [...new Set(cells)] : cells);
    },
  };
}

/** `COUNT(*)`. */
export const countAll: BoundValue = { kind: "integer", sources: 0, evaluate: (_tuple, group) => group.length };

const folds: Record<string, (cells: readonly (string | number)[]) => Cell> = {
  COUNT: (cells) => cells.length,
  SUM: (cells) => (cells.length === 0 ? null : total(cells)),
  AVG: (cells) => (cells.length === 0 ? null : exact(total(cells) / cells.length)),
  MIN: (cells) =>
    cells.reduce<Cell>((least, cell) => (least === null || compareCells(cell, least) < 0 ? cell : least), null),
  MAX: (cells) =>
    cells.reduce<Cell>((most, cell) => (most === null || compareCells(cell, most) > 0 ? cell : most), null),
};

function total(cells: readonly (string | number)[]): number {
  return exact(cells.reduce<number>((sum, cell) => sum + Number(cell), 0));
}
