import { accessSync, constants, existsSync, readdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { loadConnectors } from "../../../connectors/index.ts";
import { connectionConfig, readHubFile } from "../../hub/folder/config.ts";
import { runningHub } from "../../hub/folder/lock.ts";
import { openSecretBox } from "../../hub/folder/secrets.ts";
import { lintFolder } from "../../hub/rules/lint.ts";
import { storeDamage } from "../../store/open.ts";
import { exitCodes } from "../failure.ts";
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
  const access = attempt("access", () => accessTo(data));
  const running = runningHub(data);
  return [
    { check: "disk", ok: free > roomMinBytes, detail: `${Math.round(free / 1024 / 1024)} MiB free` },
    access,
    ...(access.ok ? [await databaseCheck(data)] : []),
    { check: "running hub", ok: true, detail: running ? `process ${running.pid} at ${running.url}` : "none" },
    attempt("journey-hub.yaml", () => `${Object.keys(readHubFile(data).connections).length} connections`),
    ...(await settingsChecks(data)),
    await rulesCheck(data),
  ];
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

async function settingsChecks(data: string): Promise<Finding[]> {
  let file: ReturnType<typeof readHubFile>;
  try {
    file = readHubFile(data);
  } catch {
    return []; // said by the check of the file itself
  }
  const connectors = await loadConnectors();
  return Object.entries(file.connections).map(([id, entry]) =>
    attempt(`connection ${id}`, () => {
      const connector = connectors.find((candidate) => candidate.id === entry.connector);
      if (!connector) throw new Error(`there is no connector "${entry.connector}"`);
      connectionConfig(id, entry, connector, { environment: process.env, secrets: openSecretBox(data, process.env) });
      return `settings complete; \`journey-hub connect ${id}\` proves the credentials`;
    }),
  );
}

function attempt(check: string, work: () => string): Finding {
  try {
    return { check, ok: true, detail: work() };
  } catch (cause) {
    return { check, ok: false, detail: cause instanceof Error ? cause.message : String(cause) };
  }
}

async function rulesCheck(data: string): Promise<Finding> {
  const { files, findings } = await lintFolder(data);
  const detail = findings.length === 0 ? `${files} files` : `${findings.length} findings; see \`journey-hub lint\``;
  return { check: "mappings and rules", ok: findings.length === 0, detail };
}
