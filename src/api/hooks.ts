import type { IncomingMessage } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Delivery, IncomingWebhook, Verdict, WebhookDeclaration } from "../connector/index.ts";
import { ConfigError } from "../hub/folder/config.ts";
import type { Hub, HubConnection } from "../hub/hub.ts";
import { createSenderErrors, keepDeliveries, type SenderErrors } from "../hub/inbox/intake.ts";
import type { Log } from "../hub/log.ts";
import type { Metrics } from "../hub/metrics.ts";
import { hookUrl } from "../hub/queries/connections.ts";
import type { Runner } from "../hub/runner/runner.ts";
import { readBody } from "./body.ts";
import { ApiProblem } from "./problem.ts";

export interface HookOptions {
  hub: Hub;
  runner: Pick<Runner, "poke">;
  log: Log;
  metrics: Metrics;
}

/** `env` is empty where a request comes from elsewhere than node's server. */
export type HookContext = Context<{ Bindings: Partial<HttpBindings> }>;

const bodyBytesMax = 1024 * 1024;
const deliveriesMax = 1_000;
const dedupeKeyLengthMax = 500;

/**
 * `POST /hooks/:connection`: the signature is checked over the bytes as they came and the configured address, then the deliveries are
 * kept, then answered: what was answered 2xx is on disk. Problems: 400 malformed, 401 not from the sender, 404, 409 one id with two
 * contents, 413, 415, 503 not enabled or the store is full.
 */
export function createHookHandler({ hub, runner, log, metrics }: HookOptions): (c: HookContext) => Promise<Response> {
  const senders = createSenderErrors(hub);
  const enabled = new Map<string, Receiver>();
  hub.onTaken((id) => enabled.delete(id));
  return async (c) => {
    const id = c.req.param("connection") ?? "";
    // Asked each time: one that is taken out of a running hub is no more among its connections.
    const known = hub.connectionIds().includes(id) ? enabled.get(id) : undefined;
    const receiver = known ?? receiverOf(hub, id);
    enabled.set(id, receiver);
    const request = await incoming(c, receiver);
    const verdict = verify(receiver, request, hub.clock.now());
    if (!verdict.accepted) {
      metrics.deliveries(id, "refused");
      await noted(log, senders.report(id, "signature", verdict.reason));
      throw new ApiProblem(401, `Refused: ${verdict.reason}.`);
    }
    const deliveries = readDeliveries(receiver, request);
    if (deliveries instanceof Error) {
      metrics.deliveries(id, "malformed");
      await noted(log, senders.report(id, "malformed", deliveries.message));
      throw new ApiProblem(400, `The body cannot be read: ${deliveries.message}.`);
    }
    const kept = await keepDeliveries(hub, id, deliveries).catch((cause: unknown) => {
      metrics.deliveries(id, "not_kept", deliveries.length);
      throw cause;
    });
    if (kept.accepted > 0) runner.poke(id);
    countKept(metrics, id, kept);
    await passed(log, senders, id);
    const { accepted, duplicate, conflicts } = kept;
    if (conflicts.length > 0) {
      const detail = `One id stands for two contents: ${conflicts.slice(0, 5).join(", ")}. What came first was kept.`;
      throw new ApiProblem(409, detail);
    }
    const { receipt } = receiver.webhook;
    if (receipt) return new Response(receipt.text, { headers: { "content-type": receipt.contentType } });
    return new Response(JSON.stringify({ accepted, duplicate }), answer);
  };
}

const answer = { status: 200, headers: { "content-type": "application/json" } };

/** `GET`, `HEAD` and `OPTIONS /hooks/:connection`: what a sender asks before it delivers. 404 where its scheme asks nothing so. */
export function createHandshakeHandler({ hub }: Pick<HookOptions, "hub">): (c: HookContext) => Response {
  return ({ req }) => {
    const { config, webhook, url } = receiverOf(hub, req.param("connection") ?? "");
    const request = { method: req.method, url, headers: req.header(), body: new Uint8Array() };
    const reply = webhook.handshake?.(config, request);
    if (!reply) throw new ApiProblem(404, `There is nothing at ${req.method} ${req.path}.`);
    return new Response(null, { status: reply.status, headers: { ...reply.headers } });
  };
}

