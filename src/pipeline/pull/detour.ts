import type { Detour } from "../../connector/index.ts";
import type { Store } from "../../store/store.ts";
import { keepStanding, type ReadStanding } from "../problems.ts";

/** That an object is read at a higher price than need be is an open error of the connection until it is not (`detour` null). */
export async function reportDetour(
  of: { store: Store; now(): string },
  { connection, object, detour }: { connection: string; object: string; detour: Detour | null | undefined },
  read?: ReadStanding,
): Promise<void> {
  if (detour === undefined) return;
  const prefix = `detour:${object}.`;
  const problems = detour ? [problemOf(connection, `${prefix}${detour.name}`, detour)] : [];
  const concerns = ({ fingerprint: name }: { fingerprint: string }) => name.startsWith(prefix);
  await keepStanding(of, { connection, step: "pull", problems, concerns }, read);
}

function problemOf(connection: string, fingerprint: string, { message, remedy }: Detour) {
  const about = { connection, record_key: "", step: "pull" as const, class: "limit" as const };
  return { ...about, fingerprint, message, remedy, raw_seq: null };
}
