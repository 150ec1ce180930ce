import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { stringify } from "yaml";
import { createHubspotSimulator, demoCredentials } from "../../connectors/hubspot/simulator/index.ts";

/** How a call that fails is tried again; with short pauses, so that a test waits for all of the tries and not for time. */
interface Retry {
  tries?: number;
  pause_ms?: number;
}

/** An account that is searched as fast as that lets a test of the whole command end sooner by seconds. */
export const searches_per_second = 100;

/** A HubSpot account with a few contacts on a loopback port, and a data folder that is connected to it. */
export async function startAccount(settings: Record<string, unknown> = {}, retry: Retry = { pause_ms: 20 }) {
  const simulator = createHubspotSimulator({ limits: { searchPerSecond: searches_per_second } });
  const load = (contacts: number) =>
    simulator.load({
      portalId: 4711,
      objects: { contacts: Array.from({ length: contacts }, (_, n) => contact(n + 1)) },
      associations: [],
      owners: [],
      pipelines: {},
    });
  load(3);
  const { server, url } = await listen(simulator.app.fetch);
  const folder = mkdtempSync(join(tmpdir(), "journey-hub-cli-"));
  const [access_token] = demoCredentials.accessTokens;
  const write = (config: Record<string, unknown>) =>
    writeFileSync(
      join(folder, "journey-hub.yaml"),
      stringify({
        apiVersion: "journey-hub/v1",
        connections: { hubspot: { connector: "hubspot", allowedHosts: ["127.0.0.1"], retry, config } },
      }),
    );
  const own = { access_token, base_url: url, searches_per_second };
  write({ ...own, ...settings });
  return {
    simulator,
    url,
    folder,
    /** Fills the account anew with this many contacts. */
    load,
    /** Writes the connection's settings anew. */
    configure: (config: Record<string, unknown>) => write({ ...own, ...config }),
    async stop() {
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function contact(n: number) {
  const at = new Date(Date.UTC(2026, 0, 1) + n * 3_600_000).toISOString();
  const properties = { email: `person${n}@acme.example`, firstname: `Person${n}`, lastname: "Example" };
  return { id: String(100 + n), properties, createdAt: at, updatedAt: at };
}

export function listen(
  fetch: (request: Request) => Response | Promise<Response>,
): Promise<{ server: ServerType; url: string; port: number }> {
  return new Promise((resolve) => {
    const server = serve({ fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) =>
      resolve({ server, url: `http://127.0.0.1:${port}`, port }),
    );
  });
}
