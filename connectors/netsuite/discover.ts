import { type DiscoverDeclaration, type FoundField, SourceError } from "journey-hub/connector";
import { z } from "zod";
import { type Property, propertiesOf } from "./metadata.ts";
import type { Session } from "./read.ts";

const catalogue = z.looseObject({ items: z.array(z.looseObject({ name: z.string() })) });

/** The records and fields of an account, as the token's role sees them in the metadata catalogue. */
export const discover: DiscoverDeclaration<Session> = {
  async objects({ client }) {
    const { items } = await client
      .request({
        purpose: "listing the records",
        operation: "metadata",
        lane: "poll",
        method: "GET",
        path: "/record/v1/metadata-catalog",
        reply: catalogue,
      })
      .catch((cause: unknown) => {
        // Where the catalogue is closed to the role, the records we know of are there all the same.
        if (!(cause instanceof SourceError && cause.details.code?.startsWith("INSUFFICIENT_PERMISSION"))) throw cause;
        return { items: [] };
      });
    return items.map(({ name }) => ({ name: name.toLowerCase(), label: name, custom: isCustom(name) }));
  },
  async fields({ client, ownColumns }, object) {
    ownColumns.forget(object);
    const properties = await propertiesOf(client, object, "poll");
    return properties && Object.entries(properties).flatMap(([name, property]) => foundField(name, property));
  },
};

const isCustom = (record: string): boolean => /^custom(?:record|transaction)/i.test(record);

/** SuiteQL writes the record service's names in lower case; `links` is no field. */
function foundField(name: string, property: Property): FoundField[] {
  if (name === "links") return [];
  const path = name.toLowerCase();
  const { title = name, type = "string", format, readOnly = false, enum: values = [] } = property;
  const isReference = type === "object";
  const field: FoundField = {
    path,
    label: title,
    type: isReference ? "reference" : (format ?? type),
    custom: property["x-ns-custom-field"] === true || /^cust(?:entity|body|event|record|item|col)/.test(path),
    writable: !readOnly,
  };
  const more = values.length > 0 ? { values } : {};
  return [{ ...field, ...more, ...(isReference ? { through: `${path}_` } : {}) }];
}
