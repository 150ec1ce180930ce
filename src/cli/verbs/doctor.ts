import { accessSync, constants, existsSync, readdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { refusedMark } from "../../hub/drift/refused-subscriptions.ts";
import { connectionConfig, type HubFile, readHubFile } from "../../hub/folder/config.ts";
import { runningHub } from "../../hub/folder/lock.ts";
import { openSecretBox } from "../../hub/folder/secrets.ts";
import type { ConnectionView } from "../../hub/queries/connections.ts";
import type { ErrorView } from "../../hub/queries/errors.ts";
import { lintFolder } from "../../hub/rules/lint.ts";
import { storeDamage } from "../../store/open.ts";
import { liveHub } from "../beside.ts";
import { findConnector, lintOptions, pluginsOf } from "../connectors.ts";
import { exitCodes } from "../failure.ts";
import { identityNote } from "../identity-note.ts";
import { style } from "../output.ts";
import { action, withCommon } from "../verb.ts";

interface Finding {
  check: string;
  ok: boolean;
  detail: string;
}

/** `doctor`: what would keep a hub from working, looked at without a call to any vendor. */
export function addDoctor(program: Command): void {
  withCommon(program.command("doctor"))
    .description("check this machine, the data folder, its configuration and its rules")
    .action(
      action(async ({ data, output }) => {
        const findings = [await nodeVersion(), ...(await folderChecks(data))];
        output.result(findings, () =>
          findings
            .map(({ check, ok, detail }) => `${ok ? style.good("✓") : style.bad("✗")} ${check}: ${detail}`)
            .join("\n"),
        );
        return findings.every(({ ok }) => ok) ? exitCodes.done : exitCodes.failed;
      }),
    );
}

async function nodeVersion(): Promise<Finding> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {
    check: "Node.js",
    ok,
    detail: ok ? process.versions.node : `${process.versions.node} is too old; 20.19 or newer is needed`,
  };
}

const roomMinBytes = 200 * 1024 * 1024;

async function folderChecks(data: string): Promise<Finding[]> {
  if (!existsSync(data))
    return [{ check: "data folder", ok: false, detail: `${data} does not exist; run \`journey-hub init\`` }];
  const { bavail, bsize } = statfsSync(data);
  const free = bavail * bsize;
  const access = await attempt("access", () => accessTo(data));
  const running = runningHub(data);
  const file = hubFileOf(data);
  return [
    { check: "disk", ok: free > roomMinBytes, detail: `${Math.round(free / 1024 / 1024)} MiB free` },
    access,
    ...(access.ok ? [await databaseCheck(data)] : []),
    { check: "running hub", ok: true, detail: running ? `process ${running.pid} at ${running.url}` : "none" },
    ...(await channelChecks(data)),
    await attempt("journey-hub.yaml", () => `${Object.keys(readHubFile(data).connections).length} connections`),
    ...(file ? await settingsChecks(data, file) : []),
    await rulesCheck(data, file),
    ...(access.ok ? [await identityCheck(data)] : []),
  ];
}

/** Whether a hub that runs hears what it listens to, and is told what it has asked for. */
async function channelChecks(data: string): Promise<Finding[]> {
  const live = await liveHub(data);
  if (!live) return [];
  const headers = { authorization: `Bearer ${live.key}` };
  return [...(await listeningChecks(live.url, headers)), ...(await subscriptionChecks(live.url, headers))];
}

/** Webhooks that a vendor will not deliver. */
async function subscriptionChecks(url: string, headers: Record<string, string>): Promise<Finding[]> {
  const query = new URLSearchParams({ status: "open", fingerprint: refusedMark });
  const reply = await fetch(`${url}/api/v1/errors?${query}`, { headers });
  if (!reply.ok) return [{ check: "webhooks", ok: false, detail: `the running hub answered ${reply.status}` }];
  const { items } = (await reply.json()) as { items: ErrorView[] };
  return items.map(({ connection, message, remedy }) => ({
    check: `webhooks of ${connection}`,
    ok: false,
    detail: `${message}. ${remedy}`,
  }));
}

async function listeningChecks(url: string, headers: Record<string, string>): Promise<Finding[]> {
  const reply = await fetch(`${url}/api/v1/connections`, { headers });
  if (!reply.ok) return [{ check: "channels", ok: false, detail: `the running hub answered ${reply.status}` }];
  const { items } = (await reply.json()) as { items: ConnectionView[] };
  return items.flatMap(({ id, channel }) => {
    if (!channel) return [];
    const { name, status, since, message } = channel;
    const detail = `${name}: ${status}${since ? ` since ${since}` : ""}${message ? `: ${message}` : ""}`;
    return [{ check: `channel of ${id}`, ok: status !== "waiting", detail }];
  });
}

/** Throws for the first file of the hub's that this user may not read and write. */
function accessTo(data: string): string {
  const own = readdirSync(data).filter((name) => /^(journey-hub\.|hub\.|secret)/.test(name));
  for (const path of [data, ...own.map((name) => join(data, name))]) {
    try {
      accessSync(path, constants.R_OK | constants.W_OK);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(
        `this user cannot read and write ${path} (${why}): run journey-hub as its owner, or give it to this user`,
      );
    }
  }
  return `${data} and what lies in it can be read and written`;
}

async function databaseCheck(folder: string): Promise<Finding> {
  const databaseUrl = process.env.JOURNEY_HUB_DATABASE_URL;
  const damage = await storeDamage({ folder, ...(databaseUrl ? { databaseUrl } : {}) });
  if (damage === null) return { check: "database", ok: true, detail: databaseUrl ? "Postgres answers" : "whole" };
  const remedy = databaseUrl ? "" : ": keep a copy of the folder as it is, and put back one from before the damage";
  return { check: "database", ok: false, detail: `${damage}${remedy}` };
}

/** Null where it cannot be read, which the check of the file itself says. */
function hubFileOf(data: string): HubFile | null {
  try {
    return readHubFile(data);
  } catch {
    return null;
  }
}

function settingsChecks(data: string, { connections, plugins }: HubFile): Promise<Finding[]> {
  const connectionChecks = Object.entries(connections).map(([id, entry]) =>
    attempt(`connection ${id}`, async () => {
      const connector = await findConnector(data, entry.connector);
      const secrets = openSecretBox(data, process.env);
      const channel = connector.channel?.name(
        connectionConfig(id, entry, connector, { environment: process.env, secrets }),
      );
      const listens = channel ? `, listens to ${channel} while the hub runs` : "";
      return `settings complete${listens}; \`journey-hub connect ${id}\` proves the credentials`;
    }),
  );
  const plugged = attempt("plug-ins", async () => `${(await pluginsOf(data)).length} keep the contract`);
  return Promise.all([...(plugins.length > 0 ? [plugged] : []), ...connectionChecks]);
}

async function attempt(check: string, work: () => string | Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, detail: await work() };
  } catch (cause) {
    return { check, ok: false, detail: cause instanceof Error ? cause.message : String(cause) };
  }
}

function rulesCheck(data: string, file: HubFile | null): Promise<Finding> {
  return attempt("mappings and rules", async () => {
    const { files, findings } = await lintFolder(data, file ? lintOptions(data, file) : {});
    if (findings.length > 0) throw new Error(`${findings.length} findings; see \`journey-hub lint\``);
    return `${files} files`;
  });
}

/** Whether customers are still joined as other identity rules had it. */
function identityCheck(data: string): Promise<Finding> {
  return attempt("identity", async () => {
    const note = await identityNote(data);
    if (note !== null) throw new Error(note);
    return "customers are joined by the rules in use";
  });
}
