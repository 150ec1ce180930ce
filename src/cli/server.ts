import { type ServerType, serve } from "@hono/node-server";
import { loadConnectors } from "../../connectors/index.ts";
import { createFront } from "../api/front.ts";
import { createSessions, oneTimeLink } from "../console/sessions.ts";
import { processKey, type Role } from "../hub/folder/keys.ts";
import { type Hub, openHub } from "../hub/hub.ts";
import { outdatedCustomers, outdatedText } from "../hub/identity/outdated.ts";
import { createLog, type Log, maskOf } from "../hub/log.ts";
import { createMetrics } from "../hub/metrics.ts";
import { createRunner, type Runner } from "../hub/runner/runner.ts";
import { once } from "../lib/once.ts";

/** A hub serving its API, hooks and console. */
export interface RunningServer {
  hub: Hub;
  runner: Runner;
  log: Log;
  url: string;
  /** An admin key of this process, for verbs beside it. */
  key: string;
  /** A link that signs in to the console once with this role. */
  consoleLink(role: Role): string;
  stop(): Promise<void>;
}

/**
 * Opens a data folder, serves it and starts its loops. Rejects when the port is in use, the folder is taken or the configuration cannot
 * be used; nothing is left running then.
 */
export async function startServer(options: {
  data: string;
  port: number;
  host: string;
  logLevel: string;
}): Promise<RunningServer> {
  const metrics = createMetrics();
  const hub = await openHub({ folder: options.data, connectors: loadConnectors, onExchange: metrics.exchange });
  try {
    const log = createLog({ level: options.logLevel, mask: maskOf(hub) });
    const runner = createRunner({ hub, log, metrics });
    const sessions = createSessions(hub);
    const whole = once(async () => {
      const { createApp } = await import("../api/app.ts");
      const { createConsole } = await import("../console/console.tsx");
      return createApp({ hub, runner, log, metrics, pages: createConsole({ hub, runner, log, sessions }).app });
    });
    const { server, url } = await listen(createFront({ hub, runner, log, metrics }, whole).fetch, options);
    const key = processKey(hub);
    hub.announce({ pid: process.pid, url, key });
    await runner.start();
    const outdated = await outdatedCustomers(hub.store, hub.rules.identity.version);
    if (outdated) log.warn(outdated, outdatedText(outdated));
    const stop = async () => {
      server.close();
      await runner.stop();
      await hub.close();
    };
    return { hub, runner, log, url, key, consoleLink: (role: Role) => `${url}${oneTimeLink(sessions, role)}`, stop };
  } catch (cause) {
    await hub.close();
    throw cause;
  }
}

function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { port, host }: { port: number; host: string },
): Promise<{ server: ServerType; url: string }> {
  return new Promise((resolve, reject) => {
    const serverOptions = { requestTimeout: 30_000, headersTimeout: 10_000 }; // a sender that trickles ties nothing up
    const server = serve({ fetch, port, hostname: host, serverOptions }, (address) =>
      resolve({ server, url: `http://${addressedAs(host)}:${address.port}` }),
    );
    server.once("error", reject);
  });
}

/** "Every address" is one to listen on; who is on this machine, or before a container's published port, asks for the local one. */
function addressedAs(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
