import { Hono } from "hono";
import { z } from "zod";
import { includesRole, type Role } from "../hub/folder/keys.ts";
import type { Hub } from "../hub/hub.ts";
import type { Log } from "../hub/log.ts";
import { findError } from "../hub/queries/errors.ts";
import { countReviews } from "../hub/queries/reviews.ts";
import type { Runner } from "../hub/runner/runner.ts";
import { auditsPage } from "./audits.tsx";
import { connectPages } from "./connect.tsx";
import { correctionsPage } from "./corrections.tsx";
import { createCounts } from "./counts.ts";
import { customerPage } from "./customer.tsx";
import { pin, unpin } from "./customer-pins.tsx";
import { customersPage } from "./customers.tsx";
import { causePage, errorsPage } from "./errors.tsx";
import { fix, unfix } from "./errors-fix.tsx";
import { recordErrorPage } from "./errors-record.tsx";
import { retry } from "./errors-retry.tsx";
import { failurePage } from "./failure.tsx";
import { fieldsPage } from "./fields.tsx";
import { timesIn } from "./format.tsx";
import { createGate } from "./gate.tsx";
import { countedMax } from "./layout.tsx";
import { overviewPage } from "./overview.tsx";
import { reviewsPage } from "./reviews.tsx";
import { decidePair, revoke, unmerge } from "./reviews-decide.tsx";
import { runsPage } from "./runs.tsx";
import { createSessions, oneTimeLink, type Session, type Sessions } from "./sessions.ts";
import { icon, stylesheet } from "./stylesheet.ts";
import { writebacksPage } from "./writebacks.tsx";

export interface ConsoleOptions {
  hub: Hub;
  /** Shown when its loops have ended; absent where none runs. */
  runner?: Runner;
  log?: Log;
  /** Where links that sign in were handed out before the pages were made. */
  sessions?: Sessions;
}

export interface Console {
  app: Hono;
  /** The path of a sign-in link that works once, for ten minutes; with the role viewer if none is given. @example `${url}${oneTimeLink()}` */
  oneTimeLink(role?: Role): string;
}

/**
 * The pages of a hub under `/`, for whoever is signed in with an API key: plain HTML, one stylesheet, no script.
 * It answers its own paths only. Mount it before anything that sets headers or asks for a key.
 * @example const pages = createConsole({ hub }); app.route("/", pages.app); print(`${url}${pages.oneTimeLink()}`);
 */
