#!/usr/bin/env node
import { Command } from "commander";
import { packageVersion } from "../lib/package-root.ts";
import { exitCodes } from "./failure.ts";
import { addSimulate } from "./verbs/simulate.ts";

const program = new Command("journey-hub")
  .description(
    "Contacts, deals, tickets and invoices of your CRMs on one timeline per customer; stages and scores back to the CRMs.",
  )
  .version(packageVersion)
  .showHelpAfterError("(journey-hub --help lists the verbs)")
  .configureHelp({ sortSubcommands: false })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCodes.done : exitCodes.unusable));

for (const add of [addSimulate]) add(program);

await program.parseAsync();
