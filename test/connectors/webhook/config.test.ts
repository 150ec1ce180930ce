import { createTransport } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import connector from "../../../connectors/webhook/index.ts";
import { virtualClock } from "../../../src/lib/clock.ts";
import { vector } from "./sender.ts";

const faults = (config: object) =>
  connector.config.safeParse(config).error?.issues.map(({ path, message }) => [path.join("."), message]);
const open = (config: object) =>
  connector.open(
    connector.config.parse(config),
    createTransport({ limits: { concurrency: 1 }, clock: virtualClock("2026-01-01T00:00:00.000Z") }),
  );

describe("a source without a secret", () => {
  test("cannot receive, and says which setting is missing", () => {
    expect(connector.webhook?.missing(connector.config.parse({}))).toContain("secret is not set");
    expect(connector.webhook?.missing(connector.config.parse({ secret: vector.secret }))).toBeNull();
  });

  test("fails its check with the field and the remedy", async () => {
    await expect(open({}).check()).rejects.toMatchObject({
      next: "stop",
      details: { field: "secret", remedy: expect.stringContaining("Copy the signing secret") },
    });
  });
});

test("a source with one passes its check", async () => {
  const account = await open({ secret: vector.secret }).check();
  expect(account).toEqual({ id: "webhook:events", name: "events by Standard Webhooks" });
});

test("both secrets are known to be secrets, so they are sealed and masked", () => {
  expect(connector.secrets).toEqual(["secret", "previous_secret"]);
});

describe("the secret", () => {
  const shape =
    "a Standard Webhooks secret is whsec_ and 24 to 64 bytes in base64: copy the whole of it from the sender";
  test.each([
    ["without whsec_", { secret: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }, "secret", shape],
    ["empty", { secret: " " }, "secret", shape],
    ["too short", { secret: "whsec_MfKQ9r8G" }, "secret", shape],
    ["no base64", { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa??" }, "secret", shape],
    ["an old one that is none", { secret: vector.secret, previous_secret: "x" }, "previous_secret", shape],
    [
      "a short one of an hmac",
      { scheme: "hmac-sha256", secret: "short" },
      "secret",
      "give a secret of at least 16 characters",
    ],
  ])("%s is refused, and not repeated", (_, config, field, message) => {
    expect(faults(config)).toEqual([[field, message]]);
  });
});

test("a setting that does not exist is refused", () => {
  expect(faults({ secret: vector.secret, headr: "x" })).toEqual([["", 'Unrecognized key: "headr"']]);
});
