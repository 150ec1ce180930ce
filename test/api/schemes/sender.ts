import { createHmac } from "node:crypto";
import { type Connections, noon } from "../../hub/world.ts";

/* What a sender of webhooks is to the tests, and how a request of its is tampered with. */

/** A request on its way to the hub. */
export interface Sent {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface Sender {
  connection: string;
  entry: Connections[string];
  secret: string;
  /** Where the proof stands: behind `mark` in a header, or in a parameter of the query. */
  proof: { header: string; mark: string; encoding?: "hex" | "base64"; separator?: string } | { query: string };
  /** Where the time of sending stands, if it is signed; behind `mark` in the header. */
  time?: { header: string; mark: string; unit: "s" | "ms" };
  /** What the same id with other content is answered. */
  conflict: 200 | 409;
  /** The n-th event; `text` is what differs when it is sent with other content. */
  body(n: number, text?: string): string;
  send(body: string, by?: { secret?: string; atMs?: number }): Sent | Promise<Sent>;
}

export const nowMs = Date.parse(noon);
export const secondsOf = (atMs: number) => Math.floor(atMs / 1_000);
export const json = { "content-type": "application/json" };
export const mac = (algorithm: "sha1" | "sha256", key: string, text: string) => createHmac(algorithm, key).update(text);
export const secretOf = (name: string) => `the ${name} secret of the test`;

/** The request with another proof; undefined leaves it out. */
export function withProof({ proof }: Sender, sent: Sent, change: (text: string) => string | undefined): Sent {
  if ("query" in proof) {
    const [path = "", query = ""] = sent.path.split("?");
    const changed = change(new URLSearchParams(query).get(proof.query) ?? "");
    return { ...sent, path: changed === undefined ? path : `${path}?${proof.query}=${encodeURIComponent(changed)}` };
  }
  return withHeader(sent, proof, change);
}

/** The request with another time of sending under the same signature. */
export function withTime(sender: Sender, sent: Sent, change: (text: string) => string): Sent {
  return sender.time ? withHeader(sent, sender.time, change) : sent;
}

/** Changes what stands behind the mark in a header, to the next item or the end. */
function withHeader(
  sent: Sent,
  { header, mark, separator }: { header: string; mark: string; separator?: string },
  change: (text: string) => string | undefined,
): Sent {
  const { [header]: written = "", ...others } = sent.headers;
  const start = written.indexOf(mark) + mark.length;
  const next = separator === undefined && mark === "t=" ? written.indexOf(",", start) : -1;
  const end = next === -1 ? written.length : next;
  const changed = change(written.slice(start, end));
  if (changed === undefined) return { ...sent, headers: others };
  return { ...sent, headers: { ...others, [header]: written.slice(0, start) + changed + written.slice(end) } };
}
