import { z } from "zod";
import { set } from "../../store/writes.ts";
import type { Hub } from "../hub.ts";
import { wayOf } from "./ways.ts";

/** Who set an error aside, when and why. */
export interface Dismissal {
  by: string;
  at: string;
  reason: string;
}

const dismissal = z.object({ by: z.string(), at: z.string(), reason: z.string() });

/** Kept beside the errors, so that a cause that comes again still shows what was said of it. */
const nameOf = (errorId: string): string => `dismissal ${errorId}`;

/**
 * Closes an open error that no retry can close, or that is none; its record stays as it landed. Should it come again, it opens again: one
 * that is seen at every look at a connection, or in every version of a record (too many values), once it was over in between.
 * @returns what it was: null when there is none of that id, `resolved` when it had closed by itself and nothing was to do.
 */
export async function dismissError(
  hub: Hub,
  id: string,
  { by, reason }: Pick<Dismissal, "by" | "reason">,
): Promise<"open" | "dismissed" | "resolved" | null> {
  const [row] = await hub.store.byKey("errors", "id", [id]);
  if (!row) return null;
  if (row.status === "resolved") return "resolved";
  const said: Dismissal = { by, at: hub.now(), reason };
  await hub.store.commit([
    set("errors", [{ ...row, status: "dismissed" }]),
    set("settings", [{ name: nameOf(id), value: JSON.stringify(said) }]),
  ]);
  return row.status === "dismissed" ? "dismissed" : "open";
}

/**
 * Opens those of these errors again that were set aside and can be tried again; what was said of them is kept. So a field that was left to
 * somebody else for good can be written once more.
 */
export async function reopenErrors(hub: Hub, ids: readonly string[]): Promise<void> {
  const rows = await hub.store.byKey("errors", "id", ids);
  const again = rows.filter((row) => row.status === "dismissed" && wayOf(row).way !== null);
  if (again.length === 0) return;
  await hub.store.commit([
    set(
      "errors",
      again.map((row) => ({ ...row, status: "open" })),
    ),
  ]);
}

/** The last dismissal of each of these errors that was ever dismissed. */
export async function readDismissals({ store }: Hub, errorIds: readonly string[]): Promise<Map<string, Dismissal>> {
  const rows = await store.byKey("settings", "name", errorIds.map(nameOf));
  const said = new Map(rows.map(({ name, value }) => [name, dismissal.parse(JSON.parse(value))]));
  return new Map(
    errorIds.flatMap((id) => {
      const found = said.get(nameOf(id));
      return found ? [[id, found] as const] : [];
    }),
  );
}
