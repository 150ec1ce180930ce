import { expect, test } from "vitest";
import { shortHash } from "../../src/lib/hash.ts";

test("a hash tells apart parts that read the same when joined", () => {
  expect(shortHash("ab", "c")).not.toBe(shortHash("a", "bc"));
  expect(shortHash("hubspot", "contacts", "1")).toMatch(/^[0-9a-v]{20}$/);
});
