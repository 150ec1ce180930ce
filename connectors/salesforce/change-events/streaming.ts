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
      const { accessToken, address } = tokens;
      const instanceUrl = address ?? config.login_url;
      const client = await createBayeuxClient({ accessToken, instanceUrl, version: config.api_version });
      const cookies = createCookies();
      const say: Say = (message, circumstances) =>
        exchange({ config, transport, cookies, tokens: () => tokens }, message, circumstances);
      const greeting = await say(await client.handshake(), {
        signal,
        async renew() {
          tokens = await access.renewed(tokens);
        },
      });
      if (greeting.answer.clientId === undefined) {
        throw new SourceError("retry", `${whatOf("/meta/handshake")}: no client id`);
      }
      client.received(greeting.messages);
      return conversation({ client, say, greeting: greeting.answer, signal });
    },
  };
}

/** Sends a message; `answer` is the one of `messages` that answers it. */
type Say = (message: Outgoing, circumstances: Circumstances) => Promise<{ answer: Message; messages: Message[] }>;

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
  const eventsIn = (messages: readonly Message[]): unknown[] => {
    refuseStrays(messages, subscribed);
    heard = [];
    client.received(messages);
    return heard;
  };
  return {
    async subscribe(channel, replay) {
      subscribed = channel;
      const message = await client.subscribe(channel, replay, (data) => heard.push(data));
      const { answer, messages } = await say(message, { signal });
      const events = eventsIn(messages);
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
      const { answer, messages } = told;
      const { reconnect = "retry", interval = 0 } = answer.advice ?? {};
      timeout = answer.advice?.timeout ?? timeout;
      isKnown = answer.successful === true && reconnect === "retry";
      const isWelcome = answer.successful === true || reconnect === "handshake";
      // A session that is over shows at the next handshake too, which renews it.
      if (!isWelcome && !isForgotten(answer) && !isSessionOver(answer)) {
        throw errorForMessage(answer, whatOf("/meta/connect"));
      }
      const events = eventsIn(messages);
      return { events, isOver: !isKnown, intervalMs: Math.min(Math.max(0, interval), intervalMaxMs) };
    },
    async disconnect() {
      if (!isKnown) return;
      isKnown = false;
      const ending = AbortSignal.timeout(disconnectMaxMs);
      await say(await client.disconnect(), { signal: ending }).catch(() => undefined); // it forgets us by itself
    },
  };
}

/** Events of what was not asked for would be left out in silence: somebody else answers. */
function refuseStrays(messages: readonly Message[], subscribed: string): void {
  const stray = messages.find(({ channel }) => channel !== subscribed && !channel.startsWith("/meta/"));
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
): ReturnType<Say> {
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
      // By its id the client knows what it answers.
      return { answer, messages: messages.map((each) => (each === answer ? { ...each, id: message.id } : each)) };
    },
    classify: (cause) => errorForReply(reply, cause, what, transport.vendorNow()),
  });
}

function isAnswerTo(message: Outgoing, { channel, id = message.id }: Message): boolean {
  return channel === message.channel && id === message.id;
}

const whatOf = (channel: string): string => `Salesforce, listening to change events (${channel})`;
