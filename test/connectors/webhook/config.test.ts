import { readFileSync } from "node:fs";
import { createTransport } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import connector from "../../../connectors/webhook/index.ts";
import { schemes } from "../../../connectors/webhook/schemes/index.ts";
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

test("its secrets are known to be secrets, so they are sealed and masked", () => {
  expect(connector.secrets).toEqual(["secret", "previous_secret", "access_token"]);
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

describe("the schemes", () => {
  const readme = readFileSync(new URL("../../../connectors/webhook/README.md", import.meta.url), "utf8");

  test.each(Object.entries(schemes))("the page's table of senders has %s with its settings", (name, { settings }) => {
    const row = readme.split("\n").find((line) => line.startsWith(`| \`${name}\``)) ?? "";
    expect(settings.filter((setting) => !row.includes(`\`${setting}\``))).toEqual([]);
    expect(row.split("|")).toHaveLength(6);
  });

  test("are offered, with their settings, to who connects without a secret", async () => {
    const remedy = expect.stringContaining(
      "stripe, github, shopify, typeform (survey, score_question), surveymonkey (",
    );
    await expect(open({}).check()).rejects.toMatchObject({ details: { remedy } });
  });

  test.each([
    ["stripe", "Stripe"],
    ["cloudevents", "CloudEvents"],
    ["hmac-sha256", "events by HMAC-SHA256 in x-signature"],
  ])("%s is connected by its secret", async (scheme, name) => {
    expect(await open({ scheme, secret: "the secret of the test" }).check()).toMatchObject({ name });
  });
});
