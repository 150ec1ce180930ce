/** The simulator of the vendor, file by file; `%ID%` and `%TITLE%` are to be filled in. */
export const simulatorFiles: Readonly<Record<string, string>> = {
  "simulator/index.js": `import {
  createRandom,
  createWire,
  cutConnection,
  htmlInstead,
  serverError,
  tooMany,
  troubleLevels,
  truncatedJson,
} from "journey-hub/connector/testing";
import connector from "../index.js";
import { createApi, credentials } from "./api.js";
import { createRecords } from "./records.js";

/** @type {import("journey-hub/connector/testing").TroubleDeclaration} */
const silentDeletion = {
  name: "silent-deletion",
  kind: "life",
  about: "a contact is gone, and no list of changes tells",
  source: "unverified",
};

/**
 * A small %TITLE% account that can be told to make trouble: for the contract suite and journey-hub simulate --vendor %ID%.
 * @type {import("journey-hub/connector/testing").CreateHostileAccount}
 */
export default function createAccount({ seed, records, now }) {
  const store = createRecords({ seed, records, now });
  // Small accounts have small pages, so that few records fill many.
  const pageSizeMax = Math.min(100, Math.max(10, Math.floor(records / 40)));
  const api = createApi({ store, now, pageSizeMax, overLimit: () => wire.countOverLimit() });
  const wire = createWire({ now, troubles: wireTroubles(now, api.expireTokens) });
  let silentShare = 0;
  return {
    vendor: "%ID%",
    connector,
    troubles: [...wire.troubles, silentDeletion],
    fetch: (request) => wire.pass(request, async () => api.app.fetch(request)),
    config: (url) => ({ base_url: url, ...credentials }),
    beset(schedule) {
      wire.beset(schedule);
      const isShown = schedule.only?.includes(silentDeletion.name) ?? true;
      silentShare = isShown ? troubleLevels[schedule.level] : 0;
    },
    live({ seed: chosen, count }) {
      const chance = createRandom(chosen).fork("life");
      for (let n = 0; n < count; n++) store.happen(chance, chance.chance(silentShare));
    },
    settle() {
      // Nothing that is begun here stays open. An account with late commits would end them now.
    },
    truth: () => store.truth(),
    door: () => wire.door(),
  };
}

/**
 * How single answers go wrong. journey-hub/connector/testing has more: add what your vendor does.
 * @param {() => number} now
 * @param {() => void} expireTokens
 * @returns {import("journey-hub/connector/testing").WireTrouble[]}
 */
function wireTroubles(now, expireTokens) {
  const source = "unverified";
  const refuse = (/** @type {Record<string, string>} */ headers) =>
    Response.json({ error: "slow down" }, { status: 429, headers });
  return [
    serverError(503, '{"error":"maintenance"}'),
    htmlInstead(200),
    truncatedJson,
    cutConnection,
    tooMany(refuse, { now, retryAfter: "seconds", source }),
    tooMany(refuse, { now, retryAfter: "missing", source }),
    {
      name: "token-ends-early",
      kind: "wire",
      about: "every access token ends at once, amid a list",
      source,
      strikes: ({ url }) => !url.endsWith("/oauth/token"),
      strike(_request, answer) {
        expireTokens();
        return answer();
      },
    },
  ];
}
`,
  "simulator/api.js": `import { Hono } from "hono";

/** What the simulated account lets in. */
export const credentials = { client_id: "demo", client_secret: "demo-secret" };

const tokenSeconds = 900;
const windowMs = 10_000;
const requestsMax = 100;

/**
 * The API as a hono app: tokens that end, pages, changes, records by id, a limit.
 * @param {{
 *   store: import("./records.js").Records,
 *   now: () => number,
 *   pageSizeMax: number,
 *   overLimit: () => void,
 * }} account
 */
export function createApi({ store, now, pageSizeMax, overLimit }) {
  const app = new Hono();
  /** @type {Map<string, number>} token → when it ends */
  const tokens = new Map();
  /** @type {number[]} */
  let recent = [];
  let made = 0;
  const sizeOf = (/** @type {string | undefined} */ limit) => Math.min(Number(limit ?? pageSizeMax), pageSizeMax);

  app.use(async (c, next) => {
    recent = recent.filter((at) => at > now() - windowMs);
    if (recent.length >= requestsMax) {
      overLimit();
      return c.json({ error: "slow down" }, 429, { "retry-after": String(windowMs / 1_000) });
    }
    recent.push(now());
    return next();
  });

  app.post("/oauth/token", async (c) => {
    const known = \`Basic \${btoa(\`\${credentials.client_id}:\${credentials.client_secret}\`)}\`;
    if (c.req.header("authorization") !== known) return c.json({ error: "invalid_client" }, 401);
    made += 1;
    const token = \`token-\${made}\`;
    tokens.set(token, now() + tokenSeconds * 1_000);
    return c.json({ access_token: token, token_type: "Bearer", expires_in: tokenSeconds });
  });

  app.use(async (c, next) => {
    const [, token = ""] = (c.req.header("authorization") ?? "").split("Bearer ");
    const isGood = (tokens.get(token) ?? 0) > now();
    return isGood ? next() : c.json({ error: "the token has ended" }, 401);
  });

  app.get("/account", (c) => c.json({ id: "1001", name: "%TITLE% demo account" }));

  app.get("/:object/changes", (c) => {
    const { since = "", after } = c.req.query();
    const rows = store.changed(c.req.param("object"), since, after ?? null);
    if (!rows) return c.json({ error: "there is no such object" }, 404);
    const results = rows.slice(0, sizeOf(c.req.query("limit")));
    return c.json({ results, more: rows.length > results.length });
  });

  app.get("/:object", (c) => {
    const { ids, after } = c.req.query();
    const rows = store.live(c.req.param("object"));
    if (!rows) return c.json({ error: "there is no such object" }, 404);
    if (ids !== undefined) return c.json({ results: rows.filter(({ id }) => ids.split(",").includes(id)), next: null });
    const rest = rows.filter(({ id }) => Number(id) > Number(after ?? 0));
    const results = rest.slice(0, sizeOf(c.req.query("limit")));
    return c.json({ results, next: rest.length > results.length ? results.at(-1)?.id : null });
  });

  return { app, expireTokens: () => tokens.clear() };
}
`,
  "simulator/records.js": `import { createRandom } from "journey-hub/connector/testing";

/**
 * @typedef {import("journey-hub/connector/testing").Random} Random
 * A row's further values are what its object has: what they are is the vendor's to say, so they are not typed here.
 * @typedef {{ id: string, created_at: string, updated_at: string, deleted: boolean, [value: string]: any }} Row
 * @typedef {ReturnType<typeof createRecords>} Records
 */

const firstNames = ["Ada", "Ben", "Chiara", "Dmitri", "Elif", "Femi", "Grace", "Hugo", "Ines", "Jonas"];
const lastNames = ["Adler", "Bianchi", "Cohen", "Diaz", "Eriksen", "Fischer", "Green", "Haddad", "Ito", "Jansen"];
const trades = ["Cycles", "Foods", "Logistics", "Paper", "Robotics", "Studios", "Timber", "Works"];
const dayMs = 24 * 60 * 60_000;

/**
 * Everything the account holds, and what people do in it. The same seed, the same account.
 * @param {{ seed: number, records: number, now: () => number }} options
 */
export function createRecords({ seed, records, now }) {
  /** @type {Record<string, Map<string, Row>>} */
  const objects = { companies: new Map(), contacts: new Map() };
  let made = 0;

  /** @param {string} object @param {Record<string, unknown>} values @param {number} [atMs] */
  function add(object, values, atMs = now()) {
    made += 1;
    const at = new Date(atMs).toISOString();
    const row = { id: String(made), created_at: at, updated_at: at, deleted: false, ...values };
    objects[object]?.set(row.id, row);
    return row;
  }

  /** @param {Random} chance @param {number} [atMs] */
  function addCompany(chance, atMs) {
    const name = \`\${chance.pick(lastNames)} \${chance.pick(trades)} \${made + 1}\`;
    const domain = \`\${name.toLowerCase().replaceAll(" ", "-")}.example\`;
    return add("companies", { name, domain, employees: chance.int(1, 500) }, atMs);
  }

  /** @param {Random} chance @param {number} [atMs] */
  function addContact(chance, atMs) {
    const [first_name, last_name] = [chance.pick(firstNames), chance.pick(lastNames)];
    const company = chance.pick(liveRows("companies"));
    const email = \`\${first_name.toLowerCase()}.\${last_name.toLowerCase()}\${made}@\${company.domain}\`;
    const phone = \`+4930\${1_000_000 + made * 7}\`;
    const lifecycle = chance.pick(["lead", "lead", "customer"]);
    return add("contacts", { first_name, last_name, email, phone, lifecycle, company_id: company.id }, atMs);
  }

  /** @param {string} object */
  function liveRows(object) {
    return [...(objects[object]?.values() ?? [])].filter(({ deleted }) => !deleted);
  }

  /** @param {string} object @param {string} id @param {Record<string, unknown>} values */
  function change(object, id, values) {
    const row = objects[object]?.get(id);
    if (row) objects[object]?.set(id, { ...row, ...values, updated_at: new Date(now()).toISOString() });
  }

  /** @param {Random} chance */
  function grow(chance) {
    change("companies", chance.pick(liveRows("companies")).id, { employees: chance.int(1, 500) });
  }

  const begin = createRandom(seed).fork("%ID%");
  const past = () => now() - begin.int(1, 90 * dayMs);
  for (let n = 0; n < Math.ceil(records / 5); n++) addCompany(begin, past());
  for (let n = made; n < records; n++) addContact(begin, past());

  return {
    /**
     * The records there are, by id; null for an object there is none of.
     * @param {string} object
     */
    live: (object) => (Object.hasOwn(objects, object) ? liveRows(object) : null),

    /**
     * What changed from a place on, deletions too, by (stamp, id); null for an object there is none of.
     * @param {string} object
     * @param {string} since
     * @param {string | null} after
     */
    changed(object, since, after) {
      if (!Object.hasOwn(objects, object)) return null;
      const rows = [...(objects[object]?.values() ?? [])];
      const isBehind = (/** @type {Row} */ { id, updated_at: at }) =>
        at > since || (at === since && (after === null || Number(id) > Number(after)));
      return rows.filter(isBehind).sort(byStamp).map(shown);
    },

    /**
     * One thing happens, as people make it happen; "silently", one contact goes without a word.
     * @param {Random} chance
     * @param {boolean} silently
     */
    happen(chance, silently) {
      const contacts = liveRows("contacts");
      const contact = contacts.length > 5 ? chance.pick(contacts) : null;
      const kind = chance.int(1, 10);
      if (silently && contact) objects.contacts?.delete(contact.id);
      else if (kind <= 3 || !contact) addContact(chance);
      else if (kind === 4) addCompany(chance);
      else if (kind === 5) grow(chance);
      else if (kind === 6) change("contacts", contact.id, { deleted: true });
      else change("contacts", contact.id, { phone: \`+4930\${chance.int(1_000_000, 9_999_999)}\` });
    },

    /** What is there, by object and id: what a connector must arrive at. */
    truth: () => new Map(Object.keys(objects).map((object) => [object, new Set(liveRows(object).map(({ id }) => id))])),
  };
}

/** Of a deleted record the vendor still tells when. @param {Row} row */
const shown = (row) => (row.deleted ? { id: row.id, updated_at: row.updated_at, deleted: true } : row);

/** @param {Row} left @param {Row} right */
const byStamp = (left, right) =>
  left.updated_at.localeCompare(right.updated_at) || Number(left.id) - Number(right.id);
`,
};
