import { Client } from "@hubspot/api-client";
import type { GuardedAgents, Transport } from "journey-hub/connector";
import type { z } from "zod";
import type { HubspotConfig } from "./config.ts";
import { inFamily } from "./paths.ts";
import { anotherAnswer, notJson, parseJson, type RawReply, refusalOf, unknownShape } from "./refusals.ts";
import { dailyUsageIn } from "./usage.ts";

/** Builds the vendor's client, with its own retries and limiter off: those options must stay away from every `Client` of a process. */
export function openClient({ base_url }: HubspotConfig, accessToken?: string): Client {
  return new Client({ basePath: base_url, ...(accessToken === undefined ? {} : { accessToken }) });
}

/** A client that signs in as the developer of an app: for its webhook subscriptions, and nothing else. */
export function openDeveloperClient({ base_url }: HubspotConfig, developerApiKey: string): Client {
  return new Client({ basePath: base_url, developerApiKey });
}

/** One request: `send` makes it through the client, passing on the options; `reply` is the shape of the answer. */
export interface Request<Reply> {
  reply: z.ZodType<Reply>;
  /** False for what cannot be the answer to this very question: in-between things sometimes give an earlier one once more. */
  answers?(reply: Reply): boolean;
  send(client: Client, options: CallOptions): Promise<unknown>;
}

/** What each method of the client takes as its last argument. */
export interface CallOptions {
  middleware: [Passage];
}

interface Circumstances {
  config: HubspotConfig;
  transport: Transport;
  signal: AbortSignal;
}

/**
 * One HTTP exchange. Throws SourceError for a refusal and an unreadable answer, the client's own error below HTTP.
 * The client cannot be told to stop: when the signal says so, its answer is left alone.
 */
export async function sendOnce<Reply>(
  { config, transport, signal }: Circumstances,
  { reply: shape, answers, send }: Request<Reply>,
  client: Client,
): Promise<Reply> {
  const answered = new Promise<RawReply>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    const passing = passage(config, transport.agents, resolve);
    // When the answer is in hand, it is of no matter that the client cannot make one of its models of it.
    send(client, { middleware: [passing] }).catch(reject);
  });
  const reply = readReply(await answered, shape, { config, transport });
  if (answers?.(reply) === false) throw anotherAnswer();
  return reply;
}

interface Outgoing {
  getUrl(): string;
  setUrl(url: string): void;
  setAgent(agent: GuardedAgents["http"]): void;
}
interface Incoming {
  httpStatusCode: number;
  headers: Record<string, string>;
  body: { text(): Promise<string> };
}

interface Passage {
  pre<Context extends Outgoing>(context: Context): Promise<Context>;
  post<Context extends Incoming>(context: Context): Promise<Context>;
}

/**
 * Stands between the client and the wire, for one call, and hands the answer out as it came. The client's `httpAgent` and
 * `middleware` settings have no effect in 13.5.0 (its `apiRequest` takes no agent at all), while middleware passed with the call is run.
 */
function passage(config: HubspotConfig, agents: GuardedAgents, onReply: (reply: RawReply) => void): Passage {
  const agent = config.base_url.startsWith("https:") ? agents.https : agents.http;
  return {
    async pre(context) {
      context.setAgent(agent);
      context.setUrl(inFamily(context.getUrl(), config.api_version));
      return context;
    },
    async post(context) {
      onReply({ status: context.httpStatusCode, headers: context.headers, text: await context.body.text() });
      context.body.text = async () => "{}"; // nothing is left for the client's models
      return context;
    },
  };
}

/** The body of an answer, whose headers go to the governor. Throws SourceError for a refusal and for what has not the shape asked for. */
export function readReply<Reply>(
  reply: RawReply,
  shape: z.ZodType<Reply>,
  { config, transport }: Omit<Circumstances, "signal">,
): Reply {
  const usage = dailyUsageIn(reply.headers);
  if (usage) transport.usage(usage);
  if (reply.status < 200 || reply.status > 299) throw refusalOf(reply, config, transport.vendorNow());
  const body = reply.status === 204 ? null : parseJson(reply.text);
  if (body === undefined) throw notJson(reply);
  const parsed = shape.safeParse(body);
  if (!parsed.success) throw unknownShape(parsed.error, reply.status);
  return parsed.data;
}
