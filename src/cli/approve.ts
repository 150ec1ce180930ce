import { createServer, type Server } from "node:http";
import { createInterface } from "node:readline";
import { SourceError } from "../connector/errors.ts";
import type { Departed } from "../hub/approvals.ts";
import type { ConnectionCheck } from "../hub/check.ts";
import { withDesk } from "./desk.ts";
import { UsageError } from "./failure.ts";
import type { Output } from "./output.ts";

export interface ApprovalOptions {
  connection: string;
  /** A port of this machine on which the vendor's answer is received. */
  callbackPort: number;
  /** Another address that the app has registered: what the browser was led to is pasted then. */
  redirectUri?: string | undefined;
}

const callbackPath = "/connect/callback";

/**
 * Has a person approve a connection in a browser, here or elsewhere: prints the address, and waits for the vendor's answer on a port of this
 * machine or for its address, pasted. @returns what the check of the connection found.
 */
export async function approveInBrowser(
  data: string,
  output: Output,
  { connection, callbackPort, redirectUri }: ApprovalOptions,
): Promise<ConnectionCheck> {
  const receiver = redirectUri === undefined ? await receiveOn(callbackPort) : null;
  const ended = new AbortController();
  try {
    return await withDesk(data, async (desk) => {
      const path = `/api/v1/connections/${encodeURIComponent(connection)}/approval`;
      const departed = await desk.post<Departed>(path, { redirect_uri: redirectUri ?? receiver?.redirectUri });
      output.result({ approval: departed }, () => whatToDo(departed, receiver !== null));
      const state = new URL(departed.url).searchParams.get("state") ?? "";
      const redirected = await firstAnswer(departed, [
        ...(receiver ? [receiver.answer(state)] : []),
        pasted(state, output, ended.signal),
      ]);
      return desk.post<ConnectionCheck>(`${path}/answer`, { redirected });
    });
  } finally {
    ended.abort();
    receiver?.server.close();
    receiver?.server.closeAllConnections();
  }
}

function whatToDo({ vendor, url, redirect_uri, scopes }: Departed, isReceived: boolean): string {
  return [
    `Open this address in a browser and approve the app at ${vendor} (${scopes.join(", ")}):`,
    "",
    url,
    "",
    isReceived
      ? `The answer is received at ${redirect_uri}, which the app must have as redirect address. From another machine: paste`
      : `The app must have ${redirect_uri} as redirect address. Paste`,
    "the address you are led to here, and press Enter. Ctrl-C ends the wait; nothing changes then.",
  ].join("\n");
}

/** The first answer of these; throws when none comes in the time the vendor's code lasts. */
async function firstAnswer({ expires_at }: Departed, answers: readonly Promise<string>[]): Promise<string> {
  const leftMs = Date.parse(expires_at) - Date.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(nobodyCame()), leftMs);
  });
  try {
    return await Promise.race([...answers, late]);
  } finally {
    clearTimeout(timer);
  }
}

function nobodyCame(): SourceError {
  return new SourceError("stop", "Nobody approved the connection within ten minutes", {
    remedy: "Run the command again when somebody who may approve it is there; nothing has changed.",
  });
}

interface Receiver {
  server: Server;
  redirectUri: string;
  /** Resolves with the whole address of the answer that belongs to this state; others are turned away. */
  answer(state: string): Promise<string>;
}

/** Throws UsageError where the port is in use. */
async function receiveOn(port: number): Promise<Receiver> {
  let expected: { state: string; take: (address: string) => void } | null = null;
  const server = createServer((request, response) => {
    // Any page of the browser may ask this port for anything: `//`, for one, is no address.
    const address = `http://localhost${request.url ?? "/"}`;
    const url = URL.canParse(address) ? new URL(address) : null;
    const isOurs = url?.pathname === callbackPath && url.searchParams.get("state") === expected?.state;
    const [status, text] = isOurs
      ? ([200, "Thank you. The terminal says what came of it; this window can be closed."] as const)
      : ([404, "This is not the answer that journey-hub waits for."] as const);
    const headers = { "content-type": "text/plain; charset=utf-8", "referrer-policy": "no-referrer" };
    response.writeHead(status, { ...headers, connection: "close" }).end(text);
    if (isOurs) expected?.take(address);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(isInUse(cause) ? portInUse(port) : cause));
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const taken = typeof address === "object" && address ? address.port : port;
  return {
    server,
    // By name: vendors that ask for https make an exception for localhost alone.
    redirectUri: `http://localhost:${taken}${callbackPath}`,
    answer: (state) =>
      new Promise((take) => {
        expected = { state, take };
      }),
  };
}

const isInUse = (cause: Error): boolean => "code" in cause && cause.code === "EADDRINUSE";

function portInUse(port: number): UsageError {
  return new UsageError(
    `Port ${port} of this machine is in use: give another one with --callback-port (the app must have its redirect address), or --redirect-uri to paste the answer.`,
  );
}

/** The address that somebody pastes; never resolves where nobody can. */
async function pasted(state: string, output: Output, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  signal.addEventListener("abort", () => {
    lines.close();
    process.stdin.unref?.();
  });
  for await (const line of lines) {
    const text = line.trim();
    if (text === "") continue;
    if (URL.canParse(text) && new URL(text).searchParams.get("state") === state) return text;
    output.warn("That is not the address the vendor led to: it holds the `state` of this approval. Paste all of it.");
  }
  return new Promise(() => undefined);
}
