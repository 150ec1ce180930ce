import type { SchemaReply } from "./replies.ts";

/** The objects of an account's own, as they were listed last. */
export interface OwnObjects {
  /** Listed anew by `read` when the last list is too old. */
  listed(read: () => Promise<SchemaReply[]>): Promise<SchemaReply[]>;
}

/** For so long a list counts: an object is seldom made, while its webhooks may come by the hundred. */
const keptMs = 10 * 60_000;

/** Remembers a list for ten minutes; a failed one is not remembered. */
export function openOwnObjects(now: () => number): OwnObjects {
  let last: { at: number; schemas: Promise<SchemaReply[]> } | null = null;
  return {
    async listed(read) {
      if (last && now() - last.at < keptMs) return last.schemas;
      const asked = { at: now(), schemas: read() };
      last = asked;
      asked.schemas.catch(() => {
        if (last === asked) last = null;
      });
      return asked.schemas;
    },
  };
}
