import { type Command, InvalidArgumentError } from "commander";
import { connectorIds, loadConnectors } from "../../../connectors/index.ts";
import { SourceError } from "../../connector/errors.ts";
import type { ConnectionCheck } from "../../hub/check.ts";
import { readHubFile } from "../../hub/folder/config.ts";
import { saveConnection } from "../../hub/folder/save.ts";
import { openSecretBox } from "../../hub/folder/secrets.ts";
import { checkConnection } from "../../hub/sync.ts";
import { liveHub } from "../beside.ts";
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
        const running = await liveHub(data);
        const { restart, ...account } = running ? await checkBeside(data, id) : await checkAlone(data, id);
        const note = `\n  The running hub takes the new settings with its next start (process ${running?.pid}).`;
        output.result(
          { connection: id, ...account, ...(restart ? { restart } : {}) },
          () => `${style.good("✓")} ${id} is connected to ${account.name} (${account.account})${restart ? note : ""}`,
        );
        return undefined;
      }),
    );
}

interface Checked {
  account: string | null;
  name: string | null;
  restart: boolean;
}

async function checkAlone(data: string, id: string): Promise<Checked> {
  return { ...(await withHub(data, (hub) => checkConnection(hub, id))), restart: false };
}

/** The running hub reads the settings anew and asks the vendor; throws what it was answered. */
async function checkBeside(data: string, id: string): Promise<Checked> {
  const known = Object.keys(readHubFile(data).connections);
  if (!known.includes(id)) {
    throw new UsageError(
      `There is no connection "${id}" in journey-hub.yaml (there are: ${known.join(", ") || "none"}).`,
    );
  }
  const { withDesk } = await import("../desk.ts");
  const path = `/api/v1/connections/${encodeURIComponent(id)}/check`;
  const { failure, ...checked } = await withDesk(data, (desk) => desk.post<ConnectionCheck>(path, {}));
  if (!failure) return checked;
  throw new SourceError(failure.needs === "person" ? "stop" : "retry", failure.message, {
    ...(failure.setting ? { field: failure.setting } : {}),
    ...(failure.remedy ? { remedy: failure.remedy } : {}),
  });
}

async function save(data: string, id: string, options: Options): Promise<void> {
  const known = readHubFile(data).connections[id]?.connector;
  const name = options.connector ?? known;
  if (name === undefined)
    throw new UsageError(`There is no connection "${id}" yet: say which connector it uses with --connector.`);
  const connector = (await loadConnectors([name])).find((candidate) => candidate.id === name);
  if (!connector) throw new UsageError(`There is no connector "${name}"; there are ${connectorIds.join(", ")}.`);
  const environment = process.env;
  saveConnection(data, {
    id,
    connector,
    settings: options.set,
    secrets: openSecretBox(data, environment),
    environment,
  });
}

function collect(text: string, held: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Write field=value.");
  return { ...held, [text.slice(0, at)]: text.slice(at + 1) };
}
