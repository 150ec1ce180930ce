const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration as configuration files write it: `30s`, `5m`, `1h`, `2d`. Throws on anything else. */
export function durationMs(text: string): number {
  const [, amount, unit] = /^(\d+)(s|m|h|d)$/.exec(text) ?? [];
  if (!amount || !unit) throw new Error(`"${text}" is no duration; write 30s, 5m, 1h or 2d`);
  return Number(amount) * unitMs[unit as keyof typeof unitMs];
}
