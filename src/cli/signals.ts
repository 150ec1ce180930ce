import { once } from "node:events";

/** Resolves when the process is asked to end (Ctrl-C, SIGTERM). */
export async function untilSignal(): Promise<void> {
  const idle = setInterval(() => undefined, 1 << 30); // keeps the process alive while it only waits
  const wait = new AbortController();
  try {
    await Promise.race(["SIGINT", "SIGTERM"].map((signal) => once(process, signal, { signal: wait.signal })));
  } finally {
    wait.abort();
    clearInterval(idle);
  }
}
