import type { CorrectedRecord } from "../hub/queries/corrections.ts";
import type { FrozenView } from "../hub/queries/frozen.ts";
import { correctionText } from "./errors-text.ts";
import { style } from "./output.ts";

/* What stands until a person ends it: corrections made by hand, and fields left to who else writes them. */

/** Corrected records, each with its values, and what takes the correction back. */
export function correctionsText(corrections: readonly CorrectedRecord[]): string {
  if (corrections.length === 0) return style.good("✓ no correction stands");
  return corrections.map(correctedText).join("\n\n");
}

function correctedText({ record_key, state, changes, error_id, ...said }: CorrectedRecord): string {
  const unfix = state === "stands" && error_id !== null ? [`→ journey-hub errors unfix ${error_id} --reason "…"`] : [];
  return [
    style.bold(`${record_key}: ${ends[state]}`),
    ...changes.map(({ path, sent, corrected }) => `${path}: sent as ${shown(sent)}, corrected to ${shown(corrected)}`),
    correctionText(said),
    ...unfix,
  ].join("\n  ");
}

const ends: Readonly<Record<CorrectedRecord["state"], string>> = {
  stands: "stands",
  replaced: "no longer applies, the vendor has sent something else",
  taken_back: "taken back",
};

/** Frozen fields, each with what happened and what thaws it. */
export function frozenText(frozen: readonly FrozenView[]): string {
  if (frozen.length === 0) return style.good("✓ no field is frozen");
  return frozen.map(frozenFieldText).join("\n\n");
}

function frozenFieldText({ record_key, field, frozen_at, message, error_id, dismissed }: FrozenView): string {
  return [
    style.bold(`${record_key} ${field}: frozen since ${frozen_at}`),
    ...(message === null ? [] : [message]),
    ...(dismissed ? [`dismissed by ${dismissed.by} at ${dismissed.at}: ${dismissed.reason}`] : []),
    `→ journey-hub errors retry ${error_id}`,
  ].join("\n  ");
}

function shown(value: unknown): string {
  return value === undefined || value === null ? "nothing" : JSON.stringify(value);
}
