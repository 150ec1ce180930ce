import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Connector } from "../../connector/index.ts";
import { ConfigError, hubFileName } from "./config.ts";
import type { SecretBox } from "./secrets.ts";

const template = `apiVersion: journey-hub/v1
# Where the outside world reaches this hub; webhook senders are given <public_url>/hooks/<connection>.
public_url: http://127.0.0.1:8360
base_currency: USD
time_zone: UTC

# One entry an account. \`journey-hub connect NAME --connector CONNECTOR --set field=value\` writes one and checks it.
# Secrets are sealed on disk, or taken from the environment: \${env:NAME}.
connections: {}
#  hubspot:
#    connector: hubspot
#    schedule: 5m
#    config:
#      access_token: \${env:HUBSPOT_TOKEN}
`;

/** Makes a data folder ready: its journey-hub.yaml and an empty mappings/. What is there already is left as it is. */
export function initFolder(folder: string): { folder: string; created: string[] } {
  mkdirSync(join(folder, "mappings"), { recursive: true });
  const file = join(folder, hubFileName);
  if (existsSync(file)) return { folder, created: [] };
  writeFileSync(file, template);
  return { folder, created: [hubFileName] };
}

/**
 * Adds or changes a connection in journey-hub.yaml, keeping its comments; secrets are sealed before they are written.
 * Throws ConfigError for a setting the connector does not have.
 */
export function saveConnection(
  folder: string,
  {
    id,
    connector,
    settings,
    secrets,
  }: { id: string; connector: Connector; settings: Record<string, string>; secrets: SecretBox },
): void {
  const file = join(folder, hubFileName);
  if (!existsSync(file))
    throw new ConfigError(`There is no ${hubFileName} in ${folder}. Run \`journey-hub init\` first.`);
  const document = parseDocument(readFileSync(file, "utf8"));
  if (!document.hasIn(["connections", id, "connector"])) {
    document.setIn(["connections", id], document.createNode({ connector: connector.id, schedule: "5m", config: {} }));
  }
  for (const [field, value] of Object.entries(settings)) {
    const isSecret = connector.secrets.includes(field) && !value.startsWith("${env:");
    const kept = isSecret ? `\${sealed:${secrets.seal(id, field, value)}}` : value;
    document.setIn(["connections", id, "config", field], kept);
  }
  writeFileSync(file, document.toString({ lineWidth: 0 }), { mode: 0o600 });
}
