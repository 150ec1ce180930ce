/*
 * A hub at work: it serves, and pulls a whole HubSpot account; reported is how late the event loop's timers were meanwhile (each one
 * millisecond to begin with). Arguments: folder, the HubSpot connection's settings.
 */

import { monitorEventLoopDelay } from "node:perf_hooks";
import { count } from "drizzle-orm";
import { startServer } from "../../src/cli/server.ts";
import { benchFolder } from "./ingest.folder.ts";
import { asHelper } from "./measure.ts";

const [folder = "", settings = "{}"] = process.argv.slice(2);
const config = JSON.parse(settings) as { base_url: string };
const allowedHosts = [new URL(config.base_url).host];
benchFolder(folder, { hubspot: { connector: "hubspot", config, allowedHosts, writeback: false } });
const { hub, runner, url, stop } = await startServer({ data: folder, port: 0, host: "127.0.0.1", logLevel: "error" });

const delay = monitorEventLoopDelay({ resolution: 1 });
const started = performance.now();
let seconds = 0;
delay.enable();
const backfill = runner.syncNow("hubspot").done.finally(() => {
  delay.disable();
  seconds = Math.round((performance.now() - started) / 100) / 10;
});
await asHelper({ url: `${url}/hooks/hook` }, async () => {
  await backfill;
  const [pulled] = await hub.store.db.select({ records: count() }).from(hub.store.tables.raw_records);
  await stop();
  const ms = (value: number) => Math.round(value / 1e5) / 10;
  const delayMs = {
    p50: ms(delay.percentile(50)),
    p90: ms(delay.percentile(90)),
    p99: ms(delay.percentile(99)),
    max: ms(delay.max),
  };
  return { records: pulled?.records, seconds, delayMs };
});
