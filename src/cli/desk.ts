import { userInfo } from "node:os";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { loadConnectors } from "../../connectors/index.ts";
import { authorHeader } from "../api/access.ts";
import { createApp } from "../api/app.ts";
import { configurationProblem, type ProblemDocument } from "../api/problem.ts";
import { ConfigError } from "../hub/folder/config.ts";
import { processKey } from "../hub/folder/keys.ts";
import { openHub } from "../hub/hub.ts";
import { createLog } from "../hub/log.ts";
import { createMetrics } from "../hub/metrics.ts";
import type { RunView } from "../hub/queries/queries.ts";
import { createRunner } from "../hub/runner/runner.ts";
import { systemClock } from "../lib/clock.ts";
import { liveHub } from "./beside.ts";
import { RunFailedError, UsageError } from "./failure.ts";
import { closeAbandonedRuns } from "./open.ts";
import { interruptible } from "./signals.ts";

/** The hub's API from a verb's side: of the hub that runs on the folder, else of one opened for the verb's own time. */
export interface Desk {
  get<T>(path: string): Promise<T>;
  /** Lines of JSON; `onProgress` hears how many came so far. */
  lines<T>(path: string, onProgress?: (lines: number) => void): Promise<T[]>;
  post<T>(path: string, body: unknown): Promise<T>;
  /** Waits for a run to end. Throws RunFailedError when it failed. */
  ended(runId: string, onProgress?: (run: RunView) => void): Promise<RunView>;
  /** Starts work and waits for its run to end. Throws RunFailedError when it failed. */
  run(path: string, body: unknown, onProgress?: (run: RunView) => void): Promise<RunView>;
}

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** Opens the desk of a data folder for the time of `work`; what is decided there is by the user of this machine, or who is named. */
export async function withDesk<T>(
  folder: string,
  work: (desk: Desk) => Promise<T>,
  by: string = userName(),
): Promise<T> {
  const running = await liveHub(folder);
  if (running) {
    const send: Ask = (path, init) => fetch(`${running.url}${path}`, init);
    return work(deskOf(asking({ key: running.key, by }, send)));
  }
  const metrics = createMetrics();
  const hub = await openHub({ folder, connectors: loadConnectors, onExchange: metrics.exchange });
  const runner = createRunner({ hub, log: createLog({ level: "silent" }), metrics });
  const app = createApp({ hub, runner, log: createLog({ level: "silent" }), metrics });
  try {
    await closeAbandonedRuns(hub);
    const desk = deskOf(asking({ key: processKey(hub), by }, async (path, init) => app.request(path, init)));
    return await interruptible(() => work(desk));
  } finally {
    await runner.stop();
    await hub.close();
  }
}

/** A user without a name, as in some containers, is nobody in particular. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}

function asking({ key, by }: { key: string; by: string }, send: Ask): Ask {
  const own = { Authorization: `Bearer ${key}`, [authorHeader]: encodeURIComponent(by) };
  return async (path, init) => {
    const response = await send(path, { ...init, headers: { ...init?.headers, ...own } });
    if (response.ok) return response;
    const problem = (await response.json()) as Partial<ProblemDocument>;
    const said = problem.detail ?? problem.title ?? `the hub answered ${response.status}`;
    const places = (problem.errors ?? []).filter(({ message }) => !said.includes(message));
    const whole = [said, ...places.map(({ at, message }) => `${at}: ${message}`)].join(" ");
    if (problem.type === configurationProblem) throw new ConfigError(whole);
    throw response.status === 400 ? new UsageError(whole) : new Error(whole);
  };
}

/** A short run is over before somebody would wait for it; a longer one is not asked after all the time. */
const firstLookMs = 10;
const lookEveryMs = 150;
const runMaxMs = 24 * 60 * 60_000;

function deskOf(ask: Ask): Desk {
  const get = async <T>(path: string) => (await (await ask(path)).json()) as T;
  const post = async <T>(path: string, body: unknown) => {
    const headers = { "Content-Type": "application/json" };
    return (await (await ask(path, { method: "POST", headers, body: JSON.stringify(body) })).json()) as T;
  };
  const ended: Desk["ended"] = async (runId, onProgress) => {
    let waitMs = firstLookMs;
    for (let waited = 0; waited < runMaxMs; waited += waitMs) {
      const run = await get<RunView>(`/api/v1/runs/${runId}`);
      onProgress?.(run);
      if (run.status === "failed") throw new RunFailedError(run);
      if (run.status === "done") return run;
      waitMs = Math.min(2 * waitMs, lookEveryMs);
      await systemClock.sleep(waitMs);
    }
    throw new Error("the run has not ended within a day");
  };
  return {
    get,
    post,
    ended,
    async lines<T>(path: string, onProgress?: (lines: number) => void) {
      const { body } = await ask(path);
      const lines: T[] = [];
      if (!body) return lines;
      for await (const line of createInterface({ input: Readable.fromWeb(body) })) {
        if (line) lines.push(JSON.parse(line) as T);
        onProgress?.(lines.length);
      }
      return lines;
    },
    async run(path, body, onProgress) {
      const { run_id } = await post<{ run_id: string }>(path, body);
      return ended(run_id, onProgress);
    },
  };
}
