import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { UsageError } from "./failure.ts";

/**
 * Writes a file for its owner alone, as a whole or not at all: what was there before stays until all is written. Throws UsageError where
 * there can be no such file.
 */
export async function writeWhole<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const aside = `${path}.new`;
  const file = await open(aside, "w", 0o600).catch(refused(path));
  try {
    const written = await write(file);
    await file.close();
    await rename(aside, path).catch(refused(path));
    return written;
  } catch (cause) {
    await file.close(); // closing what is closed does nothing
    await rm(aside, { force: true });
    throw cause;
  }
}

const reasons: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `there is no folder ${dirname(path)}: make it, or name a file in another one`,
  ENOTDIR: (path) => `${dirname(path)} is no folder: name a file in another one`,
  EISDIR: () => "that is a folder: name a file in it",
  EACCES: (path) => `${dirname(path)} may not be written to: name a file in another folder`,
  EPERM: (path) => `${dirname(path)} may not be written to: name a file in another folder`,
  EROFS: (path) => `${dirname(path)} cannot be written to: name a file in another folder`,
};

function refused(path: string) {
  return (cause: unknown): never => {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const reason = reasons[code];
    throw reason ? new UsageError(`${path} cannot be written, ${reason(path)}.`) : cause;
  };
}
