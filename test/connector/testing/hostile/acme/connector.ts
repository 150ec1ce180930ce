import {
  defineConnector,
  errorForNetwork,
  errorForStatus,
  type Lane,
  type Page,
  type Position,
  SourceError,
  type SourceRecord,
  type Transport,
} from "journey-hub/connector";
import { z } from "zod";

interface Session {
  url: string;
  transport: Transport;
}

const place = z.object({ at: z.iso.datetime(), id: z.string() });
const thing = z.object({ id: z.string(), stamp: z.string().optional(), gone: z.boolean().optional() }).loose();
const reply = z.object({ records: z.array(thing), next: place.nullable() });

export const acmeConnector = defineConnector({
  id: "acme",
  title: "Acme CRM",
  config: z.object({ base_url: z.url() }),
  limits: () => ({ concurrency: 2 }),
  open: ({ base_url }, transport): Session => ({ url: base_url, transport }),
  check: async () => ({ id: "acme", name: "Acme" }),
  streams: {
    owners: { object: "owners", reference: true, pages: (session) => pageById(session, "/owners") },
    things: {
      object: "things",
      pages: (session, { after }) => pageById(session, `/things?after=${after ?? ""}`),
      changes: (session, { since }) => read(session, `/things/changes?at=${since.at}&id=${since.id ?? ""}`),
      byId: async (session, ids, { lane }) => (await read(session, `/things/by-id?ids=${ids.join(",")}`, lane)).records,
      idsMax: 50,
      // Ratings move no stamp, and some things go without a word.
      reread: { everyMs: 24 * 3_600_000 },
      sweep: { order: "text" },
    },
  },
});

async function pageById(session: Session, path: string): Promise<Page<string>> {
  const { records, next } = await read(session, path, "backfill");
  return { records, next: next?.id ?? null };
}

async function read({ url, transport }: Session, path: string, lane: Lane = "poll"): Promise<Page<Position>> {
  return transport.call({
    operation: "acme.read",
    lane,
    classify: (cause) => errorForNetwork(cause, "Acme"),
    async attempt(signal) {
      const { status, headers, text } = await transport.send({ method: "GET", url: url + path }, signal);
      const retryAfter = headers["retry-after"] ?? null;
      if (status !== 200)
        throw errorForStatus(status, `Acme answered ${status}`, { retryAfter, now: transport.vendorNow() });
      return parsed(text);
    },
  });
}

function parsed(text: string): Page<Position> {
  try {
    const { records, next } = reply.parse(JSON.parse(text));
    return { records: records.map(asRecord), next };
  } catch (cause) {
    throw new SourceError("retry", "Acme answered with something that is not Acme's JSON", { cause });
  }
}

function asRecord({ stamp, gone = false, ...payload }: z.infer<typeof thing>): SourceRecord {
  return { id: payload.id, at: stamp ?? null, deleted: gone, payload };
}
