import type { TrackedFields } from "./histories.ts";
import { sfId, sfIdNumber } from "./ids.ts";
import { derive } from "./rules.ts";
import { buildSchema, type ObjectSchema, type Schema, type SchemaOptions } from "./schema/schema.ts";
import { standardStages } from "./stages.ts";
import { Table } from "./table.ts";
import {
  type FieldValue,
  objectNames,
  type SalesforceRow,
  type SalesforceSeed,
  type SObjectName,
  stampText,
} from "./values.ts";

/** A row before and after a write; null where it was not, or is no longer, there. */
export interface RowChange {
  object: SObjectName;
  id: string;
  before: SalesforceRow | null;
  after: SalesforceRow | null;
}

/** A rule that an administrator, or the load on the org, adds to saving a row; throws the Refusal the caller gets. */
export type SaveRule = (object: ObjectSchema, after: SalesforceRow, before: SalesforceRow | undefined) => void;

export interface OrgOptions extends SchemaOptions {
  now: () => number;
  trackedFields: TrackedFields;
  hiddenObjects: readonly SObjectName[];
}

/** One Salesforce org: its schema, its rows, the user the API calls run as. Knows nothing of HTTP. */
export class Org {
  readonly schema: Schema;
  /** What of it the integration user may see. */
  readonly visible: Schema;
  readonly trackedFields: TrackedFields;
  readonly now: () => number;
  id = sfId("00D", 1);
  /** Asked before every create and update that came by the API. */
  beforeSave: SaveRule = () => undefined;
  /** Told of every write, those taken back later too; a seed is none. */
  onChange: ((change: RowChange) => void) | null = null;
  #tables = new Map<SObjectName, Table>();
  #lastNumber = new Map<string, number>();

  constructor(options: OrgOptions) {
    const { hiddenObjects, trackedFields } = options;
    this.schema = buildSchema(options);
    this.visible = new Map([...this.schema].filter(([, { name }]) => !hiddenObjects.includes(name)));
    this.trackedFields = trackedFields;
    this.now = options.now;
    this.load({ orgId: this.id, objects: {} });
  }

  /** Replaces everything by the seed; a column the org does not have is an error that names it. */
  load(seed: SalesforceSeed): void {
    this.id = seed.orgId;
    const names = [...this.schema.values()].map(({ name }) => name);
    this.#tables = new Map(names.map((name) => [name, new Table()]));
    this.#lastNumber.clear();
    const objects: SalesforceSeed["objects"] = {
      // Stages and users first: deals and everyone's stamps refer to them.
      OpportunityStage: standardStages(),
      User: [administrator],
      Organization: [{ Id: this.id, Name: "Demo" }],
      ...seed.objects,
    };
    for (const name of new Set<SObjectName>(["OpportunityStage", "User", ...objectNames, ...names])) {
      for (const row of objects[name] ?? []) this.#plant(this.object(name), row);
    }
    const stageName = this.object("Opportunity").byName.get("stagename");
    const stages = [...this.table("OpportunityStage").values()].filter((stage) => stage.IsActive === true);
    if (stageName) stageName.picklistValues = stages.map((stage) => String(stage.MasterLabel));
    for (const [object, table] of this.#tables) {
      table.onChange = (before, after) => this.onChange?.({ object, id: (after ?? before)?.Id ?? "", before, after });
    }
  }

  /** The schema of an object of this org. */
  object(name: SObjectName): ObjectSchema {
    const object = this.schema.get(name.toLowerCase());
    if (!object) throw new Error(`no such object: ${name}`);
    return object;
  }

  table(name: SObjectName): Table {
    const table = this.#tables.get(name);
    if (!table) throw new Error(`no such object: ${name}`);
    return table;
  }

  /** The object an id belongs to, by its key prefix; objects that share one are told apart by their rows. */
  objectOf(id: string): ObjectSchema | undefined {
    const prefix = id.slice(0, 3);
    let found: ObjectSchema | undefined;
    for (const object of this.schema.values()) {
      if (object.keyPrefix !== prefix) continue;
      if (!sharedPrefixes.has(prefix) || this.table(object.name).get(id)) return object;
      found ??= object;
    }
    return found;
  }

  /** The row an id names, whatever its object. */
  find(id: string): SalesforceRow | undefined {
    const object = this.objectOf(id);
    return object && this.table(object.name).get(id);
  }

  /** What `run` writes, each row once: as it was before and as it was left. */
  recorded(run: () => void): RowChange[] {
    const changes = new Map<string, RowChange>();
    for (const [object, table] of this.#tables) {
      table.onWrite = (before, after) => {
        const id = (after ?? before)?.Id ?? "";
        changes.set(id, { object, id, before: changes.get(id)?.before ?? before, after });
      };
    }
    try {
      run();
    } finally {
      for (const table of this.#tables.values()) table.onWrite = null;
    }
    return [...changes.values()];
  }

  /** The next free id of an object. */
  nextId(name: SObjectName): string {
    const { keyPrefix } = this.object(name);
    const n = (this.#lastNumber.get(keyPrefix) ?? 0) + 1;
    this.#lastNumber.set(keyPrefix, n);
    return sfId(keyPrefix, n);
  }

  /** The user whose rights and name the API's writes carry: the first of the seed. */
  get runAsUserId(): string {
    const [first] = this.table("User").values();
    return first?.Id ?? administrator.Id;
  }

  /** The zone of that user: in it days begin and end for date literals. */
  get timeZone(): string {
    return String(this.table("User").get(this.runAsUserId)?.TimeZoneSidKey ?? "UTC");
  }

  get stamp(): string {
    return stampText(this.now());
  }

  /** The stage of that name, or undefined. */
  stage(name: FieldValue | undefined): SalesforceRow | undefined {
    for (const stage of this.table("OpportunityStage").values()) if (stage.MasterLabel === name) return stage;
    return undefined;
  }

  #plant(object: ObjectSchema, given: SalesforceRow): void {
    for (const name of Object.keys(given)) {
      if (!object.byName.has(name.toLowerCase())) throw new Error(`seed: ${object.name} has no field ${name}`);
    }
    const created = given.CreatedDate ?? this.stamp;
    const implied: Record<string, FieldValue> = {
      CreatedDate: created,
      LastModifiedDate: given.SystemModstamp ?? created,
      SystemModstamp: given.LastModifiedDate ?? created,
      OwnerId: this.runAsUserId,
      CreatedById: this.runAsUserId,
      LastModifiedById: this.runAsUserId,
    };
    const defaults: Record<string, FieldValue> = {};
    for (const field of object.fields) {
      const value = implied[field.name] ?? field.defaultValue ?? null;
      if (value !== null) defaults[field.name] = value;
    }
    const row = derive(this, object.name, { ...defaults, ...given });
    this.#lastNumber.set(object.keyPrefix, Math.max(this.#lastNumber.get(object.keyPrefix) ?? 0, sfIdNumber(row.Id)));
    this.table(object.name).put(row);
  }
}

/** Of the objects of field histories. */
const sharedPrefixes: ReadonlySet<string> = new Set(["017"]);

const administrator: SalesforceRow = {
  Id: sfId("005", 1),
  Username: "integration@demo.example",
  FirstName: "Integration",
  LastName: "User",
  Email: "integration@demo.example",
  Alias: "integ",
  IsActive: true,
  UserType: "Standard",
};
