import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigError } from "../../../src/hub/folder/config.ts";
import { FolderInUseError, lockFolder, runningHub } from "../../../src/hub/folder/lock.ts";
import { openHub } from "../../../src/hub/hub.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journey-hub-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Another process that holds the folder. */
async function heldByChild(): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("../../fixtures/pipeline/hold-folder.ts", import.meta.url));
  const child = spawn(process.execPath, [
    "--expose-gc",
    "--conditions=journey-hub-source",
    "--import",
    "tsx",
    script,
    folder,
  ]);
  await once(child.stdout, "data");
  return child;
}

test("a second hub on the same folder is refused, told who has it and what to do", async () => {
  writeFileSync(join(folder, "journey-hub.yaml"), "apiVersion: journey-hub/v1\n");
  const child = await heldByChild();
  try {
    const refused = await openHub({ folder, connectors: [], environment: {} }).catch((cause: unknown) => cause);
    expect(refused).toBeInstanceOf(FolderInUseError);
    expect(String(refused)).toBe(
      `FolderInUseError: The data folder ${folder} is in use by another journey-hub (process ${child.pid}, http://127.0.0.1:8360). Stop it first (\`kill ${child.pid}\` ends it in order), or give this one a folder of its own with --data.`,
    );
    expect(runningHub(folder)).toEqual({ pid: child.pid, url: "http://127.0.0.1:8360", key: "jh_held" });
  } finally {
    child.kill("SIGKILL");
  }
});

test("the lock falls with a process that is killed, and its address with it", async () => {
  const child = await heldByChild();
  expect(() => lockFolder(folder)).toThrow(FolderInUseError);
  child.kill("SIGKILL");
  await once(child, "exit");
  const lock = lockFolder(folder);
  expect(runningHub(folder)).toBeNull();
  lock.release();
});

test("within one process too, one hub has the folder; released, another may", () => {
  const lock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(/is in use by another journey-hub\. Wait until it has ended/);
  lock.release();
  lockFolder(folder).release();
});

test("the address is readable by the folder's owner only, and gone after release", () => {
  const lock = lockFolder(folder);
  expect(runningHub(folder)).toBeNull();
  lock.announce({ pid: 7, url: "http://127.0.0.1:1", key: "jh_secret" });
  expect(statSync(join(folder, "hub.json")).mode & 0o777).toBe(0o600);
  lock.release();
  expect(runningHub(folder)).toBeNull();
});

test("a folder that cannot be used is no folder in use", () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  expect(() => lockFolder(join(file, "data"))).toThrow(ConfigError);
  expect(() => lockFolder(join(file, "data"))).toThrow(/cannot be used: .*Make it writable for this user/);
});
