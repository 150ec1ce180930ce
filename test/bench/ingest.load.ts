/*
 * The load generator: 50 connections kept alive, on each one request after the other. Arguments: address, number of requests, pause
 * between two requests of a connection. It ends after a minute at the latest.
 */

import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { secret } from "./ingest.secret.ts";
import { print } from "./measure.ts";

const [address = "", count = "", pause = ""] = process.argv.slice(2);
const { hostname, port, pathname } = new URL(address);
const connections = 50;
const endMs = performance.now() + 60_000;
const took: number[] = [];
let sent = 0;
let refused = 0;

const started = performance.now();
await Promise.all(Array.from({ length: connections }, sender));
const seconds = (performance.now() - started) / 1_000;
took.sort((a, b) => a - b);
const at = (share: number) => Number((took[Math.floor(took.length * share)] ?? 0).toFixed(1));
print({
  requests: took.length,
  refused,
  perSecond: Math.round(took.length / seconds),
  p50Ms: at(0.5),
  p99Ms: at(0.99),
});

/** Sends on one connection until all requests are sent. Written on the socket itself, so that it takes little from the server's cores. */
function sender(): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    let answer = "";
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const send = () => {
      if (sent >= Number(count) || performance.now() > endMs) {
        socket.end(resolve);
        return;
      }
      sentAt = performance.now();
      socket.write(request(sent++));
    };
    socket.setEncoding("latin1");
    socket.once("connect", send);
    socket.once("error", reject);
    socket.on("data", (text) => {
      answer += text;
      const body = answer.indexOf("\r\n\r\n") + 4;
      const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? Number.NaN);
      if (body < 4 || answer.length < body + length) return;
      if (Number.isNaN(length)) throw new Error(`an answer without a length: ${answer}`);
      if (!answer.startsWith("HTTP/1.1 2")) refused += 1;
      took.push(performance.now() - sentAt);
      answer = "";
      if (Number(pause) > 0) setTimeout(send, Number(pause));
      else send();
    });
  });
}

function request(n: number): string {
  const body = JSON.stringify({
    id: `evt_${n}`,
    type: "form.submitted",
    email: `visitor${n % 5_000}@example.com`,
    occurred_at: "2025-11-02T12:15:02.000Z",
    properties: { form: "Request a quote", page: "/bikes/road", message: "x".repeat(800), n },
  });
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  return `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\nx-signature: ${signature}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
