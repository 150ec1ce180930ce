import { afterEach, expect, test } from "vitest";
import hubspot from "../../connectors/hubspot/index.ts";
import { type RunningHostile, startHostile } from "../../src/cli/hostile.ts";
import { createTransport } from "../../src/connector/index.ts";
import { systemClock } from "../../src/lib/clock.ts";

let hostile: RunningHostile | undefined;
afterEach(() => hostile?.stop());

const choice = { vendors: ["hubspot"], seed: 7, records: 200, ports: {} } as const;

test("a hostile account is served on a port of its own, with settings that reach it", async () => {
  hostile = await startHostile({ ...choice, level: "none" });
  const [account] = hostile.running;
  if (!account) throw new Error("no account runs");
  const config = hubspot.config.parse(account.config);
  const transport = createTransport({
    limits: hubspot.limits(config),
    clock: systemClock,
    allowedHosts: [new URL(account.url).host],
  });
  const page = await hubspot.open(config, transport).streams.contacts?.pages({ after: null, fields: [] });
  expect(page?.records.length).toBeGreaterThan(0);
});

test("each vendor names its troubles, with what they do and where they were seen", async () => {
  hostile = await startHostile({ ...choice, vendors: ["salesforce", "hubspot", "netsuite"], level: "high" });
  for (const { vendor, troubles } of hostile.running) {
    expect(troubles.length, vendor).toBeGreaterThan(20);
    expect(troubles.filter(({ name, about, source }) => !name || !about || !source)).toEqual([]);
    expect(new Set(troubles.map(({ name }) => name)).size).toBe(troubles.length);
  }
});

test("a trouble that no account has is refused with the names there are", async () => {
  await expect(startHostile({ ...choice, level: "low", only: ["nonsense"] })).rejects.toThrow(
    /There is no trouble "nonsense"\. There are: .*late-commit/,
  );
});
