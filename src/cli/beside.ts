import { type RunningHub, runningHub } from "../hub/folder/lock.ts";

/** The hub that runs on a data folder and answers; null when none does. */
export async function liveHub(folder: string): Promise<RunningHub | null> {
  const running = runningHub(folder);
  if (!running) return null;
  try {
    return (await fetch(`${running.url}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok ? running : null;
  } catch {
    return null; // left by a killed process: the folder is free
  }
}
