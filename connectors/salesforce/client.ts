import { PassThrough } from "node:stream";
import {
  type IncomingReply,
  type Lane,
  SourceError,
  type TokenAccess,
  type Tokens,
  type Transport,
} from "journey-hub/connector";
import type { Connection } from "jsforce";
import type { z } from "zod";
import type { SalesforceConfig } from "./config.ts";
import { errorForReply } from "./refusals.ts";
import { apiUsageIn } from "./usage.ts";

/** One request of ours, and how its answer is read: as JSON of this form, or the whole reply as it came (CSV). */
export type Ask<T> = Question & ({ reply: z.ZodType<T> } | { read(reply: IncomingReply): T });

/** `path` is relative to the API version (`/sobjects/Contact/describe`). */
interface Question {
  /** What is done, for messages and metrics: `reading Contact`. */
  purpose: string;
  operation: string;
  lane: Lane;
  method?: "GET" | "PATCH" | "POST";
  path: string;
  body?: unknown;
}

/** A signed-in org, or one that signs in when first asked. */
export interface Client {
  /** One exchange under the transport's policy; a lapsed session is renewed once, for all who wait together. */
  request<T>(ask: Ask<T>): Promise<T>;
  /** Lets so much time pass, by the hub's clock. */
  sleep(delayMs: number): Promise<void>;
  /** Bytes a path may have, so that the address with the host stays below what Salesforce takes. */
  readonly pathBytesMax: number;
}

/** Salesforce takes 16,384 bytes of address and headers; a token in the headers can have 2,000. */
const addressBytesMax = 13_500;

/** Opens the org of this configuration; nothing is sent before the first request. */
export function openClient(config: SalesforceConfig, transport: Transport, access: TokenAccess): Client {
  const session = openSession(config, transport, access);

  return {
    pathBytesMax: addressBytesMax,
    sleep: transport.sleep,
    async request(ask) {
      const what = `Salesforce, ${ask.purpose}`;
      let using = await session.current();
      let replies: IncomingReply[] = []; // of the attempt under way: one, or none yet
      return transport.call({
        operation: `salesforce.${ask.operation}`,
        lane: ask.lane,
        async attempt(signal) {
          replies = [];
          const body = await using.send(ask, signal, (received) => {
            replies.push(received);
            const usage = apiUsageIn(received.headers["sforce-limit-info"]);
            if (usage) transport.usage(usage);
          });
          if ("reply" in ask) return ask.reply.parse(body);
          const [reply] = replies;
          if (!reply) throw new SourceError("retry", `${what}: no answer`);
          return ask.read(reply);
        },
        classify: (cause) => errorForReply(replies[0], cause, what, transport.vendorNow()),
        async renew() {
          using = await session.renewed(using);
        },
      });
    },
  };
}

/** A sign-in with the vendor's client set up for it. */
interface SignedIn {
  tokens: Tokens;
  send(ask: Ask<unknown>, signal: AbortSignal, received: (reply: IncomingReply) => void): Promise<unknown>;
}

/** Keeps the vendor's client of the present sign-in for all requests. */
function openSession(config: SalesforceConfig, transport: Transport, access: TokenAccess) {
  let present: { accessToken: string; signedIn: Promise<SignedIn> } | null = null;

  function using(tokens: Tokens): Promise<SignedIn> {
    const { accessToken } = tokens;
    if (present?.accessToken !== accessToken) {
      present = { accessToken, signedIn: signedIn(tokens, config, transport) };
    }
    return present.signedIn;
  }

  return {
    current: async () => using(await access.current()),
    renewed: async (lapsed: SignedIn) => using(await access.renewed(lapsed.tokens)),
  };
}

async function signedIn(
  tokens: Tokens,
  { api_version: version, login_url }: SalesforceConfig,
  transport: Transport,
): Promise<SignedIn> {
  const { accessToken, address } = tokens;
  // Loaded on first use: it takes a third of a second and 25 MB that hubs without Salesforce need not pay.
  // Not from the package's entry, which declares StreamPromise but does not hand it out.
  const [{ Connection }, { StreamPromise }] = await Promise.all([
    import("jsforce/lib/connection.js"),
    import("jsforce/lib/util/promise.js"),
  ]);
  // Without oauth2 and refreshFn the client never renews by itself: its own renewal repeats for ever when refused.
  const connection: Connection = new Connection({ accessToken, instanceUrl: address ?? login_url, version });
  return {
    tokens,
    send(ask, signal, received) {
      const { method = "GET", path, body } = ask;
      const isCsv = "read" in ask;
      // The client's own transport takes no agent and brings its own retries, so ours stands in its place.
      const guarded = {
        httpRequest: (request: WireRequest) => {
          const promise = exchange(request, transport, signal).then((reply) => {
            received(reply);
            return { statusCode: reply.status, headers: reply.headers, body: reply.text };
          });
          return StreamPromise.create(() => ({ stream: new PassThrough(), promise }));
        },
      };
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const headers = {
        accept: isCsv ? "text/csv" : "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      };
      // Left as text, or the client would take CSV apart, all of it at once and without a look at what it says.
      const form = isCsv ? { responseType: "text" } : {};
      return connection.request<unknown>({ method, url: path, headers, ...json }, { transport: guarded, ...form });
    },
  };
}

/** What the vendor's client hands to a transport, as far as our own requests go. */
interface WireRequest {
  url: string;
  method: string;
  headers?: Record<string, string>;
  body?: unknown;
}

async function exchange(request: WireRequest, transport: Transport, signal: AbortSignal): Promise<IncomingReply> {
  const { url, method, headers = {}, body } = request;
  if (body !== undefined && typeof body !== "string")
    throw new SourceError("stop", "Salesforce requests have text bodies");
  return transport.send({ url, method, headers, ...(body === undefined ? {} : { body }) }, signal);
}
