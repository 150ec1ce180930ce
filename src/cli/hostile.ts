import { type ServerType, serve } from "@hono/node-server";
import type {
  CreateHostileAccount,
  HostileAccount,
  TroubleDeclaration,
  TroubleLevel,
} from "../connector/testing/index.ts";
import { systemClock } from "../lib/clock.ts";
import type { Vendor } from "./vendors.ts";

export interface HostileChoice {
  vendors: readonly string[];
  /** What makes the accounts of vendors that are not shipped, by the vendor. */
  plugged?: ReadonlyMap<string, CreateHostileAccount>;
  seed: number;
  level: TroubleLevel;
  /** Names of the troubles to show; absent: all of them. */
  only?: readonly string[];
  /** About how many records an account begins with. */
  records: number;
  ports: Readonly<Record<string, number>>;
  /** Nothing happens in the accounts but what is asked for. */
  quiet?: boolean;
}

export interface RunningHostile {
  running: { vendor: string; url: string; config: Record<string, unknown>; troubles: readonly TroubleDeclaration[] }[];
  stop(): Promise<void>;
}

const shipped: Readonly<Record<string, () => Promise<CreateHostileAccount>>> = {
  hubspot: async () => (await import("../../connectors/hubspot/simulator/hostile/index.ts")).createHostileHubspot,
  netsuite: async () => (await import("../../connectors/netsuite/simulator/hostile/index.ts")).createHostileNetsuite,
  salesforce: async () =>
    (await import("../../connectors/salesforce/simulator/hostile/index.ts")).createHostileSalesforce,
} satisfies Record<Vendor, unknown>;

/**
 * Serves hostile accounts on loopback ports, with people at work in them, until stopped. Throws RangeError for a vendor or a trouble that
 * is not there.
 */
export async function startHostile(choice: HostileChoice): Promise<RunningHostile> {
  const { seed, level, records, only, quiet = false } = choice;
  const made = await Promise.all(
    choice.vendors.map(async (vendor) => ({
      vendor,
      account: (await createFor(choice, vendor))({ seed, records, now: () => systemClock.now() }),
    })),
  );
  refuseUnknown(
    made.flatMap(({ account }) => account.troubles),
    only,
  );
  const servers: ServerType[] = [];
  const running: RunningHostile["running"] = [];
  for (const { vendor, account } of made) {
    account.beset({ seed, level, ...(only ? { only } : {}) });
    const { server, url } = await listen(account, choice.ports[vendor] ?? 0);
    servers.push(server);
    running.push({ vendor, url, config: account.config(url), troubles: account.troubles });
  }
  const stopping = new AbortController();
  const lives = quiet ? [] : made.map(({ account }) => live(account, seed, stopping.signal));
  return {
    running,
    async stop() {
      stopping.abort();
      for (const server of servers) if ("closeAllConnections" in server) server.closeAllConnections();
      await Promise.all([...lives, ...servers.map((server) => new Promise((resolve) => server.close(resolve)))]);
    },
  };
}

async function createFor({ plugged }: HostileChoice, vendor: string): Promise<CreateHostileAccount> {
  const create = plugged?.get(vendor) ?? (await shipped[vendor]?.());
  if (create) return create;
  throw new RangeError(`There is no vendor "${vendor}". There are: ${Object.keys(shipped).join(", ")}.`);
}

function refuseUnknown(known: readonly TroubleDeclaration[], only: readonly string[] = []): void {
  const names = new Set(known.map(({ name }) => name));
  const unknown = only.find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw new RangeError(`There is no trouble "${unknown}". There are: ${[...names].sort().join(", ")}.`);
  }
}

const happeningsPauseMs = 1_000;
const happeningsAtOnce = 3;

/** What people and other tools do in the account while it is served. */
async function live(account: HostileAccount, seed: number, stopping: AbortSignal): Promise<void> {
  for (let round = 1; !stopping.aborted; round++) {
    await systemClock.sleep(happeningsPauseMs, stopping).catch(() => undefined); // woken early to stop
    if (!stopping.aborted) account.live({ seed: seed + round, count: happeningsAtOnce });
  }
}

function listen(account: HostileAccount, port: number): Promise<{ server: ServerType; url: string }> {
  return new Promise((resolve, reject) => {
    const fetch = (request: Request) => account.fetch(request);
    const server = serve({ fetch, hostname: "127.0.0.1", port }, (address) =>
      resolve({ server, url: `http://127.0.0.1:${address.port}` }),
    );
    server.once("error", reject);
  });
}
