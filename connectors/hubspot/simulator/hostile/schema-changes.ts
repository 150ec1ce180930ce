import { addDefinition } from "../catalog.ts";
import type { LifeTrouble } from "./scene.ts";
import { customProperty } from "./seed.ts";
import { customFields } from "./values.ts";

const customised = ["contacts", "companies", "deals"] as const;

/** Properties an admin may add in the midst of things, each once. */
const addable = ["saddle_colour", "club_member", "fleet_size"];

export const propertyRemoved: LifeTrouble = {
  name: "property-removed",
  kind: "life",
  about:
    "an admin archives a property of the account's own, or takes it back: its values are gone or there again, and no stamp moves",
  source: "reliability plan, faulty peers (removed field)",
  happens({ portal, chance }) {
    const type = chance.pick(customised);
    const definition = portal.catalog(type).definitions.get(customFields[type]);
    if (!definition) return false;
    definition.archived = !definition.archived;
    definition.updatedAt = new Date(portal.now()).toISOString();
    return true;
  },
};

export const propertyAdded: LifeTrouble = {
  name: "property-added",
  kind: "life",
  about: "an admin adds a property and some records have a value of it at once, under their old stamps",
  source: "reliability plan, faulty peers (unknown field)",
  happens({ portal, chance }) {
    const type = chance.pick(customised);
    const catalog = portal.catalog(type);
    const name = addable.find((one) => !catalog.definitions.has(one));
    if (!name) return false;
    addDefinition(catalog, customProperty(name), new Date(portal.now()).toISOString());
    const table = portal.table(type);
    for (const record of chance.shuffled(table.live).slice(0, 10)) record.properties[name] = chance.pick(["a", "b"]);
    table.version += 1;
    return true;
  },
};
