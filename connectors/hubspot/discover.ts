import { type DiscoverDeclaration, type FoundField, type FoundObject, SourceError } from "journey-hub/connector";
import { isCustomObject, objects, type StandardObject } from "./objects.ts";
import { readSchemas } from "./own-objects.ts";
import { type PropertyReply, propertiesReply } from "./replies.ts";
import { exchange, type HubspotSession } from "./session.ts";

/** The objects and properties of an account. */
export const discover: DiscoverDeclaration<HubspotSession> = {
  async objects(session) {
    const standard = Object.entries(objects).map(([name, { singular }]): FoundObject => {
      return { name, label: singular.replace(/^./, (letter) => letter.toUpperCase()), custom: false };
    });
    return [...standard, ...(await customObjects(session))];
  },
  async fields(session, object) {
    if (!isStandard(object) && !isCustomObject(object)) return null;
    try {
      const { results } = await exchange(session, {
        operation: `${object}.properties`,
        lane: "poll",
        reply: propertiesReply,
        send: ({ crm }, options) => crm.properties.coreApi.getAll(object, false, undefined, options),
      });
      return results.map(foundField);
    } catch (cause) {
      if (cause instanceof SourceError && isUnknownObject(cause)) return null;
      throw cause;
    }
  },
};

/** None where the account's edition has no objects of its own, or the app lacks the scope crm.schemas.custom.read, which then is the same. */
async function customObjects(session: HubspotSession): Promise<FoundObject[]> {
  try {
    const schemas = await readSchemas(session);
    return schemas.map(({ name, fullyQualifiedName, objectTypeId, labels }) => {
      return { name: fullyQualifiedName ?? objectTypeId ?? name, label: labels.plural ?? name, custom: true };
    });
  } catch (cause) {
    if (cause instanceof SourceError && cause.details.status === 403) return [];
    throw cause;
  }
}

function foundField({ name, label, type, hubspotDefined, options, modificationMetadata }: PropertyReply): FoundField {
  const values = type === "enumeration" ? options.map(({ value }) => value) : [];
  return {
    path: `properties.${name}`,
    label,
    type,
    custom: !hubspotDefined,
    writable: modificationMetadata?.readOnlyValue !== true,
    ...(values.length > 0 ? { values } : {}),
  };
}

const isStandard = (name: string): name is StandardObject => Object.hasOwn(objects, name);

/** `Unable to infer object type from: p1_membership`, `Invalid object or event type id: 2-7`. */
function isUnknownObject({ message, details }: SourceError): boolean {
  return details.status === 404 || (details.status === 400 && /object (?:or event )?type/i.test(message));
}
