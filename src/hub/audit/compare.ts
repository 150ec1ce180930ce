import type { Standing } from "./standing.ts";

/** A record as the vendor lists it. */
export interface Listed {
  id: string;
  at: string | null;
}

/** What a window of the vendor's list and the store differ in, before anything was looked at twice. */
export interface Differences {
  /** The vendor has it, we never landed it. */
  missing: string[];
  /** The vendor has it, we hold it for deleted. */
  revived: string[];
  /** The vendor's stamp is another than that of what we landed last: newer, or older where a record was restored. */
  stale: string[];
  /** Some that look alike on both sides, to be compared by their content. */
  sample: string[];
}

interface Window {
  listed: readonly Listed[];
  standing: ReadonlyMap<string, Standing>;
  /** Whether a record that looks alike belongs to the sample. */
  isSampled(id: string): boolean;
}

/** Compares a window: pure. */
export function compareWindow({ listed, standing, isSampled }: Window): Differences {
  const found: Differences = { missing: [], revived: [], stale: [], sample: [] };
  for (const { id, at } of listed) {
    const known = standing.get(id);
    if (!known) found.missing.push(id);
    else if (!known.live) found.revived.push(id);
    else if (at !== null && known.version !== null && at !== known.version) found.stale.push(id);
    else if (isSampled(id)) found.sample.push(id);
  }
  return found;
}
