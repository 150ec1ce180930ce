/*
 * `npm run bench -- ingest [--records 40000]`: signed webhooks of 1 KB over 50 kept-alive connections, each answered only when it is on
 * disk; the hub's real app beside bare hono with a group commit. Then the event loop's delay while the hub backfills from a simulator
 * and takes webhooks. Server, load generator and simulator are processes of their own, on loopback.
 */

import { inChild, median, print, progress, round, size, startHelper, withFolder } from "./measure.ts";

const { records: requests, runs } = size({ records: 40_000, runs: 5 });

/** What the load generator saw; milliseconds. */
interface Load {
  requests: number;
  refused: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}
interface Server {
  url: string;
}
interface Kept {
  rows: number;
  cpuSeconds: number;
}
type Turn = Load & Kept & { cpuUsPerRequest: number };

const sides = { hub: "./ingest.hub.ts", limit: "./ingest.bare.ts" } as const;
const turns: Record<keyof typeof sides, Turn[]> = { hub: [], limit: [] };

for (let run = 1; run <= runs; run++) {
  for (const side of ["hub", "limit"] as const) {
    progress(`ingest: run ${run} of ${runs}, ${side}`);
    const turn = await withFolder((folder) => takeTurn(sides[side], folder));
    turns[side].push(turn);
    print({ bench: "ingest", run, side, ...turn });
  }
}
const of = (side: keyof typeof sides, figure: keyof Turn) => median(turns[side].map((turn) => turn[figure]));
print({
  bench: "ingest",
  runs,
  unit: "requests/s",
  hub: of("hub", "perSecond"),
  limit: of("limit", "perSecond"),
  ratio: round(of("hub", "perSecond") / of("limit", "perSecond")),
  aim: 0.7,
  p50Ms: { hub: of("hub", "p50Ms"), limit: of("limit", "p50Ms") },
  p99Ms: { hub: of("hub", "p99Ms"), limit: of("limit", "p99Ms") },
  cpuUsPerRequest: { hub: of("hub", "cpuUsPerRequest"), limit: of("limit", "cpuUsPerRequest") },
  limitIs: "bare hono, HMAC and a group commit on setImmediate, SQLite FULL",
});
await withFolder(loopDelay);

async function takeTurn(file: string, folder: string): Promise<Turn> {
  const server = await startHelper<Server, Kept>(file, [folder]);
  const load = await inChild<Load>("./ingest.load.ts", [server.ready.url, requests, 0]);
  const kept = await server.stop();
  if (load.refused > 0 || kept.rows !== load.requests) {
    throw new Error(`of ${load.requests} answered requests ${load.refused} were refused and ${kept.rows} are on disk`);
  }
  return { ...load, ...kept, cpuUsPerRequest: Math.round((kept.cpuSeconds * 1e6) / load.requests) };
}

/** Two hundred webhooks a second while the whole HubSpot account is read for the first time. */
async function loopDelay(folder: string): Promise<void> {
  const pauseMs = 250;
  progress("ingest: event-loop delay during a backfill");
  const simulator = await startHelper<{ config: object }, object>("./ingest.simulator.ts", []);
  const hub = await startHelper<Server, { records: number; seconds: number; delayMs: object }>("./ingest.backfill.ts", [
    folder,
    JSON.stringify(simulator.ready.config),
  ]);
  const load = await inChild<Load>("./ingest.load.ts", [hub.ready.url, 2_000, pauseMs]);
  const done = await hub.stop();
  await simulator.stop();
  print({ bench: "ingest", case: "event-loop delay during a backfill", ...done, aimP99: 20, webhooks: load });
}
