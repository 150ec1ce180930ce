import type { Command } from "commander";
import { readHubFile } from "../../hub/folder/config.ts";
import { lintFolder } from "../../hub/rules/lint.ts";
import { lintOptions } from "../connectors.ts";
import { exitCodes } from "../failure.ts";
import { identityNote } from "../identity-note.ts";
import { style } from "../output.ts";
import { action, withCommon } from "../verb.ts";

/** `lint`: every mistake in the declarative files, with its place. */
export function addLint(program: Command): void {
  withCommon(program.command("lint"))
    .description("check mapping, journey, score and identity files and run the mappings' examples")
    .action(
      action(async ({ data, output }) => {
        const hubFile = readHubFile(data); // a folder that is none has no file to mend either
        const { files, findings } = await lintFolder(data, lintOptions(data, hubFile));
        const note = findings.length === 0 ? await identityNote(data) : null;
        output.result({ files, findings, note }, () => {
          const lines = findings.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
          const sum =
            findings.length === 0
              ? style.good(`✓ ${files} files, nothing to mend`)
              : style.bad(`${findings.length} findings in ${files} files`);
          return [...lines, sum, ...(note === null ? [] : [style.bad(`! ${note}`)])].join("\n");
        });
        return findings.length === 0 ? exitCodes.done : exitCodes.failed;
      }),
    );
}
