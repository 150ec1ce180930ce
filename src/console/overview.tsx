import type { Hub } from "../hub/hub.ts";
import { outdatedText } from "../hub/identity/outdated.ts";
import { type ConnectionView, listConnections } from "../hub/queries/connections.ts";
import { type ErrorGroup, listErrorGroups } from "../hub/queries/errors.ts";
import { listRuns } from "../hub/queries/queries.ts";
import { fieldsText } from "../hub/rereads.ts";
import type { Runner } from "../hub/runner/runner.ts";
import { addressOf } from "./address.ts";
import type { Counts } from "./counts.ts";
import { errorColumns } from "./errors.tsx";
import { amountText, counted, Foreign, Moment, None, wordText } from "./format.tsx";
import { HeldNotice } from "./held.tsx";
import type { Page } from "./layout.tsx";
import { Bar, type Column, Empty, Status, System, Table, type View } from "./parts.tsx";
import { runColumns } from "./runs.tsx";

const groupsShown = 8;
const runsShown = 8;

/** How the hub does: its connections, what is open, what ran last, how many customers stand where. */
export async function overviewPage(
  hub: Hub,
  view: View,
  { counts, runner }: { counts: () => Promise<Counts>; runner: Runner | undefined },
): Promise<Page> {
  const connections = await listConnections(hub);
  const groups = await listErrorGroups(hub, { status: "open" });
  const runs = await listRuns(hub, { limit: runsShown });
  const figures = await counts();
  return {
    title: "Overview",
    content: (
      <>
        {runner?.state() === "broken" ? (
          <p class="failure" role="alert">
            A loop of the hub has ended, so nothing is pulled or written back. Restart the hub; its log says why.
          </p>
        ) : null}
        <HeldNotice hub={hub} />
        {figures.outdated === null ? null : (
          <p class="failure" role="alert">
            The {outdatedText(figures.outdated)}
          </p>
        )}
        <Figures counts={figures} connections={connections} />
        <section aria-labelledby="connections">
          <h2 id="connections">Connections</h2>
          <Table
            caption="In the order of journey-hub.yaml"
            columns={connectionColumns(view)}
            rows={connections}
            empty="No connection is configured yet. Add one with `journey-hub connect NAME --connector CONNECTOR`."
          />
          <a href="/connect">Connect an account</a>
        </section>
        <OpenErrors groups={groups} view={view} />
        <Stages counts={figures} view={view} />
        <section aria-labelledby="runs">
          <h2 id="runs">Recent runs</h2>
          <Table
            caption={`The last ${runsShown}, newest first`}
            columns={runColumns(view)}
            rows={runs.items}
            empty="Nothing has run yet. `journey-hub start` pulls each connection on its schedule."
          />
          {runs.next_cursor === null ? null : <a href="/runs">All runs</a>}
        </section>
      </>
    ),
  };
}

