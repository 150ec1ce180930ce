import { type Clock, virtualClock } from "../../../lib/clock.ts";
import type { CursorState, PullOptions, pull } from "../../cursor.ts";
import type { OpenConnection, OpenStream, Position, SourceRecord } from "../../define.ts";
import { settleDoubts } from "../../doubts.ts";
import { SourceError } from "../../errors.ts";
import type { Lane } from "../../lanes.ts";
import { confirmBack, returnedIn } from "../../returns.ts";
import { confirmGone, suspicionOf } from "../../sweep.ts";
import { createTransport } from "../../transport.ts";
import { createRandom, type Random } from "../adventureworks/random.ts";
import type { CreateHostileAccount, DoorCounts, HostileAccount, TroubleLevel } from "./account.ts";
import { createLedger, type Ledger, stateOf } from "./ledger.ts";
import { watchRetryAfter } from "./retry-watch.ts";
import type { Kill, Schedule, SyncPlan } from "./schedule.ts";
import { serveOnLoopback } from "./serve.ts";

/** The cursor engine under test: ours, or one broken on purpose. */
export interface CursorEngine {
  pull: typeof pull;
}

/** What a trial takes: an account, what happens in and to it, and the engine that reads it. */
export interface TrialOptions {
  create: CreateHostileAccount;
  engine: CursorEngine;
  schedule: Schedule;
  seed: number;
  level: TroubleLevel;
  records: number;
  /** The raw fields asked for of an object, as a mapping would. */
  fields(object: string): readonly string[];
  /** Names of the troubles to show. */
  only: readonly string[];
  /** "none": streams are not read again periodically. */
  rereads: "as declared" | "none";
  /** Limit of one exchange on the wall clock: how long an answer that never ends keeps the trial waiting. */
  timeoutMs: number;
}

/** What came of a trial. */
export interface Trial {
  account: HostileAccount;
  ledger: Ledger;
  /** How often the vendor gave each content of a record, by `object id`, after having given another. */
  served: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** The account's counts when the first sync after the troubles had ended. */
  door: DoorCounts;
  syncs: number;
  kills: number;
  /** Streams' runs that ended with a failure, by what the hub does next. */
  failed: Record<string, number>;
  /** The failures in words: the first, and all of the quiet syncs. */
  failures: readonly string[];
  /** Attempts that began before a Retry-After had run out. */
  early(): number;
  byId: ById;
  /** Opens the connection anew, as another process would: a little later, knowing nothing of what was asked before. */
  reopen(timeoutMs?: number): OpenConnection;
  now(): number;
  close(): Promise<void>;
}

/** In which lane records are asked for by id just now, and how many requests went another way. */
interface ById {
  lane: Lane | null;
  strayed: number;
  /** Of this asking: whether a request went its way, and how many went before all others, as one for a token may. */
  kept: boolean;
  ahead: number;
}

/** The trial as it goes on. */
interface Course extends Omit<Trial, "served" | "failures"> {
  options: TrialOptions;
  clock: ReturnType<typeof virtualClock>;
  served: Map<string, Map<string, number>>;
  lastServed: Map<string, string>;
  failures: string[];
  /** Pages asked for and not yet there, and calls to the vendor that have not ended. */
  pages: Set<Promise<unknown>>;
  calls: Set<Promise<unknown>>;
  connection: OpenConnection;
}

/** A killed process is started again by its supervisor, by a person, by the next deploy. */
const restartMs = 60_000;
const failuresMax = 20;

/**
 * Lives through a schedule: syncs of all streams into a ledger, the cursor kept with its records, while the account changes and makes
 * trouble; then the quiet syncs. The caller closes it. Throws only what is no SourceError.
 */
export async function liveThrough(options: TrialOptions): Promise<Trial> {
  const course = await begin(options);
  const { account, clock } = course;
  try {
    for (const [n, plan] of options.schedule.troubled.entries()) {
      clock.advance(plan.restMs);
      const chance = createRandom(plan.seed);
      account.live({ seed: chance.int(0, 2 ** 31 - 1), count: plan.happenings });
      await sync(course, { name: `sync ${n + 1}`, plan, chance });
    }
    // What is open commits while the clock is still the one it was stamped by.
    account.settle();
    account.beset({ seed: options.seed, level: "none" });
    account.settle();
    for (const [n, restMs] of options.schedule.quietMs.entries()) {
      clock.advance(restMs);
      await sync(course, { name: `quiet sync ${n + 1}`, plan: null, chance: createRandom(n) });
      if (n === 0) course.door = account.door();
    }
    return course;
  } catch (cause) {
    await course.close();
    throw cause;
  }
}

