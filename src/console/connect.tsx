import type { Context } from "hono";
import { z } from "zod";
import type { Connector } from "../connector/index.ts";
import { beginApproval, callbackAddress, type Departed, endApproval } from "../hub/approvals.ts";
import type { ConnectionCheck } from "../hub/check.ts";
import { ConfigError, readHubFile } from "../hub/folder/config.ts";
import { includesRole } from "../hub/folder/keys.ts";
import { saveConnection } from "../hub/folder/save.ts";
import type { Hub } from "../hub/hub.ts";
import type { Runner } from "../hub/runner/runner.ts";
import { hasTokens } from "../hub/tokens.ts";
import { addressOf } from "./address.ts";
import { type FailurePage, notAllowedPage, notFoundPage } from "./failure.tsx";
import { Foreign } from "./format.tsx";
import type { Gate } from "./gate.tsx";
import type { Page } from "./layout.tsx";
import { Table } from "./parts.tsx";

/** The pages on which an admin connects an account: which, with what settings, and what the vendor led back with. */
export function connectPages(gate: Gate, { hub, runner }: { hub: Hub; runner: Runner | undefined }): void {
  const page: Gate["page"] = (path, render) =>
    gate.page(path, async (c, session) =>
      includesRole(session.role, "admin") ? render(c, session) : notAllowedPage("admin"),
    );
  page("/connect", () => connectorsPage(hub));
  page("/connect/callback", (c, { handle }) =>
    endConnecting(hub, new URL(c.req.url).searchParams, { by: sessionOf(handle), runner }),
  );
  page("/connect/:connector", (c) => {
    const connection = typed.optional().catch(undefined).parse(c.req.query("connection"));
    return connectPage(hub, { connector: c.req.param("connector") ?? "", connection, host: hostOf(c) });
  });
  gate.form("/connect", "admin", (sent, { handle }, c) =>
    beginConnecting(hub, sent, { by: sessionOf(handle), host: hostOf(c) }),
  );
}

const sessionOf = (handle: string): string => `session ${handle}`;
const hostOf = (c: Context): string => c.req.header("host") ?? new URL(c.req.url).host;

type Approved = Connector & { authorise: NonNullable<Connector["authorise"]> };

/** The connectors whose accounts a person opens in the browser, and how the others are connected. */
async function connectorsPage(hub: Hub): Promise<Page> {
  const connectors = await hub.allConnectors();
  return {
    title: "Connect an account",
    content: (
      <>
        <Table
          caption="Approved in this browser, by somebody who may do so at the vendor"
          columns={[
            { head: "Vendor", cell: ({ id, title }) => <a href={pageOf(id)}>{title}</a> },
            { head: "What the hub asks for", cell: ({ authorise }) => <code>{authorise.scopes.join(" ")}</code> },
          ]}
          rows={connectors.filter(isApproved)}
          empty="No connector signs in by approval."
        />
        <p class="quiet">
          Every connector, and the ways to sign in that need no browser:{" "}
          <code>journey-hub connect NAME --connector CONNECTOR --set field=value</code>
        </p>
      </>
    ),
  };
}

interface Asked {
  connector: string;
  /** The connection that is to be approved, by what the reader typed or the link named. */
  connection?: string | undefined;
  /** Why what was sent could not be used. */
  failure?: string;
  /** Where the reader is: the way back leads to public_url. */
  host: string;
}

