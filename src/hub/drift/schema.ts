import type { Store } from "../../store/store.ts";
import { set, type Write } from "../../store/writes.ts";
import type { Harm, SchemaChange, SeenObject } from "./compare.ts";

/** A change of an account's schema, when it was noticed, and whether it meets a mapping or the write-back. */
export interface NotedChange extends SchemaChange {
  at: string;
  harmful: boolean;
}

/** What is kept of a connection's objects and fields between two looks. */
export interface KeptSchema {
  objects: Readonly<Record<string, SeenObject>>;
  harms: readonly Harm[];
  /** The last ones, oldest first. */
  changes: readonly NotedChange[];
}

const nothingSeen: KeptSchema = { objects: {}, harms: [], changes: [] };

const schemaName = (connection: string): string => `schema ${connection}`;
const lookedName = (connection: string): string => `schema looked ${connection}`;

/** What was seen last of a connection's account, and when; null: never. */
export async function readSchema(
  store: Store,
  connection: string,
): Promise<{ schema: KeptSchema; lookedAt: string | null }> {
  const names = [schemaName(connection), lookedName(connection)];
  const rows = new Map((await store.byKey("settings", "name", names)).map(({ name, value }) => [name, value]));
  const text = rows.get(schemaName(connection));
  const schema: KeptSchema = text === undefined ? nothingSeen : JSON.parse(text);
  return { schema, lookedAt: rows.get(lookedName(connection)) ?? null };
}

/** Keeps what was seen; the schema itself only where it is another than before. */
export function schemaWrites(
  connection: string,
  { before, now, at }: { before: KeptSchema; now: KeptSchema; at: string },
): Write[] {
  const text = JSON.stringify(now);
  const looked = { name: lookedName(connection), value: at };
  const isSame = before !== nothingSeen && text === JSON.stringify(before);
  return [set("settings", isSame ? [looked] : [looked, { name: schemaName(connection), value: text }])];
}
