import { type Command, InvalidArgumentError } from "commander";
import { connectorIds, loadConnectors } from "../../../connectors/index.ts";
import { readHubFile } from "../../hub/folder/config.ts";
import { saveConnection } from "../../hub/folder/init.ts";
import { openSecretBox } from "../../hub/folder/secrets.ts";
import { checkConnection } from "../../hub/sync.ts";
import { UsageError } from "../failure.ts";
import { withHub } from "../open.ts";
import { style } from "../output.ts";
import { action, withCommon } from "../verb.ts";

interface Options {
  data: string;
  json: boolean;
  connector?: string;
  set: Record<string, string>;
}

/** `connect`: settings of a connection kept, its credentials proven. */
export function addConnect(program: Command): void {
  withCommon(program.command("connect"))
    .description("check a connection's credentials; with --set, write its settings first (secrets are sealed)")
    .argument("<connection>", "name of the connection, e.g. hubspot")
    .option("--connector <name>", `which connector a new connection uses: ${connectorIds.join(", ")}`)
    .option(
      "--set <field=value>",
      "a setting of the connector; may be repeated; ${env:NAME} takes it from the environment",
      collect,
      {},
    )
    .action(
      action<Options, [string]>(async ({ data, output }, options, id) => {
        if (options.connector !== undefined || Object.keys(options.set).length > 0) await save(data, id, options);
        const account = await withHub(data, (hub) => checkConnection(hub, id));
        output.result(
          { connection: id, ...account },
          () => `${style.good("✓")} ${id} is connected to ${account.name} (${account.account})`,
        );
        return undefined;
      }),
    );
}

async function save(data: string, id: string, options: Options): Promise<void> {
  const known = readHubFile(data).connections[id]?.connector;
  const name = options.connector ?? known;
  if (name === undefined)
    throw new UsageError(`There is no connection "${id}" yet: say which connector it uses with --connector.`);
  const connector = (await loadConnectors([name])).find((candidate) => candidate.id === name);
  if (!connector) throw new UsageError(`There is no connector "${name}"; there are ${connectorIds.join(", ")}.`);
  saveConnection(data, { id, connector, settings: options.set, secrets: openSecretBox(data, process.env) });
}

function collect(text: string, held: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Write field=value.");
  return { ...held, [text.slice(0, at)]: text.slice(at + 1) };
}
