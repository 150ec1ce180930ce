import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { ConfigError } from "./config.ts";

const lockFile = "hub.lock";
const addressFile = "hub.json";

// A lock nobody refers to any more would be closed by the garbage collector, and with it the folder given away.
const held = new Set<Database.Database>();

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
 * it ends. Throws FolderInUseError when another process has it, ConfigError when the folder cannot be written to.
 */
export function lockFolder(folder: string): { announce(running: RunningHub): void; release(): void } {
  const lock = takeLock(folder);
  held.add(lock);
  const address = join(folder, addressFile);
  rmSync(address, { force: true }); // left by a process that was killed
  return {
    announce(running) {
      // Written aside and moved, so that a reader never meets half of it.
      writeFileSync(`${address}.new`, JSON.stringify(running), { mode: 0o600 });
      renameSync(`${address}.new`, address);
    },
    release() {
      rmSync(address, { force: true });
      held.delete(lock);
      lock.close();
    },
  };
}

function takeLock(folder: string): Database.Database {
  let lock: Database.Database | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    lock = new Database(join(folder, lockFile), { timeout: 0 });
    lock.pragma("locking_mode = exclusive");
    lock.exec("begin exclusive; commit");
    return lock;
  } catch (cause) {
    lock?.close();
    if (cause instanceof Database.SqliteError && cause.code.startsWith("SQLITE_BUSY")) throw inUse(folder);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(
      `The data folder ${folder} cannot be used: ${reason}. Make it writable for this user, or give another with --data.`,
      { cause },
    );
  }
}

function inUse(folder: string): FolderInUseError {
  const other = runningHub(folder);
  return new FolderInUseError(
    `The data folder ${folder} is in use by another journey-hub${other ? ` (process ${other.pid}, ${other.url})` : ""}. ${other ? `Stop it first (\`kill ${other.pid}\` ends it in order)` : "Wait until it has ended"}, or give this one a folder of its own with --data.`,
  );
}

/** The hub that runs on a folder, as it announced itself; null when none did. */
export function runningHub(folder: string): RunningHub | null {
  const file = join(folder, addressFile);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as RunningHub) : null;
}
