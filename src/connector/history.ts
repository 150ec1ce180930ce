/** A field has this value from `at` (ISO instant) on. */
export interface PastValue {
  field: string;
  value: unknown;
  at: string;
}

/** What a record was from `at` on: the fields in which it differs from what it is today, and those known to be the same. */
export interface EarlierState {
  at: string;
  fields: Record<string, unknown>;
}

export interface PastReading {
  /** The record's fields as they are now. */
  present: Readonly<Record<string, unknown>>;
  /** Its present version's stamp: what began then or later is no past. */
  before: string;
  /** In any order. Before the first value known of a field it had none (null). */
  values: readonly PastValue[];
  /** By field: those that follow from it and whose own past is not known. They are emptied where it was another than it is now. */
  following?: Readonly<Record<string, readonly string[]>>;
  /** Changes less than this apart are one step: some vendors stamp the parts of one change one after another. */
  togetherMs?: number;
}

/**
 * The states a record went through before its present version, in order of time; none when nothing known of it has ever changed.
 * The last one may equal the present version in all fields given: it tells when these values began.
 * @example earlierStates({ present: { stage: "won" }, before: "2026-05-02T09:00:00.000Z", values: [
 *   { field: "stage", value: "new", at: "2026-04-01T09:00:00.000Z" },
 *   { field: "stage", value: "won", at: "2026-05-01T09:00:00.000Z" }] })
 * // [{ at: "2026-04-01T09:00:00.000Z", fields: { stage: "new" } }, { at: "2026-05-01T09:00:00.000Z", fields: { stage: "won" } }]
 */
export function earlierStates({
  present,
  before,
  values,
  following = {},
  togetherMs = 0,
}: PastReading): EarlierState[] {
  const ordered = believed(
    values.filter(({ at }) => at <= before).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    present,
  );
  const fields = [...new Set(ordered.map(({ field }) => field))];
  const steps = stepsOf(ordered, togetherMs).filter(({ at }) => at < before);
  const states: EarlierState[] = [];
  let standing: Record<string, unknown> = Object.fromEntries(fields.map((field) => [field, null]));
  for (const step of steps) {
    const next = { ...standing, ...step.fields };
    const isNew = states.length === 0 || fields.some((field) => next[field] !== standing[field]);
    standing = next;
    if (isNew) states.push({ at: step.at, fields: next });
  }
  const [only] = states;
  if (states.length === 1 && only && isPresent(only, present)) return [];
  return withFollowing(states, present, following);
}

/** A past that does not end in what the field is today has gaps or is of something else: of such a field nothing is told. */
function believed(ordered: readonly PastValue[], present: PastReading["present"]): PastValue[] {
  const newest = new Map(ordered.map(({ field, value }) => [field, value]));
  return ordered.filter(({ field }) => newest.get(field) === (present[field] ?? null));
}

/** What changed at one instant, or closely after one another: one step, begun by the first of it. */
function stepsOf(ordered: readonly PastValue[], togetherMs: number): EarlierState[] {
  const steps: EarlierState[] = [];
  for (const { field, value, at } of ordered) {
    const last = steps.at(-1);
    const isSame = last && (last.at === at || Date.parse(at) - Date.parse(last.at) < togetherMs);
    if (isSame) last.fields[field] = value;
    else steps.push({ at, fields: { [field]: value } });
  }
  return steps;
}

function isPresent({ fields }: EarlierState, present: PastReading["present"]): boolean {
  return Object.entries(fields).every(([field, value]) => value === (present[field] ?? null));
}

/** Backwards in time: what follows from a field is known as long as the field has been what it is now. */
function withFollowing(
  states: readonly EarlierState[],
  present: PastReading["present"],
  following: Readonly<Record<string, readonly string[]>>,
): EarlierState[] {
  const unknown: Record<string, null> = {};
  const told: EarlierState[] = [];
  for (const { at, fields } of [...states].reverse()) {
    for (const [field, followers] of Object.entries(following)) {
      if (!(field in fields) || fields[field] === (present[field] ?? null)) continue;
      for (const follower of followers) if (follower in present) unknown[follower] = null;
    }
    // What a vendor tells of a follower after all counts more.
    told.push({ at, fields: { ...unknown, ...fields } });
  }
  return told.reverse();
}
