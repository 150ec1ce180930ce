import type { Contribution, TimelineEvent } from "../../model/index.ts";
import { derive } from "../../pipeline/derive/plan.ts";
import { readSubjects } from "../../pipeline/derive/rows.ts";
import { type CorrectionView, correctedVersions } from "../errors/corrections.ts";
import type { Hub } from "../hub.ts";
import {
  customerJourney,
  customerScore,
  findCustomer,
  type IntervalView,
  type LinkedRecord,
  type ScoreView,
} from "./customer.ts";
import { pairOf, type Waterfall, waterfalls } from "./explain-link.ts";

/** An event that a rule held on. */
export interface CitedEvent {
  id: string;
  kind: string;
  title: string;
  occurred_at: string;
  record_key: string;
  /** Who made the values it tells of by hand; null where they are the vendor's own. */
  correction: CorrectionView | null;
}

/** Why a customer is who it is and stands where it stands. */
export interface Explanation {
  id: string;
  name: string;
  /** Why these records are one customer; of those that a score has joined, what it is made of. */
  records: (LinkedRecord & { waterfall: Waterfall | null })[];
  /** Why it is in its stage: the rule, its version and the events it held on; null while it has none. */
  stage: (Omit<IntervalView, "evidence"> & { subject_id: string; because: Because }) | null;
  /** Why its score is what it is; null until it is derived. */
  score: (Omit<ScoreView, "contributions"> & { contributions: (Contribution & { events: CitedEvent[] })[] }) | null;
}
export interface Because {
  rule: string;
  rule_version: string;
  text: string;
  events: CitedEvent[];
}

/** Explains a customer: every value with its rule and the events behind it. Null when there is none of that id. */
export async function explainCustomer(hub: Hub, id: string): Promise<Explanation | null> {
  const customer = await findCustomer(hub, id);
  if (!customer) return null;
  const scores = await waterfalls(hub, customer.records);
  const journey = await customerJourney(hub, customer.id);
  const score = await customerScore(hub, customer.id);
  const standing = journey.intervals.findLast(({ valid_to }) => valid_to === null);
  const cite = await citations(hub, [...new Set([customer.id, journey.subject_id])], {
    asOf: journey.as_of ?? score?.as_of ?? hub.now(),
    wanted: [
      ...(standing?.evidence.event_ids ?? []),
      ...(score?.contributions ?? []).flatMap((part) => part.event_ids),
    ],
  });
  return {
    id: customer.id,
    name: customer.name,
    records: customer.records.map((record) => ({ ...record, waterfall: waterfallOf(record, scores) })),
    stage: standing ? stageBecause(standing, journey.subject_id, cite) : null,
    score: score && {
      ...score,
      contributions: score.contributions.map((part) => ({ ...part, events: cite(part.event_ids) })),
    },
  };
}

function waterfallOf({ record_key, evidence }: LinkedRecord, scores: ReadonlyMap<string, Waterfall>): Waterfall | null {
  return (evidence.with !== null && scores.get(pairOf(record_key, evidence.with).join("\n"))) || null;
}

function stageBecause(
  { evidence, ...interval }: IntervalView,
  subject_id: string,
  cite: (ids: readonly string[]) => CitedEvent[],
) {
  const { rule, rule_version, text, event_ids } = evidence;
  return { ...interval, subject_id, because: { rule, rule_version, text, events: cite(event_ids) } };
}

/** Looks cited events up on the subjects' timelines; virtual ones (an invoice that fell overdue) are folded again, as they are not stored. */
async function citations(
  hub: Hub,
  subjectIds: readonly string[],
  { asOf, wanted }: { asOf: string; wanted: readonly string[] },
): Promise<(ids: readonly string[]) => CitedEvent[]> {
  const missing = new Set(wanted);
  const found = new Map<string, TimelineEvent>();
  const take = (events: readonly TimelineEvent[]) => {
    for (const event of events) if (missing.delete(event.id)) found.set(event.id, event);
  };
  const subjects = await readSubjects(hub.store, subjectIds);
  for (const subject of subjects.values()) take(subject.events);
  if (missing.size > 0) {
    for (const subject of subjects.values()) take(derive(subject, hub.rules.derive, asOf).overdue);
  }
  const corrected = await correctedVersions(hub, [...new Set([...found.values()].map(({ record_key }) => record_key))]);
  // An event knows of no raw version; what a version made, it made as it landed.
  const correctionOf = ({ record_key, known_at }: TimelineEvent) =>
    corrected.find((version) => version.record_key === record_key && version.known_at === known_at)?.correction ?? null;
  const cited = (event: TimelineEvent): CitedEvent => {
    const { id, kind, title, occurred_at, record_key } = event;
    return { id, kind, title, occurred_at, record_key, correction: correctionOf(event) };
  };
  return (ids) => ids.flatMap((id) => found.get(id) ?? []).map(cited);
}
