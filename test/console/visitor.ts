import type { Hono } from "hono";
import { type Console, createConsole } from "../../src/console/console.tsx";
import { createKey } from "../../src/hub/folder/keys.ts";
import type { Hub } from "../../src/hub/hub.ts";
import type { Log } from "../../src/hub/log.ts";

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
