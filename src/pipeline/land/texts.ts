import type { RawRecord } from "../../model/record.ts";
import { keptId, nulSign } from "../heads.ts";

/** What stands for half of a character, which databases keep each in another way: what Unicode says. */
const halfSign = "\ufffd";

/** Records whose ids can be kept; the same ones where they can as they are, which is nearly always. */
export function withKeptIds(records: readonly RawRecord[]): readonly RawRecord[] {
  if (!records.some(({ remote_id }) => remote_id.includes("\0"))) return records;
  return records.map((record) => ({ ...record, remote_id: keptId(record.remote_id) }));
}

/** A payload and its text as every database keeps them: else one odd record would hold up all behind it. */
export function keepable(payload: RawRecord["payload"]): { payload: RawRecord["payload"]; raw: string } {
  const raw = JSON.stringify(payload);
  if (!raw.includes("\\u0000") && !raw.includes("\\ud")) return { payload, raw };
  // JSON's text escapes halves of characters where they stand alone. An escaped backslash may look like the beginning of an escape.
  const kept = raw.replaceAll(/\\(\\|u0000|ud[89a-f][0-9a-f]{2})/g, (written, what) => {
    if (what === "\\") return written;
    return what === "u0000" ? nulSign : halfSign;
  });
  return { payload: JSON.parse(kept), raw: kept };
}
