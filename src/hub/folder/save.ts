import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, isMap, parseDocument } from "yaml";
import type { Connector } from "../../connector/index.ts";
import { suggestion } from "../../mapping/suggest.ts";
import {
  ConfigError,
  connectionConfig,
  connectionName,
  entrySettings,
  fieldValue,
  hubFileName,
  parseHubFile,
} from "./config.ts";
import type { SecretBox } from "./secrets.ts";

export interface ConnectionSettings {
  id: string;
  connector: Connector;
  /** Fields of the connector's settings as typed; `${env:NAME}` takes one from the environment. */
  settings: Readonly<Record<string, string>>;
  secrets: SecretBox;
  environment: NodeJS.ProcessEnv;
}

/**
 * Adds or changes a connection in journey-hub.yaml, keeping its comments; secrets are sealed before they are written. Throws ConfigError,
 * and writes nothing, for a name or a setting that cannot be used and for settings that are not right as a whole.
 */
export function saveConnection(folder: string, connection: ConnectionSettings): void {
  const file = join(folder, hubFileName);
  if (!existsSync(file))
    throw new ConfigError(`There is no ${hubFileName} in ${folder}. Run \`journey-hub init --data ${folder}\` first.`);
  const { id, connector, environment, secrets } = connection;
  refuseName(id);
  refuseUnknown(connector, Object.keys(connection.settings));
  const document = parseDocument(readFileSync(file, "utf8"));
  const held = parseHubFile(document, file).connections[id];
  if (held && held.connector !== connector.id) {
    throw new ConfigError(
      `The connection "${id}" uses the connector ${held.connector}; give one of ${connector.id} another name.`,
    );
  }
  if (!held) {
    const connections = document.get("connections");
    if (isMap(connections) && connections.items.length === 0) connections.flow = false; // as \`init\` wrote it: \`{}\`
    document.setIn(["connections", id], document.createNode({ connector: connector.id, schedule: "5m", config: {} }));
  }
  for (const [field, value] of kept(connection)) document.setIn(["connections", id, "config", field], value);
  const entry = parseHubFile(document, file).connections[id];
  if (!entry) throw new ConfigError(`${file} cannot take the connection "${id}".`);
  connectionConfig(id, entry, connector, { environment, secrets });
  replaceFile(file, document);
}

function refuseName(id: string): void {
  if (connectionName.safeParse(id).success) return;
  throw new ConfigError(
    `"${id}" cannot be the name of a connection: write a small letter, then small letters, digits, - and _, at most 31 in all.`,
  );
}

/** A setting that was mistyped is not written down: it may hold a secret. */
function refuseUnknown(connector: Connector, names: readonly string[]): void {
  const fields = Object.keys(connector.fields);
  for (const name of names) {
    if (fields.includes(name)) continue;
    const where = entrySettings.includes(name)
      ? `; "${name}" belongs to the connection: write it in ${hubFileName} beside \`config:\``
      : suggestion(name, fields);
    throw new ConfigError(`${connector.title} has no setting "${name}", so nothing was written${where}`);
  }
}

const fromEnvironment = /^\$\{env:[^}]+\}$/;

/** The settings as they are written down. */
function kept({ id, connector, settings, secrets }: ConnectionSettings): (readonly [string, unknown])[] {
  return Object.entries(settings).map(([field, text]) => {
    if (fromEnvironment.test(text)) return [field, text];
    if (connector.secrets.includes(field)) return [field, `\${sealed:${secrets.seal(id, field, text)}}`];
    return [field, fieldValue(connector, field, text)];
  });
}

/** Written aside and moved, so that a reader never meets half of it, and for its owner's eyes. */
function replaceFile(file: string, document: Document): void {
  const aside = `${file}.new`;
  writeFileSync(aside, document.toString({ lineWidth: 0 }), { mode: 0o600 });
  chmodSync(aside, 0o600); // where one was left behind
  renameSync(aside, file);
}
