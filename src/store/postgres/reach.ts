import pg from "pg";
import { notOpened } from "./failure.ts";

const answerMaxMs = 5_000;

/** Why a Postgres server cannot be used, and what to look at; null when it answers. */
export async function unreachable(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: answerMaxMs });
  client.on("error", () => undefined); // told by the call that fails
  try {
    await client.connect();
    await client.query("select 1");
    return null;
  } catch (cause) {
    return notOpened(cause).message;
  } finally {
    await client.end();
  }
}
