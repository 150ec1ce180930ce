import { randomUUID } from "node:crypto";
import type { Delivery, TrackingCall, TrackingDeclaration, TrackingReading } from "../connector/index.ts";
import type { Hub, HubConnection } from "../hub/hub.ts";
import { createSenderErrors, keepDeliveries } from "../hub/inbox/intake.ts";
import { usable } from "../hub/queries/connections.ts";
import { readBody } from "./body.ts";
import { countKept, type HookContext, type HookOptions, noted } from "./hooks.ts";
import { encodingsKnown, inflated } from "./inflate.ts";
import { ApiProblem } from "./problem.ts";

/** The addresses of tracking clients. Which connection a call is for is told by the key it carries. */
export const trackPaths = ["/v1/:call", "/beacon/v1/batch", "/mp/collect", "/debug/mp/collect"] as const;

/** The addresses of images in mails and pages. */
export const pixelPath = "/v1/pixel/:call";

/** A browser may ask from any site: what lets a call in is its key, never a cookie. */
const fromAnywhere = { "access-control-allow-origin": "*" };
const preflightAnswer = {
  ...fromAnywhere,
  "access-control-allow-methods": "POST",
  "access-control-max-age": "86400",
  vary: "access-control-request-headers",
};
const headersAskedMax = 500;

/** `OPTIONS` of those addresses: what a browser asks before it sends. */
export function answerPreflight({ req }: HookContext): Response {
  const asked = req.header("access-control-request-headers") ?? "";
  const isPlain = asked.length <= headersAskedMax && /^[\w, -]*$/.test(asked);
  const headers = {
    ...preflightAnswer,
    "access-control-allow-headers": isPlain && asked !== "" ? asked : "content-type",
  };
  return new Response(null, { status: 204, headers });
}

/**
 * `POST` of those addresses: the key is checked, then what the call holds is kept, then answered as its client expects: what was answered
 * 2xx is on disk. Problems: 400 malformed, 401 the key of no connection, 404, 413, 415, 503 not enabled or the store is full.
 */
export function createTrackHandlers(options: HookOptions): TrackHandlers {
  const take = createTaker(options);
  return { call: answersCalls(take), pixel: answersPixels(take) };
}

type Handler = (c: HookContext) => Promise<Response>;
type Taker = (c: HookContext) => Promise<TrackingReading["answer"]>;

interface TrackHandlers {
  call: Handler;
  /** `GET` of a pixel, which is a call as well. A refused one gets the picture too, with its status: a mail must not show a broken one. */
  pixel: Handler;
}

function answersCalls(take: Taker): Handler {
  return async (c) => {
    for (const [name, value] of Object.entries(fromAnywhere)) c.header(name, value); // on problems too
    const { status, json } = await take(c);
    if (json === null) return new Response(null, { status, headers: fromAnywhere });
    return new Response(JSON.stringify(json), { status, headers: { ...fromAnywhere, ...jsonType } });
  };
}

const jsonType = { "content-type": "application/json" };

function answersPixels(take: Taker): Handler {
  return async (c) => {
    const status = await take(c).then(
      (taken) => taken.status,
      (cause: unknown) => {
        if (cause instanceof ApiProblem) return cause.status;
        throw cause;
      },
    );
    return new Response(emptyGif, { status, headers: { ...fromAnywhere, ...gifType } });
  };
}

/** One transparent pixel. */
const emptyGif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
const gifType = { "content-type": "image/gif", "cache-control": "no-store" };

/** Takes calls: what a taken one holds is on disk. Throws ApiProblem. */
function createTaker(options: HookOptions): Taker {
  const { hub, log, metrics } = options;
  const senders = createSenderErrors(hub);
  return async (c) => {
    const receivers = receiversAt(hub, c.req.path);
    const head = headOf(c, hub);
    const refuse = async (verdicts: readonly Judged[]): Promise<never> => {
      const { id, reason } = refusalFor(verdicts);
      metrics.deliveries(id, "refused");
      await noted(log, senders.report(id, "signature", reason));
      throw new ApiProblem(401, "Refused: the key is missing, or not one of this hub.");
    };
    const heads = receivers.map((receiver) => ({ receiver, reason: refusalByHead(receiver, head) }));
    const left = heads.filter(({ reason }) => reason === null).map(({ receiver }) => receiver);
    if (left.length === 0) return refuse(heads);
    const call = { ...head, body: await incoming(c, Math.max(...left.map(bytesMax))) };
    const verdicts = left.map((receiver) => ({ receiver, reason: refusalOf(receiver, call) }));
    const receiver = verdicts.find(({ reason }) => reason === null)?.receiver;
    if (!receiver) return refuse([...heads.filter(({ reason }) => reason !== null), ...verdicts]);
    const { id } = receiver;
    if (call.body.length > bytesMax(receiver)) throw tooLarge(bytesMax(receiver));
    const reading = readCall(receiver, call);
    if (reading instanceof Error) {
      metrics.deliveries(id, "malformed");
      await noted(log, senders.report(id, "malformed", reading.message));
      throw new ApiProblem(400, `The call cannot be read: ${reading.message}.`);
    }
    await keep(options, id, reading.deliveries);
    for (const one of [id, ofNobody.id]) if (!senders.isClean(one)) await noted(log, senders.passed(one));
    return reading.answer;
  };
}

