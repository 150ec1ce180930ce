import { createTransport } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import connector from "../../../connectors/tracking/index.ts";
import { virtualClock } from "../../../src/lib/clock.ts";

const writeKey = "write-key-of-the-test-1";
const apiSecret = "api-secret-of-the-test-1";

/** What the settings are refused with; null where they are taken. */
function fault(settings: object): string | null {
  const parsed = connector.config.safeParse(settings);
  return parsed.success
    ? null
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}

test("keys and secrets are sealed settings", () => {
  expect(connector.secrets).toEqual(["write_key", "previous_write_key", "api_secret"]);
});

describe("settings", () => {
  test.each<[string, object]>([
    ["none yet", {}],
    ["a write key", { write_key: writeKey, previous_write_key: ` ${writeKey}\n` }],
    ["Google's", { measurement_id: "G-12345678", api_secret: apiSecret }],
    ["those of a Firebase app", { measurement_id: "1:1234567890:android:321abc456def7890", api_secret: apiSecret }],
    ["larger messages", { write_key: writeKey, message_bytes_max: 4_194_304, batch_bytes_max: 4_194_304 }],
  ])("are taken: %s", (_, settings) => {
    expect(fault(settings)).toBeNull();
  });

  test.each<[string, object, string]>([
    ["a short key", { write_key: "short" }, "write_key: give 16 to 200 characters"],
    ["a key with a colon, which ends the user of HTTP Basic", { write_key: `${writeKey}:x` }, "write_key: give 16"],
    ["a key with a blank", { write_key: `${writeKey} x` }, "write_key: give 16"],
    ["a secret for no stream", { api_secret: apiSecret }, "measurement_id: set it beside api_secret"],
    ["a batch of 5 MiB", { batch_bytes_max: 5_242_880 }, "batch_bytes_max: Too big"],
    ["an unknown one", { writekey: writeKey }, "Unrecognized key"],
  ])("are refused: %s", (_, settings, message) => {
    expect(fault(settings)).toContain(message);
  });
});

describe("the check of a connection", () => {
  const check = (settings: object) => {
    const config = connector.config.parse(settings);
    const transport = createTransport({
      limits: connector.limits(config),
      clock: virtualClock("2026-01-01T00:00:00.000Z"),
    });
    return connector.open(config, transport).check();
  };

  test("says which calls it takes", async () => {
    expect(await check({ write_key: writeKey })).toMatchObject({ name: "calls at /v1/*" });
    const both = { write_key: writeKey, measurement_id: "G-1", api_secret: apiSecret };
    expect(await check(both)).toMatchObject({ id: "tracking:G-1", name: "calls at /v1/* and /mp/collect" });
  });

  test("names the setting to make when it takes none", async () => {
    await expect(check({})).rejects.toMatchObject({ next: "stop", details: { field: "write_key" } });
  });
});
