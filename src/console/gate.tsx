import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { csrf } from "hono/csrf";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import { includesRole, type Role } from "../hub/folder/keys.ts";
import type { Log } from "../hub/log.ts";
import { addressOf, localPath } from "./address.ts";
import { type FailurePage, notAllowedPage, notFoundPage } from "./failure.tsx";
import { documentOf, type Page, type Surroundings } from "./layout.tsx";
import { type Session, type Sessions, sessionMaxMs } from "./sessions.ts";
import { type SignInFailure, signInPage } from "./sign-in.tsx";

type Answer = Page & { status?: ContentfulStatusCode };

export interface Gate {
  /** Serves a page to whoever is signed in; a page that is null is answered 404. */
  page(path: string, render: (c: Context, session: Session) => Promise<Page | { movedTo: string } | null>): void;
  /** Takes a form of the console's own from whoever is signed in with this role, and leads on to the path that `act` gives. */
  form(path: string, role: Role, act: Act, bytesMax?: number): void;
  answer(c: Context, page: Answer): Promise<Response>;
}

/** What a form does. @returns the path that leads on, or a page in its place. */
type Act = (sent: Record<string, unknown>, session: Session, c: Context) => Promise<string | FailurePage>;

const cookieName = "journey_hub_session";
const formBytesMax = 8 * 1024;

interface GateOptions {
  sessions: Sessions;
  log: Log | undefined;
  /** How much waits for a person, by the section of the navigation. */
  waiting: () => Promise<Readonly<Record<string, number>>>;
}

/** Signing in and out, and the pages behind it. */
export function createGate(app: Hono, { sessions, log, waiting }: GateOptions): Gate {
  const current = async (c: Context): Promise<Session | null> => {
    const id = getCookie(c, cookieName);
    return id === undefined ? null : sessions.find(id);
  };
  // While the store is away nobody knows who is signed in: the page that says so stands without a name.
  const answer = async (c: Context, page: Answer): Promise<Response> => {
    const session = await current(c).catch(() => null);
    return html(c, page, { session, path: c.req.path, waiting: session ? await waiting() : {} });
  };

  app.get("/sign-in", async (c) => {
    const { next, once } = signInQuery.parse(c.req.query());
    if (once !== undefined) {
      const id = sessions.beginOnce(once);
      return id === null ? refuse(c, "once", "/") : enter(c, id, "/");
    }
    if (await current(c)) return c.redirect(next, 303);
    return html(c, signInPage({ next, failure: null }), { session: null, path: "/sign-in" });
  });
  app.post("/sign-in", ...formGuards(), async (c) => {
    const { key, next } = signInForm.parse(await c.req.parseBody());
    const id = await sessions.begin(key);
    return id === null ? refuse(c, "key", next) : enter(c, id, next);
  });
  app.post("/sign-out", ...formGuards(), (c) => {
    const id = getCookie(c, cookieName);
    if (id !== undefined) sessions.end(id);
    deleteCookie(c, cookieName, { path: "/" });
    return c.redirect("/sign-in", 303);
  });

  const refuse = (c: Context, failure: SignInFailure, next: string) => {
    log?.warn({ failure }, "a sign-in to the console was refused");
    return html(c, { ...signInPage({ next, failure }), status: 401 }, { session: null, path: "/sign-in" });
  };
  return {
    answer,
    form(path, role, act, bytesMax) {
      app.post(path, ...formGuards(bytesMax), async (c) => {
        const session = await current(c);
        if (!session) return toSignIn(c);
        if (!includesRole(session.role, role)) return answer(c, notAllowedPage(role));
        const next = await act(await c.req.parseBody(), session, c);
        return typeof next === "string" ? c.redirect(next, 303) : answer(c, next);
      });
    },
    page(path, render) {
      app.get(path, async (c) => {
        const session = await current(c);
        if (!session) return toSignIn(c);
        const page = await render(c, session);
        if (page !== null && "movedTo" in page) return c.redirect(page.movedTo, 302);
        return html(c, page ?? notFoundPage, { session, path: c.req.path, waiting: await waiting() });
      });
    },
  };
}

const signInQuery = z.object({
  next: z.string().optional().catch(undefined).transform(localPath),
  once: z.string().max(200).optional().catch(undefined),
});
const signInForm = z.object({
  key: z.string().trim().catch(""),
  next: z.string().optional().catch(undefined).transform(localPath),
});

/** A form is taken from this console's own pages only; a proxy may speak another scheme than the hub, so hosts are compared. */
const formGuards = (bytesMax = formBytesMax) =>
  [
    bodyLimit({ maxSize: bytesMax }),
    csrf({ origin: (origin, c) => URL.canParse(origin) && new URL(origin).host === c.req.header("host") }),
  ] as const;

/** Begins a session in this browser; over TLS its cookie never leaves TLS. */
function enter(c: Context, id: string, next: string): Response {
  const scheme = c.req.header("x-forwarded-proto") ?? new URL(c.req.url).protocol.replace(":", "");
  setCookie(c, cookieName, id, {
    path: "/",
    httpOnly: true,
    sameSite: "Strict",
    secure: scheme === "https",
    maxAge: sessionMaxMs / 1_000,
  });
  return c.redirect(next, 303);
}

/**
 * A strict cookie is not sent when the way here led over another site (a link in a chat), though the reader may be signed in:
 * loaded once more from this very page, it is.
 */
function toSignIn(c: Context): Response | Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  const here = localPath(`${pathname}${search}`);
  if (c.req.header("sec-fetch-site") !== "cross-site") {
    return c.redirect(addressOf("/sign-in", { next: here === "/" ? undefined : here }), 303);
  }
  const page = {
    title: "One moment",
    content: (
      <p>
        <a href={here}>Go on to the console</a>
      </p>
    ),
  };
  return html(c, page, { session: null, path: c.req.path, onTo: here });
}

const headers = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

async function html(c: Context, { status = 200, ...page }: Answer, around: Surroundings): Promise<Response> {
  return c.html(await documentOf(page, around), status, headers);
}
