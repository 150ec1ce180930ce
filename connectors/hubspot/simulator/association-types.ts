import { factsOf, isCustomType, type ObjectType } from "./object-types.ts";

/** One of HubSpot's own association types, in one direction. */
export interface AssociationType {
  typeId: number;
  label: string | null;
  category: "HUBSPOT_DEFINED" | "USER_DEFINED";
  /** As the v3 `associations` of a record name it, for example `contact_to_company_unlabeled`. */
  name: string;
  /** The type of the opposite direction. */
  inverse: number;
}

interface Pair {
  from: ObjectType;
  to: ObjectType;
  ids: [there: number, back: number];
  label?: [there: string, back: string];
  /** The type a plain "associate" uses where a labelled one exists too. */
  unlabelled?: true;
}

const pairs: Pair[] = [
  { from: "contacts", to: "companies", ids: [1, 2], label: ["Primary", "Primary"] },
  { from: "contacts", to: "companies", ids: [279, 280], unlabelled: true },
  { from: "deals", to: "contacts", ids: [3, 4] },
  { from: "deals", to: "companies", ids: [5, 6], label: ["Primary", "Primary"] },
  { from: "deals", to: "companies", ids: [341, 342], unlabelled: true },
  { from: "companies", to: "companies", ids: [13, 14], label: ["Child Company", "Parent Company"] },
  { from: "companies", to: "companies", ids: [450, 450], unlabelled: true },
  { from: "contacts", to: "contacts", ids: [449, 449], unlabelled: true },
  { from: "tickets", to: "contacts", ids: [16, 15] },
  { from: "tickets", to: "companies", ids: [26, 25], label: ["Primary", "Primary"] },
  { from: "tickets", to: "companies", ids: [339, 340], unlabelled: true },
  { from: "deals", to: "tickets", ids: [27, 28] },
  { from: "deals", to: "deals", ids: [451, 451], unlabelled: true },
  { from: "tickets", to: "tickets", ids: [452, 452], unlabelled: true },
  { from: "notes", to: "contacts", ids: [202, 201] },
  { from: "notes", to: "companies", ids: [190, 189] },
  { from: "notes", to: "deals", ids: [214, 213] },
  { from: "notes", to: "tickets", ids: [228, 227] },
  { from: "emails", to: "contacts", ids: [198, 197] },
  { from: "emails", to: "companies", ids: [186, 185] },
  { from: "emails", to: "deals", ids: [210, 209] },
  { from: "emails", to: "tickets", ids: [224, 223] },
  { from: "calls", to: "contacts", ids: [194, 193] },
  { from: "calls", to: "companies", ids: [182, 181] },
  { from: "calls", to: "deals", ids: [206, 205] },
  { from: "calls", to: "tickets", ids: [220, 219] },
  { from: "meetings", to: "contacts", ids: [200, 199] },
  { from: "meetings", to: "companies", ids: [188, 187] },
  { from: "meetings", to: "deals", ids: [212, 211] },
  { from: "meetings", to: "tickets", ids: [226, 225] },
];

/** All types HubSpot defines from one object type to another; empty when the two cannot be associated. */
export function definedTypes(from: ObjectType, to: ObjectType): AssociationType[] {
  if (isCustomType(from) || isCustomType(to)) return [customType(from, to)];
  return defined.get(`${from}/${to}`) ?? [];
}

/** The portal numbers the types of its own objects; here all of them are alike, and without a label. */
function customType(from: ObjectType, to: ObjectType): AssociationType {
  const [typeId, inverse] = isCustomType(from) ? [1001, 1002] : [1002, 1001];
  const name = `${factsOf(from).singular}_to_${factsOf(to).singular}`;
  return { typeId, inverse, label: null, category: "USER_DEFINED", name };
}

/** The type with this id, if HubSpot defines it from the one object type to the other. */
export function definedType(from: ObjectType, to: ObjectType, typeId: number): AssociationType | undefined {
  return definedTypes(from, to).find((type) => type.typeId === typeId);
}

/** What "associate" without a type makes. */
export function defaultType(from: ObjectType, to: ObjectType): AssociationType | undefined {
  const types = definedTypes(from, to);
  return types.find((type) => type.label === null) ?? types[0];
}

const defined = new Map<string, AssociationType[]>();
for (const pair of pairs) {
  const [there, back] = pair.ids;
  const suffix = pair.unlabelled ? "_unlabeled" : "";
  define(pair.from, pair.to, { typeId: there, inverse: back, label: pair.label?.[0] ?? null }, suffix);
  if (there !== back)
    define(pair.to, pair.from, { typeId: back, inverse: there, label: pair.label?.[1] ?? null }, suffix);
}

function define(
  from: ObjectType,
  to: ObjectType,
  type: Pick<AssociationType, "typeId" | "inverse" | "label">,
  suffix: string,
): void {
  const key = `${from}/${to}`;
  const name = `${factsOf(from).singular}_to_${factsOf(to).singular}${suffix}`;
  defined.set(key, [...(defined.get(key) ?? []), { ...type, category: "HUBSPOT_DEFINED", name }]);
}
