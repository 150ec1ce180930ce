import { isCustomObject } from "./objects.ts";
import { type SchemaReply, schemasReply } from "./replies.ts";
import { exchange, type HubspotSession } from "./session.ts";

/**
 * Which of these objects, as mapping files name them, goes by a type id (`2-1001`), by its full name (`p424242_membership`) or the short one
 * (`p_membership`). Asks HubSpot once in ten minutes, and only where a mapping file names an object of the account's own. Throws SourceError.
 */
export async function sameObject(
  session: HubspotSession,
  name: string,
  objects: readonly string[],
): Promise<string | null> {
  const own = objects.filter(isCustomObject);
  if (own.length === 0 || !isCustomObject(name)) return null;
  const schemas = await session.ownObjects.listed(() => readSchemas(session));
  const schema = schemas.find((listed) => isCalled(name, listed));
  return (schema && own.find((object) => isCalled(object, schema))) ?? null;
}

function isCalled(name: string, schema: SchemaReply): boolean {
  return name === schema.objectTypeId || name.replace(/^p\d*_/, "") === schema.name;
}

/** The objects of the account's own. Throws SourceError; 403 without the scope crm.schemas.custom.read. */
export async function readSchemas(session: HubspotSession): Promise<SchemaReply[]> {
  const { results } = await exchange(session, {
    operation: "schemas.list",
    lane: "poll",
    reply: schemasReply,
    send: ({ crm }, options) => crm.schemas.coreApi.getAll(false, options),
  });
  return results;
}
