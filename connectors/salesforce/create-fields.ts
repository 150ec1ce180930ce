import { SourceError } from "journey-hub/connector";
import { z } from "zod";
import { queryPath } from "./query.ts";
import type { Session } from "./session.ts";

/** A custom field as the Tooling API makes it. */
export interface NewField {
  object: string;
  name: string;
  metadata: Readonly<Record<string, string | number | boolean>>;
}

const permissionSet = { Name: "Journey_Hub", Label: "Journey Hub" };

/**
 * Makes custom fields and lets the signed-in user read and write them, by a permission set of journey-hub's own: a new field is to be seen by
 * nobody before that. What is there already is left as it is. Throws SourceError, most often because the user may not customise the org.
 */
export async function createFields(session: Session, fields: readonly NewField[]): Promise<void> {
  const [first] = fields;
  if (!first) return;
  for (const field of fields) await createField(session, field);
  const set = await ownPermissionSet(session);
  for (const { object, name } of fields) {
    const grant = { ParentId: set, SobjectType: object, Field: `${object}.${name}` };
    const body = { ...grant, PermissionsRead: true, PermissionsEdit: true };
    await create(session, { path: "/sobjects/FieldPermissions", body, what: `giving access to ${object}.${name}` });
  }
  for (const { object } of fields) session.descriptions.forget(object);
}

function createField(session: Session, { object, name, metadata }: NewField): Promise<string | null> {
  const body = { FullName: `${object}.${name}`, Metadata: metadata };
  return create(session, { path: "/tooling/sobjects/CustomField", body, what: `creating ${object}.${name}` });
}

/** Codes of what is there already, as each kind of thing says it. */
const alreadyThere = new Set(["DUPLICATE_DEVELOPER_NAME", "DUPLICATE_VALUE"]);

const created = z.looseObject({ id: z.string() });

/** The id of what was made; null where it is there already. */
async function create(
  { client }: Session,
  { path, body, what }: { path: string; body: object; what: string },
): Promise<string | null> {
  try {
    const ask = { purpose: what, operation: "fields.create", lane: "writeback" as const, method: "POST" as const };
    return (await client.request({ ...ask, path, body, reply: created })).id;
  } catch (cause) {
    if (cause instanceof SourceError && alreadyThere.has(cause.details.code ?? "")) return null;
    throw cause;
  }
}

const rows = z.looseObject({ records: z.array(z.looseObject({ Id: z.string() })) });
const root = z.looseObject({ identity: z.string() });

/** The id of the permission set, which is made and given to the signed-in user where it is missing. */
async function ownPermissionSet(session: Session): Promise<string> {
  const known = (await findPermissionSet(session)) ?? (await makePermissionSet(session));
  const ask = { purpose: "asking who is signed in", operation: "fields.user", lane: "writeback" as const, path: "/" };
  const { identity } = await session.client.request({ ...ask, reply: root });
  const assignment = { AssigneeId: identity.split("/").at(-1) ?? "", PermissionSetId: known };
  const path = "/sobjects/PermissionSetAssignment";
  await create(session, { path, body: assignment, what: "assigning the permission set" });
  return known;
}

async function findPermissionSet({ client }: Session): Promise<string | null> {
  const path = queryPath(`SELECT Id FROM PermissionSet WHERE Name = '${permissionSet.Name}' LIMIT 1`);
  const ask = { purpose: "looking for the permission set", operation: "fields.set", lane: "writeback" as const, path };
  return (await client.request({ ...ask, reply: rows })).records[0]?.Id ?? null;
}

async function makePermissionSet(session: Session): Promise<string> {
  const what = "making the permission set Journey Hub";
  const made = await create(session, { path: "/sobjects/PermissionSet", body: permissionSet, what });
  if (made === null)
    throw new SourceError("retry", "Salesforce has a permission set Journey_Hub, and does not show it");
  return made;
}
