import type pg from "pg";
import type { Peers } from "../store.ts";

/** An instant of the database's clock as the tables keep them. */
const clock = `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const anHourAgo = "clock_timestamp() - interval '1 hour'"; // no process is waited for so long: see hub/processes/presence.ts
/** True of a share that says something still: what its process used before that instant counts with the vendor, or a pause is not over. */
const countsSince = (instant: string) =>
  `(${instant}::timestamptz + s.window_s * interval '1 second' >= ${anHourAgo}
    or coalesce(s.paused_until::timestamptz > clock_timestamp(), false))`;

// The age is looked at again when the row is taken: a process that has just reported stays.
const reporting = `with own as (
    insert into processes (id, started_at, seen_at) values ($1, ${clock}, ${clock})
    on conflict (id) do update set seen_at = excluded.seen_at
  ), gone as (
    delete from processes p where id <> $1 and seen_at::timestamptz < ${anHourAgo}
      and not exists (select 1 from quota_shares s where s.process = p.id and ${countsSince("p.seen_at")})
    returning id
  ), unused as (
    delete from quota_shares s where process in (select id from gone) or (left_at is not null and not ${countsSince("s.left_at")})
  )
  select ${clock} as now, coalesce(json_agg(json_build_object('id', id, 'seen_at', seen_at)), '[]') as others
  from processes where id <> $1`;

/** The processes of one Postgres database, by its clock. Rejects with the store's errors. */
export function peersOf(query: (statement: pg.QueryConfig) => Promise<pg.QueryResult>): Peers {
  return {
    async report(id) {
      const { rows } = await query({ name: "process reports", text: reporting, values: [id] });
      const [answer] = rows as { now: string; others: { id: string; seen_at: string }[] }[];
      if (!answer) throw new Error("the database did not tell its time");
      return {
        now: Date.parse(answer.now),
        others: answer.others.map(({ id: other, seen_at }) => ({ id: other, seenAt: Date.parse(seen_at) })),
      };
    },
    async leave(id) {
      await query({ name: "process leaves", text: "delete from processes where id = $1", values: [id] });
    },
  };
}
