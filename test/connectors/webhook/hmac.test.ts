import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { hook, request } from "./sender.ts";

const secret = "a-secret-of-the-shop";
const body = '{"id":"evt_1","type":"form"}';
const nowMs = 1_700_000_000_000;
const sign = (text: string, key = secret) => createHmac("sha256", key).update(text).digest();
const hex = sign(body).toString("hex");
const accepted = { accepted: true };
const noMatch = { accepted: false, reason: "the signature does not match" };

function verify(settings: object, headers: Record<string, string>, sent = body) {
  const { config, webhook } = hook({ scheme: "hmac-sha256", secret, ...settings });
  return webhook.verify(config, request(headers, sent), nowMs);
}

describe("a vector of the sender's own:", () => {
  test.each([
    [
      "GitHub's, out of its guide to validating deliveries",
      { scheme: "github", secret: "It's a Secret to Everybody" },
      "x-hub-signature-256",
      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
      "Hello, World!",
    ],
    [
      // `webhooks.validate` of @shopify/shopify-api 13.1.0 calls it valid, and invalid with a space more.
      "Shopify's, as its own library judges",
      { scheme: "shopify", secret: "shpss_journey_hub_vector" },
      "x-shopify-hmac-sha256",
      "mJWY98cqyuNplGNOs15S6qXD7kKRs9e9Z88woQELHdo=",
      '{"id":706405506930370084,"email":"bob@biller.com","first_name":"Bob","note":"Größe ✓","updated_at":"2026-11-02T12:00:00Z"}',
    ],
  ])("%s is accepted, and nothing else", (_, settings, header, signature, sent) => {
    expect(verify(settings, { [header]: signature }, sent)).toEqual(accepted);
    expect(verify(settings, { [header]: signature }, `${sent} `)).toEqual(noMatch);
  });
});

describe("a signature over the body", () => {
  test.each([
    ["in hex", {}, { "x-signature": hex }],
    ["in hex, in capitals", {}, { "x-signature": hex.toUpperCase() }],
    ["in base64", { encoding: "base64" }, { "x-signature": sign(body).toString("base64") }],
    ["behind a prefix", { prefix: "sha256=" }, { "x-signature": `sha256=${hex}` }],
    ["in a header of the sender's", { header: "X-Shop-Hmac" }, { "x-shop-hmac": hex }],
    ["by the previous secret", { secret: "a-new-secret-of-the-shop", previous_secret: secret }, { "x-signature": hex }],
  ])("%s is accepted", (_, settings, headers) => {
    expect(verify(settings, headers)).toEqual(accepted);
  });

  test.each([
    ["by another secret", {}, sign(body, "another secret of somebody").toString("hex")],
    ["of another body", {}, sign(`${body} `).toString("hex")],
    ["with one bit flipped", {}, `${hex[0] === "0" ? "1" : "0"}${hex.slice(1)}`],
    ["cut short", {}, hex.slice(0, 32)],
    ["cut by one digit", {}, hex.slice(1)],
    ["with bytes more", {}, `${hex}00`],
    ["with text after it, where lenient decoding stops", {}, `${hex}zz`],
    ["with a space before it", {}, ` ${hex}`],
    ["that is no hex", {}, "z".repeat(64)],
    ["in base64 where hex is configured", {}, sign(body).toString("base64")],
    ["in hex where base64 is configured", { encoding: "base64" }, hex],
    ["in base64url", { encoding: "base64" }, sign("y").toString("base64url")],
    ["given twice, joined by the server", {}, `${hex}, ${hex}`],
  ])("%s is refused", (_, settings, signature) => {
    expect(verify(settings, { "x-signature": signature })).toEqual(noMatch);
  });

  test.each([
    ["without its header", {}, {}, "the header x-signature is missing"],
    ["with an empty header", {}, { "x-signature": "" }, "the header x-signature is missing"],
    ["without its prefix", { prefix: "sha256=" }, { "x-signature": hex }, "the signature does not begin with sha256="],
    [
      "behind another prefix",
      { prefix: "sha256=" },
      { "x-signature": `sha1=${hex}` },
      "the signature does not begin with sha256=",
    ],
  ])("%s is refused", (_, settings, headers, reason) => {
    expect(verify(settings, headers)).toEqual({ accepted: false, reason });
  });

  test("of the same JSON in other bytes is refused", () => {
    expect(verify({}, { "x-signature": hex }, '{"id": "evt_1", "type": "form"}')).toEqual(noMatch);
  });
});

describe("a signature over time and body", () => {
  const settings = { timestamp_header: "X-Timestamp" };
  const at = (timestamp: string) => ({
    "x-timestamp": timestamp,
    "x-signature": sign(`${timestamp}.${body}`).toString("hex"),
  });
  const late = { accepted: false, reason: "the timestamp is more than five minutes away" };

  test.each([
    ["now", settings, "1700000000"],
    ["exactly at the border, before", settings, "1699999700"],
    ["exactly at the border, ahead", settings, "1700000300"],
    ["in milliseconds", { ...settings, timestamp_unit: "ms" }, "1700000000123"],
  ])("%s is accepted", (_, more, timestamp) => {
    expect(verify(more, at(timestamp))).toEqual(accepted);
  });

  test.each(["1699999699", "1700000301", "NaN", "-1700000000", "1e18", "1700000000000", "0x6553f100", " 1700000000"])(
    "sent at %s is refused",
    (timestamp) => {
      expect(verify(settings, at(timestamp))).toEqual(late);
    },
  );

  test("is refused when the time was changed after signing", () => {
    expect(verify(settings, { ...at("1700000000"), "x-timestamp": "1700000001" })).toEqual(noMatch);
  });

  test("is refused when the time is not part of what was signed", () => {
    expect(verify(settings, { "x-timestamp": "1700000000", "x-signature": hex })).toEqual(noMatch);
  });

  test("is refused without the time", () => {
    const reason = "the header x-timestamp is missing";
    expect(verify(settings, { "x-signature": hex })).toEqual({ accepted: false, reason });
  });

  test("keeps to a narrower window when one is set", () => {
    const reason = "the timestamp is more than 10 seconds away";
    expect(verify({ ...settings, tolerance_seconds: 10 }, at("1699999989"))).toEqual({ accepted: false, reason });
    expect(verify({ ...settings, tolerance_seconds: 10 }, at("1699999990"))).toEqual(accepted);
  });
});
