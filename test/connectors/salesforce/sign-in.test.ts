import { SourceError } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import {
  demoCredentials,
  type SalesforceSimulatorOptions,
  sfId,
} from "../../../connectors/salesforce/simulator/index.ts";
import { contacts, readStream, startOrg, type TestOrg } from "./org.ts";
import { keyPair } from "./simulator/assertion.ts";

const { publicKey, privateKey } = keyPair();
const noon = Date.parse("2026-03-18T12:00:00Z");

let org: TestOrg;
afterEach(() => org.close());

/** An org with our certificate, and a connection that has the key and no secret. */
async function keyed(options: SalesforceSimulatorOptions = {}, config: Record<string, unknown> = {}) {
  org = await startOrg({ Contact: contacts(3) }, { jwtCertificate: publicKey, ...options });
  const { username } = demoCredentials;
  const connection = org.open({ client_secret: undefined, username, private_key: privateKey, ...config });
  return { ...org, connection };
}

const tokens = () =>
  org.exchanges.filter(({ operation }) => operation === "salesforce.token").map(({ outcome }) => outcome);

async function refusalOf(config: Record<string, unknown>, options: SalesforceSimulatorOptions = {}) {
  const { connection } = await keyed(options, config);
  const cause: unknown = await connection.check().catch((reason: unknown) => reason);
  if (!(cause instanceof SourceError)) throw new Error(`expected a SourceError, got ${String(cause)}`);
  const { next, message, details } = cause;
  return { next, message, field: details.field, remedy: details.remedy };
}

describe("signing in by a private key", () => {
  test("needs no secret, and signs anew when the session has lapsed", async () => {
    const { connection, simulator, ...rest } = await keyed();
    expect(await connection.check()).toMatchObject({ id: sfId("00D", 7) });
    simulator.state.expireSessions();
    const { records } = await readStream({ ...rest, simulator, connection }, "Contact", null, ["LastName"]);
    expect(records).toHaveLength(3);
    expect(tokens()).toEqual(["ok", "ok"]);
  });

  test("an hour after the first time makes another statement, for that hour", async () => {
    const { connection, simulator, clock } = await keyed();
    await connection.check();
    clock.advance(3_600_000);
    simulator.state.expireSessions();
    expect(await connection.check()).toMatchObject({ name: "Acme Bikes" });
  });

  test.each([
    ["behind", noon + 3_600_000],
    ["ahead", noon - 3_600_000],
  ])("works with a clock of ours that is an hour %s: the first answer tells the time", async (_, vendorNow) => {
    const { connection } = await keyed({ now: () => vendorNow });
    expect(await connection.check()).toMatchObject({ name: "Acme Bikes" });
    expect(tokens()).toEqual(["retry", "ok"]);
  });

  test("can name the audience that older apps ask for", async () => {
    const { connection } = await keyed({}, { audience: "https://login.salesforce.com/" });
    expect(await connection.check()).toMatchObject({ name: "Acme Bikes" });
  });

  test("names private_key when the app has another certificate", async () => {
    expect(await refusalOf({ private_key: keyPair().privateKey })).toMatchObject({
      next: "stop",
      field: "private_key",
      message: "Salesforce sign-in: invalid assertion (invalid_grant)",
      remedy: expect.stringContaining("Upload the certificate that belongs to this key"),
    });
  });

  test("names username when the app is not approved for the user", async () => {
    expect(await refusalOf({ username: "nobody@demo.example" })).toMatchObject({
      next: "stop",
      field: "username",
      remedy: expect.stringContaining("Admin approved users are pre-authorized"),
    });
  });

  test("names client_id when the consumer key is wrong", async () => {
    expect(await refusalOf({ client_id: "3MVG9typo" })).toMatchObject({ next: "stop", field: "client_id" });
  });

  test("names audience when the org asks for another", async () => {
    expect(await refusalOf({ audience: "https://acme.example" })).toMatchObject({
      next: "stop",
      field: "audience",
      remedy: expect.stringContaining("https://login.salesforce.com"),
    });
  });

  test("never shows the key", async () => {
    const refusal = await refusalOf({ private_key: keyPair().privateKey });
    expect(JSON.stringify(refusal)).not.toContain("PRIVATE KEY");
  });
});
