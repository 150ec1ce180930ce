import { parseArgs } from "node:util";
import {
  type ContractReport,
  conformanceTable,
  describeReport,
  runContract,
  type TroubleLevel,
  troubleLevels,
} from "journey-hub/connector/testing";
import { contractOf, vendorNames } from "../connectors/contract/vendors.ts";
import { progress } from "./measure.ts";

/*
 * `npm run bench -- conformance [--vendor hubspot] [--seeds 100] [--from 1] [--level high] [--only late-commit,ties]`
 * Holds the connectors against their hostile vendors and prints a line each; what breaks the contract goes to stderr, with the seed by
 * which it can be seen again. Ends with 1 when a contract is broken.
 */

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    vendor: { type: "string", multiple: true, default: [...vendorNames] },
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "1" },
    level: { type: "string", default: "high" },
    only: { type: "string" },
  },
});
const level = Object.keys(troubleLevels).find((name): name is TroubleLevel => name === values.level);
if (!level) throw new Error(`--level is one of ${Object.keys(troubleLevels).join(", ")}`);
const only: { only?: string[] } = values.only === undefined ? {} : { only: values.only.split(",") };
const first = Number(values.from);
const last = first + Number(values.seeds) - 1;
/** Several at once: most of a trial is waiting for answers that never end. */
const atOnce = 4;

const reports: ContractReport[] = [];
for (const vendor of values.vendor) {
  let next = first;
  let done = 0;
  const work = async () => {
    while (next <= last) {
      const seed = next++;
      const report = await runContract({ ...contractOf(vendor, seed), ...only, level });
      reports.push(report);
      if (report.breaches.length > 0) process.stderr.write(`\n${describeReport(report)}\n`);
      done += 1;
      progress(`conformance: ${vendor}, ${done} of ${values.seeds} seeds`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
process.stderr.write("\n");
process.stdout.write(`${conformanceTable(reports)}\n`);
if (reports.length === 0)
  throw new Error("nothing was held against the contract: --seeds and --from are whole numbers from 1");
const met = new Set(reports.flatMap(({ troubles }) => troubles.map(({ name }) => name)));
const unknown = (only.only ?? []).filter((name) => !met.has(name));
if (unknown.length > 0) throw new Error(`no vendor has a trouble named ${unknown.join(", ")}`);
process.exitCode = reports.every(({ breaches }) => breaches.length === 0) ? 0 : 1;
