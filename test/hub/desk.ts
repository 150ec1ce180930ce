import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Connector, defineConnector, SourceError, type SourceRecord } from "journey-hub/connector";
import { z } from "zod";

/** A person as the desk keeps one. */
export interface Person {
  id: string;
  first: string;
  last: string;
  email: string;
  phase?: string;
  at: string;
}

/** A CRM in memory: no network, no limits, so that tests of the hub's loops are about the loops. */
export interface Desk {
  connector: Connector;
  people: Map<string, Person>;
  /** What the hub wrote, by person. */
  written: Map<string, Record<string, unknown>>;
  reads: number;
  isDown: boolean;
  /** Waited for by who asks for changes. */
  opening(): Promise<void>;
}

const pageSize = 100;

export function createDesk(): Desk {
  const desk: Desk = {
    people: new Map(),
    written: new Map(),
    reads: 0,
    isDown: false,
    opening: async () => undefined,
    connector: defineDesk(() => desk),
  };
  return desk;
}

/** `count` people, changed a second apart. */
export function addPeople({ people }: Desk, count: number): void {
  for (let n = 1; n <= count; n++) {
    const at = new Date(Date.parse("2026-10-01T08:00:00.000Z") + n * 1_000).toISOString();
    people.set(`p${n}`, { id: `p${n}`, first: `Person ${n}`, last: "Miller", email: `person${n}@acme.example`, at });
  }
}

/** Lays the desk's mapping into a data folder, as somebody with a connector of their own would. */
export function writeDeskMapping(folder: string): void {
  mkdirSync(join(folder, "mappings", "desk"), { recursive: true });
  writeFileSync(join(folder, "mappings", "desk", "people.yaml"), mapping);
}

const mapping = `
apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: desk, object: people }
to: contact
record: { id: id, updated_at: at }
fields:
  first_name: first
  last_name: last
  lifecycle_stage: { from: phase, map: { lead: lead, opportunity: opportunity }, else: other }
  emails:
    - { email: { from: email, do: email }, type: primary, is_primary: true }
identifiers:
  - { type: email, value: { from: email, do: email } }
examples:
  - name: a person
    in: { id: p1, first: Ann, email: ann@acme.example }
    out: { remote_id: p1 }
`;

function defineDesk(current: () => Desk): Connector {
  const up = () => {
    const desk = current();
    desk.reads += 1;
    if (desk.isDown) throw new SourceError("retry", "The desk is closed for repairs");
    return desk;
  };
  const record = ({ at, ...person }: Person): SourceRecord => ({
    id: person.id,
    at,
    deleted: false,
    payload: { ...person, at },
  });
  return defineConnector({
    id: "desk",
    title: "Desk",
    config: z.strictObject({ token: z.string().meta({ secret: true }).optional() }),
    limits: () => ({ concurrency: 4 }),
    open: () => current(),
    check: async () => ({ id: "desk-1", name: `Desk of ${up().people.size}` }),
    streams: {
      people: {
        object: "people",
        idsMax: 50,
        pages: async (_, { after }) => {
          const sorted = [...up().people.values()];
          const start = Number(after ?? 0);
          const next = start + pageSize < sorted.length ? String(start + pageSize) : null;
          return { records: sorted.slice(start, start + pageSize).map(record), next };
        },
        changes: async (_, { since }) => {
          await current().opening();
          const changed = [...up().people.values()].filter(({ at }) => at >= since.at);
          return { records: changed.map(record), next: null };
        },
        byId: async (_, ids) => ids.flatMap((id) => up().people.get(id) ?? []).map(record),
      },
    },
    writeback: {
      targets: {
        people: { stage: "stage", stage_date: "stage_date", score: "score", grade: "grade", reason: "reason" },
      },
      batchMax: 100,
      concurrency: 1,
      prepare: async () => [],
      apply: async (_, _object, changes) => {
        for (const { remote_id, values } of changes) {
          up().written.set(remote_id, { ...current().written.get(remote_id), ...values });
        }
        return changes.map(() => null);
      },
    },
  });
}