function Figures({ counts, connections }: { counts: Counts; connections: readonly ConnectionView[] }) {
  const records = connections.flatMap(({ streams }) => streams).reduce((sum, stream) => sum + stream.records, 0);
  const waiting = connections.reduce((sum, { deliveries }) => sum + deliveries.waiting, 0);
  const figures: [name: string, amount: number][] = [
    ["Persons", counts.persons],
    ["Companies", counts.companies],
    ["Timeline events", counts.events],
    ["Records pulled", records],
  ];
  const work: [name: string, amount: number][] = [
    ["Webhook deliveries waiting", waiting],
    ["Customers to derive", counts.waiting],
  ];
  return (
    <dl class="figures">
      {[...figures, ...work.filter(([, amount]) => amount > 0)].map(([name, amount]) => (
        <div>
          <dt>{name}</dt>
          <dd>{amountText(amount)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Whether what a connection listens to stands, and since when; why not is an open error. */
function Listening({ channel, view }: { channel: NonNullable<ConnectionView["channel"]>; view: View }) {
  const { status, since } = channel;
  const text = {
    off: "does not listen yet",
    beginning: "begins to listen",
    waiting: "listens no more",
    elsewhere: "listened to by another process",
  };
  if (status !== "listening" && status !== "waiting") return <span class="quiet">, {text[status]}</span>;
  return (
    <span class="quiet">
      , {status === "listening" ? "listens" : text.waiting} since <Moment at={since} times={view.times} />
    </span>
  );
}

function connectionColumns(view: View): Column<ConnectionView>[] {
  return [
    { head: "Connection", cell: ({ id }) => <System id={id} view={view} /> },
    { head: "Status", cell: (connection) => <ConnectionStatus connection={connection} /> },
    {
      head: "Account",
      cell: ({ account }) =>
        account === null ? (
          <None says="not known" />
        ) : (
          <span class="whole">
            <Foreign>{account}</Foreign>
          </span>
        ),
    },
    {
      head: "Records",
      isNumber: true,
      cell: ({ streams }) => amountText(streams.reduce((sum, { records }) => sum + records, 0)),
    },
    {
      head: "Last sync",
      cell: ({ last_run }) =>
        last_run === null ? (
          <span class="quiet">never</span>
        ) : (
          <>
            <Moment at={last_run.started_at} times={view.times} /> <Status is={last_run.status} />
          </>
        ),
    },
    {
      head: "Schedule",
      cell: ({ schedule, writes_back, channel }) => (
        <>
          {schedule === null ? "by hand or webhook" : `every ${schedule}`}
          {channel ? <Listening channel={channel} view={view} /> : null}
          {writes_back ? <span class="quiet">, writes back</span> : null}
        </>
      ),
    },
    {
      head: "Fields",
      cell: ({ id }) => (
        <a href={addressOf("/fields", { connection: id })} aria-label={`Objects and fields of ${id}`}>
          show
        </a>
      ),
    },
  ];
}

function ConnectionStatus({ connection }: { connection: ConnectionView }) {
  const { status, message, webhook, deliveries, streams } = connection;
  return (
    <>
      <Status is={status} />
      {message === null ? null : (
        <p class="note">
          <Foreign>{message}</Foreign>
        </p>
      )}
      {streams.map(({ name, rereading }) =>
        rereading === null ? null : (
          <p class="note">
            <Foreign>{name}</Foreign> are read again, as the mapping now reads{" "}
            <Foreign>{fieldsText(rereading)}</Foreign>: {amountText(rereading.records)} so far
          </p>
        ),
      )}
      {webhook?.missing ? <p class="note">Webhooks are off: {webhook.missing}</p> : null}
      {deliveries.failed > 0 ? (
        <p class="note">{counted(deliveries.failed, "webhook delivery", "webhook deliveries")} failed</p>
      ) : null}
    </>
  );
}

function OpenErrors({ groups, view }: { groups: readonly ErrorGroup[]; view: View }) {
  const amount = groups.reduce((sum, group) => sum + group.amount, 0);
  return (
    <section aria-labelledby="errors">
      <h2 id="errors">Open errors</h2>
      {groups.length === 0 ? (
        <Empty>No error is open: every record that came in has passed every step.</Empty>
      ) : (
        <Table
          caption={`${counted(amount, "open error")} of ${counted(groups.length, "cause")}, the most frequent first`}
          columns={errorColumns(view, "open")}
          rows={groups.slice(0, groupsShown)}
          empty=""
        />
      )}
      {groups.length > groupsShown ? <a href="/errors">All causes</a> : null}
    </section>
  );
}

function Stages({ counts, view }: { counts: Counts; view: View }) {
  const most = Math.max(...counts.stages.map(({ amount }) => amount));
  const all = counts.stages.reduce((sum, { amount }) => sum + amount, 0);
  return (
    <section aria-labelledby="stages">
      <h2 id="stages">Journey stages</h2>
      <p class="note">
        A person of a company is on the company's journey. Counted <Moment at={counts.counted_at} times={view.times} />.
      </p>
      <div class="stages">
        <Table
          caption={`${counted(all, "journey")} by the stage they are in`}
          columns={[
            {
              head: "Stage",
              cell: ({ stage, isSide }) => (
                <>
                  <a href={addressOf("/customers", { stage })}>{wordText(stage)}</a>
                  {isSide ? <span class="quiet"> (off the path)</span> : null}
                </>
              ),
            },
            { head: "Journeys", isNumber: true, cell: ({ amount }) => amountText(amount) },
            { head: "Share", cell: ({ amount }) => <Bar part={amount} of={most} /> },
          ]}
          rows={all === 0 ? [] : counts.stages}
          empty="No stage is derived yet. Stages follow the first sync by themselves."
        />
      </div>
    </section>
  );
}
