import type { Command } from "commander";
import { readHubFile } from "../../hub/folder/config.ts";
import { pluggedMappings } from "../../hub/plugins/find.ts";
import { lintFolder } from "../../hub/rules/lint.ts";
import { exitCodes } from "../failure.ts";
import { style } from "../output.ts";
import { action, withCommon } from "../verb.ts";

/** `lint`: every mistake in the declarative files, with its place. */
export function addLint(program: Command): void {
  withCommon(program.command("lint"))
    .description("check mapping, journey, score and identity files and run the mappings' examples")
    .action(
      action(async ({ data, output }) => {
        const { plugins } = readHubFile(data); // a folder that is none has no file to mend either
        const { files, findings } = await lintFolder(data, pluggedMappings(data, plugins));
        output.result({ files, findings }, () => {
          const lines = findings.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
          const sum =
            findings.length === 0
              ? style.good(`✓ ${files} files, nothing to mend`)
              : style.bad(`${findings.length} findings in ${files} files`);
          return [...lines, sum].join("\n");
        });
        return findings.length === 0 ? exitCodes.done : exitCodes.failed;
      }),
    );
}
