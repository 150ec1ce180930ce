import { columns } from "../src/store/columns.postgres.ts";
import { tables } from "../src/store/tables.ts";

/* What drizzle-kit reads to generate the Postgres migrations: `npm run migrations`. */
export const {
  settings,
  connections,
  cursors,
  runs,
  errors,
  quotas,
  processes,
  quota_shares,
  api_keys,
  lanes,
  inbox,
  raw_records,
  heads,
  records,
  associations,
  identifiers,
  links,
  customers,
  memberships,
  events,
  timeline,
  dirty,
  stage_intervals,
  scores,
  timers,
  writebacks,
  contested_fields,
  audits,
} = tables(columns);
