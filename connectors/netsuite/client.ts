import { type IncomingReply, type Lane, SourceError, type Transport } from "journey-hub/connector";
import type NetsuiteRest from "netsuite-rest";
import { z } from "zod";
import { addressOf, type NetsuiteConfig } from "./config.ts";
import { errorForLogin, isRefusedLogin } from "./login.ts";
import { addressRemedy, errorForReply, json, unreadable } from "./refusals.ts";

/** One request of ours; `path` begins behind `/services/rest`. */
export interface Ask<T> {
  /** What is done, for messages: `reading customer`. */
  purpose: string;
  /** For metrics: `customer.query`. */
  operation: string;
  lane: Lane;
  method: "GET" | "PATCH" | "POST";
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
  /** A refusal of a record leaves the others alone; that of a request stops the stream. */
  about?: "record" | "request";
  reply: z.ZodType<T>;
}

export interface Client {
  /** One exchange under the transport's policy, signed anew for every attempt. Throws SourceError. */
  request<T>(ask: Ask<T>): Promise<T>;
}

/** Attempts refused as a login before a call is given up: few where no login ever worked, more where it may be the concurrency. */
const refusedLoginsMax = { unproven: 2, proven: 5 };

/** Opens the account of this configuration; nothing is sent before the first request. */
export function openClient(config: NetsuiteConfig, transport: Transport): Client {
  const root = `${addressOf(config)}/services/rest`;
  const hostField = config.base_url === undefined ? "account_id" : "base_url";
  let signer: Promise<NetsuiteRest> | null = null;
  let hasLoggedIn = false;

  return {
    async request({ purpose, operation, lane, method, path, headers = {}, body, about = "request", reply: expected }) {
      const what = `NetSuite, ${purpose}`;
      const url = `${root}${path}`;
      signer ??= openSigner(config);
      const signing = await signer;
      let refusedLogins = 0;
      let reply: IncomingReply | null = null;
      const refused = (of: IncomingReply) => ({ what, reply: of, about, hostField, now: transport.now() });
      return transport.call({
        operation: `netsuite.${operation}`,
        lane,
        async attempt(signal) {
          reply = null;
          const authorization = signing.getAuthorizationHeader({ url, method }).Authorization;
          const type = body === undefined ? {} : { "content-type": "application/json" };
          const request = { method, url, headers: { authorization, accept: "application/json", ...type, ...headers } };
          const text = body === undefined ? {} : { body: JSON.stringify(body) };
          reply = await transport.send({ ...request, ...text }, signal).catch((cause: unknown) => {
            throw withRemedy(cause, hostField);
          });
          if (isRefusedLogin(reply)) {
            const beforeMax = hasLoggedIn ? refusedLoginsMax.proven : refusedLoginsMax.unproven;
            throw errorForLogin({ config, what, reply, authorization, before: refusedLogins++, beforeMax });
          }
          if (reply.status >= 300) throw errorForReply(refused(reply));
          const value = expected.parse(json(reply.text));
          hasLoggedIn = true;
          return value;
        },
        classify: (cause) =>
          reply ? unreadable(refused(reply), cause) : new SourceError("stop", `${what}: ${String(cause)}`, { cause }),
      });
    },
  };
}

/** A reply that has no body to read. */
export const noBody = z.unknown();

/** Loaded on first use: it brings an HTTP client of its own that we do not use. */
async function openSigner(config: NetsuiteConfig): Promise<NetsuiteRest> {
  const { default: Signer } = await import("netsuite-rest");
  return new Signer({
    consumer_key: config.consumer_key,
    consumer_secret_key: config.consumer_secret,
    token: config.token_id,
    token_secret: config.token_secret,
    realm: config.account_id,
  });
}

/** A host that does not exist or does not answer: most often the account id is wrong. */
function withRemedy(cause: unknown, hostField: string): unknown {
  if (!(cause instanceof SourceError) || cause.next !== "retry") return cause;
  return new SourceError("retry", `NetSuite: ${cause.message}`, {
    ...cause.details,
    cause: cause.cause,
    field: hostField,
    remedy: `Check that this machine can reach NetSuite. ${addressRemedy(hostField)}`,
  });
}
