import type { EventKind, FieldChange, TimelineEvent } from "../../model/event.ts";
import type { RecordFields, RecordKind } from "../../model/kinds.ts";

/** A record of one kind before and after a version; `before` is null on first sight. */
export interface Step<K extends RecordKind> {
  before: RecordFields<K> | null;
  now: RecordFields<K>;
  createdAt: string;
  changedAt: string;
}

type Facts = TimelineEvent["facts"];

/** When a version of a record makes an event, and what that event says. */
export interface EventRule<K extends RecordKind> {
  kind: EventKind;
  /** True when this step makes the event. */
  when(step: Step<K>): boolean;
  /** When it happened; the record's change by default. */
  at?(step: Step<K>): string | undefined;
  /** What tells this occurrence from others of its kind on the record: nothing for what happens once. Default: the record's version. */
  occurrence?(step: Step<K>): string;
  direction?: TimelineEvent["direction"] | ((now: RecordFields<K>) => TimelineEvent["direction"]);
  title(now: RecordFields<K>, step: Step<K>): string;
  changes?(step: Step<K>): FieldChange[];
  /** Facts as they stood at this event where they differ from the record's present ones. */
  facts?(now: RecordFields<K>): Facts;
}

export interface KindRules<K extends RecordKind> {
  channel: TimelineEvent["channel"] | ((now: RecordFields<K>) => TimelineEvent["channel"]);
  /** The values rules may test, put on every event of the record. */
  facts(now: RecordFields<K>): Record<string, string | number | boolean | undefined>;
  events: readonly EventRule<K>[];
}

/** What happens once on a record needs nothing to tell it from others. */
export const once = () => "";
/** Facts of a thing when it was created, whatever became of it by the time it was first seen. */
export const asOpen = () => ({ status: "open" });
export const first = <K extends RecordKind>({ before }: Step<K>) => before === null;
export const created = <K extends RecordKind>({ createdAt }: Step<K>) => createdAt;
export const startOf = (date: string | undefined) => (date ? `${date}T00:00:00.000Z` : undefined);

/** True when the field has this value now and had not before. */
export function became<K extends RecordKind, F extends keyof RecordFields<K>>(
  field: F,
  ...values: RecordFields<K>[F][]
) {
  return ({ before, now }: Step<K>) => values.includes(now[field]) && !(before && values.includes(before[field]));
}

/** True when the field had a value and has another now. */
export function changed<K extends RecordKind, F extends keyof RecordFields<K> & string>(field: F) {
  return ({ before, now }: Step<K>) =>
    before !== null && now[field] !== undefined && JSON.stringify(before[field]) !== JSON.stringify(now[field]);
}

/** The values of these fields before and after, where they differ. */
export function difference<K extends RecordKind>(...fields: (keyof RecordFields<K> & string)[]) {
  return ({ before, now }: Step<K>): FieldChange[] =>
    fields.flatMap((field) => {
      const [from, to] = [before?.[field], now[field]] as [FieldChange["from"], FieldChange["to"]];
      if (JSON.stringify(from) === JSON.stringify(to)) return [];
      return [{ field, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
    });
}
