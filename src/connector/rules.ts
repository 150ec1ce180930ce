import { z } from "zod";

/** A rule of the contract that a connector's declaration breaks, with what to do about it. */
export interface BrokenRule {
  rule: string;
  message: string;
}

/** A declaration that cannot be used at all; its message names every rule it breaks. */
export class ContractError extends Error {
  override readonly name = "ContractError";
  readonly broken: readonly BrokenRule[];
  constructor(broken: readonly BrokenRule[]) {
    super(broken.map(({ rule, message }) => `${rule}: ${message}`).join("\n"));
    this.broken = broken;
  }
}

/** What is known of a connector beside its parts: its author's declaration. */
interface Declared {
  definition: unknown;
  fields: readonly string[];
  secrets: readonly string[];
  /** The raw objects that its streams give, each once. */
  objects: readonly string[];
}

/** A property of its own, so that a connector that is changed here and there (`{ ...connector, open }`) keeps it. */
const declared = Symbol("declaration");

/** Keeps a connector's declaration for `brokenRules`. */
export function rememberDeclaration(connector: object, declaration: Declared): void {
  Object.assign(connector, { [declared]: declaration });
}

/** Whether a value is what `defineConnector` gave. */
export function isDeclared(value: unknown): boolean {
  return declarationOf(value) !== undefined;
}

const declarationOf = (value: unknown): Declared | undefined =>
  isObject(value) && declared in value ? (value[declared] as Declared) : undefined;

/**
 * Every rule of the contract that a connector's declaration breaks, of those that can be seen without a vendor; empty when it keeps them
 * all. The hub asks the same of a plug-in before it uses it. What only shows at work is the contract suite's (`runContract`).
 * @example assert.deepEqual(brokenRules(connector), [])
 */
export function brokenRules(connector: unknown): BrokenRule[] {
  const known = declarationOf(connector);
  if (!known) {
    const message = "export default what defineConnector returns, from the package's entry";
    return [{ rule: "default-export", message }];
  }
  return [...brokenIn(known.definition), ...unmarkedSecrets(known)];
}

/** The raw objects that a declared connector's streams give, each once. */
export function declaredObjects(connector: object): readonly string[] {
  return declarationOf(connector)?.objects ?? [];
}

/** Throws ContractError for a declaration without a schema of its settings or without streams: nothing can be made of it. */
export function refuseUnusable(definition: unknown): void {
  if (isObject(definition) && isSchema(definition.config) && isObject(definition.streams)) {
    if (Object.values(definition.streams).every(isObject)) return;
  }
  throw new ContractError(brokenIn(definition));
}

const isObject = (value: unknown): value is Readonly<Record<string | symbol, unknown>> =>
  typeof value === "object" && value !== null;

function brokenIn(definition: unknown): BrokenRule[] {
  const parsed = declaration.safeParse(definition);
  return parsed.success ? [] : parsed.error.issues.map(asRule);
}

/** A schema of zod 4: another one has not the parts by which settings and secrets are found. */
function isSchema(value: unknown): boolean {
  return isObject(value) && "safeParse" in value && "def" in value;
}

/** A name that says it holds a secret, on a field that does not say so, would be written down in the clear. */
const secretName = /(^|_)(token|secret|password|passphrase|(api|private|signing|write)_key)$/;

function unmarkedSecrets({ fields, secrets }: Declared): BrokenRule[] {
  const unmarked = fields.filter((field) => secretName.test(field) && !secrets.includes(field));
  return unmarked.map((field) => ({
    rule: "secrets",
    message: `config.${field}: mark it with .meta({ secret: true }), so that it is sealed on disk and masked in logs`,
  }));
}

type Issue = z.core.$ZodIssue;

function asRule(issue: Issue): BrokenRule {
  const at = issue.path.map(String).join(".");
  const said = (message: string) => (at === "" ? message : `${at}: ${message}`);
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.map((key) => `"${key}"`).join(", ");
    return { rule: "known-names", message: said(`the contract has no ${names}; what it does not know has no effect`) };
  }
  const named = issue.code === "custom" ? issue.params?.rule : undefined;
  return { rule: String(named ?? issue.path[0] ?? "declaration"), message: said(issue.message) };
}

