import { type Context, Hono } from "hono";
import { Refusal } from "../refusal.ts";
import type { ObjectSchema } from "../schema/schema.ts";
import type { Service } from "../service.ts";
import { dateTimeText, parseDateTime, type SalesforceRow } from "../values.ts";
import { objectInPath, refuseOtherMethods } from "./requests.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
const feedIdsMax = 600_000;

/** The `updated` and `deleted` feeds of an object: ids changed or deleted within a window, by SystemModstamp. */
export function feedRoutes(service: Service): Hono {
  const app = new Hono();
  const { org, settings } = service;
  app.get("/sobjects/:type/updated", (c) => {
    const object = objectInPath(org.visible, c);
    const window = readWindow(service, c, settings.updatedFeedDays);
    const rows = changedRows(service, object, window).filter((row) => row.IsDeleted !== true);
    return c.json({ ids: rows.map((row) => row.Id), latestDateCovered: dateTimeText(window.covered) });
  });
  app.get("/sobjects/:type/deleted", (c) => {
    const object = objectInPath(org.visible, c);
    const window = readWindow(service, c, settings.deletedFeedDays);
    const rows = changedRows(service, object, window).filter((row) => row.IsDeleted === true);
    return c.json({
      deletedRecords: rows.map((row) => ({ id: row.Id, deletedDate: row.SystemModstamp })),
      earliestDateAvailable: dateTimeText(
        Math.floor((settings.now() - settings.deletedFeedDays * dayMs) / minuteMs) * minuteMs,
      ),
      latestDateCovered: dateTimeText(window.covered),
    });
  });
  refuseOtherMethods(app, "/sobjects/:type/updated", "HEAD,GET");
  refuseOtherMethods(app, "/sobjects/:type/deleted", "HEAD,GET");
  return app;
}

interface Window {
  start: number;
  end: number;
  /** The last whole minute the answer is complete for: where the next window begins. */
  covered: number;
}

/** Reads start and end, whose seconds the vendor ignores; INVALID_REPLICATION_DATE when the window cannot be served. */
function readWindow({ settings, oldestTransaction }: Service, c: Context, days: number): Window {
  const start = readMinute(c, "start");
  const end = readMinute(c, "end");
  const now = settings.now();
  if (now - start > days * dayMs) throw badWindow(`startDate cannot be more than ${days} days ago`);
  if (end - start < minuteMs) throw badWindow("endDate must be at least one minute greater than startDate");
  // Rows of a transaction that is still open may come to lie within the window: it is not covered beyond its beginning.
  const covered = Math.min(end, now, oldestTransaction() ?? now);
  return { start, end, covered: Math.floor(covered / minuteMs) * minuteMs };
}

function readMinute(c: Context, name: "start" | "end"): number {
  const text = c.req.query(name);
  if (text === undefined) throw new Refusal(400, "MISSING_ARGUMENT", `The ${name} parameter is required`);
  // An unescaped plus of the zone arrives as a blank.
  const epochMs = parseDateTime(text.replace(" ", "+"));
  if (epochMs === null) throw badWindow(`Value of ${name} date parameter is invalid: ${text}`);
  return Math.floor(epochMs / minuteMs) * minuteMs;
}

function badWindow(reason: string): Refusal {
  return new Refusal(400, "INVALID_REPLICATION_DATE", reason);
}

function changedRows({ org }: Service, object: ObjectSchema, window: Window): SalesforceRow[] {
  const key = (epochMs: number) => dateTimeText(epochMs).toLowerCase();
  const range = { from: key(window.start), to: key(window.end) };
  const index = org.table(object.name).index("SystemModstamp");
  if (index.count(range) > feedIdsMax)
    throw new Refusal(400, "EXCEEDED_ID_LIMIT", "exceeded max id limit for this operation");
  return [...index.rows(range)];
}
