/*
 * `npm run bench -- map | pipeline | ingest | timeline | start | backfill [--records 1000000] [--runs 5]`
 * `npm run bench -- conformance [--vendor hubspot] [--seeds 2000]`
 * `npm run bench -- identity [--data FOLDER] [--scale 1000,50000,1000000] | identity --incremental`
 * Each bench prints JSON lines to stdout (one a run, then a summary) and how far it is to stderr.
 */

const benches: Readonly<Record<string, () => Promise<unknown>>> = {
  map: () => import("./map.ts"),
  pipeline: () => import("./pipeline.ts"),
  ingest: () => import("./ingest.ts"),
  timeline: () => import("./timeline.ts"),
  start: () => import("./start.ts"),
  backfill: () => import("./backfill.ts"),
  conformance: () => import("./conformance.ts"),
  identity: () => import("./identity.ts"),
};

const bench = benches[process.argv[2] ?? ""];
if (bench) await bench();
else {
  process.stderr.write(`Usage: npm run bench -- ${Object.keys(benches).join(" | ")} [--records N] [--runs N]\n`);
  process.exitCode = 2;
}
