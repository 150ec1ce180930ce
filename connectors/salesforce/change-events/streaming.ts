import { type IncomingReply, SourceError, type TokenAccess, type Tokens, type Transport } from "journey-hub/connector";
import type { SalesforceConfig } from "../config.ts";
import { errorForReply } from "../refusals.ts";
import { type BayeuxClient, createBayeuxClient, type Outgoing } from "./bayeux.ts";
import { createCookies } from "./cookies.ts";
import {
  errorForMessage,
  isForgotten,
  isPlaceLost,
  isSessionOver,
  type Message,
  messagesIn,
  notTheOrg,
} from "./messages.ts";

/** The org's Streaming API (Bayeux, by long polling): jsforce's streaming says what is asked, the hub's transport asks it. */
export interface Streaming {
  /** Makes this client known to the org; a lapsed session is renewed once. Rejects with SourceError. */
  handshake(signal: AbortSignal): Promise<Conversation>;
  /** The hub's clock. */
  now(): number;
  /** Lets so much time pass by it; ended by the signal, it rejects. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
}

/** From a handshake until the org forgets the client. */
export interface Conversation {
  /** Asks for a channel's events behind one of them, or for those from now on (`newOnly`). Some may come with the answer. */
  subscribe(channel: string, replay: number): Promise<{ isPlaceLost: boolean; events: unknown[] }>;
  /** Waits until the org has something to tell, two minutes at most. Failed in any way, what it told may be lost: begin anew. */
  connect(): Promise<Told>;
  /** Gives the client back; whatever happens, it is over within a second. */
  disconnect(): Promise<void>;
}

/** What one long poll brought. */
export interface Told {
  /** The data of each event, in the order they were told. */
  events: unknown[];
  /** The org knows this client no more: a new handshake is needed. */
  isOver: boolean;
  /** How long to wait before the next. */
  intervalMs: number;
}

const advisedDefaultMs = 110_000;
const advisedMaxMs = 600_000;
/** What an answer may take beyond the time in which it is due. */
const graceMs = 20_000;
const intervalMaxMs = 30_000;
const disconnectMaxMs = 1_000;

interface Circumstances {
  signal: AbortSignal;
  listensMs?: number;
  renew?: () => Promise<void>;
}

/** Opens the Streaming API of this configuration; nothing is sent before the first handshake. */
export function openStreaming(config: SalesforceConfig, transport: Transport, access: TokenAccess): Streaming {
  return {
    now: transport.now,
    sleep: transport.sleep,
    async handshake(signal) {
      let tokens = await access.current();
      const client = await createBayeuxClient();
      const cookies = createCookies();
      const say: Say = (message, circumstances) =>
        exchange({ config, transport, cookies, tokens: () => tokens }, message, circumstances);
      const { answer: greeting } = await say(await client.handshake(), {
        signal,
        async renew() {
          tokens = await access.renewed(tokens);
        },
      });
      if (greeting.clientId === undefined) throw new SourceError("retry", `${whatOf("/meta/handshake")}: no client id`);
      client.received(greeting);
      return conversation({ client, say, greeting, signal });
    },
  };
}

/** What came back for a message: its answer, and the events that came along. */
interface Reply {
  answer: Message;
  events: Message[];
}

type Say = (message: Outgoing, circumstances: Circumstances) => Promise<Reply>;

interface Talk {
  client: BayeuxClient;
  say: Say;
  greeting: Message;
  signal: AbortSignal;
}

function conversation({ client, say, greeting, signal }: Talk): Conversation {
  let { timeout = advisedDefaultMs } = greeting.advice ?? {};
  let isKnown = true;
  let subscribed = "";
  let heard: unknown[] = [];
  const eventsIn = ({ answer, events }: Reply): unknown[] => {
    refuseStrays(events, subscribed);
    heard = [];
    for (const message of [...events, answer]) client.received(message);
    return heard;
  };
  return {
    async subscribe(channel, replay) {
      subscribed = channel;
      const message = await client.subscribe(channel, replay, (data) => heard.push(data));
      const reply = await say(message, { signal });
      const { answer } = reply;
      const events = eventsIn(reply);
      if (answer.successful === true) return { isPlaceLost: false, events };
      if (isPlaceLost(answer)) return { isPlaceLost: true, events };
      throw errorForMessage(answer, whatOf(channel));
    },
    async connect() {
      const listensMs = Math.min(Math.max(0, timeout), advisedMaxMs) + graceMs;
      const told = await say(await client.connect(), { signal, listensMs }).catch(unlessSessionOver);
      if (told === null) {
        isKnown = false;
        return { events: [], isOver: true, intervalMs: 0 };
      }
      const { answer } = told;
      const { reconnect = "retry", interval = 0 } = answer.advice ?? {};
      timeout = answer.advice?.timeout ?? timeout;
      isKnown = answer.successful === true && reconnect === "retry";
      const isWelcome = answer.successful === true || reconnect === "handshake";
      // A session that is over shows at the next handshake too, which renews it.
      if (!isWelcome && !isForgotten(answer) && !isSessionOver(answer)) {
        throw errorForMessage(answer, whatOf("/meta/connect"));
      }
      return { events: eventsIn(told), isOver: !isKnown, intervalMs: Math.min(Math.max(0, interval), intervalMaxMs) };
    },
    async disconnect() {
      if (!isKnown) return;
      isKnown = false;
      const signal = AbortSignal.timeout(disconnectMaxMs);
      const farewell = client.disconnect().then((message) => say(message, { signal }));
      await farewell.catch(() => undefined); // it forgets us by itself
    },
  };
}

/** Events of what was not asked for would be left out in silence: somebody else answers. */
function refuseStrays(events: readonly Message[], subscribed: string): void {
  const stray = events.find(({ channel }) => channel !== subscribed);
  if (!stray) return;
  const told = `it told of ${stray.channel.slice(0, 100)}, which was not asked for`;
  throw new SourceError("retry", `${whatOf(subscribed)}: ${told}`, { remedy: notTheOrg });
}

/** The status of an answer may tell it as well as a message. The next handshake renews the session. */
function unlessSessionOver(cause: unknown): null {
  if (cause instanceof SourceError && cause.next === "reauthorise") return null;
  throw cause;
}

/** What one message goes through: the org's address and session, and its cookies, by which it finds the client again. */
interface Line {
  config: SalesforceConfig;
  transport: Transport;
  cookies: ReturnType<typeof createCookies>;
  tokens(): Tokens;
}

/** Sends one message. Rejects where the org does not answer it; that it is refused is for the asker, but for the handshake. */
async function exchange(
  { config, transport, cookies, tokens }: Line,
  message: Outgoing,
  circumstances: Circumstances,
): Promise<Reply> {
  const what = whatOf(message.channel);
  const verb = message.channel.replace("/meta/", "");
  let reply: IncomingReply | undefined;
  return transport.call({
    operation: `salesforce.streaming.${verb}`,
    lane: "webhook",
    ...circumstances,
    async attempt(signal) {
      reply = undefined;
      const { accessToken, address } = tokens();
      const headers = {
        "content-type": "application/json",
        accept: "application/json",
        authorization: `Bearer ${accessToken}`,
        ...cookies.header(),
      };
      const url = `${address ?? config.login_url}/cometd/${config.api_version}`;
      reply = await transport.send({ method: "POST", url, headers, body: JSON.stringify([message]) }, signal);
      cookies.keep(reply.headers["set-cookie"]);
      const messages = messagesIn(reply.text);
      const answer = messages?.find((each) => isAnswerTo(message, each));
      if (!messages || !answer) throw new Error("no answer in it");
      if (verb === "handshake" && answer.successful !== true) throw errorForMessage(answer, what);
      // By its id the client knows what it answers; an event has none, and one without anything in it is still to be seen.
      const events = messages.filter(({ channel }) => !channel.startsWith("/meta/"));
      return {
        answer: { ...answer, id: message.id },
        events: events.map(({ channel, data = null }) => ({ channel, data })),
      };
    },
    classify: (cause) => errorForReply(reply, cause, what, transport.vendorNow()),
  });
}

function isAnswerTo(message: Outgoing, { channel, id = message.id }: Message): boolean {
  return channel === message.channel && id === message.id;
}

const whatOf = (channel: string): string => `Salesforce, listening to change events (${channel})`;