interface Receiver extends Pick<HubConnection, "id" | "config"> {
  webhook: WebhookDeclaration<unknown>;
  /** The public address that senders sign. */
  url: string;
}

function receiverOf(hub: Hub, id: string): Receiver {
  if (!hub.connectionIds().includes(id)) throw new ApiProblem(404, `There is no connection ${id.slice(0, 40)}.`);
  const { connector, config } = usable(hub, id);
  const { webhook } = connector;
  if (!webhook) throw new ApiProblem(404, `Connections of ${connector.title} take no webhooks.`);
  const missing = webhook.missing(config);
  if (missing !== null) throw new ApiProblem(503, `Webhooks of ${id} are not enabled: ${missing}.`);
  return { id, config, webhook, url: hookUrl(hub, id) };
}

function usable(hub: Hub, id: string): HubConnection {
  try {
    return hub.connection(id);
  } catch (cause) {
    // What is wrong is told to who may see the connections, not to whoever knows the address.
    if (cause instanceof ConfigError) throw new ApiProblem(503, `The settings of connection ${id} cannot be used.`);
    throw cause;
  }
}

async function incoming({ req, env }: HookContext, { url }: Receiver): Promise<IncomingWebhook> {
  const encoding = req.header("content-encoding");
  if (encoding !== undefined && encoding !== "identity") {
    throw new ApiProblem(415, `Send the body as it is, not encoded with ${encoding.slice(0, 20)}.`);
  }
  const body = await readBody(req, env, bodyBytesMax);
  if (body === "too large") throw new ApiProblem(413, `A webhook holds at most ${bodyBytesMax} bytes.`);
  if (body === "cut short") throw new ApiProblem(400, "The body ended before it was whole.");
  const at = req.url.indexOf("?");
  const query = at === -1 ? "" : req.url.slice(at);
  const headers = env?.incoming ? headersOf(env.incoming) : req.header();
  return { method: req.method, url: `${url}${query}`, headers, body };
}

/** Node's own, so that no `Headers` need be made of them. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name in headers) {
    const text = headers[name];
    if (typeof text === "string") texts[name] = text;
  }
  return texts;
}

/** A check that fails in itself is no acceptance. */
function verify({ webhook, config }: Receiver, request: IncomingWebhook, nowMs: number): Verdict {
  try {
    return webhook.verify(config, request, nowMs);
  } catch {
    return { accepted: false, reason: "the signature could not be checked" };
  }
}

function readDeliveries({ webhook, config }: Receiver, request: IncomingWebhook): Delivery[] | Error {
  try {
    const deliveries = webhook.deliveries(config, request);
    if (deliveries.length > deliveriesMax) return new Error(`it holds more than ${deliveriesMax} deliveries`);
    const oddKey = deliveries.some(({ dedupe_key: key }) => key.length === 0 || key.length > dedupeKeyLengthMax);
    if (oddKey) return new Error(`an id must have 1 to ${dedupeKeyLengthMax} characters`);
    const hasNul = deliveries.some(({ dedupe_key: key }) => key.includes("\0"));
    return hasNul ? new Error("an id must not have a NUL character") : deliveries;
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}

/** Counts what became of the deliveries of a request. */
export function countKept(
  metrics: Metrics,
  id: string,
  { accepted, duplicate, conflicts }: Awaited<ReturnType<typeof keepDeliveries>>,
) {
  if (accepted > 0) metrics.deliveries(id, "accepted", accepted);
  if (duplicate > 0) metrics.deliveries(id, "duplicate", duplicate);
  if (conflicts.length > 0) metrics.deliveries(id, "conflict", conflicts.length);
}

function passed(log: Log, senders: SenderErrors, id: string): Promise<void> | undefined {
  return senders.isClean(id) ? undefined : noted(log, senders.passed(id));
}

/** Keeping an error row must not decide how a request is answered: a full disk is told as such elsewhere. */
export async function noted(log: Log, keeping: Promise<void>): Promise<void> {
  try {
    await keeping;
  } catch (cause) {
    log.error({ err: cause }, "an error of a webhook could not be kept");
  }
}
