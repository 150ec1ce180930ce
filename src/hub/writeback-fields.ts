import type { FieldFinding, OpenWriteback } from "../connector/index.ts";
import { missingOf, reportMissing } from "../pipeline/writeback/fields.ts";
import { type FailureView, failureView } from "./failure.ts";
import { keepWriting } from "./health.ts";
import type { Hub } from "./hub.ts";
import { maskOf } from "./log.ts";

/** Whether a CRM is ready to be written to. */
export interface FieldsView {
  /** Fields that a person must set up; the objects they belong to are left out of a write-back until then. */
  missing: Pick<FieldFinding, "object" | "field" | "instructions">[];
  /** Whether the hub can create them when asked to; if not, a person does. */
  creatable: boolean;
  /** Why it could not be looked up. */
  failure: FailureView | null;
}

/** What came of creating the fields that are written back to. */
export interface CreatedView extends FieldsView {
  created: Pick<FieldFinding, "object" | "field">[];
}

/** Creates the fields that are missing where the vendor and the credentials allow it; what is left is for a person, and in the error inbox. */
export async function createMissingFields(hub: Hub, id: string): Promise<CreatedView> {
  let created: CreatedView["created"] = [];
  const view = await asked(hub, id, async ({ create, prepare }) => {
    const findings = await (create ?? prepare)();
    created = findings.filter((finding) => finding.created).map(({ object, field }) => ({ object, field }));
    return findings;
  });
  return { created, ...view };
}

/** Asks a vendor whether the fields are there that are written back to. Nothing is created there; the error inbox knows what was found. */
export function lookAtFields(hub: Hub, id: string): Promise<FieldsView> {
  return asked(hub, id, ({ look }) => look());
}

async function asked(
  hub: Hub,
  id: string,
  ask: (writeback: OpenWriteback) => Promise<FieldFinding[]>,
): Promise<FieldsView> {
  const { open, entry } = hub.connection(id);
  if (!open.writeback || !entry.writeback) return { missing: [], creatable: false, failure: null };
  const creatable = open.writeback.create !== undefined;
  const mask = maskOf(hub);
  try {
    const findings = await ask(open.writeback);
    await reportMissing(hub, id, findings);
    await keepWriting(hub, id, []);
    const missing = missingOf(findings).map(({ object, field, instructions }) => ({
      ...{ object, field },
      instructions: mask(instructions),
    }));
    return { missing, creatable, failure: null };
  } catch (cause) {
    await keepWriting(hub, id, [cause]);
    const failure = failureView(cause);
    return {
      missing: [],
      creatable,
      failure: { ...failure, message: mask(failure.message), remedy: failure.remedy && mask(failure.remedy) },
    };
  }
}
