import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Vendor } from "../vendors.ts";
import type { VendorConfigs } from "./accounts.ts";
import type { Protagonist } from "./story.ts";

export interface SimulatorProcess {
  configs: VendorConfigs;
  records: number;
  customers: number;
  protagonist: Protagonist;
  stop(): Promise<void>;
}

type Line =
  | { vendor: Vendor; url: string; config: Record<string, unknown> }
  | { ready: true; records: number; customers: number; protagonist: Protagonist };

/** Starts `journey-hub simulate` as a process of its own, so that the hub's figures are the hub's alone. */
export async function startSimulatorProcess(options: {
  scale: string;
  webhooks: string;
  /** Ends the process, whether it is ready or not. */
  signal: AbortSignal;
}): Promise<SimulatorProcess> {
  const script = process.argv[1];
  if (!script) throw new Error("the demo does not know its own script");
  const child = spawn(
    process.execPath,
    [...process.execArgv, script, "simulate", "--json", "--scale", options.scale, "--webhooks", options.webhooks],
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, PORT: undefined } },
  );
  options.signal.addEventListener("abort", () => child.kill("SIGTERM"));
  const configs: Partial<VendorConfigs> = {};
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    if ("vendor" in line) configs[line.vendor] = line.config;
    else return { ...line, configs: complete(configs), stop: () => stop(child) };
  }
  throw new Error("The simulators ended before they were ready; their message stands above.");
}

function complete(configs: Partial<VendorConfigs>): VendorConfigs {
  const { salesforce, hubspot, netsuite } = configs;
  if (!salesforce || !hubspot || !netsuite) throw new Error("a simulator did not start");
  return { salesforce, hubspot, netsuite };
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
