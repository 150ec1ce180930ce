import type { Hono } from "hono";
import { type Console, createConsole } from "../../src/console/console.tsx";
import { createKey, type Role } from "../../src/hub/folder/keys.ts";
import type { Hub } from "../../src/hub/hub.ts";
import { createLog, type Log } from "../../src/hub/log.ts";
import { createMetrics } from "../../src/hub/metrics.ts";
import { createRunner, type Runner } from "../../src/hub/runner/runner.ts";
import type { SampleHub } from "./sample-hub.ts";

/** The console of a hub with a runner behind it, and cookies of people signed in to it. */
export interface Opened extends Console {
  runner: Runner;
  as(role: Role): Promise<{ cookie: string }>;
  close(): Promise<void>;
}

export function openConsole({ hub, close }: SampleHub): Opened {
  const log = createLog({ level: "silent" });
  const runner = createRunner({ hub, log, metrics: createMetrics() });
  const pages = createConsole({ hub, runner, log });
  return {
    ...pages,
    runner,
    async as(role) {
      const { key } = await createKey(hub, { name: `a ${role}`, role });
      return { cookie: cookieOf(await signIn(pages.app, { key })) };
    },
    async close() {
      await runner.stop();
      await close();
    },
  };
}

/** What a browser would send with a form of the console's own. */
export const ownSite = { "sec-fetch-site": "same-origin" };

export interface Seen {
  status: number;
  html: string;
  /** What a reader sees, its blanks made one. */
  text: string;
  headers: Headers;
}

export interface Visitor extends Console {
  see(path: string): Promise<Seen>;
}

/** Somebody signed in to a hub's console with a viewer's key. */
export async function visit(hub: Hub, log?: Log): Promise<Visitor> {
  const pages = createConsole(log ? { hub, log } : { hub });
  const { key } = await createKey(hub, { name: "Vera Viewer", role: "viewer" });
  const cookie = cookieOf(await signIn(pages.app, { key }));
  return { ...pages, see: (path) => see(pages.app, path, { cookie }) };
}

export async function see(app: Hono, path: string, headers: Record<string, string> = {}): Promise<Seen> {
  const response = await app.request(path, { headers });
  const html = await response.text();
  return { status: response.status, html, text: textOf(html), headers: response.headers };
}

export function signIn(app: Hono, form: Record<string, string>, headers: Record<string, string> = ownSite) {
  return app.request("/sign-in", { method: "POST", body: new URLSearchParams(form), headers });
}

/** The cookie an answer sets, as it is sent back; empty when it sets none. */
export function cookieOf(response: Response): string {
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

function textOf(html: string): string {
  return html
    .replace(/<head>.*<\/head>/s, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ");
}
