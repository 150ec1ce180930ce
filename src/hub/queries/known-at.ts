import { type Derived, derive } from "../../pipeline/derive/plan.ts";
import { readSubjects } from "../../pipeline/derive/rows.ts";
import type { Hub } from "../hub.ts";
import type { JourneyView, ScoreView } from "./customer.ts";
import { stagesOf } from "./customers.ts";

/**
 * The journey as it stood by what was known at an instant: the events learned later left out, folded anew by today's rules. Which records
 * are the customer, its golden values, and who was at which company when, are today's.
 */
export async function journeyKnownAt(hub: Hub, id: string, knownAt: string): Promise<JourneyView> {
  const subject_id = (await stagesOf(hub, [id])).get(id)?.subject_id ?? id;
  const as_of = settled(hub, knownAt);
  const { intervals = [] } = (await derivedAt(hub, subject_id, as_of)) ?? {};
  return { subject_id, as_of, intervals };
}

/** The score by what was known at an instant, the same way; null where nothing was known of the customer. */
export async function scoreKnownAt(hub: Hub, id: string, knownAt: string): Promise<ScoreView | null> {
  const as_of = settled(hub, knownAt);
  const derived = await derivedAt(hub, id, as_of);
  return derived && { ...derived.score, as_of };
}

/** Nobody knows the future: time goes no further than now. */
function settled(hub: Hub, knownAt: string): string {
  const now = hub.now();
  return knownAt < now ? knownAt : now;
}

async function derivedAt(hub: Hub, id: string, at: string): Promise<Derived | null> {
  const subject = (await readSubjects(hub.store, [id])).get(id);
  const events = subject?.events.filter(({ known_at }) => known_at <= at) ?? [];
  if (!subject || events.length === 0) return null;
  return derive({ ...subject, events }, hub.rules.derive, at);
}
