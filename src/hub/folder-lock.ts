import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

const lockFile = "hub.lock";
const addressFile = "hub.json";

/** Where a running hub answers; verbs beside it use its API with this key, which only the folder's owner can read. */
export interface RunningHub {
  pid: number;
  url: string;
  key: string;
}

export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";
}

/**
 * Takes a data folder for one process. The lock is the operating system's on a small SQLite file, so it falls with the process, however
 * it ends. Throws FolderInUseError when another process has it.
 */
export function lockFolder(folder: string): { announce(running: RunningHub): void; release(): void } {
  mkdirSync(folder, { recursive: true });
  const lock = new Database(join(folder, lockFile), { timeout: 0 });
  try {
    lock.pragma("locking_mode = exclusive");
    lock.exec("begin exclusive; commit");
  } catch {
    lock.close();
    const other = runningHub(folder);
    throw new FolderInUseError(
      `The data folder ${folder} is in use by another journey-hub${other ? ` (process ${other.pid}, ${other.url})` : ""}. Stop it, or give this one a folder of its own with --data.`,
    );
  }
  const address = join(folder, addressFile);
  rmSync(address, { force: true }); // left by a process that was killed
  return {
    announce: (running) => writeFileSync(address, JSON.stringify(running), { mode: 0o600 }),
    release() {
      rmSync(address, { force: true });
      lock.close();
    },
  };
}

/** The hub that runs on a folder, as it announced itself; null when none did. */
export function runningHub(folder: string): RunningHub | null {
  const file = join(folder, addressFile);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as RunningHub) : null;
}
