import { type FoundField, type FoundObject, isReadOf, type OpenDiscovery } from "../../connector/index.ts";
import { type FailureView, failureView } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { maskOf } from "../log.ts";
import { type NotedChange, readSchema } from "./schema.ts";

/** A field as it is shown to who writes a mapping. */
export interface FieldView {
  path: string;
  label: string;
  type: string;
  custom: boolean;
  writable: boolean;
  mapped: boolean;
  values?: string[];
}

/** An object of an account. `fields` and `found` are known of mapped objects, and of the one asked for. */
export interface ObjectView extends FoundObject {
  mapped: boolean;
  fields: { total: number; custom: number; custom_not_mapped: number } | null;
  /** The account's own fields; of the object asked for all. */
  found: FieldView[];
}

/** What an account has, and how that has changed. */
export interface DiscoveryView {
  connection: string;
  objects: ObjectView[];
  /** The newest first. */
  changes: NotedChange[];
  /** Why the vendor could not be asked. */
  failure: FailureView | null;
}

/** Asks a vendor which objects and fields the account has; null where its connector cannot tell. Nothing of it is kept. */
export async function discoverAccount(hub: Hub, id: string, asked?: string): Promise<DiscoveryView | null> {
  const { open } = hub.connection(id);
  if (!open.discover) return null;
  const { schema } = await readSchema(hub.store, id);
  const changes = [...schema.changes].reverse();
  try {
    const objects = await objectsOf(hub, id, { discover: open.discover, asked });
    return { connection: id, objects, changes, failure: null };
  } catch (cause) {
    const mask = maskOf(hub);
    const { message, remedy, ...failure } = failureView(cause);
    const told = { ...failure, message: mask(message), remedy: remedy && mask(remedy) };
    return { connection: id, objects: [], changes, failure: told };
  }
}

async function objectsOf(
  hub: Hub,
  id: string,
  { discover, asked }: { discover: OpenDiscovery; asked: string | undefined },
): Promise<ObjectView[]> {
  const { connector, open } = hub.connection(id);
  const found = await discover.objects();
  const named = new Set(found.map(({ name }) => name));
  const read = [...new Set(Object.values(open.streams).map(({ object }) => object))].filter((name) => !named.has(name));
  const others = [...read, ...(asked !== undefined && !named.has(asked) ? [asked] : [])];
  const all = [...found, ...others.map((name): FoundObject => ({ name, label: name, custom: false }))];
  const wanted = asked === undefined ? all : all.filter(({ name }) => name === asked);
  return Promise.all(
    wanted.map(async (object): Promise<ObjectView> => {
      const reads = hub.rules.mappings.find(connector.id, object.name)?.reads ?? null;
      const fields = reads || asked !== undefined ? await discover.fields(object.name) : null;
      const views = fields?.map((field) => fieldView(field, reads ?? [])) ?? [];
      const own = views.filter(({ custom }) => custom);
      const counts = {
        total: views.length,
        custom: own.length,
        custom_not_mapped: own.filter(({ mapped }) => !mapped).length,
      };
      const shown = asked === undefined ? own : views;
      return { ...object, mapped: reads !== null, fields: fields ? counts : null, found: shown };
    }),
  );
}

function fieldView(field: FoundField, reads: readonly string[]): FieldView {
  const { path, label, type, custom, writable, values } = field;
  const mapped = reads.some((read) => isReadOf(field, read));
  return { path, label, type, custom, writable, mapped, ...(values ? { values: [...values] } : {}) };
}