/** Whose key a refused one should have been shows where a single connection takes such calls; else the refusal is the hub's own. */
function refusalFor(verdicts: readonly Judged[]): { id: string; reason: string } {
  const [first, ...others] = verdicts;
  return first?.reason && others.length === 0 ? { id: first.receiver.id, reason: first.reason } : ofNobody;
}

const ofNobody = { id: "", reason: "its key is that of no tracking connection" };

async function keep({ hub, runner, metrics }: HookOptions, id: string, deliveries: readonly Delivery[]): Promise<void> {
  const kept = await keepDeliveries(hub, id, deliveries).catch((cause: unknown) => {
    metrics.deliveries(id, "not_kept", deliveries.length);
    throw cause;
  });
  if (kept.accepted > 0) runner.poke(id);
  countKept(metrics, id, kept);
}

interface Judged {
  receiver: Receiver;
  /** Null: nothing speaks against it. */
  reason: string | null;
}

interface Receiver extends Pick<HubConnection, "id" | "config"> {
  tracking: TrackingDeclaration<unknown>;
}

const bytesMax = ({ tracking, config }: Receiver): number => tracking.bytesMax(config);

/** The connections that take calls at a path. Throws ApiProblem where there is none. */
function receiversAt(hub: Hub, path: string): Receiver[] {
  const found: Receiver[] = [];
  let missing: string | null = null;
  for (const id of hub.connectionIds()) {
    const connection = usable(hub, id);
    if (connection instanceof Error) continue; // its status says why
    const { connector, config } = connection;
    if (!connector.tracking?.paths.includes(path)) continue;
    const lacks = connector.tracking.missing(config, path);
    if (lacks === null) found.push({ id, config, tracking: connector.tracking });
    else missing ??= `${id} takes no calls here: ${lacks}`;
  }
  if (found.length > 0) return found;
  if (missing !== null) throw new ApiProblem(503, `${missing}.`);
  throw new ApiProblem(404, `No connection takes calls at ${path.slice(0, 80)}.`);
}

type Head = Omit<TrackingCall, "body">;

function headOf({ req }: HookContext, hub: Hub): Head {
  return { id: randomUUID(), path: req.path, query: req.query(), headers: req.header(), receivedAt: hub.now() };
}

const nothing = new Uint8Array();

/** Why a call is not this connection's, told without its body: nothing is read or inflated for who has no key. */
function refusalByHead(receiver: Receiver, head: Head): string | null {
  return receiver.tracking.isKeyOutside?.(head) ? refusalOf(receiver, { ...head, body: nothing }) : null;
}

async function incoming({ req, env }: HookContext, bytesMax: number): Promise<Uint8Array> {
  const sent = await readBody(req, env, bytesMax);
  if (sent === "too large") throw tooLarge(bytesMax);
  if (sent === "cut short") throw new ApiProblem(400, "The body ended before it was whole.");
  const encoding = req.header("content-encoding");
  const body = await inflated(sent, encoding, bytesMax);
  if (body === "too large") throw tooLarge(bytesMax);
  if (body === "broken") throw new ApiProblem(400, "The compressed body is broken.");
  if (body === "unknown encoding") {
    throw new ApiProblem(415, `Send the body as it is or with ${encodingsKnown}, not ${encoding?.slice(0, 20)}.`);
  }
  return body;
}

function tooLarge(bytesMax: number): ApiProblem {
  return new ApiProblem(413, `A call holds at most ${bytesMax} bytes (batch_bytes_max of the connection).`);
}

/** Why a call is not this connection's. A check that fails in itself is no acceptance. */
function refusalOf({ tracking, config }: Receiver, call: TrackingCall): string | null {
  try {
    const verdict = tracking.verify(config, call);
    return verdict.accepted ? null : verdict.reason;
  } catch {
    return "its key could not be read";
  }
}

const dedupeKeyLengthMax = 500;

function readCall({ tracking, config }: Receiver, call: TrackingCall): TrackingReading | Error {
  try {
    const reading = tracking.read(config, call);
    const isOdd = reading.deliveries.some(({ dedupe_key: key }) => key === "" || key.length > dedupeKeyLengthMax);
    return isOdd ? new Error(`an id must have 1 to ${dedupeKeyLengthMax} characters`) : reading;
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}
