import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { stringify } from "yaml";
import { createHubspotSimulator, demoCredentials } from "../../connectors/hubspot/simulator/index.ts";

/** A HubSpot account with a few contacts on a loopback port, and a data folder that is connected to it. */
export async function startAccount(settings: Record<string, unknown> = {}) {
  const simulator = createHubspotSimulator();
  simulator.load({
    portalId: 4711,
    objects: { contacts: [1, 2, 3].map(contact) },
    associations: [],
    owners: [],
    pipelines: {},
  });
  const { server, url } = await listen(simulator.app.fetch);
  const folder = mkdtempSync(join(tmpdir(), "journey-hub-cli-"));
  const [access_token] = demoCredentials.accessTokens;
  const write = (config: Record<string, unknown>) =>
    writeFileSync(
      join(folder, "journey-hub.yaml"),
      stringify({
        apiVersion: "journey-hub/v1",
        connections: { hubspot: { connector: "hubspot", allowedHosts: ["127.0.0.1"], config } },
      }),
    );
  write({ access_token, base_url: url, ...settings });
  return {
    simulator,
    url,
    folder,
    /** Writes the connection's settings anew. */
    configure: (config: Record<string, unknown>) => write({ access_token, base_url: url, ...config }),
    async stop() {
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function contact(n: number) {
  const at = `2026-01-0${n}T00:00:00.000Z`;
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
