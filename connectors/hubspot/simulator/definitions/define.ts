/** How a property is declared; the wire form is made from it in `catalog.ts`. */
export interface PropertySpec {
  name: string;
  label: string;
  type: "string" | "number" | "date" | "datetime" | "enumeration" | "bool";
  fieldType: string;
  groupName: string;
  description?: string;
  /** Enumerations: the allowed values, or value and label. */
  options?: readonly (string | readonly [value: string, label: string])[];
  /** Kept by HubSpot; a write is refused with READ_ONLY_VALUE. */
  readOnly?: boolean;
  /** May serve as `idProperty`. */
  unique?: boolean;
  /** The options live elsewhere: owners, pipelines or stages. */
  optionsFrom?: "owners" | "pipelines" | "stages";
}

type Draft = Omit<PropertySpec, "groupName">;
type Extra = Pick<Draft, "readOnly" | "unique" | "optionsFrom" | "description">;

export const text = (name: string, label: string, extra: Extra = {}): Draft => ({
  name,
  label,
  type: "string",
  fieldType: "text",
  ...extra,
});

export const longText = (name: string, label: string, extra: Extra = {}): Draft => ({
  ...text(name, label, extra),
  fieldType: "textarea",
});

export const html = (name: string, label: string, extra: Extra = {}): Draft => ({
  ...text(name, label, extra),
  fieldType: "html",
});

export const phone = (name: string, label: string): Draft => ({ ...text(name, label), fieldType: "phonenumber" });

export const number = (name: string, label: string, extra: Extra = {}): Draft => ({
  name,
  label,
  type: "number",
  fieldType: "number",
  ...extra,
});

export const instant = (name: string, label: string, extra: Extra = {}): Draft => ({
  name,
  label,
  type: "datetime",
  fieldType: "date",
  ...extra,
});

export const day = (name: string, label: string, extra: Extra = {}): Draft => ({
  name,
  label,
  type: "date",
  fieldType: "date",
  ...extra,
});

export const flag = (name: string, label: string, extra: Extra = {}): Draft => ({
  name,
  label,
  type: "bool",
  fieldType: "booleancheckbox",
  ...extra,
});

export const choice = (
  name: string,
  label: string,
  options: NonNullable<Draft["options"]>,
  extra: Extra = {},
): Draft => ({ name, label, type: "enumeration", fieldType: "select", options, ...extra });

export const owner = (): Draft => choice("hubspot_owner_id", "Owner", [], { optionsFrom: "owners" });

/** Puts drafts into one property group. */
export const inGroup = (groupName: string, drafts: Draft[]): PropertySpec[] =>
  drafts.map((draft) => ({ ...draft, groupName }));
