import { expect, test } from "vitest";
import { backfillNote } from "../../src/cli/backfill-note.ts";
import type { StreamView } from "../../src/hub/queries/connections.ts";

const now = Date.parse("2026-03-18T12:00:00.000Z");
const stream = (name: string, backfill: StreamView["backfill"]): StreamView => ({
  name,
  object: name,
  mode: "backfill",
  until: null,
  records: 0,
  updated_at: null,
  backfill,
  rereading: null,
});
const noteOf = (...streams: StreamView[]) => backfillNote({ streams }, now, "Europe/Berlin");

test("says of each backfill how far it is, when it ends and what the rest takes of the day's quota", () => {
  const ends_at = "2026-03-18T13:20:00.000Z";
  const contacts = stream("contacts", { records: 12_400, total: 31_000, ends_at, quota_share: 0.31 });
  const deals = stream("deals", { records: 100, total: null, ends_at: null, quota_share: null });
  expect(noteOf(contacts, stream("owners", null), deals)).toBe(
    "contacts: 12400 of 31000, ends about 14:20, 31 % of today's quota; deals: 100, no forecast yet",
  );
});

test("says what is read again, and for which fields", () => {
  const contacts = stream("contacts", { records: 200, total: 400, ends_at: null, quota_share: null });
  const rereading = { fields: ["properties.size"], records: 200 };
  expect(noteOf({ ...contacts, mode: "changes", rereading })).toBe(
    "contacts (read again for properties.size): 200 of 400, no forecast yet",
  );
});

test("says nothing when there are none", () => {
  expect(noteOf(stream("owners", null))).toBe("");
});
