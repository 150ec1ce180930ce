import { Argument, type Command } from "commander";
import { connectorIds } from "../../../connectors/index.ts";
import { packageVersion } from "../../lib/package-root.ts";
import { UsageError } from "../failure.ts";
import { writeSkeleton } from "../scaffold/write.ts";
import { action, withJson } from "../verb.ts";

interface Options {
  json: boolean;
  directory?: string;
  journeyHub: string;
}

/** `new`: the skeleton of a connector, to be made into one's own. */
export function addNew(program: Command): void {
  withJson(program.command("new"))
    .description("write the package of a connector for a made-up vendor, with simulator, mappings and tests that pass")
    .addArgument(new Argument("<kind>", "what to write").choices(["connector"]))
    .argument("<name>", "id of the connector, e.g. acme-crm")
    .option("--directory <folder>", "where to; it must be empty or not there (default: ./<name>)")
    .option(
      "--journey-hub <version>",
      "what its tests are run with: a version, an address or a tarball (file:…)",
      `^${packageVersion}`,
    )
    .action(
      action<Options, [string, string]>(async ({ output }, { directory, journeyHub: kit }, _kind, id) => {
        refuseName(id);
        const folder = directory ?? id;
        const files = writeSkeleton({ id, directory: folder, kit });
        output.result({ connector: id, directory: folder, files }, () =>
          [
            `Wrote the connector ${id} to ${folder}: ${files.length} files.`,
            `Next: cd ${folder} && npm install && npm test; its README.md says what to change.`,
          ].join("\n"),
        );
        return undefined;
      }),
    );
}

const nameForm = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const nameLengthMax = 31;

function refuseName(id: string): void {
  if (!nameForm.test(id) || id.length < 2 || id.length > nameLengthMax) {
    const form = `small letters and digits, in words joined by -, beginning with a letter, 2 to ${nameLengthMax} in all`;
    throw new UsageError(`"${id}" cannot be the id of a connector: write ${form}.`);
  }
  if (connectorIds.includes(id)) throw new UsageError(`${id} is a connector that is shipped: give yours another id.`);
}
