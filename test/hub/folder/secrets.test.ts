import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigError } from "../../../src/hub/folder/config.ts";
import { openSecretBox } from "../../../src/hub/folder/secrets.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journey-hub-secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const key = Buffer.alloc(32, 7).toString("base64");
const box = () => openSecretBox(folder, { JOURNEY_HUB_KEY: key });

describe("a sealed secret", () => {
  test.each(["s3cret", "", "pässwörd ✓", "x".repeat(5_000)])("opens again: %.20s", (secret) => {
    expect(box().open("crm", "token", box().seal("crm", "token", secret))).toBe(secret);
  });

  test("is another text each time, and shows nothing of the secret", () => {
    const [one, two] = [box().seal("crm", "token", "s3cret"), box().seal("crm", "token", "s3cret")];
    expect(one).not.toBe(two);
    expect(Buffer.from(one, "base64").toString("latin1")).not.toContain("s3cret");
  });

  test.each([
    ["erp", "token"],
    ["crm", "secret"],
    ["crmtoken", ""],
  ])("does not open for connection %s, field %s", (connection, field) => {
    const sealed = box().seal("crm", "token", "s3cret");
    expect(() => box().open(connection, field, sealed)).toThrow(ConfigError);
  });

  test("does not open with any of its bits flipped, any of its ends cut, or more behind it", () => {
    const sealed = Buffer.from(box().seal("crm", "token", "s3cret"), "base64");
    const opens = (bytes: Buffer) => {
      try {
        return box().open("crm", "token", bytes.toString("base64"));
      } catch {
        return null;
      }
    };
    expect(opens(sealed)).toBe("s3cret");
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(opens(flipped), `bit ${bit}`).toBeNull();
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(opens(sealed.subarray(0, length)), `cut to ${length}`).toBeNull();
    }
    expect(opens(Buffer.concat([sealed, Buffer.alloc(1)]))).toBeNull();
  });

  test("does not open when its text was touched, even where base64 means the same", () => {
    const sealed = box().seal("crm", "token", "s3cret!"); // 35 bytes: its last character has bits to spare
    for (const touched of [` ${sealed}`, `${sealed}\n`, sealed.replace(/.=$/, "/="), sealed.replace("=", "")]) {
      if (touched !== sealed) expect(() => box().open("crm", "token", touched)).toThrow(ConfigError);
    }
  });

  test("that does not open says what to do, not what it holds", () => {
    const other = openSecretBox(folder, { JOURNEY_HUB_KEY: Buffer.alloc(32, 8).toString("base64") });
    expect(() => other.open("crm", "token", box().seal("crm", "token", "s3cret"))).toThrow(
      "The sealed token of connection crm does not open with this key. Give the key it was sealed with (JOURNEY_HUB_KEY or secret.key), or enter the secret again with `journey-hub connect crm`.",
    );
  });
});

describe("the key", () => {
  test("is made on first use, for its owner only, and stays", () => {
    const sealed = openSecretBox(folder, {}).seal("crm", "token", "s3cret");
    expect(statSync(join(folder, "secret.key")).mode & 0o777).toBe(0o600);
    expect(openSecretBox(folder, {}).open("crm", "token", sealed)).toBe("s3cret");
  });

  test("is not made where the environment gives one", () => {
    box();
    expect(() => readFileSync(join(folder, "secret.key"))).toThrow("ENOENT");
  });

  test("that others may read is refused, with the command that mends it", () => {
    openSecretBox(folder, {});
    const file = join(folder, "secret.key");
    for (const mode of [0o640, 0o604, 0o644]) {
      chmodSync(file, mode);
      expect(() => openSecretBox(folder, {})).toThrow(`Run \`chmod 600 ${file}\`.`);
    }
  });

  test.each(["short", key.slice(0, 20), `AAAA${key}`])("of the wrong length is refused: %s", (wrong) => {
    expect(() => openSecretBox(folder, { JOURNEY_HUB_KEY: wrong })).toThrow(
      "JOURNEY_HUB_KEY must hold 32 bytes in base64; make one with `openssl rand -base64 32`.",
    );
    writeFileSync(join(folder, "secret.key"), wrong, { mode: 0o600 });
    expect(() => openSecretBox(folder, {})).toThrow(/secret\.key must hold 32 bytes/);
  });
});