/** What a connection needs before somebody can approve it; null where no such connector signs in by approval. */
async function connectPage(hub: Hub, { connector: id, connection, failure, host }: Asked): Promise<Page | null> {
  const connector = (await hub.allConnectors()).find((candidate) => candidate.id === id);
  if (!connector || !isApproved(connector)) return null;
  const callback = callbackAddress(hub);
  const name = connection ?? connector.id;
  const held = heldIn(hub, name, connector);
  return {
    title: `Connect ${connector.title}`,
    content: (
      <>
        {new URL(callback).host === host ? null : (
          <p class="failure" role="alert">
            {connector.authorise.vendor} leads back to <code>{callback}</code>, and this page is at <code>{host}</code>:
            open the console there (<code>public_url</code> in journey-hub.yaml), or the answer will not be yours.
          </p>
        )}
        {failure === undefined ? null : (
          <p class="failure lines" role="alert">
            <Foreign>{failure}</Foreign>
          </p>
        )}
        <p>
          In the app at {connector.authorise.vendor}, enter <code>{callback}</code> as redirect (callback) address, and
          give it the scopes <code>{connector.authorise.scopes.join(" ")}</code>
          {connector.authorise.optionalScopes ? (
            <>
              , as optional ones <code>{connector.authorise.optionalScopes.names.join(" ")}</code>
            </>
          ) : null}
          .
        </p>
        <form class="fix" method="post" action="/connect">
          <input type="hidden" name="connector" value={connector.id} />
          <div class="field">
            <label>
              <span>Name of the connection</span>
              <input name="connection" required maxlength={31} value={name} />
            </label>
          </div>
          {connector.authorise.fields.map((field) => (
            <Field connector={connector} field={field} held={held(field)} />
          ))}
          <button type="submit">Go on to the approval</button>
        </form>
      </>
    ),
  };
}

/** A setting's text as it is written down; secrets and what comes from the environment are not shown. */
function heldIn(hub: Hub, connection: string, { secrets }: Connector) {
  const written = readHubFile(hub.folder).connections[connection]?.config ?? {};
  return (field: string): { isHeld: boolean; text: string } => {
    const value = written[field];
    const isShown = typeof value === "string" && !value.startsWith("${") && !secrets.includes(field);
    return { isHeld: value !== undefined, text: isShown ? value : "" };
  };
}

function Field({
  connector,
  field,
  held: { isHeld, text },
}: {
  connector: Connector;
  field: string;
  held: { isHeld: boolean; text: string };
}) {
  const isSecret = connector.secrets.includes(field);
  const hint = [connector.fields[field]?.description, isHeld && text === "" ? "Empty: it stays as it is." : null];
  return (
    <div class="field">
      <label>
        <span>{field}</span>
        <input
          type={isSecret ? "password" : "text"}
          name={field}
          value={text}
          maxlength={2_000}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          aria-describedby={`${field}-hint`}
        />
      </label>
      <p class="note" id={`${field}-hint`}>
        {hint.filter(Boolean).join(" ")}
      </p>
    </div>
  );
}

/** No database takes a NUL. */
const typed = z
  .string()
  .max(2_000)
  .transform((text) => text.replaceAll("\0", "").trim());
const sentForm = z.record(z.string(), z.unknown()).transform((sent) => ({
  connector: typed.catch("").parse(sent.connector),
  connection: typed.catch("").parse(sent.connection),
  of: (field: string) => typed.catch("").parse(sent[field]),
}));

/** Writes the settings down and sends the reader off. @returns the page that leads on, or the form again with what is wrong. */
async function beginConnecting(
  hub: Hub,
  sent: Record<string, unknown>,
  { by, host }: { by: string; host: string },
): Promise<FailurePage> {
  const { connector: id, connection, of } = sentForm.parse(sent);
  const connector = (await hub.allConnectors()).find((candidate) => candidate.id === id);
  if (!connector || !isApproved(connector)) return notFoundPage;
  const given = connector.authorise.fields
    .map((field) => [field, of(field)] as const)
    .filter(([, text]) => text !== "");
  const settings = { ...connector.authorise.settings, ...Object.fromEntries(given) };
  try {
    await refuseFromAfar(hub, { connection, connector, given });
    saveConnection(hub.folder, { id: connection, connector, settings, secrets: hub.secrets, environment: process.env });
    return { status: 200, ...departedPage(await beginApproval(hub, { connection, by })) };
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    const page = await connectPage(hub, { connector: id, connection, failure: cause.message, host });
    return page ? { status: 409, ...page } : notFoundPage;
  }
}

/**
 * What the hub's environment holds, and where secrets that it holds are sent, is decided on its own machine: else who may connect accounts
 * could read them by an address of his own. Throws ConfigError.
 */
