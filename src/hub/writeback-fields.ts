import type { FieldFinding } from "../connector/index.ts";
import { missingOf, reportMissing } from "../pipeline/writeback/fields.ts";
import { type FailureView, failureView } from "./failure.ts";
import { keepWriting } from "./health.ts";
import type { Hub } from "./hub.ts";
import { maskOf } from "./log.ts";

/** Whether a CRM is ready to be written to. */
export interface FieldsView {
  /** Fields that a person must set up; the objects they belong to are left out of a write-back until then. */
  missing: Pick<FieldFinding, "object" | "field" | "instructions">[];
  /** Why it could not be looked up. */
  failure: FailureView | null;
}

/** Asks a vendor whether the fields are there that are written back to. Nothing is created there; the error inbox knows what was found. */
export async function lookAtFields(hub: Hub, id: string): Promise<FieldsView> {
  const { open, entry } = hub.connection(id);
  if (!open.writeback || !entry.writeback) return { missing: [], failure: null };
  const mask = maskOf(hub);
  try {
    const findings = await open.writeback.look();
    await reportMissing(hub, id, findings);
    await keepWriting(hub, id, undefined);
    const missing = missingOf(findings).map(({ object, field, instructions }) => ({
      ...{ object, field },
      instructions: mask(instructions),
    }));
    return { missing, failure: null };
  } catch (cause) {
    await keepWriting(hub, id, cause);
    const failure = failureView(cause);
    return {
      missing: [],
      failure: { ...failure, message: mask(failure.message), remedy: failure.remedy && mask(failure.remedy) },
    };
  }
}
