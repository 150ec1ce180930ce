import { createLock } from "../lib/lock.ts";
import type { CompiledMapping, MapContext } from "../mapping/index.ts";
import type { MappedVersion, RawRecord } from "../model/record.ts";
import type { Store } from "../store/store.ts";
import type { Write } from "../store/writes.ts";
import { type References, readReferences } from "./map/rows.ts";
import type { IdentityRules } from "./resolve/rules.ts";

/** Records that arrived together, and what must be committed with them. */
export interface Batch {
  records: readonly RawRecord[];
  also: readonly Write[];
}

export interface BatchCounts {
  in: number;
  stored: number;
  duplicate: number;
  failed: number;
  events: number;
}

/** What the steps from land to timeline work with. */
export interface Pipeline {
  store: Store;
  identity: IdentityRules;
  now(): string;
  mapping(connection: string, object: string): CompiledMapping | undefined;
  /** Mapping contexts of these connections, their reference tables read. */
  contexts(connections: readonly string[]): Promise<(connection: string) => MapContext>;
  /** To be called with what was committed, so that changed reference tables are read anew. */
  committed(versions: readonly MappedVersion[]): void;
  /** Identity is decided by one plan at a time in a process. */
  alone<T>(task: () => Promise<T>): Promise<T>;
}

export interface PipelineOptions {
  store: Store;
  identity: IdentityRules;
  now(): string;
  mapping(connection: string, object: string): CompiledMapping | undefined;
  /** Settings of a connection that mappings use: base currency, country, time zone. */
  settings(connection: string): Omit<MapContext, "lookup">;
}

export function createPipeline({ store, identity, now, mapping, settings }: PipelineOptions): Pipeline {
  const references = new Map<string, References>();
  return {
    store,
    identity,
    now,
    mapping,
    alone: createLock(),
    async contexts(connections) {
      for (const connection of new Set(connections)) {
        if (!references.has(connection)) references.set(connection, await readReferences(store, connection));
      }
      return (connection) => ({
        ...settings(connection),
        lookup: (table, key) => references.get(connection)?.[table].get(key),
      });
    },
    committed(versions) {
      for (const { mapped, landed } of versions) {
        if (mapped.kind === "owner" || mapped.kind === "pipeline") references.delete(landed.connection);
      }
    },
  };
}
