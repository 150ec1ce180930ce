import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { join } from "node:path";
import { SourceError } from "journey-hub/connector";

export const chunkBytes = 64 * 1024;

/** An open file, read in chunks of at most 64 KB from any byte on. */
export interface CsvSource {
  /** As configured: for messages. */
  name: string;
  size: number;
  /** Size, time of change and beginning: another value is another file. */
  fingerprint: string;
  /** The first chunk. */
  head: Buffer;
  /** At least one byte; `offset` lies within the file. */
  read(offset: number): Promise<Buffer>;
}

/**
 * Opens a file below the folder for the time of `use`.
 * @throws SourceError that says why it cannot be read and what to do
 */
export async function withFile<T>(folder: string, name: string, use: (file: CsvSource) => Promise<T>): Promise<T> {
  const handle = await openBelow(folder, name);
  try {
    return await use(await describe(handle, name));
  } finally {
    await handle.close();
  }
}

/** A symbolic link, in the file's place or on the way, could lead out of the folder. */
async function openBelow(folder: string, name: string): Promise<FileHandle> {
  const root = await realpath(folder).catch((cause: unknown) => {
    throw unreadable(cause, `The folder ${folder}`, "folder");
  });
  const path = join(root, name);
  const refusal = (cause: unknown) => unreadable(cause, `${name} in ${folder}`, "files");
  const real = await realpath(path).catch((cause: unknown) => {
    throw refusal(cause);
  });
  if (real !== path) {
    throw new SourceError("stop", `${name} in ${folder} is, or lies behind, a symbolic link`, {
      field: "files",
      remedy: "Put the file itself into the folder, or name the folder it really lies in.",
    });
  }
  // Not waiting for a pipe's other end; a link put there since the look above is refused.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  return open(path, flags).catch((cause: unknown) => {
    throw refusal(cause);
  });
}

async function describe(handle: FileHandle, name: string): Promise<CsvSource> {
  const stats = await handle.stat();
  if (!stats.isFile()) {
    const remedy = "Name a CSV file of the folder.";
    throw new SourceError("stop", `${name} is not a file`, { field: "files", remedy });
  }
  const { size, mtimeMs } = stats;
  const readAt = async (offset: number): Promise<Buffer> => {
    const bytes = Buffer.allocUnsafe(Math.min(chunkBytes, size - offset));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
    if (bytesRead > 0 || bytes.length === 0) return bytes.subarray(0, bytesRead);
    throw new SourceError("retry", `${name} became shorter while it was read`, {
      field: "files",
      remedy: "Write new files under another name and rename them when they are complete.",
    });
  };
  const head = await readAt(0);
  const beginning = createHash("sha256").update(head).digest("hex").slice(0, 16);
  const fingerprint = `${size}-${mtimeMs}-${beginning}`;
  return { name, size, fingerprint, head, read: async (offset) => (offset === 0 ? head : readAt(offset)) };
}

const reasons: Readonly<Record<string, [said: string, remedy: string]>> = {
  ENOENT: ["does not exist", "Put it there, or correct the path."],
  ENOTDIR: ["does not exist", "Correct the path: a part of it is a file, not a folder."],
  EACCES: ["may not be read by this process", "Let the user who runs the hub read it."],
  EPERM: ["may not be read by this process", "Let the user who runs the hub read it."],
  ELOOP: ["is a symbolic link", "Put the file itself into the folder."],
};

function unreadable(cause: unknown, what: string, field: string): SourceError {
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
  const [said, remedy] = reasons[code] ?? [];
  if (said !== undefined && remedy !== undefined) {
    return new SourceError("stop", `${what} ${said}`, { cause, code, field, remedy });
  }
  return new SourceError("retry", `${what} cannot be read${code && ` (${code})`}`, {
    cause,
    field,
    remedy: "Check the disk or the mounted share it lies on.",
  });
}
