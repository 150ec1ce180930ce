import { once } from "node:events";
import { InterruptedError } from "./failure.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Resolves when the process is asked to end (Ctrl-C, SIGTERM). */
export async function untilSignal(): Promise<void> {
  const idle = setInterval(() => undefined, 1 << 30); // keeps the process alive while it only waits
  const wait = new AbortController();
  try {
    await Promise.race(signals.map((signal) => once(process, signal, { signal: wait.signal })));
  } finally {
    wait.abort();
    clearInterval(idle);
  }
}

const committedStands = "what was committed stands, and the next run goes on from there.";

/**
 * Leaves work when the process is asked to end, so that who began it can close what it opened. Rejects with InterruptedError then; asked a
 * second time, the process ends at once.
 */
export async function interruptible<T>(work: () => Promise<T>, meaning = committedStands): Promise<T> {
  const ended = new AbortController();
  const interrupted = signals.map(async (signal) => {
    await once(process, signal, { signal: ended.signal });
    const error = new InterruptedError(signal, meaning);
    process.once(signal, () => process.exit(error.exitCode));
    throw error;
  });
  try {
    return await Promise.race([work(), ...interrupted]);
  } finally {
    ended.abort();
    await Promise.allSettled(interrupted);
  }
}
