import type { Command } from "commander";
import type { DiscoveryView, FieldView, ObjectView } from "../../hub/drift/discovery.ts";
import type { NotedChange } from "../../hub/drift/schema.ts";
import { withDesk } from "../desk.ts";
import { exitCodes, told } from "../failure.ts";
import { chosenConnections } from "../follow.ts";
import { failureText, minute, table } from "../output.ts";
import { action, withCommon } from "../verb.ts";

/** `discover`: which objects and fields an account has. */
export function addDiscover(program: Command): void {
  withCommon(program.command("discover"))
    .description(
      "ask a vendor which objects and fields the account has, its own among them, and what has changed there",
    )
    .argument("<connection>", "name of the connection, e.g. hubspot")
    .argument("[object]", "show every field of this object, by the path that mapping files read")
    .addHelpText(
      "after",
      "\nA mapping file that names an object of the account's own (mappings/<connector>/<object>.yaml) has it read with the next sync.",
    )
    .action(
      action<{ data: string; json: boolean }, [string, string | undefined]>(({ data, output }, _, id, object) =>
        withDesk(data, async (desk) => {
          await chosenConnections(desk, [id]); // refused where there is none of this name
          const path = `/api/v1/connections/${encodeURIComponent(id)}/discover`;
          const found = await desk.post<DiscoveryView>(path, object === undefined ? {} : { object });
          const { failure } = found;
          if (failure) {
            const { message, remedy } = failure;
            output.warn(failureText({ message, ...(remedy ? { remedy } : {}) }));
          }
          output.result(found, () => (object === undefined ? accountText(found) : objectText(found)));
          if (failure) return told(failure).exitCode;
          return object !== undefined && !found.objects[0]?.fields ? exitCodes.failed : exitCodes.done;
        }),
      ),
    );
}

/** Of objects that are neither mapped nor the account's own there may be hundreds. */
function accountText({ objects, changes }: DiscoveryView): string {
  const shown = objects.filter(({ custom, mapped }) => custom || mapped);
  const rows = shown.map(({ name, label, custom, mapped, fields }) => [
    name,
    label,
    custom ? "own" : "",
    mapped ? "read" : "not mapped",
    fields ? `${fields.custom}` : "",
    fields ? `${fields.custom_not_mapped}` : "",
  ]);
  const others = objects.length - shown.length;
  return [
    table([["object", "label", "", "", "own fields", "not mapped"], ...rows]),
    ...(others > 0 ? [`and ${others} objects of the vendor's that no mapping reads (--json lists them)`] : []),
    ...notMapped(shown),
    ...changesText(changes),
  ].join("\n");
}

const fieldsShown = 20;

function notMapped(objects: readonly ObjectView[]): string[] {
  return objects.flatMap(({ name, found }) => {
    const left = found.filter(({ mapped }) => !mapped).map(({ path }) => path);
    if (left.length === 0) return [];
    const more = left.length > fieldsShown ? ` and ${left.length - fieldsShown} more` : "";
    return [`${name}, own fields not mapped: ${left.slice(0, fieldsShown).join(", ")}${more}`];
  });
}

const changesShown = 10;

/** What syncs have noticed, the newest first. */
function changesText(changes: readonly NotedChange[]): string[] {
  if (changes.length === 0) return [];
  const rows = changes
    .slice(0, changesShown)
    .map(({ at, object, path, change, from, to, harmful }) => [
      minute(at),
      path ? `${object}.${path}` : object,
      change.replace("_", " "),
      [from, to].filter((each) => each !== null).join(" → "),
      harmful ? "met by a mapping" : "",
    ]);
  return ["", "changes noticed:", table(rows)];
}

function objectText({ objects }: DiscoveryView): string {
  const [object] = objects;
  if (!object?.fields) return "The account has no such object, or does not show it to these credentials.";
  const row = ({ path, label, type, custom, mapped, writable, values = [] }: FieldView) => [
    path,
    label,
    type,
    custom ? "own" : "",
    mapped ? "mapped" : "",
    writable ? "" : "read only",
    values.slice(0, 5).join(", ") + (values.length > 5 ? ", …" : ""),
  ];
  return table([["path", "label", "type", "", "", "", "values"], ...object.found.map(row)]);
}
