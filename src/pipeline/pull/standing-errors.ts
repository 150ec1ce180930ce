import type { Problem } from "../../model/problem.ts";
import type { Store } from "../../store/store.ts";
import { planStanding, readErrors } from "../problems.ts";

/** Opens these problems of a connection as such and closes those of the same kind (`prefix` of their fingerprints) that are no more. */
export async function keepStanding(
  { store, now }: { store: Store; now(): string },
  { connection, problems, prefix }: { connection: string; problems: readonly Problem[]; prefix: string },
): Promise<void> {
  const known = (await readErrors(store, [""])).filter((row) => row.connection === connection && row.step === "pull");
  const concerns = (row: { fingerprint: string }) => row.fingerprint.startsWith(prefix);
  const writes = planStanding({ problems, known, concerns, now: now() });
  if (writes.length > 0) await store.commit(writes);
}
