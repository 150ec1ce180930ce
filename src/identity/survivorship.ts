import { z } from "zod";

/** The fields of a customer that are made out of its records' values. */
export const goldenFields = {
  person: [
    "name",
    "first_name",
    "last_name",
    "title",
    "department",
    "email",
    "phone",
    "address",
    "country",
    "company_name",
    "lifecycle_stage",
    "lead_status",
    "lead_source",
    "opted_out",
  ],
  company: [
    "name",
    "domain",
    "industry",
    "type",
    "number_of_employees",
    "annual_revenue",
    "phone",
    "address",
    "country",
    "lifecycle_stage",
  ],
} as const;

export type GoldenField = (typeof goldenFields)["person" | "company"][number];

/** Connections or connectors, the one believed first first; those in a list of their own rank alike. */
const sourcePriority = z.array(z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])).min(1);

const rule = z.union([
  z.enum(["most_recent", "most_complete", "most_frequent"]),
  z.strictObject({ source_priority: sourcePriority }),
]);

/** Tried in order until one tells two values apart. */
const rules = z.array(rule).min(1).max(4);

export type SurvivorshipRule = z.infer<typeof rule>;

function rulesOf(fields: readonly string[]) {
  return z.strictObject(Object.fromEntries(fields.map((field) => [field, rules.optional()]))).default({});
}

/** The part of an identity file that says, field by field, which record's value a customer shows. */
export const survivorship = z.strictObject({
  /** Of fields that are not named. */
  default: rules.default(["most_recent"]),
  person: rulesOf(goldenFields.person),
  company: rulesOf(goldenFields.company),
});

export type Survivorship = z.infer<typeof survivorship>;

/** The value that changed last, whatever the field. */
export const newestWins: Survivorship = { default: ["most_recent"], person: {}, company: {} };

/**
 * The same with connectors put as their connections, which is what records know.
 * @example byConnection(rules, { eu: { connector: "salesforce" } }) // a priority of "salesforce" is one of ["salesforce", "eu"]
 */
export function byConnection(
  written: Survivorship,
  connections: Readonly<Record<string, { connector: string }>>,
): Survivorship {
  const meant = (name: string) => [
    name,
    ...Object.entries(connections).flatMap(([id, { connector }]) => (connector === name && id !== name ? [id] : [])),
  ];
  const inRules = (list: SurvivorshipRule[]) =>
    list.map((one) =>
      typeof one === "string"
        ? one
        : { source_priority: one.source_priority.map((rank) => [rank].flat().flatMap(meant)) },
    );
  const inFields = (fields: Survivorship["person"]) =>
    Object.fromEntries(Object.entries(fields).map(([field, list]) => [field, list && inRules(list)]));
  return {
    default: inRules(written.default),
    person: inFields(written.person),
    company: inFields(written.company),
  };
}
