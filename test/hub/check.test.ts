import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineConnector, SourceError } from "journey-hub/connector";
import { expect, test } from "vitest";
import { z } from "zod";
import { virtualClock } from "../../src/lib/clock.ts";
import { writeDeskMapping } from "./desk.ts";
import { newFolder, noon, openWorld, removeFolder } from "./world.ts";

/** A vendor that repeats the secret it refuses, as some do. */
const connector = defineConnector({
  id: "desk",
  title: "Desk",
  config: z.strictObject({ pin: z.string().meta({ secret: true }) }),
  limits: () => ({ concurrency: 1 }),
  open: ({ pin }) => pin,
  check: async (pin) => {
    throw new SourceError("stop", `The desk does not know ${pin}`, { remedy: `Ask for another than ${pin}.` });
  },
  streams: { people: { object: "people", pages: async () => ({ records: [], next: null }) } },
});

test.each([
  ["the settings at work", "the-pin-at-work"],
  ["settings that were written since", "the-pin-written-since"],
])("a check that fails does not tell the secrets of %s", async (_, pin) => {
  const folder = newFolder();
  writeDeskMapping(folder);
  const desk = { connector: "desk", config: { pin: "the-pin-at-work" } };
  const world = await openWorld({ desk }, { clock: virtualClock(noon), folder, connectors: [connector] });
  const file = join(folder, "journey-hub.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("the-pin-at-work", pin));
  const headers = { ...(await world.as("operator")), "content-type": "application/json" };
  const reply = await world.app.request("/api/v1/connections/desk/check", { method: "POST", headers });
  expect(await reply.json()).toMatchObject({
    failure: { message: "The desk does not know [hidden]", remedy: "Ask for another than [hidden]." },
  });
  await world.close();
  removeFolder(folder);
});
