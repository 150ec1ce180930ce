import type { Columns } from "../columns.sqlite.ts";

/** Journey stages and scores, and when time alone changes them. */
export function derivedTables(c: Columns) {
  return {
    stage_intervals: stageIntervals(c),
    scores: scores(c),
    timers: timers(c),
  };
}

function stageIntervals({ table, text, integer, primaryKey }: Columns) {
  return table(
    "stage_intervals",
    {
      customer_id: text("customer_id").notNull(),
      journey: text("journey").notNull(),
      position: integer("position").notNull(),
      stage: text("stage").notNull(),
      cycle_no: integer("cycle_no").notNull(),
      valid_from: text("valid_from").notNull(),
      valid_to: text("valid_to"),
      cause: text("cause").notNull(),
      evidence: text("evidence").notNull(),
      as_of: text("as_of").notNull(),
    },
    (t) => [primaryKey({ columns: [t.customer_id, t.journey, t.position] })],
  );
}

function scores({ table, text, real, primaryKey }: Columns) {
  return table(
    "scores",
    {
      customer_id: text("customer_id").notNull(),
      name: text("name").notNull(),
      value: real("value").notNull(),
      grade: text("grade").notNull(),
      document: text("document").notNull(), // dimensions, contributions, reason, rule version
      as_of: text("as_of").notNull(),
    },
    (t) => [primaryKey({ columns: [t.customer_id, t.name] })],
  );
}

function timers({ table, text, index }: Columns) {
  return table(
    "timers",
    {
      customer_id: text("customer_id").primaryKey(),
      due_at: text("due_at").notNull(),
      because: text("because").notNull(),
    },
    (t) => [index("timers_due").on(t.due_at)],
  );
}
