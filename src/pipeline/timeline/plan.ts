import { groupBy } from "../../lib/group.ts";
import { shortHash } from "../../lib/hash.ts";
import { isDuring, type Placement } from "../../model/during.ts";
import type { EventKind, TimelineEvent } from "../../model/event.ts";
import type { RecordFields, RecordKind } from "../../model/kinds.ts";
import type { CompanyMove, LandedRecord, MappedVersion } from "../../model/record.ts";
import type { Row } from "../../store/tables.ts";
import { append, remove, type Write } from "../../store/writes.ts";
import { contact } from "./parties.ts";
import { eventRules } from "./rules.ts";
import type { EventRule, KindRules, Step } from "./step.ts";

/** Makes the events of record versions: what was created, changed or closed, with the values before and after; and of who moved. */
export function planEvents(
  versions: readonly MappedVersion[],
  moves: readonly CompanyMove[] = [],
): { writes: Write[]; output: TimelineEvent[] } {
  const output = [...versions.flatMap(eventsOf), ...moves.map(moveEvent)];
  return { writes: output.length > 0 ? [append("events", output.map(eventRow))] : [], output };
}

function eventsOf(version: MappedVersion): TimelineEvent[] {
  const { mapped, before, changed_at: changedAt } = version;
  const step: Step<RecordKind> = {
    before: before?.fields ?? null,
    now: mapped.fields,
    createdAt: mapped.remote_created_at ?? changedAt,
    changedAt,
  };
  const found = ofKind(mapped.kind, step, version);
  // Once, though where a record went may be told later than that it is gone: the link to where it went says so then.
  if (mapped.deleted && !before?.deleted) found.push(goneEvent(version, changedAt));
  return found;
}

function ofKind<K extends RecordKind>(kind: K, step: Step<K>, version: MappedVersion): TimelineEvent[] {
  const rules: KindRules<K> | undefined = eventRules[kind];
  if (!rules) return [];
  const events: TimelineEvent[] = [];
  for (const rule of rules.events) if (rule.when(step)) events.push(eventBy(rule, rules, step, version));
  return events;
}

function eventBy<K extends RecordKind>(
  rule: EventRule<K>,
  rules: KindRules<K>,
  step: Step<K>,
  { landed }: MappedVersion,
): TimelineEvent {
  const { now } = step;
  const occurrence = rule.occurrence ? rule.occurrence(step) : versionOf(landed);
  return {
    id: shortHash(landed.record_key, rule.kind, occurrence),
    kind: rule.kind,
    record_key: landed.record_key,
    occurred_at: rule.at?.(step) ?? step.changedAt,
    known_at: landed.known_at,
    direction: chosen(rule.direction ?? "none", now),
    channel: chosen(rules.channel, now),
    title: rule.title(now, step),
    changes: rule.changes?.(step) ?? [],
    facts: { ...withoutGaps(rules.facts(now)), ...rule.facts?.(now) },
  };
}

/** Vendors stamp to the second: two changes within one are told apart by what they say. */
function versionOf({ version, content_hash, known_at }: LandedRecord): string {
  return `${version ?? known_at} ${content_hash}`;
}

function chosen<K extends RecordKind, T extends string>(
  choice: T | ((now: RecordFields<K>) => T),
  now: RecordFields<K>,
): T {
  return typeof choice === "function" ? choice(now) : choice;
}

function withoutGaps(facts: Record<string, string | number | boolean | undefined>): TimelineEvent["facts"] {
  const full: TimelineEvent["facts"] = {};
  for (const [name, value] of Object.entries(facts)) if (value !== undefined) full[name] = value;
  return full;
}

/** What an event about a record itself has in common with the others of its version. */
function ofRecord(landed: MappedVersion["landed"], kind: EventKind) {
  const { record_key, known_at } = landed;
  const id = shortHash(record_key, kind, versionOf(landed));
  return { id, kind, record_key, known_at, direction: "none", channel: "record" } as const;
}

function goneEvent({ landed, mapped }: MappedVersion, changedAt: string): TimelineEvent {
  const kind = mapped.merged_into ? "record.merged" : "record.deleted";
  const facts = eventRules[mapped.kind]?.facts as ((now: RecordFields) => Record<string, string>) | undefined;
  return {
    ...ofRecord(landed, kind),
    occurred_at: changedAt,
    title: mapped.merged_into ? `Merged into ${mapped.merged_into} at its source` : "Deleted at its source",
    changes: [],
    facts: withoutGaps(facts?.(mapped.fields) ?? {}),
  };
}

/** Of the person's record, so that it stands on their timeline and on those of both companies. */
function moveEvent({ landed, fields, at, from, to }: CompanyMove): TimelineEvent {
  const kind: EventKind = "contact.company_changed";
  const came = from.length > 0 ? "Changed company" : "Came to a company";
  return {
    ...ofRecord(landed, kind),
    occurred_at: at,
    title: to.length > 0 ? came : "Left a company",
    changes: [
      {
        field: "company_ref",
        ...(from.length > 0 ? { from: refOf(from) } : {}),
        ...(to.length > 0 ? { to: refOf(to) } : {}),
      },
    ],
    facts: withoutGaps(contact.facts(fields)),
  };
}

function refOf(recordKeys: readonly string[]): string | string[] {
  const refs = recordKeys.map((key) => key.slice(key.indexOf(":") + 1));
  return refs.length === 1 ? (refs[0] ?? "") : refs;
}

function eventRow(event: TimelineEvent): Row<"events"> {
  return { ...event, changes: JSON.stringify(event.changes), facts: JSON.stringify(event.facts) };
}

export interface PlacementInput {
  events: readonly TimelineEvent[];
  /** Customers of each record that has new events, each with the times of which it has the record's events. */
  customersOf: ReadonlyMap<string, readonly Placement[]>;
  /** Records that joined or left customers, and the events those records had before. */
  changes: readonly (Placement & { record_key: string; change: "added" | "removed" })[];
  standing: readonly Pick<Row<"events">, "record_key" | "occurred_at" | "id">[];
}

/**
 * Puts events on the timelines of the customers their records belong to, and takes them off those they left. What a person did while at a
 * company stays with that company: an event goes by when it happened, whenever it became known.
 */
export function planPlacement({ events, customersOf, changes, standing }: PlacementInput): {
  writes: Write[];
  output: Set<string>;
} {
  const placed: Row<"timeline">[] = [];
  const taken: [string, string, string][] = [];
  for (const { record_key, occurred_at, id } of events) {
    for (const { customer_id, during } of customersOf.get(record_key) ?? []) {
      if (isDuring(during, occurred_at)) placed.push({ customer_id, occurred_at, event_id: id, record_key });
    }
  }
  const earlier = groupBy(standing, (event) => event.record_key);
  for (const { record_key, customer_id, during, change } of changes) {
    for (const { occurred_at, id } of earlier.get(record_key) ?? []) {
      if (!isDuring(during, occurred_at)) continue;
      if (change === "added") placed.push({ customer_id, occurred_at, event_id: id, record_key });
      else taken.push([customer_id, occurred_at, id]);
    }
  }
  const writes = [
    ...(taken.length > 0 ? [remove("timeline", ["customer_id", "occurred_at", "event_id"], taken)] : []),
    ...(placed.length > 0 ? [append("timeline", placed)] : []),
  ];
  return { writes, output: new Set([...placed.map((row) => row.customer_id), ...taken.map(([customer]) => customer)]) };
}
