import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import {
  type Call,
  errorForNetwork,
  errorForStatus,
  type IncomingReply,
  SourceError,
  type Transport,
} from "journey-hub/connector";

/** How a vendor answers one request. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface LoopbackVendor {
  url: string;
  host: string;
  /** Method, path and headers of what came in, in order. */
  requests: { method: string; path: string; headers: IncomingMessage["headers"]; at: number }[];
  /** Sockets opened so far. */
  connections(): number;
  close(): Promise<void>;
}

/** A real server that gives each request the next of these answers, and the last one from then on. */
export async function loopbackVendor(answers: readonly Answer[], now = () => 0): Promise<LoopbackVendor> {
  const requests: LoopbackVendor["requests"] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    const { method = "", url: path = "", headers } = request;
    requests.push({ method, path, headers, at: now() });
    request.resume();
    answer?.(response, request);
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/contacts`,
    host: `127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with a status, headers and text. */
export const replies =
  (status: number, headers: Record<string, string> = {}, text = '{"ok":true}'): Answer =>
  (response) => {
    response.writeHead(status, headers).end(text);
  };
export const ok: Answer = replies(200, { "content-type": "application/json" });

/** An address at which nothing listens. */
export async function closedPort(): Promise<string> {
  const server = createSocketServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

/** A connector's call in its plainest form: send, and refuse what is not 200 or not JSON. */
export function plainCall(transport: Transport, url: string, traits: Partial<Call<string>> = {}): Call<string> {
  return {
    operation: "acme.contacts",
    lane: "poll",
    attempt: async (signal) => {
      const reply = await transport.send({ method: "GET", url }, signal);
      if (reply.status !== 200) throw refusal(reply, transport.now());
      JSON.parse(reply.text);
      return reply.text;
    },
    classify: (cause) => errorForNetwork(cause, "Acme"),
    ...traits,
  };
}

function refusal({ status, headers }: IncomingReply, now: number) {
  return errorForStatus(status, `Acme answered ${status}`, { retryAfter: headers["retry-after"] ?? null, now });
}

/** What a call was refused with, in plain values. */
export async function refusalOf(work: Promise<unknown>) {
  const cause = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(cause instanceof SourceError)) throw new Error(`expected a SourceError, got ${String(cause)}`);
  return { message: cause.message, next: cause.next, ...cause.details };
}
