#!/usr/bin/env node
import { Command } from "commander";
import { packageVersion } from "../lib/package-root.ts";
import { exitCodes } from "./failure.ts";
import { addApply } from "./verbs/apply.ts";
import { addConnect } from "./verbs/connect.ts";
import { addCustomer } from "./verbs/customer.ts";
import { addDemo } from "./verbs/demo.ts";
import { addDoctor } from "./verbs/doctor.ts";
import { addExplain } from "./verbs/explain.ts";
import { addInit } from "./verbs/init.ts";
import { addLint } from "./verbs/lint.ts";
import { addPlan } from "./verbs/plan.ts";
import { addPreview } from "./verbs/preview.ts";
import { addReplay } from "./verbs/replay.ts";
import { addSimulate } from "./verbs/simulate.ts";
import { addStart } from "./verbs/start.ts";
import { addSync } from "./verbs/sync.ts";
import { addVerify } from "./verbs/verify.ts";

const program = new Command("journey-hub")
  .description(
    "Contacts, deals, tickets and invoices of your CRMs on one timeline per customer; stages and scores back to the CRMs.",
  )
  .version(packageVersion)
  .showHelpAfterError("(journey-hub --help lists the verbs)")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCodes.done : exitCodes.unusable));

const verbs = [
  addInit,
  addConnect,
  addSync,
  addStart,
  addPlan,
  addApply,
  addCustomer,
  addExplain,
  addLint,
  addPreview,
  addReplay,
  addVerify,
  addDoctor,
  addSimulate,
  addDemo,
];
for (const add of verbs) add(program);

await program.parseAsync();
