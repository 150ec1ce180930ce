/** The connector itself, file by file; `%ID%` and `%TITLE%` are to be filled in. */
export const connectorFiles: Readonly<Record<string, string>> = {
  "index.js": `import { defineConnector } from "journey-hub/connector";
import { get, openSession } from "./client.js";
import { config } from "./config.js";
import { accountReply, streams } from "./streams.js";

/** %TITLE%: what it can do, and nothing else. */
export default defineConnector({
  id: "%ID%",
  title: "%TITLE%",
  config,
  // What the account grants. The hub's one governor keeps to it, for all reads and writes together.
  limits: () => ({ concurrency: 4, burst: { requests: 90, windowMs: 10_000 } }),
  open: openSession,
  // One cheap call that proves the credentials: journey-hub connect.
  check: (session) => get(session, { path: "/account", lane: "poll", reply: accountReply }),
  streams,
});
`,
  "config.js": `import { z } from "zod";

/** The settings of a connection. What is marked secret is sealed on disk and masked everywhere. */
export const config = z.strictObject({
  base_url: z
    .url({ protocol: /^https?$/, error: "base_url must be an address such as https://api.%ID%.example" })
    .default("https://api.%ID%.example")
    .transform((url) => url.replace(/\\/+$/, ""))
    .meta({ description: "Address of the API; another one for a simulator or a proxy." }),
  client_id: z.string().trim().min(1).meta({ description: "Id of the API client." }),
  client_secret: z.string().trim().min(1).meta({ secret: true, description: "Secret of the API client." }),
});

/** @typedef {z.output<typeof config>} Config */
`,
  "client.js": `import { errorForNetwork, errorForStatus, memoryVault, openTokens, requestTokens, SourceError } from "journey-hub/connector";

/**
 * @typedef {import("journey-hub/connector").IncomingReply} IncomingReply
 * @typedef {import("journey-hub/connector").Lane} Lane
 * @typedef {import("journey-hub/connector").Transport} Transport
 * @typedef {import("./config.js").Config} Config
 */

/**
 * What the streams and the check talk to the vendor with: an address, the hub's one way out, access tokens that are kept good.
 * @param {Config} config
 * @param {Transport} transport
 */
export function openSession(config, transport) {
  const client = { id: config.client_id, secret: config.client_secret, proof: /** @type {const} */ ("basic") };
  const form = () => ({ grant_type: "client_credentials" });
  const access = openTokens({
    // These can be asked for again at any time; one that was kept would hide that the settings are wrong now.
    vault: memoryVault(),
    transport,
    ask: ({ hasWorked }) => requestTokens(tokenEndpoint, { config, transport, client, form, hasWorked }),
  });
  return { config, transport, access };
}

/** @typedef {ReturnType<typeof openSession>} Session */

/** @type {import("journey-hub/connector").TokenEndpoint<Config>} */
const tokenEndpoint = {
  what: "%TITLE% sign-in",
  operation: "%ID%.token",
  tokenUrl: ({ base_url }) => \`\${base_url}/oauth/token\`,
};

/**
 * One GET under the hub's policy (quota, time-outs, retries), its answer in the shape asked for. Throws SourceError.
 * @template Reply
 * @param {Session} session
 * @param {{ path: string, lane: Lane, reply: import("zod").ZodType<Reply> }} request
 * @returns {Promise<Reply>}
 */
export async function get({ config, transport, access }, { path, lane, reply }) {
  let token = await access.current();
  return transport.call({
    operation: "%ID%.read",
    lane,
    // Exactly one exchange; the transport decides whether there is another.
    async attempt(signal) {
      const headers = { accept: "application/json", authorization: \`Bearer \${token.accessToken}\` };
      const answer = await transport.send({ method: "GET", url: config.base_url + path, headers }, signal);
      return readReply(answer, reply, transport.vendorNow());
    },
    // After a 401, once a call.
    async renew() {
      token = await access.renewed(token);
    },
    classify: (cause) => errorForNetwork(cause, "%TITLE%"),
  });
}

/**
 * A refusal, named by what the hub does next (retry, skip, reauthorise, stop); or the answer's body.
 * @template Reply
 * @param {IncomingReply} answer
 * @param {import("zod").ZodType<Reply>} shape
 * @param {number} now the vendor's clock: a Retry-After date is one of its own
 */
function readReply({ status, headers, text }, shape, now) {
  if (status !== 200) {
    const said = \`%TITLE% answered \${status}: \${text.slice(0, 200)}\`;
    throw errorForStatus(status, said, { retryAfter: headers["retry-after"] ?? null, now });
  }
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    // A page of something in between, or an answer cut short: worth another try.
    throw new SourceError("retry", "%TITLE%'s address answered with something that is not its JSON", {
      cause,
      field: "base_url",
      remedy: "Check that base_url leads to %TITLE%'s API and no proxy answers in its place.",
    });
  }
}
`,
  "query.js": `/*
 * The addresses of the API. Making them asks nobody, so each can be tested by looking at it.
 */

/** Records a page, and ids asked for at once. */
export const pageSize = 100;

/**
 * Everything, by id: from the record after this one on.
 * @param {string} object
 * @param {string | null} after
 */
export function listPath(object, after) {
  return path(object, { limit: pageSize, ...(after === null ? {} : { after }) });
}

/**
 * What changed, by (stamp, id), from this place on: all of that instant where it has no id, else what follows that record.
 * @param {string} object
 * @param {import("journey-hub/connector").Position} since
 */
export function changesPath(object, { at, id }) {
  return path(\`\${object}/changes\`, { limit: pageSize, since: at, ...(id === null ? {} : { after: id }) });
}

/**
 * Records by id.
 * @param {string} object
 * @param {readonly string[]} ids
 */
export function byIdPath(object, ids) {
  return path(object, { ids: ids.join(",") });
}

/**
 * @param {string} place
 * @param {Record<string, string | number>} query
 */
function path(place, query) {
  const entries = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return \`/\${place}?\${new URLSearchParams(entries)}\`;
}
`,
  "streams.js": `import { z } from "zod";
import { get } from "./client.js";
import { byIdPath, changesPath, listPath, pageSize } from "./query.js";

/**
 * @typedef {import("./client.js").Session} Session
 * @typedef {import("journey-hub/connector").StreamDeclaration<Session>} Stream
 * @typedef {import("journey-hub/connector").SourceRecord} SourceRecord
 */

/** Every reply is parsed here, at the edge; a record's other values are left as the vendor sent them. */
const row = z.looseObject({ id: z.string(), updated_at: z.iso.datetime(), deleted: z.boolean() });
const listReply = z.object({ results: z.array(row), next: z.string().nullable() });
const changesReply = z.object({ results: z.array(row), more: z.boolean() });
export const accountReply = z.object({ id: z.string(), name: z.string() });

const dayMs = 24 * 60 * 60_000;

/** What is read, declared: the hub keeps the cursor, looks back, retries, audits. */
export const streams = {
  companies: stream("companies"),
  contacts: stream("contacts"),
};

/**
 * @param {string} object the vendor's name of it; mappings/%ID%/ has a file for each
 * @returns {Stream}
 */
function stream(object) {
  return {
    object,
    idsMax: pageSize,
    // Some records go without a word: once a day all are read again, and one that is missing is asked for by its id.
    reread: { everyMs: dayMs },
    sweep: { order: "number" },
    async pages(session, { after }) {
      const request = { path: listPath(object, after), lane: /** @type {const} */ ("backfill"), reply: listReply };
      const { results, next } = await get(session, request);
      return { records: results.map(asRecord), next };
    },
    async changes(session, { since }) {
      const request = { path: changesPath(object, since), lane: /** @type {const} */ ("poll"), reply: changesReply };
      const { results, more } = await get(session, request);
      const last = results.at(-1);
      return { records: results.map(asRecord), next: more && last ? { at: last.updated_at, id: last.id } : null };
    },
    async byId(session, ids, { lane }) {
      const { results } = await get(session, { path: byIdPath(object, ids), lane, reply: listReply });
      return results.map(asRecord);
    },
  };
}

/**
 * @param {z.output<typeof row>} row
 * @returns {SourceRecord}
 */
function asRecord({ deleted, ...payload }) {
  return { id: payload.id, at: payload.updated_at, deleted, payload };
}
`,
};
