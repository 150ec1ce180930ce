import type { Connector, Transport } from "journey-hub/connector";
import { runContract } from "journey-hub/connector/testing";
import { expect, test } from "vitest";
import { createHostileAcme } from "./acme/account.ts";
import { acmeConnector } from "./acme/connector.ts";

/** Acme's connector with other manners on the way out. */
const mannered = (send: (transport: Transport) => Transport["send"]): Connector => ({
  ...acmeConnector,
  open: (config, transport) => acmeConnector.open(config, { ...transport, send: send(transport) }),
});

const withConnector =
  (connector: Connector): typeof createHostileAcme =>
  (options) => ({ ...createHostileAcme(options), connector });

const pressed = ["too-many-requests-seconds", "too-many-requests-date", "clock-skew"];
const pressedReports = (connector: Connector) =>
  Promise.all(
    [1, 2, 3].map((seed) =>
      runContract({ create: withConnector(connector), seed, level: "extreme", only: pressed, rereads: "none" }),
    ),
  );

test("a connector that waits as long as it is told is never too early, whatever the vendor's clock says", async () => {
  const reports = await pressedReports(acmeConnector);
  expect(reports.map(({ tooEarly, breaches }) => ({ tooEarly, breaches }))).toEqual([
    { tooEarly: 0, breaches: [] },
    { tooEarly: 0, breaches: [] },
    { tooEarly: 0, breaches: [] },
  ]);
});

test("one that does not read Retry-After is found to come too early", async () => {
  const impatient = mannered((transport) => async (request, signal) => {
    const { headers, ...reply } = await transport.send(request, signal);
    const { "retry-after": _, ...heard } = headers;
    return { ...reply, headers: heard };
  });
  for (const { tooEarly, breaches } of await pressedReports(impatient)) {
    expect(tooEarly).toBeGreaterThan(0);
    expect(breaches).toContain(`${tooEarly} requests before a Retry-After had run out`);
  }
});

test("one that hammers at a vendor in trouble is found to ask too much", async () => {
  const hammering = mannered((transport) => async (request, signal) => {
    let reply = await transport.send(request, signal);
    for (let n = 0; n < 10 && reply.status === 500; n++) {
      await Promise.all([1, 2, 3, 4].map(() => transport.send(request, signal)));
      reply = await transport.send(request, signal);
    }
    return reply;
  });
  const create = withConnector(hammering);
  const report = await runContract({ create, seed: 1, level: "high", only: ["server-error-500"] });
  expect(report.breaches.join()).toMatch(/^\d+ requests, \d\.\d\d times the \d+ that are needed without trouble$/);
});
