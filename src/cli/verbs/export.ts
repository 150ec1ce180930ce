import { Argument, type Command, Option } from "commander";
import { type ExportFormat, exportLinks } from "../export-links.ts";
import { withReading } from "../open.ts";
import { action, withCommon } from "../verb.ts";

interface Options {
  data: string;
  json: boolean;
  format: ExportFormat;
  out?: string;
}

/** `export`: what the hub has found, for other programs. */
export function addExport(program: Command): void {
  withCommon(program.command("export"))
    .description("write out which customer each record belongs to and why, in the order of record keys")
    .addArgument(new Argument("<what>", "what to write out").choices(["links"]))
    .addOption(
      new Option("--format <format>", "a table, or a JSON object a line (as --json)")
        .choices(["csv", "jsonl"])
        .default("csv"),
    )
    .option("--out <file>", "into this file, readable by its owner alone; else to standard output")
    .action(
      action<Options, [string]>(async ({ data, output }, { json, format, out }) => {
        const chosen = json ? "jsonl" : format;
        const rows = await withReading(data, (hub) => exportLinks(hub, { format: chosen, out }));
        if (out !== undefined) output.result({ rows, file: out }, () => `Wrote ${rows} links to ${out}.`);
        return undefined;
      }),
    );
}
