/** An object of an account, as discovery finds it. */
export interface FoundObject {
  /** As mapping files name it. */
  name: string;
  label: string;
  /** Made by the account's own people. */
  custom: boolean;
}

/** A field of an object, as discovery finds it. */
export interface FoundField {
  /** As mapping files read it from the payload: `properties.level`. */
  path: string;
  label: string;
  /** The vendor's word for it: `picklist`, `datetime`. */
  type: string;
  custom: boolean;
  /** Whether these credentials may write it. */
  writable: boolean;
  /** The values it can have, where the account keeps a list of them. */
  values?: readonly string[];
  /** How paths begin that are read through it from the record it points to: `Owner.`, `entitystatus_`. */
  through?: string;
}

/**
 * How the objects and fields of an account are found: for people who write mappings, and to notice when they change. Both throw SourceError.
 * @example discover: { objects: (session) => readObjects(session), fields: (session, object) => readFields(session, object) }
 */
export interface DiscoverDeclaration<Session> {
  /** The objects whose records can be read, those of the account's own among them. */
  objects(session: Session): Promise<FoundObject[]>;
  /** The fields of an object as they are at this moment; null where the account has no such object, or does not show it. */
  fields(session: Session, object: string): Promise<FoundField[] | null>;
}

/** A discovery bound to its session. */
export interface OpenDiscovery {
  objects(): Promise<FoundObject[]>;
  fields(object: string): Promise<FoundField[] | null>;
}

/** A declared discovery with its session closed over. */
export function bindDiscovery<Session>(
  { objects, fields }: DiscoverDeclaration<Session>,
  session: Session,
): OpenDiscovery {
  return { objects: () => objects(session), fields: (object) => fields(session, object) };
}

/**
 * Whether a mapping that reads this path reads the field, or something through it.
 * @example isReadOf({ path: "BillingAddress" }, "BillingAddress.city") // true
 */
export function isReadOf({ path, through }: Pick<FoundField, "path" | "through">, read: string): boolean {
  return read === path || read.startsWith(`${path}.`) || (through !== undefined && read.startsWith(through));
}
