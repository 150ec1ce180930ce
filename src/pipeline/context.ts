import { createLock } from "../lib/lock.ts";
import type { CompiledMapping, HeldMapping, MapContext } from "../mapping/index.ts";
import { partyKinds, type RecordKind } from "../model/kinds.ts";
import { type MappedVersion, parseRecordKey, type RawRecord } from "../model/record.ts";
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
  /** The mapping that a raw object's records wait for, because its files have mistakes. */
  held(connection: string, object: string): HeldMapping | undefined;
  /** Mapping contexts of these connections, their reference tables read. */
  contexts(connections: readonly string[]): Promise<(connection: string) => MapContext>;
  /** True for owners and pipelines: records that the mappings of others look up. */
  isReference(record: { connection: string; object: string }): boolean;
  /** True for persons and companies, whether they have landed or not. */
  isParty(recordKey: string): boolean;
  /** To be called with the turn a plan works in: when another process had turns meanwhile, reference tables are read anew. */
  inTurn(turn: number): void;
  /** To be called when the derived tables were emptied: reference tables are read anew. */
  emptied(): void;
  /** To be called with what a plan committed in its turn, so that changed reference tables are read anew. */
  committed(versions: readonly MappedVersion[]): void;
  /** One plan at a time on a store of this process. */
  alone<T>(task: () => Promise<T>): Promise<T>;
}

export interface PipelineOptions {
  store: Store;
  identity: IdentityRules;
  now(): string;
  mapping(connection: string, object: string): CompiledMapping | undefined;
  held?(connection: string, object: string): HeldMapping | undefined;
  /** Settings of a connection that mappings use: base currency, country, time zone. */
  settings(connection: string): Omit<MapContext, "lookup">;
}

export function createPipeline({
  store,
  identity,
  now,
  mapping,
  held = () => undefined,
  settings,
}: PipelineOptions): Pipeline {
  const references = new Map<string, References>();
  let plannedTurn = 0;
  let committedTurn = 0;
  const kindsOf = (connection: string, object: string) =>
    (mapping(connection, object) ?? held(connection, object))?.to ?? [];
  return {
    store,
    identity,
    now,
    mapping,
    held,
    alone: lockOf(store),
    async contexts(connections) {
      for (const connection of new Set(connections)) {
        if (!references.has(connection)) references.set(connection, await readReferences(store, connection));
      }
      return (connection) => ({
        ...settings(connection),
        lookup: (table, key) => references.get(connection)?.[table].get(key),
      });
    },
    isReference: ({ connection, object }) => kindsOf(connection, object).some(isReferenceKind),
    isParty(recordKey) {
      const { connection, object } = parseRecordKey(recordKey);
      const kinds = kindsOf(connection, object);
      return kinds.length > 0 && kinds.every((kind) => kind in partyKinds);
    },
    inTurn(turn) {
      if (turn !== committedTurn + 1) references.clear();
      plannedTurn = turn;
    },
    emptied: () => references.clear(),
    committed(versions) {
      committedTurn = plannedTurn;
      for (const { mapped, landed } of versions) {
        if (isReferenceKind(mapped.kind)) references.delete(landed.connection);
      }
    },
  };
}

const locks = new WeakMap<Store, Pipeline["alone"]>();

function lockOf(store: Store): Pipeline["alone"] {
  const lock = locks.get(store) ?? createLock();
  locks.set(store, lock);
  return lock;
}

/** True of owners and pipelines, which the mappings of other records look up. */
export function isReferenceKind(kind: RecordKind | "association"): boolean {
  return kind === "owner" || kind === "pipeline";
}
