import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** An account's API at an address. */
export interface Served {
  url: string;
  /** Ends the server and every connection to it, those it keeps open on purpose too. */
  close(): Promise<void>;
}

type Fetch = (request: Request) => Response | Promise<Response>;

/**
 * Serves a fetch function on a loopback port of the system's choice. A body that fails midway cuts the connection, without a word; a
 * fetch that throws answers 500 with its message.
 */
export async function serveOnLoopback(fetch: Fetch): Promise<Served> {
  const server = createServer((incoming, outgoing) => {
    outgoing.sendDate = false; // the vendor's time, or none
    void answer(fetch, incoming, outgoing).catch((cause: unknown) => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(500, { "content-type": "text/plain" }).end(`the simulated account failed: ${cause}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(fetch: Fetch, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const response = await fetch(await requestOf(incoming));
  outgoing.writeHead(response.status, headersOf(response));
  for await (const chunk of response.body ?? []) {
    if (outgoing.destroyed) return;
    outgoing.write(chunk);
  }
  outgoing.end();
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const { method = "GET", url = "/", headers } = incoming;
  const entries = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  const body = chunks.length > 0 && method !== "GET" && method !== "HEAD" ? { body: Buffer.concat(chunks) } : {};
  return new Request(`http://${headers.host}${url}`, { method, headers: entries, ...body });
}

function headersOf({ headers }: Response): Record<string, string | string[]> {
  const cookies = headers.getSetCookie();
  return { ...Object.fromEntries(headers), ...(cookies.length > 0 ? { "set-cookie": cookies } : {}) };
}
