import { createHmac } from "node:crypto";
import fc from "fast-check";
import { type SignatureProof, type TokenProof, verifyProof } from "journey-hub/connector";
import { describe, expect, test } from "vitest";

const secret = "a secret of the test";
const nowMs = 1_700_000_000_000;
const bytes = new TextEncoder().encode("{}");
const at = (headers: Record<string, string>, url = "https://hub.example/hooks/x") => ({
  method: "POST",
  url,
  headers,
  body: bytes,
});
const judge = (proof: SignatureProof | TokenProof, request: ReturnType<typeof at>, secrets = [secret]) =>
  verifyProof(proof, { secrets, request, nowMs });

describe("a signature with its time in the same header", () => {
  const proof: SignatureProof = {
    kind: "signature",
    header: "x-signature",
    separator: ",",
    prefix: "v1=",
    encoding: "hex",
    digest: "hmac-sha256",
    signed: ["time", { text: "." }, "body"],
    time: { from: { item: "t=" }, unit: "s", windowMs: 300_000 },
  };
  const good = createHmac("sha256", secret).update("1700000000.{}").digest("hex");

  test.each([
    ["alone", `t=1700000000,v1=${good}`],
    ["beside a version that does not count", `t=1700000000,v0=aa,v1=${good}`],
    ["after one by another secret", `t=1700000000,v1=${"0".repeat(64)},v1=${good}`],
  ])("%s is accepted", (_, header) => {
    expect(judge(proof, at({ "x-signature": header }))).toEqual({ accepted: true });
  });

  test.each([
    ["two times", `t=1700000000,t=1700000000,v1=${good}`, "the time of sending is missing"],
    ["no time", `v1=${good}`, "the time of sending is missing"],
    ["a later time", `t=1700000001,v1=${good}`, "the signature does not match"],
    ["v0 only", `t=1700000000,v0=${good}`, "the signature does not begin with v1="],
    [
      "a thousand",
      `t=1700000000,${`v1=${"0".repeat(64)},`.repeat(1_000)}v1=${good}`,
      "there are more than 10 signatures",
    ],
  ])("with %s is refused", (_, header, reason) => {
    expect(judge(proof, at({ "x-signature": header }))).toEqual({ accepted: false, reason });
  });

  test("is refused whatever else the header says, without a throw (seed 4711)", () => {
    const item = fc.oneof(fc.string(), fc.constantFrom("t=1700000000", "v1=", "v1=00", `v1=${good.slice(1)}`, "t="));
    const header = fc.array(item, { maxLength: 14 }).map((items) => items.join(","));
    const isRefused = (written: string) => !judge(proof, at({ "x-signature": written })).accepted;
    fc.assert(fc.property(header, isRefused), { seed: 4711, numRuns: 500 });
  });

  test("is refused while there is no secret, or an empty one", () => {
    for (const secrets of [[], [""]]) {
      const verdict = judge(proof, at({ "x-signature": `t=1700000000,v1=${good}` }), secrets);
      expect(verdict).toEqual({ accepted: false, reason: "no secret is set" });
    }
  });
});

describe("a token", () => {
  const proof: TokenProof = { kind: "token", query: "token", header: { name: "authorization", prefix: "Bearer " } };
  const url = "https://hub.example/hooks/x";

  test.each([
    ["in the header", at({ authorization: `Bearer ${secret}` })],
    ["behind a scheme in small letters", at({ authorization: `bearer ${secret}` })],
    ["in the query", at({}, `${url}?a=1&token=${encodeURIComponent(secret)}`)],
  ])("%s is accepted", (_, request) => {
    expect(judge(proof, request)).toEqual({ accepted: true });
  });

  test.each([
    ["another", at({ authorization: "Bearer another" }), "the token does not match"],
    ["an empty one", at({ authorization: "Bearer " }), "the token does not match"],
    ["by another scheme", at({ authorization: `Basic ${secret}` }), "the token is missing"],
    ["none", at({}), "the token is missing"],
    ["one too many", at({}, `${url}?token=x&token=${encodeURIComponent(secret)}`), "there is more than one token"],
    ["one in each place", at({ authorization: `Bearer ${secret}` }, `${url}?token=x`), "there is more than one token"],
  ])("%s is refused", (_, request, reason) => {
    expect(judge(proof, request)).toEqual({ accepted: false, reason });
  });
});
