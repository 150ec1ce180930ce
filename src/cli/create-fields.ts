import type { FailureView } from "../hub/failure.ts";
import type { CreatedView, FieldsView } from "../hub/writeback-fields.ts";
import { agrees } from "./agree.ts";
import type { Desk } from "./desk.ts";
import { failureText, type Output, style } from "./output.ts";

const instead = "say --create-fields --yes to have the fields created.";

/**
 * Has the fields created that are written back to, after saying which and asking. What cannot be created stays for a person: `apply` says
 * what to do. Throws UsageError where nobody can be asked.
 */
export async function createFields(
  desk: Desk,
  output: Output,
  { connections, isAgreed }: { connections: readonly string[]; isAgreed: boolean },
): Promise<void> {
  for (const connection of connections) {
    const { missing, creatable, failure } = await desk.post<FieldsView>("/api/v1/writebacks/check", { connection });
    if (failure) output.warn(textOf(failure));
    if (missing.length === 0 || !creatable) continue;
    output.say(`${connection} lacks ${missing.map(({ object, field }) => `${object}.${field}`).join(", ")}.`);
    output.say(
      "They will be created, so that the connection's user may read and write them (Salesforce: by a permission set).",
    );
    if (!isAgreed && !(await agrees(output, `Create them in ${connection}?`, instead))) continue;
    const done = await desk.post<CreatedView>("/api/v1/writebacks/create-fields", { connection });
    if (done.failure) output.warn(textOf(done.failure));
    for (const { object, field } of done.created) output.say(`${style.good("✓")} created ${object}.${field}`);
  }
}

function textOf({ message, remedy }: FailureView): string {
  return failureText({ message, ...(remedy ? { remedy } : {}) });
}
