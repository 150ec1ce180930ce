/** Long enough that turning costs nothing beside the work, short enough that a request hardly waits. */
const heldMaxMs = 4;

/** Works that wait for their turn; all long works of a process share one event loop, so they share its time. */
const waiting: (() => void)[] = [];
let since = performance.now();

/**
 * Keeps a long piece of work from holding up requests: awaited between two steps, it lets the event loop turn once long works have held
 * it for 4 milliseconds. Of several that wait, one goes on a turn, each as it came.
 * @example for (const one of many) { work(one); await pause(); }
 */
export async function pause(): Promise<void> {
  if (performance.now() - since < heldMaxMs) return;
  await new Promise<void>((goOn) => {
    if (waiting.push(goOn) === 1) setImmediate(letOneGoOn);
  });
}

function letOneGoOn(): void {
  since = performance.now();
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(letOneGoOn);
}