const isFunction = (value: unknown): boolean => typeof value === "function";
const work = z.custom(isFunction, "give a function");
const orNone = work.optional();
const whole = z.int("give a whole number").min(1, "give a number above 0");
const name = z.string("give a name").min(1, "give a name");

const stream = z
  .strictObject({
    object: name,
    reference: z.boolean().optional(),
    lookBackMs: z.int().min(0, "give a number of milliseconds").optional(),
    stragglers: z.strictObject({ byMs: whole, everyMs: whole }).optional(),
    reread: z.strictObject({ everyMs: whole }).optional(),
    sweep: z
      .strictObject({ order: z.enum(["number", "text"]), confirm: z.enum(["byId", "none"]).optional() })
      .optional(),
    ranges: z.strictObject({ atOnce: whole, lastId: work }).optional(),
    idsMax: whole.optional(),
    pages: work,
    changes: orNone,
    byId: orNone,
    history: orNone,
    count: orNone,
  })
  .refine(({ sweep, byId }) => !sweep || sweep.confirm === "none" || byId !== undefined, {
    params: { rule: "proof-of-absence" },
    error: 'sweep asks for what is missing by its id: give byId, or confirm: "none" where the pages can be believed',
  })
  .refine(({ stragglers, changes }) => !stragglers || changes !== undefined, {
    params: { rule: "stragglers" },
    error: "what comes late is looked for among changes: give changes, or leave stragglers out",
  });

const writebackValues = ["stage", "stage_date", "score", "grade", "reason"];
const target = z
  .record(z.string(), name)
  .refine(
    (fields) => writebackValues.every((value) => value in fields),
    `name a field for each of ${writebackValues.join(", ")}`,
  );

/** The id is part of file names, addresses and settings. */
const idForm = /^[a-z][a-z0-9-]{1,30}$/;

const declaration = z
  .strictObject(
    {
      id: z
        .string("give an id")
        .regex(idForm, "write a small letter, then small letters, digits and -, 2 to 31 in all"),
      title: z
        .string("give the name that people know the vendor by")
        .min(1, "give the name that people know the vendor by"),
      config: z.custom(isSchema, "give a schema of zod 4 for the connection's settings: z.strictObject({ … })"),
      limits: work,
      open: work,
      check: work,
      streams: z.record(name, stream, "give the streams by their names, or {} where there are none"),
      customStreams: orNone,
      sameObject: orNone,
      discover: z.strictObject({ objects: work, fields: work }).optional(),
      subscriptions: z.strictObject({ look: work, apply: work }).optional(),
      webhook: z.looseObject({ missing: work, verify: work, deliveries: work, work }).optional(),
      channel: z.strictObject({ name: work, listen: work, work }).optional(),
      tracking: z
        .looseObject({ paths: z.array(name), missing: work, bytesMax: work, verify: work, read: work, work })
        .optional(),
      writeback: z
        .looseObject({
          targets: z.record(z.string(), target),
          batchMax: whole,
          concurrency: whole,
          prepare: work,
          apply: work,
        })
        .optional(),
      authorise: z
        .looseObject({ vendor: name, tokenUrl: work, authorizeUrl: work, client: work, uses: work })
        .optional(),
    },
    "give a declaration: defineConnector({ id, title, config, limits, open, check, streams })",
  )
  .refine((told) => Object.keys(told.streams).length > 0 || [told.webhook, told.tracking, told.channel].some(Boolean), {
    path: ["streams"],
    params: { rule: "streams" },
    error: "nothing comes in: declare a stream or a webhook",
  })
  .refine(({ webhook, channel }) => !webhook || !channel || webhook.work === channel.work, {
    path: ["channel"],
    params: { rule: "one-reading" },
    error: "what was kept does not say how it came: give webhook and channel one and the same work",
  })
  .refine(
    ({ webhook, channel, tracking }) => !tracking || [webhook, channel].every((by) => !by || by.work === tracking.work),
    {
      path: ["tracking"],
      params: { rule: "one-reading" },
      error:
        "what was kept does not say how it came: give tracking and webhook one and the same work, or make two connectors of it",
    },
  );
