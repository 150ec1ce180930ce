import { type Command, InvalidArgumentError } from "commander";
import { type TroubleLevel, troubleLevels } from "../../connector/testing/hostile/account.ts";
import { systemClock } from "../../lib/clock.ts";
import { UsageError } from "../failure.ts";
import { table } from "../output.ts";
import { untilSignal } from "../signals.ts";
import type { RunningSimulators } from "../simulators.ts";
import { type Vendor, vendors } from "../vendors.ts";
import { action, type Common, withJson } from "../verb.ts";

interface Options {
  json: boolean;
  vendor: Vendor[];
  scale: "default" | "full";
  seed: number;
  port?: number;
  webhooks?: string;
  trouble?: TroubleLevel;
  only?: string[];
  records: number;
}

/** `simulate`: the vendors' APIs on loopback ports, filled with the sample world. */
export function addSimulate(program: Command): void {
  withJson(program.command("simulate"))
    .description("serve simulated Salesforce, HubSpot and NetSuite accounts on loopback ports until interrupted")
    .option("--vendor <names>", "which ones, separated by commas", parseVendors, [...vendors])
    .option("--scale <size>", "size of the sample world: default or full", parseScale, "default")
    .option("--seed <n>", "which sample world", parseWhole, 1)
    .option("--port <n>", "port of the first; the others take the next ones (default: free ports)", parsePort)
    .option(
      "--webhooks <url>",
      "where HubSpot's simulator sends its webhooks, e.g. http://127.0.0.1:8360/hooks/hubspot",
    )
    .option(
      "--trouble <level>",
      `a small hostile account instead of the sample world: ${Object.keys(troubleLevels).join(", ")}`,
      parseLevel,
    )
    .option("--only <names>", "with --trouble: only these troubles, separated by commas", (text) => text.split(","))
    .option("--records <n>", "with --trouble: about how many records the account begins with", parseWhole, 2_000)
    .action(
      action(async (common: Common, options: Options) => {
        if (options.trouble !== undefined) return simulateHostile(common, { ...options, trouble: options.trouble });
        return simulate(common, options);
      }),
    );
}

const deliveryPauseMs = 200;

/** What the simulated HubSpot app subscribes to: a property change is announced for named properties only. */
const announced = {
  contact: ["email", "lifecyclestage", "hs_lead_status", "recent_conversion_date"],
  company: ["name", "domain"],
  deal: ["dealstage", "amount"],
  ticket: ["hs_ticket_priority", "hs_pipeline_stage"],
};

/** A well-behaved or hostile account whose troubles anyone's client can be tested against. */
async function simulateHostile(
  { output }: Common,
  { vendor, seed, trouble, only, records, port }: Options & { trouble: TroubleLevel },
): Promise<undefined> {
  const { startHostile } = await import("../hostile.ts");
  const which = only ? { only } : {};
  const accounts = await startHostile({
    vendors: vendor,
    seed,
    level: trouble,
    records,
    ports: portsFrom(vendor, port),
    ...which,
  }).catch((cause: unknown) => {
    throw cause instanceof RangeError ? new UsageError(cause.message) : cause;
  });
  for (const { vendor: name, url, config, troubles } of accounts.running) {
    const shown = troubles.filter((each) => only?.includes(each.name) ?? true);
    output.result({ vendor: name, url, config, troubles: shown }, () =>
      [
        `${name.padEnd(11)} ${url}`,
        JSON.stringify(config, null, 2),
        table([["trouble", "kind", "what it does"], ...shown.map((each) => [each.name, each.kind, each.about])]),
      ].join("\n"),
    );
  }
  output.result({ ready: true, seed, trouble }, () => `Trouble ${trouble}, seed ${seed}. Ctrl-C stops.`);
  await untilSignal();
  await accounts.stop();
  return undefined;
}

function portsFrom(chosen: readonly Vendor[], first: number | undefined): Record<string, number> {
  return Object.fromEntries(chosen.map((vendor, n) => [vendor, first === undefined ? 0 : first + n]));
}

async function simulate({ output }: Common, options: Options): Promise<undefined> {
  const ports = portsFrom(options.vendor, options.port);
  const { startSimulators } = await import("../simulators.ts");
  const { vendor, scale, seed } = options;
  const simulators = await startSimulators({ vendors: vendor, scale, seed, epoch: new Date().toISOString(), ports });
  const { counts, protagonist } = simulators.world;
  for (const { vendor: name, url, config } of simulators.running) {
    output.result({ vendor: name, url, config }, () => `${name.padEnd(11)} ${url}\n${JSON.stringify(config, null, 2)}`);
  }
  output.result(
    { ready: true, records: counts.sourceRecords, customers: counts.customers, protagonist },
    () => `${counts.sourceRecords} records of ${counts.customers} customers. Ctrl-C stops.`,
  );
  const { hubspot } = simulators;
  const stopping = new AbortController();
  if (options.webhooks && hubspot) void announce(hubspot, options.webhooks, stopping.signal);
  await untilSignal();
  stopping.abort();
  await simulators.stop();
  return undefined;
}

type Hubspot = NonNullable<RunningSimulators["hubspot"]>;

/** Sends the HubSpot account's events as they come up, until the process ends. */
async function announce(hubspot: Hubspot, targetUrl: string, stopping: AbortSignal): Promise<void> {
  const { demoCredentials } = await import("../../../connectors/hubspot/simulator/index.ts");
  const subscriptions = Object.entries(announced).flatMap(([object, properties]) => [
    { subscriptionType: `${object}.creation` },
    { subscriptionType: `${object}.deletion` },
    ...properties.map((propertyName) => ({ subscriptionType: `${object}.propertyChange`, propertyName })),
  ]);
  hubspot.subscribe({ appId: 1, clientSecret: demoCredentials.clientSecret, targetUrl, subscriptions });
  while (!stopping.aborted) {
    await systemClock.sleep(deliveryPauseMs);
    if (hubspot.pendingEvents().length > 0) await hubspot.deliver();
  }
}

function parseVendors(text: string): Vendor[] {
  const names = text.split(",");
  const unknown = names.find((name) => !(vendors as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${vendors.join(", ")}.`);
  return names as Vendor[];
}

function parseLevel(text: string): TroubleLevel {
  if (!(text in troubleLevels)) throw new InvalidArgumentError(`It is ${Object.keys(troubleLevels).join(", ")}.`);
  return text as TroubleLevel;
}

function parseScale(text: string): "default" | "full" {
  if (text !== "default" && text !== "full") throw new InvalidArgumentError("It is default or full.");
  return text;
}

const portMax = 65_535;

/** A port; 0 takes a free one. */
export function parsePort(text: string): number {
  const port = parseWhole(text);
  if (port > portMax) throw new InvalidArgumentError(`It is at most ${portMax}.`);
  return port;
}

export function parseWhole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It is a whole number.");
  return Number(text);
}