async function begin(options: TrialOptions): Promise<Course> {
  const clock = virtualClock(options.schedule.startAt);
  const account = options.create({ seed: options.seed, records: options.records, now: () => clock.now() });
  account.beset({ seed: options.seed, level: options.level, only: options.only });
  const { url, close } = await serveOnLoopback((request) => account.fetch(request));
  const spread = createRandom(options.seed).fork("transport");
  const agents: { destroy(): void }[] = [];
  const calls = new Set<Promise<unknown>>();
  const watch = watchRetryAfter(clock);
  const byId: ById = { lane: null, strayed: 0, kept: false, ahead: 0 };
  const open = (timeoutMs = options.timeoutMs): OpenConnection => {
    const config = account.connector.config.parse(account.config(url));
    const limits = account.connector.limits(config);
    const allowedHosts = [new URL(url).host];
    // No clock shows parts of a millisecond; a vendor that was shown some would stamp by them.
    const whole: Clock = { now: clock.now, sleep: (delayMs, signal) => clock.sleep(Math.ceil(delayMs), signal) };
    const transport = createTransport({ limits, clock: whole, allowedHosts, timeoutMs, random: spread.next });
    agents.push(transport.agents.http);
    const watched = watch.over(transport);
    return account.connector.open(config, {
      ...watched,
      call(call) {
        noteLane(byId, call.lane);
        return tracked(calls, watched.call(call));
      },
    });
  };
  const reopen = (timeoutMs?: number) => {
    clock.advance(restartMs);
    return open(timeoutMs);
  };
  const opened = {
    reopen,
    now: clock.now,
    connection: open(),
    early: watch.early,
    byId,
    async close() {
      watch.close();
      for (const agent of agents) agent.destroy();
      await close();
    },
  };
  return { options, account, clock, calls, ledger: createLedger(), door: account.door(), ...opened, ...nothingYet() };
}

const nothingYet = () => ({
  served: new Map<string, Map<string, number>>(),
  lastServed: new Map<string, string>(),
  syncs: 0,
  kills: 0,
  failed: {} as Record<string, number>,
  failures: [] as string[],
  pages: new Set<Promise<unknown>>(),
});

interface Sync {
  name: string;
  /** Null: nothing happens while it runs. */
  plan: SyncPlan | null;
  chance: Random;
}

/** One sync as the hub runs it: reference data first, a stream that fails leaves the others to run, a person's matter ends it. */
async function sync(course: Course, { name, plan, chance }: Sync): Promise<void> {
  course.syncs += 1;
  const streams = Object.entries(course.connection.streams);
  const inOrder = [
    ...streams.filter(([, { reference }]) => reference),
    ...streams.filter(([, { reference }]) => !reference),
  ];
  const left = { batches: plan?.kill?.batch ?? Number.POSITIVE_INFINITY };
  for (const [streamName, stream] of inOrder) {
    const besieged = besiege(course, stream, plan ? { plan, chance } : null);
    try {
      const ended = await pullInto(course, { sync: name, name: streamName, stream: besieged }, { left, plan });
      if (ended === "killed") return await restart(course);
    } catch (cause) {
      if (!(cause instanceof SourceError)) throw cause;
      course.failed[cause.next] = (course.failed[cause.next] ?? 0) + 1;
      if (!plan || course.failures.length < failuresMax)
        course.failures.push(`${name}, ${streamName}: ${cause.message}`);
      if (cause.next === "stop" || cause.next === "reauthorise") return;
    } finally {
      await idle(course);
    }
  }
}

