import type { DiscoveryView } from "../hub/drift/discovery.ts";
import { withDesk } from "./desk.ts";
import type { Output } from "./output.ts";

/** Says what an account has of its own, after its credentials were proven; nothing where the vendor does not tell it. */
export async function sayOwnFields(data: string, output: Output, connection: string): Promise<void> {
  if (output.json) return;
  const path = `/api/v1/connections/${encodeURIComponent(connection)}/discover`;
  // The credentials are good, which was the question: what is not told now, `discover` asks again, and says why it is refused.
  const found = await withDesk(data, (desk) => desk.post<DiscoveryView>(path, {})).catch(() => null);
  if (!found || found.failure) return;
  output.say(`  ${ownFieldsText(found)}`);
}

/** @example ownFieldsText(found) // "The account has 2 objects of its own (Club__c, Loan__c), 1 read: journey-hub discover crm" */
export function ownFieldsText({ connection, objects }: DiscoveryView): string {
  const own = objects.filter(({ custom }) => custom);
  const read = own.filter(({ mapped }) => mapped).length;
  const fields = objects.flatMap(({ name, found }) =>
    found.filter(({ custom, mapped }) => custom && !mapped).map(({ path }) => `${name}.${path}`),
  );
  const objectsText =
    own.length === 0
      ? "no objects of its own"
      : `${amount(own.length, "object")} ${shown(own.map(({ name }) => name))}, ${read} read`;
  const fieldsText =
    fields.length === 0
      ? ""
      : `, and in what is read ${amount(fields.length, "field")} that no mapping names ${shown(fields)}`;
  return `The account has ${objectsText}${fieldsText}: journey-hub discover ${connection}`;
}

const amount = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"} of its own`;

const namesShown = 10;

function shown(names: readonly string[]): string {
  const more = names.length > namesShown ? ` and ${names.length - namesShown} more` : "";
  return `(${names.slice(0, namesShown).join(", ")}${more})`;
}
