#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";
import { Command } from "commander";
import { packageVersion } from "../lib/package-root.ts";
import { exitCodes } from "./failure.ts";

// What a batch made is garbage once it is committed. V8 lets the heap grow to four times what lives in it before it looks; at 1.6 times a full
// backfill holds 405 MB instead of 594 (`demo --scale full`), for no more processor time.
setFlagsFromString("--heap-growing-percent=60");

/** Every verb, loaded only when it is called or when all are listed: a hub that starts does not load the demo. */
const verbs: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  init: async () => (await import("./verbs/init.ts")).addInit,
  connect: async () => (await import("./verbs/connect.ts")).addConnect,
  discover: async () => (await import("./verbs/discover.ts")).addDiscover,
  sync: async () => (await import("./verbs/sync.ts")).addSync,
  start: async () => (await import("./verbs/start.ts")).addStart,
  plan: async () => (await import("./verbs/plan.ts")).addPlan,
  apply: async () => (await import("./verbs/apply.ts")).addApply,
  customer: async () => (await import("./verbs/customer.ts")).addCustomer,
  explain: async () => (await import("./verbs/explain.ts")).addExplain,
  lint: async () => (await import("./verbs/lint.ts")).addLint,
  preview: async () => (await import("./verbs/preview.ts")).addPreview,
  replay: async () => (await import("./verbs/replay.ts")).addReplay,
  errors: async () => (await import("./verbs/errors.ts")).addErrors,
  identity: async () => (await import("./verbs/identity.ts")).addIdentity,
  export: async () => (await import("./verbs/export.ts")).addExport,
  audit: async () => (await import("./verbs/audit.ts")).addAudit,
  verify: async () => (await import("./verbs/verify.ts")).addVerify,
  doctor: async () => (await import("./verbs/doctor.ts")).addDoctor,
  new: async () => (await import("./verbs/new.ts")).addNew,
  simulate: async () => (await import("./verbs/simulate.ts")).addSimulate,
  demo: async () => (await import("./verbs/demo.ts")).addDemo,
};

// Who reads no further (`| head`) must neither end the work nor see a trace of it.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (cause: NodeJS.ErrnoException) => {
    if (cause.code !== "EPIPE") throw cause;
  });
}

const program = new Command("journey-hub")
  .description(
    "Contacts, deals, tickets and invoices of your CRMs on one timeline per customer; stages and scores back to the CRMs.",
  )
  .version(packageVersion)
  .enablePositionalOptions() // `customer pin --data …`: the options of the last verb named
  .showHelpAfterError("(journey-hub --help lists the verbs)")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCodes.done : exitCodes.unusable));

const called = verbs[process.argv[2] ?? ""];
for (const load of called ? [called] : Object.values(verbs)) (await load())(program);

await program.parseAsync();