/** Reads one stream to its present end; keeps each batch with its cursor, in one go, unless the plan says that we die there. */
async function pullInto(
  course: Course,
  { sync, name, stream }: { sync: string; name: string; stream: OpenStream },
  { left, plan }: { left: { batches: number }; plan: SyncPlan | null },
): Promise<"done" | "killed"> {
  const { options, ledger, clock } = course;
  const reading: PullOptions = { fields: options.fields(stream.object), now: clock.now() };
  const { object } = stream;
  let state: CursorState | null = ledger.cursors.get(name) ?? null;
  for await (const { cursor, ...batch } of options.engine.pull(stream, state, reading)) {
    left.batches -= 1;
    const kill: Kill["when"] | null = left.batches <= 0 ? (plan?.kill?.when ?? null) : null;
    const isFirst = state === null || state.mode === "backfill";
    const words = await settleDoubts(stream, {
      records: batch.records,
      heldOf: (id) => ledger.heldOf(object, id),
      isFirst,
      fields: reading.fields,
      lane: isFirst || batch.swept ? "backfill" : "poll",
    });
    state = cursor;
    const suspicion = suspicionOf(batch, ledger.live(object), reading.fields);
    const confirmed = suspicion ? (await confirmGone(stream, suspicion)).records : [];
    const back = await confirmBack(stream, returnedIn(batch, ledger.deleted(object)), reading.fields);
    noteServed(course, object, back); // given with a stamp, landed without
    const records = [...batch.records, ...confirmed, ...back];
    const kept = kill === "before" ? [] : kill === "half" ? records.slice(0, records.length >> 1) : records;
    const origin = { sync, stream: name, at: new Date(clock.now()).toISOString() };
    if (kill !== "before") ledger.landWords(object, words, origin);
    ledger.land(object, kept, origin);
    if (kill === null || kill === "after") ledger.cursors.set(name, cursor);
    if (kill !== null) return "killed";
  }
  return "done";
}

/** The process is gone, with its connection's tokens, its pauses and whatever its engine remembered. */
async function restart(course: Course): Promise<void> {
  course.kills += 1;
  await idle(course);
  course.connection = course.reopen();
}

/** Between its pages time passes and things happen; now and then one fails for good, as after too many attempts. */
function besiege(course: Course, open: OpenStream, siege: { plan: SyncPlan; chance: Random } | null): OpenStream {
  const { reread, ...stream } = open;
  const { changes, byId } = stream;
  async function page<T>(read: () => Promise<T>): Promise<T> {
    // Time would pass amid an exchange that takes none.
    while (course.calls.size > 0) await Promise.allSettled(course.calls);
    if (siege) passTime(course, siege.chance);
    if (siege?.chance.chance(siege.plan.failures)) throw new SourceError("retry", "no answer after every attempt");
    return read();
  }
  const read = <Next>(ask: () => Promise<{ records: SourceRecord[]; next: Next }>) =>
    tracked(
      course.pages,
      page(async () => {
        const answer = await ask();
        noteServed(course, stream.object, answer.records);
        return answer;
      }),
    );
  return {
    ...stream,
    ...(reread && course.options.rereads === "as declared" ? { reread } : {}),
    pages: (request) => read<string | null>(() => stream.pages(request)),
    ...(changes ? { changes: (request) => read<Position | null>(() => changes(request)) } : {}),
    ...(byId
      ? {
          byId: async (ids, request) => {
            // The page asked for early goes its own way, maybe in another lane.
            while (course.pages.size > 0) await Promise.allSettled(course.pages);
            const ask = async () => {
              Object.assign(course.byId, { lane: request.lane, kept: false, ahead: 0 });
              const records = await byId(ids, request).finally(() => (course.byId.lane = null));
              if (!course.byId.kept) course.byId.strayed += course.byId.ahead;
              return { records, next: null };
            };
            return (await read<null>(ask)).records;
          },
        }
      : {}),
  };
}

function noteLane(byId: ById, lane: Lane): void {
  if (byId.lane === lane) byId.kept = true;
  else if (byId.lane !== null && lane === "webhook") byId.ahead += 1;
  else if (byId.lane !== null) byId.strayed += 1;
}

function passTime({ account, clock }: Course, chance: Random): void {
  clock.advance(chance.chance(0.05) ? chance.int(60_000, 20 * 60_000) : chance.int(20, 1_500));
  if (chance.chance(0.25)) account.live({ seed: chance.int(0, 2 ** 31 - 1), count: chance.int(1, 4) });
}

function noteServed({ served, lastServed }: Course, object: string, records: readonly SourceRecord[]): void {
  for (const record of records) {
    const key = `${object} ${record.id}`;
    const state = stateOf(record);
    if (lastServed.get(key) === state) continue;
    lastServed.set(key, state);
    const states = served.get(key) ?? new Map<string, number>();
    states.set(state, (states.get(state) ?? 0) + 1);
    served.set(key, states);
  }
}

function tracked<T>(underWay: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  underWay.add(work);
  const done = () => underWay.delete(work);
  work.then(done, done);
  return work;
}

/**
 * Waits until nothing is under way any more: the engine asks for the next page early, and drops it when it is abandoned; a connector's
 * calls at the same time go on where one of them has failed.
 */
async function idle({ pages, calls }: Course): Promise<void> {
  while (pages.size + calls.size > 0) await Promise.allSettled([...pages, ...calls]);
}
