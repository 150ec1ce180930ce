import { type Command, InvalidArgumentError } from "commander";
import { connectorIds } from "../../../connectors/index.ts";
import { SourceError } from "../../connector/errors.ts";
import type { ConnectionCheck } from "../../hub/check.ts";
import { readHubFile } from "../../hub/folder/config.ts";
import { saveConnection } from "../../hub/folder/save.ts";
import { openSecretBox } from "../../hub/folder/secrets.ts";
import type { Hub } from "../../hub/hub.ts";
import { type ConnectionView, waitingView } from "../../hub/queries/connections.ts";
import { checkConnection } from "../../hub/sync.ts";
import type { ApprovalOptions } from "../approve.ts";
import { liveHub } from "../beside.ts";
import { findConnector } from "../connectors.ts";
import { withDesk } from "../desk.ts";
import { UsageError } from "../failure.ts";
import { withHub } from "../open.ts";
import { type Output, style } from "../output.ts";
import { sayOwnFields } from "../own-fields-note.ts";
import { arrangeWebhooks } from "../subscriptions.ts";
import { tellingWaits } from "../trying.ts";
import { action, withCommon } from "../verb.ts";
import { parsePort } from "./simulate.ts";

interface Options {
  data: string;
  json: boolean;
  connector?: string;
  set: Record<string, string>;
  oauth?: boolean;
  callbackPort: number;
  redirectUri?: string;
  webhooks?: boolean;
  yes?: boolean;
}

/** `connect`: settings of a connection kept, its credentials proven. */
export function addConnect(program: Command): void {
  withCommon(program.command("connect"))
    .description("check a connection's credentials; with --set, write its settings first (secrets are sealed)")
    .argument("<connection>", "name of the connection, e.g. hubspot")
    .option(
      "--connector <name>",
      `which connector a new connection uses: ${connectorIds.join(", ")}, or a plug-in's id`,
    )
    .option(
      "--set <field=value>",
      "a setting of the connector; may be repeated; ${env:NAME} takes it from the environment",
      collect,
      {},
    )
    .option("--oauth", "have a person approve the connection in a browser (again), and keep the tokens sealed")
    .option(
      "--callback-port <n>",
      "with --oauth: the port of this machine on which the answer is received",
      parsePort,
      8365,
    )
    .option("--redirect-uri <url>", "with --oauth: another redirect address of the app; the answer is pasted then")
    .option(
      "--webhooks",
      "have the vendor deliver what the mapped objects need (HubSpot): says what it changes, and asks",
    )
    .option("--no-webhooks", "take the hub's webhook subscriptions at the vendor away again")
    .option("--yes", "with --webhooks: do not ask")
    .action(
      action<Options, [string]>(async ({ data, output }, options, id) => {
        if (options.oauth || options.connector !== undefined || Object.keys(options.set).length > 0)
          await save(data, id, options);
        const running = await liveHub(data);
        const found = await checked({ data, output, running: running !== null }, id, options);
        const { restart, added } = found;
        // The hub looks at what was written by itself: it may have been first.
        const isTaken = running !== null && Object.keys(options.set).length > 0 && !restart && !added;
        sayConnected(output, id, { ...found, changed: found.changed || isTaken, running });
        if (!restart) await sayOwnFields(data, output, id);
        if (options.webhooks === undefined) return undefined;
        if (restart)
          throw new UsageError("Restart the hub first, so that its webhooks are arranged by the new settings.");
        const webhooks = { data, connection: id, isWanted: options.webhooks, isAgreed: options.yes === true };
        return withDesk(data, (desk) => arrangeWebhooks(desk, output, webhooks));
      }),
    );
}

/** For programs, what became of the settings is there where it is so. */
function sayConnected(
  output: Output,
  id: string,
  { restart, added, changed, running, ...account }: Checked & { running: { pid: number } | null },
): void {
  const notes = [
    ...(restart ? [`The running hub takes the new settings with its next start (process ${running?.pid}).`] : []),
    ...(added && running ? ["The running hub has taken it into use."] : []),
    ...(changed && running ? ["The running hub has taken the new settings into use."] : []),
  ];
  const became = Object.fromEntries(Object.entries({ restart, added, changed }).filter(([, is]) => is));
  output.result({ connection: id, ...account, ...became }, () =>
    [`${style.good("✓")} ${id} is connected to ${account.name} (${account.account})`, ...notes].join("\n  "),
  );
}

interface Checked {
  account: string | null;
  name: string | null;
  restart: boolean;
  added: boolean;
  changed: boolean;
}

function checked(
  { data, output, running }: { data: string; output: Output; running: boolean },
  id: string,
  options: Options,
): Promise<Checked> {
  if (options.oauth) return approve(data, output, { connection: id, ...options });
  return running ? checkBeside(data, id, output) : checkAlone(data, id, output);
}

async function approve(data: string, output: Output, options: ApprovalOptions): Promise<Checked> {
  const { approveInBrowser } = await import("../approve.ts");
  return orThrow(await approveInBrowser(data, output, options));
}

async function checkAlone(data: string, id: string, output: Output): Promise<Checked> {
  const check = (hub: Hub) =>
    tellingWaits(output, { connection: id, look: async () => waitingView(hub, id) }, () => checkConnection(hub, id));
  return { ...(await withHub(data, check)), restart: false, added: false, changed: false };
}

/** The running hub reads the settings anew and asks the vendor; throws what it was answered. */
async function checkBeside(data: string, id: string, output: Output): Promise<Checked> {
  const known = Object.keys(readHubFile(data).connections);
  if (!known.includes(id)) {
    throw new UsageError(
      `There is no connection "${id}" in journey-hub.yaml (there are: ${known.join(", ") || "none"}).`,
    );
  }
  const path = `/api/v1/connections/${encodeURIComponent(id)}`;
  const check = await withDesk(data, (desk) => {
    const look = async () => (await desk.get<ConnectionView>(path)).waiting;
    return tellingWaits(output, { connection: id, look }, () => desk.post<ConnectionCheck>(`${path}/check`, {}));
  });
  return orThrow(check);
}

function orThrow({ failure, account, name, restart, added, changed }: ConnectionCheck): Checked {
  if (!failure) return { account, name, restart, added, changed };
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
  const connector = await findConnector(data, name);
  if (options.oauth && !connector.authorise) {
    throw new UsageError(`${connector.title} knows no approval in a browser: leave out --oauth.`);
  }
  const environment = process.env;
  saveConnection(data, {
    id,
    connector,
    settings: options.oauth ? { ...connector.authorise?.settings, ...options.set } : options.set,
    secrets: openSecretBox(data, environment),
    environment,
  });
}

function collect(text: string, held: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Write field=value.");
  return { ...held, [text.slice(0, at)]: text.slice(at + 1) };
}
