import { type ChannelDeclaration, type Heard, type ListenRequest, SourceError } from "journey-hub/connector";
import type { SalesforceConfig } from "../config.ts";
import type { Session } from "../session.ts";
import { workOf } from "../told-record.ts";
import { newOnly } from "./bayeux.ts";
import { heardIn } from "./events.ts";
import type { Conversation, Streaming, Told } from "./streaming.ts";

/** Change Data Capture: the org tells which records of the objects chosen in Setup have changed, within a second or so. */
export const channel: ChannelDeclaration<SalesforceConfig, Session> = {
  name: ({ change_data_capture }) => change_data_capture,
  listen,
  work: workOf,
};

/** So many clients in a row that the org forgot before one had heard anything, or had waited to: something is wrong that more of them will not mend. */
const forgottenMax = 4;

/** One conversation after the other, each begun behind what the one before has brought. */
async function* listen({ streaming }: Session, { channel: name, after, signal }: ListenRequest): AsyncGenerator<Heard> {
  let place = after;
  let forgotten = 0;
  while (!signal.aborted) {
    if (forgotten >= forgottenMax) {
      throw new SourceError("retry", `Salesforce, listening to ${name}: the org forgets this client again and again`);
    }
    forgotten += 1;
    const talk = await streaming.handshake(signal);
    const pace = createPace(streaming, signal);
    try {
      const begun = await begin(talk, name, place);
      place = begun.place;
      yield begun;
      for (let isOver = false; !isOver && !signal.aborted; ) {
        const told = await talk.connect();
        const heard = heardIn(told.events, name, place);
        place = heard.place;
        if (told.events.length > 0) yield heard;
        isOver = told.isOver;
        if (await pace.keep(told)) forgotten = 0;
      }
    } finally {
      await talk.disconnect();
    }
  }
}

/** An answer that comes sooner without anything in it is none that the org has waited with. The first one of a conversation is such. */
const quickMs = 1_000;
const quickInRowMax = 3;
const quickPauseMs = 5_000;

/** Waits as long as the org asks to between two long polls; longer where it answers at once each time, with nothing. */
function createPace(streaming: Streaming, signal: AbortSignal) {
  let askedAt = streaming.now();
  let quickInRow = 0;
  return {
    /** Whether something was told, or the org had waited to. */
    async keep({ events, intervalMs }: Told): Promise<boolean> {
      const isQuick = events.length === 0 && streaming.now() - askedAt < quickMs;
      quickInRow = isQuick ? quickInRow + 1 : 0;
      const pauseMs = quickInRow > quickInRowMax ? Math.max(intervalMs, quickPauseMs) : intervalMs;
      if (pauseMs > 0) await streaming.sleep(pauseMs, signal);
      askedAt = streaming.now();
      return !isQuick;
    },
  };
}

/**
 * Subscribes behind a place. From a place that the org does not know any more (events are kept for 72 hours, and ids end with a move of the
 * org), and where there was none yet, it tells what changes from now on, and a pull brings the rest: cheaper than all events of three
 * days, each a record to fetch, and complete as well.
 */
async function begin(talk: Conversation, name: string, place: string | null): Promise<Heard> {
  if (place !== null) {
    const { isPlaceLost, events } = await talk.subscribe(name, Number(place));
    if (!isPlaceLost) return heardIn(events, name, place);
  }
  const { isPlaceLost, events } = await talk.subscribe(name, newOnly);
  if (isPlaceLost) throw new SourceError("retry", `Salesforce, listening to ${name}: it knows no place to begin at`);
  const why = place === null ? "listening begins now" : `the place ${place} is not kept at Salesforce any more`;
  return { incomplete: why, ...heardIn(events, name, null) };
}