export function createConsole({ hub, runner, log, sessions = createSessions(hub) }: ConsoleOptions): Console {
  const app = new Hono();
  // While the store is away the page that says so stands without the count.
  const waiting = async () => ({ "/reviews": await countReviews(hub, { atMost: countedMax }).catch(() => 0) });
  const gate = createGate(app, { sessions, log, waiting });
  const counts = createCounts(hub);
  const view = {
    times: timesIn(hub.file.time_zone),
    get connections() {
      return hub.connectionIds(); // some may come while the hub runs
    },
  };

  app.onError((cause, c) => gate.answer(c, failurePage(cause, log)));
  app.get("/console.css", (c) => c.body(stylesheet, 200, { ...lasting, "content-type": "text/css; charset=utf-8" }));
  app.get("/console.svg", (c) => c.body(icon, 200, { ...lasting, "content-type": "image/svg+xml" }));

  // Buttons stand where somebody may press them and there is something that acts.
  const mayRetry = ({ role }: Session) => runner !== undefined && includesRole(role, "operator");
  gate.page("/", () => overviewPage(hub, view, { counts, runner }));
  gate.page("/customers", (c) => customersPage(hub, view, customersQuery.parse(c.req.query())));
  gate.page("/customers/:id", (c, session) => {
    const { older } = customerQuery.parse(c.req.query());
    return customerPage(hub, view, { id: c.req.param("id") ?? "", older, mayPin: mayRetry(session) });
  });
  gate.page("/reviews", (c, session) =>
    reviewsPage(hub, view, { ...reviewsQuery.parse(c.req.query()), mayDecide: mayRetry(session) }),
  );
  gate.page("/errors", (c) => errorsPage(hub, view, errorsQuery.parse(c.req.query())));
  gate.page("/errors/cause", (c, session) =>
    causePage(hub, view, { ...causeQuery.parse(c.req.query()), mayRetry: mayRetry(session) }),
  );
  gate.page("/errors/corrections", (c) => correctionsPage(hub, view, correctionsQuery.parse(c.req.query())));
  gate.page("/errors/record", async (c, session) => {
    const error = await findError(hub, recordQuery.parse(c.req.query()).id ?? "");
    return error && recordErrorPage(error, view, { mayFix: mayRetry(session) });
  });
  if (runner) {
    const correcting = { hub, runner, view };
    gate.form("/customers/pin", "operator", (sent, { name }) => pin({ hub, runner }, sent, name));
    gate.form("/customers/unpin", "operator", (sent, { name }) => unpin({ hub, runner }, sent, name));
    gate.form("/customers/unmerge", "operator", (sent, { name }) => unmerge({ hub, runner }, sent, name));
    gate.form("/reviews/decide", "operator", (sent, { name }) => decidePair({ hub, runner }, sent, name));
    gate.form("/reviews/revoke", "operator", (sent, { name }) => revoke({ hub, runner }, sent, name));
    gate.form("/errors/retry", "operator", (sent) => retry(hub, runner, sent));
    gate.form("/errors/fix", "operator", (sent, { name }) => fix(correcting, sent, name), payloadFormBytesMax);
    gate.form("/errors/unfix", "operator", (sent, { name }) => unfix(correcting, sent, name));
  }
  gate.page("/runs", (c) => runsPage(hub, view, runsQuery.parse(c.req.query())));
  gate.page("/audits", (c) => auditsPage(hub, view, auditsQuery.parse(c.req.query())));
  gate.page("/writebacks", (c, session) =>
    writebacksPage(hub, view, { ...writebacksQuery.parse(c.req.query()), mayRetry: mayRetry(session) }),
  );
  gate.page("/fields", (c, { role }) => {
    return fieldsPage(hub, view, { ...fieldsQuery.parse(c.req.query()), mayAsk: includesRole(role, "operator") });
  });
  connectPages(gate, { hub, runner });
  return { app, oneTimeLink: (role) => oneTimeLink(sessions, role) };
}

/** A payload is a form of many kilobytes, and more as a browser encodes it. */
const payloadFormBytesMax = 4 * 1024 * 1024;

/** Their addresses change with their content. */
const lasting = { "cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff" };

/** A parameter as typed or carried on: empty ones count as absent, and no database takes a NUL. */
const text = z
  .string()
  .max(2_000)
  .transform((typed) => typed.replaceAll("\0", "").trim() || undefined)
  .optional()
  .catch(undefined);
const oneOf = <const T extends readonly string[]>(words: T) => z.enum(words).optional().catch(undefined);
const errorStatus = z.enum(["open", "resolved", "dismissed"]).catch("open");

const customersQuery = z.object({ q: text, kind: oneOf(["person", "company"]), stage: text, cursor: text });
const reviewsQuery = z.object({ kind: oneOf(["person", "company"]), cursor: text });
const customerQuery = z.object({ older: text });
const errorsQuery = z.object({ status: errorStatus, connection: text });
const causeQuery = z.object({
  connection: z.string().catch(""),
  step: z.string().catch(""),
  fingerprint: z.string().catch(""),
  status: errorStatus,
  cursor: text,
});
const recordQuery = z.object({ id: text });
const runsQuery = z.object({ connection: text, status: oneOf(["running", "done", "failed"]), cursor: text });
const fieldsQuery = z.object({ connection: text, object: text });
const auditsQuery = z.object({ connection: text });
const writebacksQuery = z.object({
  connection: text,
  status: oneOf(["sent", "refused", "later"]),
  cursor: text,
  frozen: text,
});
const correctionsQuery = z.object({ connection: text, state: oneOf(["stands", "ended"]), cursor: text });
