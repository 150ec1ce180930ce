import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hubFileName } from "./config.ts";

const template = `apiVersion: journey-hub/v1
# Where the outside world reaches this hub; webhook senders are given <public_url>/hooks/<connection>.
public_url: http://127.0.0.1:8360
base_currency: USD
time_zone: UTC

# Connectors of others: npm packages installed in this folder (npm install --prefix . NAME), or paths: ./acme
plugins: []

# One entry an account. \`journey-hub connect NAME --connector CONNECTOR --set field=value\` writes one and checks it.
# Secrets are sealed on disk, or taken from the environment: \${env:NAME}.
connections: {}
#  hubspot:
#    connector: hubspot
#    schedule: 5m
#    config:
#      access_token: \${env:HUBSPOT_TOKEN}
`;

/** Makes a data folder ready, for its owner alone: its journey-hub.yaml and an empty mappings/. What is there already is left as it is. */
export function initFolder(folder: string): { folder: string; created: string[] } {
  mkdirSync(join(folder, "mappings"), { recursive: true, mode: 0o700 });
  const file = join(folder, hubFileName);
  if (existsSync(file)) return { folder, created: [] };
  writeFileSync(file, template, { mode: 0o600 });
  return { folder, created: [hubFileName] };
}
