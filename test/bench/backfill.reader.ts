/* Reads an account to its end in a process of its own. Arguments: hub or bare, vendor, the connection's settings. */

import { loadConnectors } from "../../connectors/index.ts";
import { type Connector, createTransport, pull } from "../../src/connector/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { type BenchVendor, read } from "./backfill.accounts.ts";
import { readBare } from "./backfill.bare.ts";

const [side = "hub", vendorName = "hubspot", settings = "{}"] = process.argv.slice(2);
const vendor = vendorName as BenchVendor;
const config = JSON.parse(settings) as Record<string, string>;

// Loaded beforehand, as the vendors' clients are: loading code is no reading, and an installed hub loads its own without a compiler.
const [connector] = await loadConnectors([vendor]);
if (!connector) throw new Error(`there is no connector ${vendor}`);
/** Peak memory while reading, beyond what stood before. */
const before = process.memoryUsage().rss;
let peak = before;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss);
}, 20);
const worked = process.cpuUsage();
const started = performance.now();
const records = side === "bare" ? await readBare[vendor](config) : await readByHub(connector);
const seconds = (performance.now() - started) / 1_000;
const { user, system } = process.cpuUsage(worked);
clearInterval(watch);
const peakMb = Math.round(Math.max(peak, process.memoryUsage().rss) / 1e6);
process.stdout.write(`${JSON.stringify({ records, seconds, cpuSeconds: (user + system) / 1e6, peakMb })}\n`);

/** The connector through the hub's transport and cursor engine, to the end of the backfill; what follows (changes) is not read. */
async function readByHub(connector: Connector): Promise<number> {
  const parsed = connector.config.parse(config);
  const address = config.base_url ?? config.login_url ?? "";
  const transport = createTransport({
    // Without the quota of a second: waiting for it is no work.
    limits: { concurrency: connector.limits(parsed).concurrency },
    clock: systemClock,
    allowedHosts: [new URL(address).host],
  });
  const { stream, fields } = read[vendor];
  const opened = connector.open(parsed, transport).streams[stream];
  if (!opened) throw new Error(`there is no stream ${stream}`);
  let count = 0;
  for await (const { records, cursor } of pull(opened, null, { fields, now: systemClock.now() })) {
    count += records.length;
    if (cursor.mode !== "backfill") break;
  }
  return count;
}
