import { join } from "node:path";
import { type FoundField, SourceError } from "../../connector/index.ts";
import { type MappingText, readMappingFolders, usesOf } from "../../mapping/index.ts";
import type { Problem } from "../../model/problem.ts";
import { readErrors } from "../../pipeline/problems.ts";
import type { Row } from "../../store/tables.ts";
import type { Hub, HubConnection } from "../hub.ts";
import { changesOf, type Harm, harmsOf, type ObjectUse, type SeenObject, seenOf } from "./compare.ts";
import { harmProblem, planDrift, unseenProblem } from "./problems.ts";
import { type KeptSchema, type NotedChange, readSchema, schemaWrites } from "./schema.ts";
import { subscriptionProblems } from "./subscriptions.ts";

const lookEveryMs = 3_600_000;
const changesKept = 200;

/**
 * Holds the fields of a connection's objects against those seen last, once an hour at most, and at once where pages came without a field
 * since `beganAt` that they had before. What has changed is noted; what a mapping or the write-back meets is an open error until it is mended. A vendor
 * that does not answer is asked another time.
 */
export async function lookForDrift(hub: Hub, connection: HubConnection, beganAt: string): Promise<void> {
  const { discover } = connection.open;
  if (!discover) return;
  const { schema, lookedAt } = await readSchema(hub.store, connection.id);
  const known = await errorsOf(hub, connection.id);
  const isDue = lookedAt === null || Date.parse(hub.now()) - Date.parse(lookedAt) >= lookEveryMs;
  const isMet = known.some(
    (row) => row.class === "missing_field" && row.status === "open" && row.last_seen_at >= beganAt,
  );
  if (!isDue && !isMet) return;
  try {
    await compare(hub, connection, { schema, fields: discover.fields, known });
  } catch (cause) {
    if (!(cause instanceof SourceError)) throw cause;
  }
}

interface Known {
  schema: KeptSchema;
  fields(object: string): Promise<FoundField[] | null>;
  known: readonly Row<"errors">[];
}

async function compare(hub: Hub, connection: HubConnection, { schema, fields, known }: Known): Promise<void> {
  const at = hub.now();
  const ofConnector = { connector: connection.connector.id };
  const objects: Record<string, SeenObject> = {};
  const harms: Harm[] = [];
  const changes: NotedChange[] = [];
  const unseen: Problem[] = [];
  let texts: readonly MappingText[] | null = null;
  for (const used of objectsUsed(hub, connection)) {
    const { object, reads } = used;
    const before = schema.objects[object];
    const found = await fieldsOrWhyNot(fields, object);
    if (found instanceof SourceError) {
      const { message, details } = found;
      const remedy = details.remedy ?? "Give the credentials the right to read the fields of the object.";
      unseen.push(unseenProblem(connection.id, { object, message, remedy }));
      if (before !== undefined) objects[object] = before;
      harms.push(...schema.harms.filter((harm) => harm.object === object));
      continue;
    }
    const now = seenOf(found, reads);
    const news = changesOf(object, before, now);
    if (news.length > 0) texts ??= await readMappingFolders([...hub.rules.shipped, join(hub.folder, "mappings")]);
    const files = texts ?? [];
    const use = { ...used, usesOf: (path: string) => usesOf(files, { ...ofConnector, object, path }) };
    const standing = harmsOf(use, { before, now, changes: news, standing: schema.harms });
    const isHarm = (path: string, to: string | null) => standing.some((harm) => harm.path === path && harm.to === to);
    objects[object] = now;
    harms.push(...standing);
    changes.push(...news.map((change) => ({ ...change, at, harmful: isHarm(change.path, change.to) })));
  }
  const now: KeptSchema = { objects, harms, changes: [...schema.changes, ...changes].slice(-changesKept) };
  const subscriptions = await subscriptionProblems(hub, connection, known);
  const problems = [...harms.map((harm) => harmProblem(connection.id, harm)), ...unseen, ...subscriptions];
  await hub.store.commit([
    ...schemaWrites(connection.id, { before: schema, now, at }),
    ...planDrift(problems, known, at),
  ]);
}

/** A refusal that stays until a person acts is an answer about this object; the others end the look. */
async function fieldsOrWhyNot(fields: Known["fields"], object: string): Promise<FoundField[] | null | SourceError> {
  try {
    return await fields(object);
  } catch (cause) {
    if (cause instanceof SourceError && (cause.next === "stop" || cause.next === "skip")) return cause;
    throw cause;
  }
}

/** The objects that are read and mapped, each once, with what the hub does with their fields. */
function objectsUsed({ rules }: Hub, { connector, open }: HubConnection): Omit<ObjectUse, "usesOf">[] {
  const objects = [...new Set(Object.values(open.streams).map(({ object }) => object))];
  return objects.flatMap((object): Omit<ObjectUse, "usesOf">[] => {
    const mapping = rules.mappings.find(connector.id, object);
    if (!mapping) return [];
    const written = Object.values(open.writeback?.targets[object] ?? {});
    const isWritten = (path: string) => written.some((name) => path === name || path.endsWith(`.${name}`));
    return [
      {
        object,
        // What the hub writes itself, the write-back looks after.
        reads: mapping.reads.filter((path) => !isWritten(path)),
        mapping: mapping.version,
        writes: mapping.reads.filter(isWritten),
      },
    ];
  });
}

async function errorsOf({ store }: Hub, connection: string): Promise<Row<"errors">[]> {
  return (await readErrors(store, [""])).filter((row) => row.connection === connection && row.step === "pull");
}
