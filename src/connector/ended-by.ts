/**
 * Waits, unless one of these signals ends it: then it rejects with that signal's reason, also where what is waited for does not listen.
 * Nothing is left on the signals afterwards.
 * @example await endedBy([call.signal, ending], (signal) => clock.sleep(1_000, signal))
 */
export async function endedBy<T>(
  signals: readonly (AbortSignal | undefined)[],
  wait: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const given = signals.filter((signal) => signal !== undefined);
  for (const signal of given) signal.throwIfAborted();
  const own = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    own.signal.addEventListener("abort", () => reject(own.signal.reason), { once: true });
  });
  const ends = given.map((signal) => ({ signal, end: () => own.abort(signal.reason) }));
  for (const { signal, end } of ends) signal.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([ended, wait(own.signal)]);
  } finally {
    for (const { signal, end } of ends) signal.removeEventListener("abort", end);
  }
}
