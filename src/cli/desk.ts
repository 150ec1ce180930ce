import { loadConnectors } from "../../connectors/index.ts";
import { createApp } from "../api/app.ts";
import { processKey } from "../hub/folder/keys.ts";
import { runningHub } from "../hub/folder/lock.ts";
import { openHub } from "../hub/hub.ts";
import { createLog } from "../hub/log.ts";
import { createMetrics } from "../hub/metrics.ts";
import type { RunView } from "../hub/queries/queries.ts";
import { createRunner } from "../hub/runner/runner.ts";
import { systemClock } from "../lib/clock.ts";

/** The hub's API from a verb's side: of the hub that runs on the folder, else of one opened for the verb's own time. */
export interface Desk {
  get<T>(path: string): Promise<T>;
  /** Lines of JSON. */
  lines<T>(path: string): Promise<T[]>;
  post<T>(path: string, body: unknown): Promise<T>;
  /** Waits for a run to end. Throws with its message when it failed. */
  ended(runId: string, onProgress?: (run: RunView) => void): Promise<RunView>;
  /** Starts work and waits for its run to end. Throws with the run's message when it failed. */
  run(path: string, body: unknown, onProgress?: (run: RunView) => void): Promise<RunView>;
}

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** Opens the desk of a data folder for the time of `work`. */
export async function withDesk<T>(folder: string, work: (desk: Desk) => Promise<T>): Promise<T> {
  const running = runningHub(folder);
  if (running && (await isAlive(running.url)))
    return work(deskOf(asking(running.key, (path, init) => fetch(`${running.url}${path}`, init))));
  const metrics = createMetrics();
  const hub = await openHub({ folder, connectors: loadConnectors, onExchange: metrics.exchange });
  const runner = createRunner({ hub, log: createLog({ level: "silent" }), metrics });
  const app = createApp({ hub, runner, log: createLog({ level: "silent" }), metrics });
  try {
    return await work(deskOf(asking(processKey(hub), async (path, init) => app.request(path, init))));
  } finally {
    await runner.stop();
    await hub.close();
  }
}

async function isAlive(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false; // left by a killed process: the folder is free
  }
}

function asking(key: string, send: Ask): Ask {
  return async (path, init) => {
    const response = await send(path, { ...init, headers: { ...init?.headers, Authorization: `Bearer ${key}` } });
    if (response.ok) return response;
    const problem = (await response.json()) as { title?: string; detail?: string };
    throw new Error(problem.detail ?? problem.title ?? `the hub answered ${response.status}`);
  };
}

const lookEveryMs = 150;
const runMaxMs = 24 * 60 * 60_000;

function deskOf(ask: Ask): Desk {
  const get = async <T>(path: string) => (await (await ask(path)).json()) as T;
  const post = async <T>(path: string, body: unknown) => {
    const headers = { "Content-Type": "application/json" };
    return (await (await ask(path, { method: "POST", headers, body: JSON.stringify(body) })).json()) as T;
  };
  const ended: Desk["ended"] = async (runId, onProgress) => {
    for (let waited = 0; waited < runMaxMs; waited += lookEveryMs) {
      const run = await get<RunView>(`/api/v1/runs/${runId}`);
      onProgress?.(run);
      if (run.status === "failed") throw new Error(run.message ?? "the run failed");
      if (run.status === "done") return run;
      await systemClock.sleep(lookEveryMs);
    }
    throw new Error("the run has not ended within a day");
  };
  return {
    get,
    post,
    ended,
    async lines<T>(path: string) {
      const text = await (await ask(path)).text();
      return text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as T);
    },
    async run(path, body, onProgress) {
      const { run_id } = await post<{ run_id: string }>(path, body);
      return ended(run_id, onProgress);
    },
  };
}
