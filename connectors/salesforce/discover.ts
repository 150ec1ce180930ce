import { type DiscoverDeclaration, type FoundField, SourceError } from "journey-hub/connector";
import { z } from "zod";
import type { DescribedField } from "./describe.ts";
import type { Session } from "./session.ts";

const globalReply = z.looseObject({
  sobjects: z.array(
    z.looseObject({
      name: z.string(),
      label: z.string(),
      custom: z.boolean(),
      queryable: z.boolean().default(true),
      deprecatedAndHidden: z.boolean().default(false),
    }),
  ),
});

/** What Salesforce keeps beside each object for itself: its past, who may see it, what was said of it. */
const besideObjects = /(?:History|Share|Feed|Tag|ChangeEvent)$|__(?:e|x|mdt|Share|History|Feed|ChangeEvent)$/;

/** The objects and fields of an org, as the integration user sees them. */
export const discover: DiscoverDeclaration<Session> = {
  async objects({ client }) {
    const ask = { purpose: "listing the objects", operation: "objects", lane: "poll" as const, path: "/sobjects" };
    const { sobjects } = await client.request({ ...ask, reply: globalReply });
    const readable = sobjects.filter(
      ({ name, queryable, deprecatedAndHidden }) => queryable && !deprecatedAndHidden && !besideObjects.test(name),
    );
    return readable.map(({ name, label, custom }) => ({ name, label, custom }));
  },
  async fields({ descriptions }, object) {
    descriptions.forget(object); // as it is now; what is read in the next hour goes by the same description
    try {
      const { fields } = await descriptions.of(object, "poll");
      return [...fields.values()].map(foundField);
    } catch (cause) {
      if (cause instanceof SourceError && cause.details.code === "INVALID_TYPE") return null;
      throw cause;
    }
  },
};

function foundField({ name, label, type, custom, updateable, picklistValues, relationshipName }: DescribedField) {
  const values = picklistValues.filter(({ active }) => active).map(({ value }) => value);
  const field: FoundField = { path: name, label, type, custom, writable: updateable };
  return {
    ...field,
    ...(values.length > 0 ? { values } : {}),
    ...(relationshipName ? { through: `${relationshipName}.` } : {}),
  };
}
