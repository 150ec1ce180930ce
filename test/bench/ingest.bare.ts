/*
 * The limit of `bench ingest`: hono, a signature check, one table, and a group commit: what has come by the next turn of the event loop
 * is one transaction, and is answered when that is on disk. Argument: folder.
 */

import { createHmac, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import Database from "better-sqlite3";
import { Hono } from "hono";
import { secret } from "./ingest.secret.ts";
import { asHelper } from "./measure.ts";

const db = new Database(join(process.argv[2] ?? "", "bare.db"));
db.pragma("journal_mode = wal");
db.pragma("synchronous = full");
db.exec("create table inbox (id text primary key, received_at integer not null, body blob not null)");
const keep = db.prepare("insert into inbox values (?, ?, ?) on conflict do nothing");
let waiting: { id: string; body: Buffer; answer: () => void }[] = [];

const app = new Hono();
app.post("/hooks/:connection", async (c) => {
  const body = Buffer.from(await c.req.arrayBuffer());
  const given = Buffer.from(c.req.header("x-signature") ?? "", "hex");
  const expected = createHmac("sha256", secret).update(body).digest();
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return c.json({ error: "signature" }, 401);
  const { id } = JSON.parse(body.toString()) as { id: string };
  await new Promise<void>((answer) => {
    if (waiting.push({ id, body, answer }) === 1) setImmediate(flush);
  });
  return c.json({ accepted: 1 });
});

function flush(): void {
  const group = waiting;
  waiting = [];
  db.exec("begin immediate");
  for (const { id, body } of group) keep.run(id, Date.now(), body);
  db.exec("commit");
  for (const { answer } of group) answer();
}

const before = process.cpuUsage();
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, async ({ port }) => {
  await asHelper({ url: `http://127.0.0.1:${port}/hooks/hook` }, async () => {
    const { user, system } = process.cpuUsage(before);
    const rows = db.prepare("select count(*) from inbox").pluck().get();
    server.close();
    db.close();
    return { rows, cpuSeconds: (user + system) / 1e6 };
  });
});
