import { errorForNetwork, errorForStatus, networkCode, retryAfterMs, SourceError } from "journey-hub/connector";
import { describe, expect, test } from "vitest";

const now = Date.parse("2026-03-18T12:00:00.000Z");
const withCode = (code: string, cause?: unknown) => Object.assign(new Error("x", { cause }), { code });

describe("Retry-After", () => {
  test.each([
    ["5", 5_000],
    ["0.25", 250],
    [" 7 ", 7_000],
    ["Wed, 18 Mar 2026 12:01:00 GMT", 60_000],
    ["Wednesday, 18-Mar-26 12:01:00 GMT", 60_000],
    ["Wed, 18 Mar 2026 11:59:00 GMT", 0],
  ])("%j is read", (header, waitMs) => {
    expect(retryAfterMs(header, now)).toBe(waitMs);
  });

  test.each([
    "",
    "  ",
    "-1",
    "1e3",
    "soon",
    "2026-03-18",
    "in 5 minutes",
    "Xyz, 99 Foo 2026 99:99:99 GMT",
    "NaN",
    "Infinity",
  ])("%j says nothing", (header) => {
    expect(retryAfterMs(header, now)).toBeUndefined();
  });

  test("absent says nothing", () => {
    expect(retryAfterMs(null, now)).toBeUndefined();
    expect(retryAfterMs(undefined, now)).toBeUndefined();
  });
});

describe("a status", () => {
  test.each([
    [401, "reauthorise"],
    [403, "stop"],
    [302, "stop"],
    [404, "skip"],
    [429, "retry"],
    [503, "retry"],
    [524, "retry"],
  ])("of %i means %s", (status, next) => {
    const error = errorForStatus(status, "Acme refused", { now, retryAfter: "3", code: "X" });
    expect(error).toMatchObject({ next, message: "Acme refused", details: { status, code: "X", afterMs: 3_000 } });
  });
});

describe("a failure below HTTP", () => {
  test.each([
    ["the failure itself", withCode("ECONNRESET"), "ECONNRESET"],
    ["what a client wrapped", new Error("fetch failed", { cause: withCode("EAI_AGAIN") }), "EAI_AGAIN"],
    ["a certificate", withCode("CERT_HAS_EXPIRED"), "CERT_HAS_EXPIRED"],
    ["a reply that is no HTTP", withCode("HPE_INVALID_CONSTANT"), "HPE_INVALID_CONSTANT"],
    ["a time-out of ours", new DOMException("late", "TimeoutError"), "ETIMEDOUT"],
    ["a time-out of ours, wrapped", withCode("ABORT_ERR", new DOMException("late", "TimeoutError")), "ETIMEDOUT"],
    ["a failure without code", new Error("what"), undefined],
    ["what is no error", "what", undefined],
  ])("is named by the code of %s", (_, cause, code) => {
    expect(networkCode(cause)).toBe(code);
  });

  test("that leads round in a circle is given up", () => {
    const circle = new Error("a");
    circle.cause = circle;
    expect(networkCode(circle)).toBeUndefined();
  });

  test("is worth another try and says what to look at", () => {
    expect(errorForNetwork(withCode("ENOTFOUND"), "api.acme.example")).toMatchObject({
      next: "retry",
      message: "api.acme.example: the connection failed (ENOTFOUND)",
      details: { remedy: expect.stringContaining("address is right") },
    });
    expect(errorForNetwork(withCode("DEPTH_ZERO_SELF_SIGNED_CERT"), "api.acme.example").details.remedy).toMatch(
      /TLS certificate/,
    );
  });
});

test("an error keeps its cause apart from what may be shown", () => {
  const cause = new Error("token=abc");
  const error = new SourceError("stop", "Acme refused the key", {
    cause,
    field: "access_token",
    remedy: "Copy it again.",
  });
  expect(error.cause).toBe(cause);
  expect(error.details).toEqual({ field: "access_token", remedy: "Copy it again." });
  expect(new SourceError("skip", "gone")).not.toHaveProperty("cause");
});
