import { Worker } from "node:worker_threads";
import Database from "better-sqlite3";
import { shapes } from "../shape.ts";
import { type Committed, StaleError, type Store, StoreError, StoreFullError } from "../store.ts";
import { type Commit, pack } from "./parcel.ts";
import { reading, readingTurns } from "./reading.ts";
import type { Failure, Reply, WriterInput, WriterOptions } from "./writer.ts";

/**
 * Opens a migrated SQLite file: reads on a read-only connection here, writes in a worker thread of their own, so the event loop never
 * waits for the disk; where many reads follow one another it turns between them. Errors of a commit: StaleError, StoreFullError, StoreError.
 */
export async function openSqlite(options: WriterOptions): Promise<Store> {
  const reader = new Database(options.file, { readonly: true });
  const turn = readingTurns(reader);
  const writer = await startWriter(options, turn.end).catch((cause: unknown) => {
    reader.close();
    throw cause;
  });
  // Else SQLite could never begin its log anew beside one who always reads, and it would grow with every commit.
  const begin = () => {
    if (!writer.isWriting()) turn.begin();
  };
  // Every commit of the writer empties this cache, and takes the longer the more it may hold; mapping the file would be made anew each
  // time it has grown, which costs two milliseconds a commit and saves none of the reads.
  reader.pragma("cache_size = -8192");
  let lastReserved = highestSequence(reader);
  return {
    ...reading(reader, begin),
    commit: (writes, { guards = [] } = {}) => writer.commit(writes, guards),
    async reserve(count) {
      const first = lastReserved + 1;
      lastReserved += count;
      return first;
    },
    async close() {
      turn.end();
      reader.close();
      await writer.close();
    },
  };
}

/** What is committed in a SQLite file at this moment, whatever another process writes to it meanwhile. It takes no commits. */
export function openSqliteSnapshot(file: string): Store {
  const reader = new Database(file, { readonly: true });
  reader.exec("begin; select 1 from settings"); // the first reading is the moment
  const refuse = () =>
    Promise.reject(new StoreError("This is a snapshot beside a running hub: nothing can be written"));
  return {
    ...reading(reader, () => undefined),
    commit: refuse,
    reserve: refuse,
    close: async () => void reader.close(),
  };
}

/** What SQLite finds wrong with a database file; null when it is whole. It is read from end to end. */
export function damageOf(file: string): string | null {
  try {
    const reader = new Database(file, { readonly: true });
    try {
      const found = reader.pragma("quick_check(1)", { simple: true });
      return found === "ok" ? null : String(found);
    } finally {
      reader.close();
    }
  } catch (cause) {
    if (cause instanceof Database.SqliteError) return cause.message;
    throw cause;
  }
}

function highestSequence(reader: Database.Database): number {
  const raw = reader.prepare("select coalesce(max(seq), 0) from raw_records").pluck().get() as number;
  const inbox = reader.prepare("select coalesce(max(seq), 0) from inbox").pluck().get() as number;
  return Math.max(raw, inbox);
}

interface Pending extends Commit {
  resolve(value: Committed): void;
  reject(cause: Error): void;
}

/**
 * Opens the writing thread; `onSend` is called before it is given anything to write.
 * The thread is given one transaction at a time. What is asked for meanwhile is the next one, given before the last is answered: so the
 * thread waits for the disk while the answers go out and what they bring is read.
 */
async function startWriter(options: WriterOptions, onSend: () => void) {
  const worker = openThread(options);
  /** In the order they were asked for, which is the order they are answered in. */
  let sent: Pending[] = [];
  let unsent: Pending[] = [];
  let ended: Error | null = null;
  let isClosing = false;
  const failAll = (cause: Error) => {
    ended = cause;
    for (const { reject } of [...sent, ...unsent]) reject(cause);
    [sent, unsent] = [[], []];
  };
  const send = () => {
    if (unsent.length === 0) return;
    const parcel = pack(unsent);
    [sent, unsent] = [[...sent, ...unsent], []];
    onSend();
    worker.postMessage(parcel, [parcel.bytes.buffer]);
  };
  await new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
  });
  worker.on("error", (cause) => failAll(new StoreError("The database's writing thread failed", { cause })));
  worker.on("exit", () => failAll(new StoreError("The data store is closed")));
  worker.on("message", (reply: Reply) => {
    const done = sent.splice(0, reply.commits);
    if (unsent.length > 0) send();
    else if (!isClosing) worker.unref();
    settle(done, reply);
  });
  worker.unref();

  return {
    /** True until what was given to the thread is answered. */
    isWriting: () => sent.length > 0,
    commit(writes: Commit["writes"], guards: Commit["guards"]): Promise<Committed> {
      if (ended) return Promise.reject(ended);
      return new Promise((resolve, reject) => {
        if (unsent.push({ writes, guards, resolve, reject }) > 1 || sent.length > 0) return;
        worker.ref(); // an unanswered commit keeps the process alive
        setImmediate(send); // with what else this turn of the event loop brings
      });
    },
    async close(): Promise<void> {
      isClosing = true; // an unclosed file keeps the process alive, whatever is answered meanwhile
      const exited = new Promise((resolve) => worker.once("exit", resolve));
      send();
      worker.postMessage("close");
      worker.ref();
      await exited;
    },
  };
}

function settle(commits: readonly Pending[], { changed, failures }: Reply): void {
  let at = 0;
  for (const [place, { writes, resolve, reject }] of commits.entries()) {
    const failure = failures.get(place);
    if (failure) reject(errorFor(failure));
    else {
      resolve({ changed: changed.slice(at, at + writes.length) });
      at += writes.length;
    }
  }
}

/** Starts the thread; from sources it must load the TypeScript loader itself, because Node 20 gives a worker none. */
function openThread(options: WriterOptions): Worker {
  const workerData: WriterInput = { ...options, shapes };
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL("./writer.js", import.meta.url), { workerData });
  const [loader, writer] = [import.meta.resolve("tsx/esm/api"), new URL("./writer.ts", import.meta.url).href];
  const boot = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(writer)}); })`;
  return new Worker(boot, { eval: true, workerData });
}

function errorFor({ failure, message, code }: Failure): Error {
  if (failure === "stale") return new StaleError(message);
  if (failure === "full") return new StoreFullError(`${code}: ${message}`);
  return new StoreError(`${code}: ${message}`);
}
