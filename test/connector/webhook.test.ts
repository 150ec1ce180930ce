import { createHmac } from "node:crypto";
import fc from "fast-check";
import { hmacSha256, sameDigest, strictBase64, withinWindow } from "journey-hub/connector";
import { describe, expect, test } from "vitest";

describe("strict base64", () => {
  test("reads what an encoder wrote", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        expect(strictBase64(Buffer.from(bytes).toString("base64"))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test.each([
    ["nothing", ""],
    ["padding alone", "===="],
    ["a missing pad", "YQ="],
    ["no pad", "YQ"],
    ["a pad too many", "YWI=="],
    ["a pad inside", "YQ==YQ=="],
    ["bits after the last byte", "YR=="],
    ["the URL's alphabet", "-_-_"],
    ["a space", "YWJj ZGVm"],
    ["a space before", " YWJj"],
    ["a line end", "YWJj\n"],
    ["a letter of another script", "YWJа"],
    ["hex with a dash", "0a-b"],
    ["a NUL", "YWJ\u0000"],
  ])("refuses %s", (_, text) => {
    expect(strictBase64(text)).toBeNull();
  });

  test("gives no two readings of one digest: whatever is read is written the same again", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ABYZaz09+/=-_ \n") }), (text) => {
        const bytes = strictBase64(text);
        if (bytes) expect(bytes.toString("base64")).toBe(text);
      }),
    );
  });
});

describe("the window of a sender's clock", () => {
  const nowMs = Date.parse("2026-03-18T12:00:00.000Z");
  const now = nowMs / 1_000;

  test.each([
    ["now", String(now)],
    ["exactly 300 s old", String(now - 300)],
    ["exactly 300 s ahead", String(now + 300)],
    ["with leading zeros", `000${now}`],
  ])("takes a stamp %s", (_, stamp) => {
    expect(withinWindow(stamp, "s", nowMs)).toBe(true);
  });

  test.each([
    ["301 s old", String(now - 301)],
    ["301 s ahead", String(now + 301)],
    ["in milliseconds where seconds are due", String(nowMs)],
    ["absent", ""],
    ["NaN", "NaN"],
    ["negative", `-${now}`],
    ["signed", `+${now}`],
    ["1e18", "1e18"],
    ["1000000000000000000", "1000000000000000000"],
    ["infinite", "Infinity"],
    ["hexadecimal", "0x69ba9a40"],
    ["a fraction", `${now}.5`],
    ["a date", "2026-03-18T12:00:00Z"],
    ["with a space", ` ${now}`],
    ["with a line end", `${now}\n`],
    ["in other digits", "١٧٧٣٨٣٥٢٠٠"],
    ["two numbers", `${now},${now}`],
  ])("refuses a stamp %s", (_, stamp) => {
    expect(withinWindow(stamp, "s", nowMs)).toBe(false);
  });

  test("counts milliseconds to the millisecond", () => {
    expect(withinWindow(String(nowMs - 300_000), "ms", nowMs)).toBe(true);
    expect(withinWindow(String(nowMs - 300_001), "ms", nowMs)).toBe(false);
    expect(withinWindow(String(nowMs + 300_000), "ms", nowMs)).toBe(true);
    expect(withinWindow(String(nowMs + 300_001), "ms", nowMs)).toBe(false);
    expect(withinWindow(String(now), "ms", nowMs)).toBe(false);
  });

  test("can be narrower", () => {
    expect(withinWindow(String(now - 61), "s", nowMs, 60_000)).toBe(false);
    expect(withinWindow(String(now - 60), "s", nowMs, 60_000)).toBe(true);
  });
});

describe("digests", () => {
  const digest = hmacSha256("whsec", "id.", "1773835200.", '{"a":1}');

  test("are those of the parts joined, text and bytes alike", () => {
    expect(digest.toString("hex")).toBe(createHmac("sha256", "whsec").update('id.1773835200.{"a":1}').digest("hex"));
    expect(hmacSha256(Buffer.from("whsec"), Buffer.from('id.1773835200.{"a":1}'))).toEqual(digest);
  });

  test("are the same only bit by bit", () => {
    expect(sameDigest(digest, Buffer.from(digest))).toBe(true);
    for (let bit = 0; bit < digest.length * 8; bit++) {
      const flipped = Buffer.from(digest);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(sameDigest(digest, flipped)).toBe(false);
    }
  });

  test.each([
    ["cut short", digest.subarray(0, 31)],
    ["one byte long", digest.subarray(0, 1)],
    ["empty", Buffer.alloc(0)],
    ["with a byte more", Buffer.concat([digest, Buffer.alloc(1)])],
    ["twice itself", Buffer.concat([digest, digest])],
  ])("are never the same as one %s, and that is no exception", (_, other) => {
    expect(sameDigest(digest, other)).toBe(false);
    expect(sameDigest(other, digest)).toBe(false);
  });

  test("are not made with an empty secret", () => {
    expect(() => hmacSha256("", "body")).toThrow("secret is empty");
    expect(() => hmacSha256(new Uint8Array(), "body")).toThrow("secret is empty");
  });
});
