/* The hub's side of `bench ingest`: its real front; what is kept in the inbox is not worked off meanwhile. Argument: folder. */

import { serve } from "@hono/node-server";
import { count } from "drizzle-orm";
import { loadConnectors } from "../../connectors/index.ts";
import { createFront } from "../../src/api/front.ts";
import { openHub } from "../../src/hub/hub.ts";
import { createLog } from "../../src/hub/log.ts";
import { createMetrics } from "../../src/hub/metrics.ts";
import { createRunner } from "../../src/hub/runner/runner.ts";
import { benchFolder } from "./ingest.folder.ts";
import { asHelper } from "./measure.ts";

const [folder = ""] = process.argv.slice(2);
benchFolder(folder);
const hub = await openHub({ folder, connectors: loadConnectors });
const log = createLog({ level: "error" });
const metrics = createMetrics();
// Not started: a runner at rest leaves the inbox alone.
const runner = createRunner({ hub, log, metrics });
// As `start` serves it; nothing but webhooks is asked of it here.
const app = createFront({ hub, runner, log, metrics }, () => Promise.reject(new Error("only webhooks are sent")));

const before = process.cpuUsage();
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, async ({ port }) => {
  await asHelper({ url: `http://127.0.0.1:${port}/hooks/hook` }, async () => {
    const { user, system } = process.cpuUsage(before);
    const [found] = await hub.store.db.select({ rows: count() }).from(hub.store.tables.inbox);
    server.close();
    await hub.close();
    return { rows: found?.rows, cpuSeconds: (user + system) / 1e6 };
  });
});
