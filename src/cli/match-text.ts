import type { Match } from "../identity/score/score.ts";
import { table } from "./output.ts";

/** How a score came about, a line a part: the prior, what each field adds or takes in bits, and what they make together. */
export function waterfall({ prior, fields, weight, probability }: Match): string[] {
  const rows = [
    ["before anything is compared", bits(prior), ""],
    ...fields.map(({ field, level, weight: own, frequency }) => [
      `${field}: ${level}`,
      bits(own),
      frequency === 0 ? "" : `${bits(frequency)} for how frequent the value is`,
    ]),
    ["together", bits(weight), `p ${probability.toFixed(4)}`],
  ];
  return table(rows).split("\n");
}

/** What rounds to nothing has no sign. @example bits(3.14159) // "+3.1" */
export function bits(weight: number): string {
  const amount = Math.abs(weight).toFixed(1);
  return amount === "0.0" ? amount : `${weight < 0 ? "−" : "+"}${amount}`;
}
