import { describe, expect, test } from "vitest";
import { hook, otherSecret, request, standardSignature, vector } from "./sender.ts";

const { config, webhook } = hook({ secret: vector.secret });
const nowMs = Number(vector.timestamp) * 1_000;

const headers = (more: Record<string, string> = {}) => ({
  "webhook-id": vector.id,
  "webhook-timestamp": vector.timestamp,
  "webhook-signature": vector.signature,
  ...more,
});
const signed = (signature: string) => headers({ "webhook-signature": signature });
/** Truly signed at that time. */
const sentAt = (timestamp: string) =>
  headers({ "webhook-timestamp": timestamp, "webhook-signature": standardSignature({ timestamp }) });
const verify = (given: Record<string, string>, body: string | Uint8Array = vector.body, at = nowMs) =>
  webhook.verify(config, request(given, body), at);

const good = vector.signature;
const mac = good.slice("v1,".length);
const macBytes = Buffer.from(mac, "base64");
const flipped = Buffer.from(macBytes);
flipped[0] = (flipped[0] ?? 0) ^ 1;

describe("accepted", () => {
  test.each([
    ["the specification's own message", headers()],
    ["one good signature of two", signed(`${standardSignature({ secret: otherSecret })} ${good}`)],
    ["a good v1 beside a v1a", signed(`v1a,${mac} ${good}`)],
    ["exactly five minutes old", sentAt(String(Number(vector.timestamp) - 300))],
    ["exactly five minutes ahead", sentAt(String(Number(vector.timestamp) + 300))],
  ])("%s", (_, given) => {
    expect(verify(given)).toEqual({ accepted: true });
  });

  test("while secrets change over: the new one and the previous one", () => {
    const rotating = hook({ secret: otherSecret, previous_secret: vector.secret });
    for (const secret of [otherSecret, vector.secret]) {
      const incoming = request(signed(standardSignature({ secret })), vector.body);
      expect(rotating.webhook.verify(rotating.config, incoming, nowMs)).toEqual({ accepted: true });
    }
  });
});

describe("refused", () => {
  const noMatch = "the signature does not match";
  const late = "the timestamp is more than five minutes away";
  const missing = "the header webhook-signature is missing";
  const noVersion = "the signature does not begin with v1,";
  const { "webhook-signature": _, ...unsigned } = headers();

  test.each([
    ["no header", unsigned, missing],
    ["no header at all", {}, missing],
    ["an empty header", signed(""), missing],
    ["an empty id", headers({ "webhook-id": "" }), "the header webhook-id is missing"],
    ["another secret", signed(standardSignature({ secret: otherSecret })), noMatch],
    ["the right signature of another body", signed(standardSignature({ body: "{}" })), noMatch],
    ["of another id", headers({ "webhook-id": "msg_2" }), noMatch],
    ["a timestamp it was not signed with", headers({ "webhook-timestamp": "1614265331" }), noMatch],
    ["one bit flipped", signed(`v1,${flipped.toString("base64")}`), noMatch],
    ["cut short", signed(`v1,${macBytes.subarray(0, 16).toString("base64")}`), noMatch],
    ["bytes more", signed(`v1,${Buffer.concat([macBytes, Buffer.alloc(3)]).toString("base64")}`), noMatch],
    ["text after the padding", signed(`${good}AAAA`), noMatch],
    ["in hex", signed(`v1,${macBytes.toString("hex")}`), noMatch],
    ["base64url", signed(`v1,${macBytes.toString("base64url")}`), noMatch],
    ["no base64", signed("v1,!!!!"), noMatch],
    ["without its version", signed(mac), noVersion],
    ["v0 only", signed(`v0,${mac}`), noVersion],
    ["v1a only", signed(`v1a,${mac}`), noVersion],
    ["V1 in capitals", signed(`V1,${mac}`), noVersion],
    ["separated by commas", signed(`v1,AAAA,${good}`), noMatch],
    [
      "a thousand signatures, the last one good",
      signed(`${"v1,AAAA ".repeat(999)}${good}`),
      "there are more than 10 signatures",
    ],
    ["301 seconds old", sentAt("1614265029"), late],
    ["301 seconds ahead", sentAt("1614265631"), late],
    ["no number for a time", sentAt("NaN"), late],
    ["a negative time", sentAt("-1614265330"), late],
    ["1e18", sentAt("1e18"), late],
    ["a fraction", sentAt("1614265330.0"), late],
    ["milliseconds", sentAt("1614265330000"), late],
  ])("%s", (_, given, reason) => {
    expect(verify(given)).toEqual({ accepted: false, reason });
  });

  test.each([
    ["the same JSON in other bytes", '{"test":2432232314}'],
    ["a space more", `${vector.body} `],
    ["compressed", new Uint8Array([0x1f, 0x8b, 8, 0])],
    ["an empty body", ""],
    ["a body that is no JSON, before it is read", "{"],
  ])("%s", (_, body) => {
    expect(verify(headers(), body)).toEqual({ accepted: false, reason: noMatch });
  });

  test("a secret that was rotated out", () => {
    const rotated = hook({ secret: otherSecret });
    const verdict = rotated.webhook.verify(rotated.config, request(headers(), vector.body), nowMs);
    expect(verdict).toEqual({ accepted: false, reason: noMatch });
  });

  test("everything, while no secret is set", () => {
    const open = hook({});
    const verdict = open.webhook.verify(open.config, request(headers(), vector.body), nowMs);
    expect(verdict).toEqual({ accepted: false, reason: "no secret is set" });
  });

  test("in less than a millisecond each", () => {
    const forged = request(
      signed(`${"v1,AAAA ".repeat(9)}${standardSignature({ secret: otherSecret })}`),
      "x".repeat(10_000),
    );
    const startedAt = performance.now();
    for (let n = 0; n < 1_000; n++) webhook.verify(config, forged, nowMs);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
