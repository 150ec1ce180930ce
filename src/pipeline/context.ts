import type { KeyRule } from "../identity/block/stored-keys.ts";
import type { Comparable } from "../identity/comparable.ts";
import { createMatching, type Matching } from "../identity/matching.ts";
import type { IdentityRules } from "../identity/rules.ts";
import { createLock } from "../lib/lock.ts";
import { once } from "../lib/once.ts";
import type { CompiledMapping, HeldMapping, MapContext } from "../mapping/index.ts";
import { partyKinds, type RecordKind } from "../model/kinds.ts";
import { type MappedVersion, parseRecordKey, type RawRecord } from "../model/record.ts";
import type { Store } from "../store/store.ts";
import type { Write } from "../store/writes.ts";
import type { HeadsAhead } from "./heads.ts";
import { type References, readReferences } from "./map/rows.ts";
import { defaultReach, type Reach } from "./resolve/reach.ts";

/** What people say, which replay keeps; most have never said anything. */
export const saidByPeople = ["pins", "overrides"] as const;
export type SaidByPeople = (typeof saidByPeople)[number];

/** Records that arrived together, and what must be committed with them. */
export interface Batch {
  records: readonly RawRecord[];
  also: readonly Write[];
  /** Heads of these records that have been read already. */
  heads?: HeadsAhead | undefined;
}

export interface BatchCounts {
  in: number;
  stored: number;
  duplicate: number;
  failed: number;
  events: number;
}

/** What is compared of a record. */
export interface Compared {
  record_key: string;
  comparable: Comparable;
}

/** What the steps from land to timeline work with. */
export interface Pipeline {
  store: Store;
  identity: IdentityRules;
  /** How records are scored that share no claim; null where the rules score nothing. */
  readonly matching: Matching | null;
  /** Block keys known to be on more records than they may, as long as no other process has had a turn: they need not be looked up. */
  readonly fullKeys: Map<number, KeyRule>;
  /** What is compared of records that were met, by `first_seq`, as it is stored, as long as no other process has had a turn: it need not be read. */
  readonly comparables: Map<number, Compared>;
  /** What is compared of the records that a plan is about: it is stored with its commit, and joins the others then. */
  readonly planned: Map<number, Compared>;
  /** Whether anybody has said anything in these tables, as long as no other process has had a turn: where nobody has, they need not be read. */
  readonly saidIn: Map<SaidByPeople, boolean>;
  /** True where it is known that no replay is under way, as long as no other process has had a turn. */
  readonly unreplayed: { isKnown: boolean };
  /** Records met by this process with as many block keys of a rule as count, by `<kind>|<rule>`: they are not found by further ones. */
  readonly cutKeys: Map<string, number>;
  /** How far is read from a batch's records to those they could be one customer with. */
  readonly reach: Reach;
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
  /** True of records that anybody may have sent: those of a connection whose key is public. */
  isPublic(recordKey: string): boolean;
  /** To be called with the turn a plan works in: when another process had turns meanwhile, what is kept of the store is read anew. */
  inTurn(turn: number): void;
  /** To be called when the derived tables were emptied: what is kept of them is read anew. */
  emptied(): void;
  /** To be called with what a plan committed in its turn, so that changed reference tables are read anew. */
  committed(versions: readonly MappedVersion[]): void;
  /** One plan at a time on a store of this process. */
  alone<T>(task: () => Promise<T>): Promise<T>;
}

export interface PipelineOptions {
  store: Store;
  identity: IdentityRules;
  reach?: Reach;
  now(): string;
  mapping(connection: string, object: string): CompiledMapping | undefined;
  held?(connection: string, object: string): HeldMapping | undefined;
  /** Whether a connection takes records from anybody. Absent: none does. */
  isPublic?(connection: string): boolean;
  /** Settings of a connection that mappings use: base currency, country, time zone. */
  settings(connection: string): Omit<MapContext, "lookup">;
}

export function createPipeline({
  store,
  identity,
  reach = defaultReach,
  now,
  mapping,
  held = () => undefined,
  isPublic = () => false,
  settings,
}: PipelineOptions): Pipeline {
  const { references, forget, ...kept } = createKept();
  const planned = new Map<number, Compared>();
  let plannedTurn = 0;
  let committedTurn = 0;
  const kindsOf = (connection: string, object: string) =>
    (mapping(connection, object) ?? held(connection, object))?.to ?? [];
  const matching = once(() => createMatching(identity));
  return {
    store,
    identity,
    get matching() {
      return matching();
    },
    ...kept,
    planned,
    cutKeys: new Map(),
    reach,
    now,
    mapping,
    held,
    alone: lockOf(store),
    contexts: contextsFrom(references, { store, settings }),
    isReference: ({ connection, object }) => kindsOf(connection, object).some(isReferenceKind),
    isParty(recordKey) {
      const { connection, object } = parseRecordKey(recordKey);
      return areParties(kindsOf(connection, object));
    },
    isPublic: (recordKey) => isPublic(parseRecordKey(recordKey).connection),
    inTurn(turn) {
      if (turn !== committedTurn + 1) forget();
      planned.clear();
      plannedTurn = turn;
    },
    emptied: forget,
    committed(versions) {
      committedTurn = plannedTurn;
      for (const [first_seq, compared] of planned) kept.comparables.set(first_seq, compared);
      for (const { mapped, landed } of versions) {
        if (isReferenceKind(mapped.kind)) references.delete(landed.connection);
      }
    },
  };
}

/** What is kept of the store as long as no other process has had a turn. */
function createKept() {
  const references = new Map<string, References>();
  const fullKeys = new Map<number, KeyRule>();
  const comparables = new Map<number, Compared>();
  const saidIn = new Map<SaidByPeople, boolean>();
  const unreplayed = { isKnown: false };
  const forget = () => {
    for (const each of [references, fullKeys, comparables, saidIn]) each.clear();
    unreplayed.isKnown = false;
  };
  return { references, fullKeys, comparables, saidIn, unreplayed, forget };
}

function contextsFrom(
  references: Map<string, References>,
  { store, settings }: Pick<PipelineOptions, "store" | "settings">,
): Pipeline["contexts"] {
  return async (connections) => {
    for (const connection of new Set(connections)) {
      if (!references.has(connection)) references.set(connection, await readReferences(store, connection));
    }
    return (connection) => ({
      ...settings(connection),
      connection,
      lookup: (table, key) => references.get(connection)?.[table].get(key),
    });
  };
}

const areParties = (kinds: CompiledMapping["to"]): boolean =>
  kinds.length > 0 && kinds.every((kind) => kind in partyKinds);

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
