import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "./config.ts";

const algorithm = "aes-256-gcm";
const keyFile = "secret.key";
const nonceBytes = 12;
const tagBytes = 16;

/** Seals and opens the secrets of connections, each bound to its connection and field: moved elsewhere, it does not open. */
export interface SecretBox {
  seal(connection: string, field: string, secret: string): string;
  /** Throws ConfigError when the text was not sealed by this key for this place. */
  open(connection: string, field: string, sealed: string): string;
}

/**
 * The box of a data folder. Its key is 32 bytes in base64 from the environment's JOURNEY_HUB_KEY, else the folder's `secret.key`
 * (made on first use, readable by its owner only). Throws ConfigError when the key is malformed or the file is open to others.
 */
export function openSecretBox(folder: string, environment: NodeJS.ProcessEnv): SecretBox {
  const key = environment.JOURNEY_HUB_KEY
    ? parseKey(environment.JOURNEY_HUB_KEY, "JOURNEY_HUB_KEY")
    : keyOfFolder(folder);
  const place = (connection: string, field: string) => Buffer.from(JSON.stringify([connection, field]));
  return {
    seal(connection, field, secret) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(place(connection, field));
      const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
    },
    open(connection, field, text) {
      const bytes = Buffer.from(text, "base64");
      try {
        if (bytes.toString("base64") !== text) throw new Error("not the base64 that seal() wrote");
        // Without its length named, a tag cut short would be accepted.
        const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
          .setAAD(place(connection, field))
          .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString(
          "utf8",
        );
      } catch (cause) {
        throw new ConfigError(
          `The sealed ${field} of connection ${connection} does not open with this key. Give the key it was sealed with (JOURNEY_HUB_KEY or ${keyFile}), or enter the secret again with \`journey-hub connect ${connection}\`.`,
          { cause },
        );
      }
    },
  };
}

function keyOfFolder(folder: string): Buffer {
  const file = join(folder, keyFile);
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("base64"), { mode: 0o600, flag: "wx" });
  const othersMayRead = (statSync(file).mode & 0o077) !== 0;
  if (othersMayRead && process.platform !== "win32") {
    throw new ConfigError(`${file} may be read by other users of this machine. Run \`chmod 600 ${file}\`.`);
  }
  return parseKey(readFileSync(file, "utf8").trim(), file);
}

function parseKey(text: string, where: string): Buffer {
  const key = Buffer.from(text, "base64");
  if (key.length !== 32)
    throw new ConfigError(`${where} must hold 32 bytes in base64; make one with \`openssl rand -base64 32\`.`);
  return key;
}
