import http from "node:http";
import https from "node:https";
import { promisify } from "node:util";
import zlib from "node:zlib";
import type { GuardedAgents } from "./address-guard.ts";
import { errorForNetwork, SourceError } from "./errors.ts";

/** A plain request for connectors that sign or build it themselves (NetSuite). */
export interface OutgoingRequest {
  method: string;
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}
/** What came back. `headers` have lower-case names; `text` is decoded, so nothing there tells of its encoding on the way. */
export interface IncomingReply {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
}

export interface SendOptions {
  agents: GuardedAgents;
  signal: AbortSignal;
  /** Limit of a reply, as sent and as decoded. */
  replyBytesMax: number;
}

/**
 * One HTTP exchange; redirects are handed back, not followed. Rejects with a SourceError: `retry` for what fails below HTTP,
 * `stop` for an address that is not allowed and for a reply over the limit.
 */
export async function send(request: OutgoingRequest, options: SendOptions): Promise<IncomingReply> {
  const url = new URL(request.url);
  try {
    const { status, headers, body } = await exchange(url, request, options);
    const { "content-encoding": encoding, ...rest } = headers;
    if (!encoding || body.length === 0) return { status, headers, text: body.toString("utf8") };
    delete rest["content-length"];
    const plain = await decode(body, encoding, options.replyBytesMax);
    return { status, headers: rest, text: plain.toString("utf8") };
  } catch (cause) {
    if (cause instanceof SourceError) throw cause;
    if (isTooLarge(cause)) throw tooLarge(url.host, options.replyBytesMax, cause);
    throw errorForNetwork(options.signal.aborted ? options.signal.reason : cause, url.host);
  }
}

interface RawReply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

function exchange(url: URL, request: OutgoingRequest, { agents, signal, replyBytesMax }: SendOptions) {
  const secure = url.protocol === "https:";
  const { method } = request;
  const headers = { "accept-encoding": "gzip, deflate, br", ...request.headers };
  return new Promise<RawReply>((resolve, reject) => {
    const outgoing = (secure ? https : http).request(
      url,
      { method, headers, agent: secure ? agents.https : agents.http, signal },
      (reply) => {
        const chunks: Buffer[] = [];
        let size = 0;
        reply.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > replyBytesMax) outgoing.destroy(tooLarge(url.host, replyBytesMax));
          else chunks.push(chunk);
        });
        reply.on("error", reject);
        reply.on("end", () => {
          const received = Object.entries(reply.headers).map(([name, value]) => [name, String(value)]);
          resolve({
            status: reply.statusCode ?? 0,
            headers: Object.fromEntries(received),
            body: Buffer.concat(chunks),
          });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(request.body);
  });
}

type Decoder = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const inflate: Decoder = promisify(zlib.inflate);
const inflateRaw: Decoder = promisify(zlib.inflateRaw);
const decoders: Readonly<Record<string, Decoder>> = {
  gzip: promisify(zlib.gunzip),
  "x-gzip": promisify(zlib.gunzip),
  br: promisify(zlib.brotliDecompress),
  // Some servers leave out the zlib header that "deflate" has by the standard; its low bits always say 8.
  deflate: (body, options) => (((body[0] ?? 0) & 15) === 8 ? inflate : inflateRaw)(body, options),
  identity: async (body) => body,
};

/** Undoes the encodings, the last one first. */
async function decode(body: Buffer, encodings: string, maxOutputLength: number): Promise<Buffer> {
  let plain = body;
  for (const encoding of encodings.toLowerCase().split(",").reverse()) {
    const decoder = decoders[encoding.trim()];
    if (!decoder) throw new Error(`the reply is encoded as "${encoding.trim()}", which was not asked for`);
    plain = await decoder(plain, { maxOutputLength });
  }
  return plain;
}

const isTooLarge = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE";

function tooLarge(host: string, replyBytesMax: number, cause?: unknown): SourceError {
  const limit = `${replyBytesMax / 1_048_576} MiB`;
  return new SourceError("stop", `${host}: the reply is larger than ${limit}`, {
    ...(cause === undefined ? {} : { cause }),
    code: "REPLY_TOO_LARGE",
    remedy: "Check that the address leads to the vendor's API; if it does, read fewer fields in the mapping.",
  });
}