async function refuseFromAfar(
  hub: Hub,
  {
    connection,
    connector: { id, secrets },
    given,
  }: { connection: string; connector: Approved; given: readonly (readonly [field: string, text: string])[] },
): Promise<void> {
  const onTheMachine = (field: string) => `\`journey-hub connect ${connection} --set ${field}=…\` on the hub's machine`;
  const [variable] = given.filter(([, text]) => text.includes("${")).map(([field]) => field);
  if (variable !== undefined)
    throw new ConfigError(`${variable}: what the environment holds is named by ${onTheMachine(variable)}.`);
  const entry = readHubFile(hub.folder).connections[connection];
  if (entry?.connector !== id) return;
  const { config } = entry;
  const [moved] = given
    .filter(
      ([field, text]) => field !== "client_id" && !secrets.includes(field) && String(config[field] ?? "") !== text,
    )
    .map(([field]) => field);
  const typedAgain = new Set(given.map(([field]) => field));
  const kept = secrets.filter((field) => config[field] !== undefined && !typedAgain.has(field));
  if (moved === undefined || (kept.length === 0 && !(await hasTokens(hub.store, connection)))) return;
  const what = kept.length > 0 ? kept.join(", ") : "the tokens of its approval";
  throw new ConfigError(
    `Another ${moved} would have ${what} of ${connection} sent elsewhere: ${kept.length > 0 ? "give those again, or " : ""}set it by ${onTheMachine(moved)}. Another account needs a connection of its own.`,
  );
}

function departedPage({ connection, vendor, url, redirect_uri, scopes }: Departed): Page {
  return {
    title: `Approve ${connection}`,
    content: (
      <>
        <p class="lead">
          <a href={url} rel="noreferrer">
            Go on to {vendor}
          </a>{" "}
          <span class="quiet">({new URL(url).host})</span>
        </p>
        <p>
          Sign in there with the user whose rights the hub shall have, and approve <code>{scopes.join(" ")}</code>. You
          come back to <code>{redirect_uri}</code> within ten minutes; after that, begin again.
        </p>
      </>
    ),
  };
}

/** Takes what the vendor led the reader back with, and says what came of it. */
async function endConnecting(
  hub: Hub,
  answer: URLSearchParams,
  { by, runner }: { by: string; runner: Runner | undefined },
): Promise<Page | FailurePage> {
  const checked = await endApproval(hub, answer, { by, connection: null });
  if (checked.failure) return { status: 409, ...refusedPage(hub, checked, checked.failure) };
  const { connection, name, account, restart, added } = checked;
  if (!restart && runner?.state() === "running") runner.syncNow(connection); // it goes on where it stood
  return {
    title: "Connected",
    content: (
      <>
        <p class="lead">
          <Foreign>{connection}</Foreign> is connected to <Foreign>{name ?? ""}</Foreign> (
          <Foreign>{account ?? ""}</Foreign>).
        </p>
        <p>
          {restart
            ? "The hub takes the new settings with its next start: restart it, and it begins to read."
            : added
              ? "The hub has taken it into use and begins to read."
              : "The hub goes on reading where it stood."}{" "}
          <a href="/">Overview</a>
        </p>
      </>
    ),
  };
}

function refusedPage(
  hub: Hub,
  { connection }: ConnectionCheck,
  { message, remedy }: NonNullable<ConnectionCheck["failure"]>,
): Page {
  const connector = readHubFile(hub.folder).connections[connection]?.connector;
  return {
    title: "Not connected",
    content: (
      <>
        <p class="failure" role="alert">
          <Foreign>{message}</Foreign>
        </p>
        {remedy === null ? null : <p>{remedy}</p>}
        <p>
          <a href={connector ? addressOf(pageOf(connector), { connection }) : "/connect"}>Begin again</a>
        </p>
      </>
    ),
  };
}

const isApproved = (connector: Connector): connector is Approved => connector.authorise !== undefined;
const pageOf = (connector: string): string => `/connect/${encodeURIComponent(connector)}`;
