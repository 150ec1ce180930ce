import type { Waterfall } from "../hub/queries/explain-link.ts";
import { wordText } from "./format.tsx";

/** What each field adds to how sure it is that two records are one, in bits: one more doubles the odds. */
export function ScoredBy({ waterfall: { prior, fields }, says }: { waterfall: Waterfall; says: string }) {
  return (
    <details>
      <summary>{says}</summary>
      <ul class="plain">
        <li>before anything is compared {bits(prior)}</li>
        {fields.map(({ field, level, weight, frequency }) => (
          <li>
            {wordText(field)}, {wordText(level).toLowerCase()} {bits(weight + frequency)}
          </li>
        ))}
      </ul>
    </details>
  );
}

function bits(weight: number): string {
  const rounded = Math.round(weight * 10) / 10 + 0; // what takes away next to nothing is no "-0.0"
  return `${rounded > 0 ? "+" : ""}${rounded.toFixed(1)}`;
}
