import { type Context, Hono } from "hono";
import { z } from "zod";
import { type Client, channelOf } from "../change-events/clients.ts";
import type { Service } from "../service.ts";
import { bearerToken } from "./oauth.ts";

const asked = z.looseObject({
  channel: z.string(),
  id: z.union([z.string(), z.number()]).optional(),
  clientId: z.string().optional(),
  subscription: z.string().optional(),
  connectionType: z.string().optional(),
  ext: z.looseObject({ replay: z.union([z.boolean(), z.record(z.string(), z.number())]).optional() }).optional(),
});
type Asked = z.infer<typeof asked>;
type Answer = Record<string, unknown>;

const cookieName = "BAYEUX_BROWSER";

/** The Streaming API: Bayeux messages over long polling, for Change Data Capture. */
export function streamingRoutes(service: Service): Hono {
  const app = new Hono();
  const answer = async (c: Context) => {
    const messages = z
      .array(asked)
      .min(1)
      .safeParse(await c.req.json().catch(() => null)).data;
    if (!messages) return c.html("<h1>Error 400 Bad Request</h1>", 400);
    const answers: Answer[] = [];
    for (const message of messages) answers.push(...(await answersTo(service, c, message)));
    return c.json(answers);
  };
  app.post("/cometd/:version", answer);
  app.post("/cometd/:version/:verb", answer);
  return app;
}

async function answersTo(service: Service, c: Context, message: Asked): Promise<Answer[]> {
  const { channel, id } = message;
  const head = { channel, ...(id === undefined ? {} : { id }) };
  if (Number.parseInt(c.req.param("version") ?? "", 10) < 37) {
    return [refusal(head, "400::Unsupported API version. Only API versions '37.0' and later are supported.")];
  }
  if (channel === "/meta/handshake") return [handshake(service, c, head)];
  const client = service.clients.find(message.clientId ?? "");
  if (!client) return [refusal(head, "403::Unknown client", { interval: 0, reconnect: "handshake" })];
  if (!c.req.header("cookie")?.includes(`${cookieName}=${client.cookie}`)) {
    const error = `400::Client ${client.id} has established a session, but no ${cookieName} cookie present`;
    return [refusal(head, error, { interval: 0, reconnect: "handshake" })];
  }
  client.seenAt = service.settings.now();
  if (channel === "/meta/connect") return connect(service, c, { client, head });
  if (channel === "/meta/subscribe") return [subscribe(service, client, { head, message })];
  if (channel === "/meta/unsubscribe") {
    client.subscriptions = client.subscriptions.filter((other) => other.channel !== message.subscription);
    return [{ ...head, clientId: client.id, subscription: message.subscription, successful: true }];
  }
  if (channel !== "/meta/disconnect") return [refusal(head, `403:${channel}:publish_denied`)];
  service.clients.forget(client);
  return [{ ...head, clientId: client.id, successful: true }];
}

function refusal(head: Answer, error: string, advice?: Answer): Answer {
  return { ...(advice ? { advice } : {}), ...head, error, successful: false };
}

/** What is wrong with the session of a request; null when nothing is. */
function sessionError({ sessions }: Service, c: Context): string | null {
  const token = bearerToken(c.req.header("authorization"));
  if (token === null) return "401::Request requires authentication";
  return sessions.isValid(token) ? null : "401::Authentication invalid";
}

function handshake(service: Service, c: Context, head: Answer): Answer {
  const failureReason = sessionError(service, c);
  if (failureReason !== null) {
    const ext = { sfdc: { failureReason }, replay: true, "payload.format": true };
    return { ext, ...refusal(head, "403::Handshake denied", { reconnect: "none" }) };
  }
  const client = service.clients.make();
  c.header("set-cookie", `${cookieName}=${client.cookie}; Path=/; Expires=Wed, 01 Jan 2053 00:00:00 GMT; HttpOnly`);
  c.header("set-cookie", "CookieConsentPolicy=0:1; path=/", { append: true });
  return {
    ext: { replay: true, "payload.format": true },
    minimumVersion: "1.0",
    version: "1.0",
    clientId: client.id,
    supportedConnectionTypes: ["long-polling"],
    ...head,
    successful: true,
  };
}

function subscribe(
  { clients, org, settings }: Service,
  client: Client,
  { head, message }: { head: Answer; message: Asked },
): Answer {
  const { subscription = "", ext } = message;
  const said = { ...head, clientId: client.id, subscription };
  const objects = [...org.schema.values()].map(({ name }) => name);
  const object = objects.find((name) => channelOf(name) === subscription);
  if (subscription !== "/data/ChangeEvents" && object === undefined) {
    return refusal(said, `400::The channel you requested to subscribe to does not exist {${subscription}}`);
  }
  if (object !== undefined && settings.hiddenObjects.includes(object)) {
    return refusal(said, `403::Subscription to ${subscription} denied: insufficient permissions`);
  }
  const { replay } = ext ?? {};
  const place = typeof replay === "object" ? (replay[subscription] ?? -1) : -1;
  if (clients.subscribe(client, subscription, place)) return { ...said, successful: true };
  const remedy = "Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.";
  return refusal(said, `400::The replayId {${place}} you provided was invalid.  ${remedy}`);
}

/** The first is answered at once, with the advice how to go on; later ones when there is something to tell, or after two minutes without. */
async function connect(
  service: Service,
  c: Context,
  { client, head }: { client: Client; head: Answer },
): Promise<Answer[]> {
  const { clients, settings, org } = service;
  const advice = { interval: 0, timeout: settings.streamingPollMs, reconnect: "retry" };
  const refused = () => {
    const error = sessionError(service, c);
    return error && refusal({ ...head, clientId: client.id }, error, { interval: 0, reconnect: "none" });
  };
  const own = { clientId: client.id, ...head, successful: true };
  const isFirst = !client.hasConnected;
  client.hasConnected = true;
  let told = refused() ? [] : clients.take(client);
  if (told.length === 0 && !isFirst && !refused()) {
    await asleep(client, c.req.raw.signal, settings.streamingPollMs);
    client.seenAt = settings.now();
    if (clients.find(client.id) !== client) {
      return [refusal(head, "403::Unknown client", { interval: 0, reconnect: "handshake" })];
    }
    told = refused() ? [] : clients.take(client);
  }
  const error = refused();
  if (error) return [error];
  const seen = told.filter(({ event }) => !settings.hiddenObjects.includes(event.object));
  const events = seen.map(({ channel, event: { payload, replayId } }) => ({
    data: { schema: `${org.id.slice(0, 15)}demoSchema`, payload, event: { replayId } },
    channel,
  }));
  return [...events, isFirst || told.length === 0 ? { ...own, advice } : own];
}

/** Until there is something to tell, the time is over, or the asker has gone. */
function asleep(client: Client, gone: AbortSignal, limitMs: number): Promise<void> {
  client.wake?.(); // a client has one long poll: a second one ends the first
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      gone.removeEventListener("abort", wake);
      if (client.wake === wake) client.wake = null;
      resolve();
    };
    const timer = setTimeout(wake, limitMs);
    timer.unref();
    gone.addEventListener("abort", wake);
    client.wake = wake;
  });
}
