/*
 * Backfill, records a second for each vendor: the connector through the hub's transport and cursor engine beside a bare loop over the same
 * client, each in a process of its own against the same simulator (again its own), which answers at once or after 80 ms. Every run is a
 * pair; the ratio is the median of the pairs.
 */

import { parseArgs } from "node:util";
import { type BenchVendor, recordsDefault, vendors } from "./backfill.accounts.ts";
import { inChild, median, print, progress, round, size, startHelper } from "./measure.ts";

interface Reading {
  records: number;
  seconds: number;
  /** The reading process's own work, which a busy machine does not stretch. */
  cpuSeconds: number;
  peakMb: number;
}

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    records: { type: "string" },
    runs: { type: "string" },
    vendor: { type: "string" },
    "response-ms": { type: "string", multiple: true, default: ["0", "80"] },
  },
});
const { records: recordsAsked, runs } = size({ records: 0, runs: 5 });
const chosen = vendors.filter((vendor) => values.vendor === undefined || values.vendor === vendor);
if (chosen.length === 0) throw new Error(`--vendor is one of ${vendors.join(", ")}`);
for (const vendor of chosen) {
  for (const responseMs of values["response-ms"].map(Number)) await measure(vendor, responseMs);
}

async function measure(vendor: BenchVendor, responseMs: number): Promise<void> {
  const records = recordsAsked || recordsDefault[vendor];
  const simulator = await startHelper<{ config: object }, { requests: number }>("./backfill.simulator.ts", [
    vendor,
    records,
    responseMs,
  ]);
  const settings = JSON.stringify(simulator.ready.config);
  const pairs: { hub: Reading; bare: Reading }[] = [];
  for (let run = 1; run <= runs; run++) {
    progress(`backfill ${vendor}, ${responseMs} ms: ${run} of ${runs}`);
    const hub = await inChild<Reading>("./backfill.reader.ts", ["hub", vendor, settings]);
    const bare = await inChild<Reading>("./backfill.reader.ts", ["bare", vendor, settings]);
    if (hub.records !== records || bare.records !== records) {
      throw new Error(`${vendor} has ${records} records; the hub read ${hub.records}, the bare loop ${bare.records}`);
    }
    pairs.push({ hub, bare });
  }
  await simulator.stop();
  const perSecond = ({ seconds }: Reading) => Math.round(records / seconds);
  print({
    bench: "backfill",
    vendor,
    responseMs,
    records,
    runs,
    unit: "records/s",
    hub: median(pairs.map(({ hub }) => perSecond(hub))),
    bare: median(pairs.map(({ bare }) => perSecond(bare))),
    ratio: round(median(pairs.map(({ hub, bare }) => bare.seconds / hub.seconds))),
    cpuSeconds: {
      hub: round(median(pairs.map(({ hub }) => hub.cpuSeconds))),
      bare: round(median(pairs.map(({ bare }) => bare.cpuSeconds))),
    },
    aim: responseMs === 0 ? 0.8 : 0.98,
    peakMb: {
      hub: Math.max(...pairs.map(({ hub }) => hub.peakMb)),
      bare: Math.max(...pairs.map(({ bare }) => bare.peakMb)),
    },
  });
}
