/** Who may go first when a vendor's allowance is short. */
export const lanes = ["webhook", "writeback", "poll", "backfill"] as const;
export type Lane = (typeof lanes)[number];

/** Lanes that somebody waits for: some of every allowance is kept for them. */
export function isUrgent(lane: Lane): boolean {
  return lane === "webhook" || lane === "writeback";
}
