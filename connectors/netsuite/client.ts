import {
  errorForNetwork,
  type IncomingReply,
  type Lane,
  SourceError,
  type TokenVault,
  type Transport,
} from "journey-hub/connector";
import { z } from "zod";
import { addressOf, type NetsuiteConfig, roleField } from "./config.ts";
import { errorForLogin, isRefusedLogin } from "./login.ts";
import { addressRemedy, errorForReply, json, type Refused, unreadable } from "./refusals.ts";
import { openSignIn, type Proof } from "./sign-in.ts";

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
  /** Why a reply that can be read is not believed, and asked for once more. */
  doubt?(reply: T): string | undefined;
}

export interface Client {
  /** One exchange under the transport's policy, with a proof of its own for every attempt. Throws SourceError. */
  request<T>(ask: Ask<T>): Promise<T>;
}

/** Opens the account of this configuration; nothing is sent before the first request. */
export function openClient(config: NetsuiteConfig, transport: Transport, vault: TokenVault): Client {
  const hostField = config.base_url === undefined ? "account_id" : "base_url";
  const role = roleField(config);
  const signIn = openSignIn(config, transport, vault);
  let hasLoggedIn = false;

  async function send(ask: Ask<unknown>, proof: Proof, signal: AbortSignal): Promise<IncomingReply> {
    const { method, path, body, headers = {} } = ask;
    const url = `${addressOf(config)}/services/rest${path}`;
    const authorization = proof.authorization({ url, method });
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const request = { method, url, headers: { authorization, accept: "application/json", ...type, ...headers } };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return transport.send({ ...request, ...text }, signal).catch((cause: unknown) => {
      throw cause instanceof SourceError ? withRemedy(cause, hostField) : cause;
    });
  }

  return {
    async request(ask) {
      const what = `NetSuite, ${ask.purpose}`;
      let refusedLogins = 0;
      const proof = await signIn.proof();
      const { renew } = proof;
      return transport.call({
        operation: `netsuite.${ask.operation}`,
        lane: ask.lane,
        async attempt(signal) {
          const reply = await send(ask, proof, signal);
          if (isRefusedLogin(reply)) {
            const now = transport.now();
            throw errorForLogin({ config, what, reply, now, before: refusedLogins++, hasLoggedIn });
          }
          // A Retry-After that is a date is one of the vendor's clock.
          const value = read(ask, { reply, what, hostField, roleField: role, now: transport.vendorNow() });
          hasLoggedIn = true;
          return value;
        },
        // What is no answer of NetSuite's: it took too long.
        classify: (cause) => withRemedy(errorForNetwork(cause, what), hostField),
        ...(renew ? { renew } : {}),
      });
    },
  };
}

/** The reply's value, or the refusal as the error it means. */
function read<T>({ reply: expected, about = "request", doubt }: Ask<T>, received: Omit<Refused, "about">): T {
  const refused = { ...received, about };
  if (refused.reply.status >= 300) throw errorForReply(refused);
  const { data, error } = expected.safeParse(json(refused.reply.text));
  if (error) throw unreadable(refused, error);
  const reason = doubt?.(data);
  if (reason) throw new SourceError("retry", `${received.what}: ${reason}`);
  return data;
}

/** A reply that has no body to read. */
export const noBody = z.unknown();

/** A host that does not exist or does not answer: most often the account id is wrong. */
function withRemedy(error: SourceError, hostField: string): SourceError {
  if (error.next !== "retry") return error;
  const message = error.message.startsWith("NetSuite") ? error.message : `NetSuite: ${error.message}`;
  return new SourceError("retry", message, {
    ...error.details,
    cause: error.cause,
    field: hostField,
    remedy: `Check that this machine can reach NetSuite. ${addressRemedy(hostField)}`,
  });
}
