import { createTransport } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import { addressOf, config } from "../../../connectors/netsuite/config.ts";
import netsuite from "../../../connectors/netsuite/index.ts";
import { virtualClock } from "../../../src/lib/clock.ts";
import { demoConfig } from "./account.ts";
import { ecKeys } from "./simulator/keys.ts";

describe("config", () => {
  test("keeps secret what signs in, by whichever way", () => {
    expect(netsuite.secrets).toEqual([
      "webhook_secret",
      ...["consumer_key", "consumer_secret", "token_id", "token_secret"],
      ...["client_id", "certificate_id", "private_key", "client_secret", "refresh_token"],
    ]);
  });

  const byCertificate = { sign_in: "certificate", account_id: "1234567", client_id: "id", certificate_id: "cert" };
  const { privateKey } = ecKeys();
  test("takes each way to sign in with what belongs to it", () => {
    const signIn = (value: Record<string, unknown>) => config.parse(value).sign_in;
    expect(signIn(demoConfig)).toBeUndefined(); // from before there was a choice
    expect(signIn({ ...demoConfig, sign_in: "token" })).toBe("token");
    expect(signIn({ ...byCertificate, private_key: privateKey })).toBe("certificate");
    const byApproval = { sign_in: "authorization_code", account_id: "1234567", client_id: "id" };
    expect(signIn(byApproval)).toBe("authorization_code");
  });

  test.each([
    ["a way that does not exist", { ...demoConfig, sign_in: "password" }, "token, certificate or authorization_code"],
    ["a certificate without its key", byCertificate, "private_key"],
    ["a text that is no key", { ...byCertificate, private_key: "-----BEGIN" }, "private key in PEM form"],
    [
      "a key on a curve NetSuite does not take",
      { ...byCertificate, private_key: ecKeys("secp256k1").privateKey },
      "P-256",
    ],
    [
      "a token among what a certificate needs",
      { ...byCertificate, private_key: privateKey, token_id: "x" },
      "token_id",
    ],
  ])("refuses %s", (_what, value, message) => {
    expect(config.safeParse(value).error?.message).toContain(message);
  });

  test.each([
    ["1234567", "1234567", "https://1234567.suitetalk.api.netsuite.com"],
    [1234567, "1234567", "https://1234567.suitetalk.api.netsuite.com"],
    ["1234567-sb1", "1234567_SB1", "https://1234567-sb1.suitetalk.api.netsuite.com"],
    ["1234567_SB1", "1234567_SB1", "https://1234567-sb1.suitetalk.api.netsuite.com"],
    ["tstdrv1234567", "TSTDRV1234567", "https://tstdrv1234567.suitetalk.api.netsuite.com"],
  ])("account %s has the realm %s and its own address", (given, realm, address) => {
    const parsed = config.parse({ ...demoConfig, account_id: given });
    expect([parsed.account_id, addressOf(parsed)]).toEqual([realm, address]);
  });

  test("lets four requests run at a time unless told otherwise", () => {
    const limits = (value: Record<string, unknown>) =>
      netsuite.limits(netsuite.config.parse({ ...demoConfig, ...value }));
    expect(limits({})).toEqual({ concurrency: { start: 4, max: 4 } });
    expect(limits({ concurrency: 15 })).toEqual({ concurrency: { start: 15, max: 15 } });
  });

  test.each([
    ["a missing secret", { token_secret: undefined }, "token_secret"],
    ["a host for an account", { account_id: "1234567.app.netsuite.com" }, "write the account id alone"],
    ["an empty key", { consumer_key: " " }, "consumer_key"],
    ["a zone that does not exist", { time_zone: "Pacific Standard Time" }, "Europe/Berlin"],
    ["an address without https", { base_url: "http://1234567.suitetalk.api.netsuite.com" }, "https://"],
    ["no concurrency", { concurrency: 0 }, "concurrency"],
    ["a key that does not exist", { realm: "1234567" }, "realm"],
  ])("refuses %s", (_what, value, message) => {
    const { error } = netsuite.config.safeParse({ ...demoConfig, ...value });
    expect(error?.message).toContain(message);
  });

  test("a private address is not called unless the connection allows it", async () => {
    const parsed = netsuite.config.parse({ ...demoConfig, base_url: "http://127.0.0.1:9" });
    const transport = createTransport({
      limits: netsuite.limits(parsed),
      clock: virtualClock("2026-03-18T12:00:00.000Z"),
    });
    await expect(netsuite.open(parsed, transport).check()).rejects.toMatchObject({
      next: "stop",
      details: { field: "allowedHosts" },
    });
  });
});
