import { type IncomingReply, SourceError, type TokenAccess, type Tokens, type Transport } from "journey-hub/connector";
import type { SalesforceConfig } from "../config.ts";
import { errorForReply } from "../refusals.ts";
import { createCookies } from "./cookies.ts";
import { errorForMessage, isForgotten, isPlaceLost, isSessionOver, type Message, messagesIn } from "./messages.ts";

/**
 * The org's Streaming API: four requests of the Bayeux protocol (CometD, long polling). Not through jsforce's streaming, which is the
 * faye client: that opens sockets of its own, past the address guard, the proxy rules and the hub's time-outs, takes no agent, and repeats
 * a long poll whose answer was lost by itself, so that the events of that answer are never seen.
 */
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
  subscribe(channel: string, replay: number): Promise<{ isPlaceLost: boolean; events: Message[] }>;
  /** Waits until the org has something to tell, two minutes at most. Failed in any way, what it told may be lost: begin anew. */
  connect(): Promise<Told>;
  /** Gives the client back; whatever happens, it is over within a second. */
  disconnect(): Promise<void>;
}

/** What one long poll brought. */
export interface Told {
  events: Message[];
  /** The org knows this client no more: a new handshake is needed. */
  isOver: boolean;
  /** How long to wait before the next. */
  intervalMs: number;
}

/** Stands for no event: what comes from now on. */
export const newOnly = -1;

const advisedDefaultMs = 110_000;
const advisedMaxMs = 600_000;
/** What an answer may take beyond the time in which it is due. */
const graceMs = 20_000;
const intervalMaxMs = 30_000;
const disconnectMaxMs = 1_000;

interface Outgoing {
  channel: string;
  [field: string]: unknown;
}

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
      const cookies = createCookies();
      const say = (message: Outgoing, circumstances: Circumstances) =>
        exchange({ config, transport, cookies, tokens: () => tokens }, message, circumstances);
      const hello = { version: "1.0", minimumVersion: "1.0", supportedConnectionTypes: ["long-polling"] };
      const { answer } = await say(
        { channel: "/meta/handshake", ...hello, ext: { replay: true } },
        {
          signal,
          async renew() {
            tokens = await access.renewed(tokens);
          },
        },
      );
      const { clientId } = answer;
      if (clientId === undefined) throw new SourceError("retry", `${whatOf("/meta/handshake")}: no client id`);
      return conversation((message, circumstances) => say({ ...message, clientId }, circumstances), answer, signal);
    },
  };
}

type Say = (message: Outgoing, circumstances: Circumstances) => Promise<{ answer: Message; events: Message[] }>;

function conversation(say: Say, greeting: Message, signal: AbortSignal): Conversation {
  let { timeout = advisedDefaultMs } = greeting.advice ?? {};
  let isKnown = true;
  return {
    async subscribe(channel, replay) {
      const message = { channel: "/meta/subscribe", subscription: channel, ext: { replay: { [channel]: replay } } };
      const { answer, events } = await say(message, { signal });
      if (answer.successful === true) return { isPlaceLost: false, events };
      if (isPlaceLost(answer)) return { isPlaceLost: true, events };
      throw errorForMessage(answer, whatOf(channel));
    },
    async connect() {
      const listensMs = Math.min(Math.max(0, timeout), advisedMaxMs) + graceMs;
      const message = { channel: "/meta/connect", connectionType: "long-polling" };
      const told = await say(message, { signal, listensMs }).catch(unlessSessionOver);
      if (told === null) {
        isKnown = false;
        return { events: [], isOver: true, intervalMs: 0 };
      }
      const { answer, events } = told;
      const { reconnect = "retry", interval = 0 } = answer.advice ?? {};
      timeout = answer.advice?.timeout ?? timeout;
      isKnown = answer.successful === true && reconnect !== "handshake";
      const isWelcome = answer.successful === true || reconnect === "handshake";
      // A session that is over shows at the next handshake too, which renews it.
      if (!isWelcome && !isForgotten(answer) && !isSessionOver(answer)) {
        throw errorForMessage(answer, whatOf("/meta/connect"));
      }
      return { events, isOver: !isKnown, intervalMs: Math.min(Math.max(0, interval), intervalMaxMs) };
    },
    async disconnect() {
      if (!isKnown) return;
      isKnown = false;
      const ending = AbortSignal.timeout(disconnectMaxMs);
      await say({ channel: "/meta/disconnect" }, { signal: ending }).catch(() => undefined); // it forgets us by itself
    },
  };
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
): Promise<{ answer: Message; events: Message[] }> {
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
      const answer = messages?.find(({ channel }) => channel === message.channel);
      if (!messages || !answer) throw new Error("no answer in it");
      if (verb === "handshake" && answer.successful !== true) throw errorForMessage(answer, what);
      return { answer, events: messages.filter(({ channel }) => !channel.startsWith("/meta/")) };
    },
    classify: (cause) => errorForReply(reply, cause, what, transport.vendorNow()),
  });
}

const whatOf = (channel: string): string => `Salesforce, listening to change events (${channel})`;
