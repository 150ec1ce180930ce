import { groupBy } from "../lib/group.ts";
import type { TimelineEvent } from "../model/index.ts";
import { Foreign, Moment, Value, wordText } from "./format.tsx";
import { System, systemOf, type View } from "./parts.tsx";
import { Change } from "./writebacks.tsx";

/** Events newest first, a heading for each day. */
export function Timeline({ events, view }: { events: readonly TimelineEvent[]; view: View }) {
  const days = groupBy(events, ({ occurred_at }) => view.times.day(occurred_at));
  return (
    <div class="timeline">
      {[...days].map(([day, ofDay]) => (
        <section>
          <h3>{day}</h3>
          <ol>
            {ofDay.map((event) => (
              <Event event={event} view={view} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function Event({ event, view }: { event: TimelineEvent; view: View }) {
  const { id, kind, title, occurred_at, record_key, changes } = event;
  return (
    <li id={`event-${id}`}>
      <time datetime={occurred_at}>{view.times.clock(occurred_at)}</time>
      <div>
        <p>
          <System id={systemOf(record_key)} view={view} />{" "}
          <strong>
            <Foreign>{title}</Foreign>
          </strong>{" "}
          <span class="quiet">{wayText(event)}</span>
        </p>
        {changes.length === 0 ? null : (
          <ul class="changes">
            {changes.map(({ field, from, to }) => (
              <Change field={field} from={from} to={to} view={view} />
            ))}
          </ul>
        )}
        <details>
          <summary>
            <span class="spoken">More of this event: </span>
            {kind}
          </summary>
          <Details event={event} view={view} />
        </details>
      </div>
    </li>
  );
}

/** @example wayText({ direction: "inbound", channel: "email" }) // "inbound e-mail" */
function wayText({ direction, channel }: Pick<TimelineEvent, "direction" | "channel">): string {
  const way = channels[channel];
  return direction === "none" ? way : `${direction} ${way}`.trim();
}

const channels: Readonly<Record<TimelineEvent["channel"], string>> = {
  web: "web",
  app: "app",
  email: "e-mail",
  phone: "phone",
  meeting: "meeting",
  sales: "sales",
  billing: "billing",
  service: "service",
  record: "",
  other: "",
};

function Details({ event: { id, record_key, known_at, facts }, view }: { event: TimelineEvent; view: View }) {
  return (
    <dl class="facts">
      <dt>Record</dt>
      <dd>
        <Foreign>{record_key}</Foreign>
      </dd>
      <dt>Known since</dt>
      <dd>
        <Moment at={known_at} times={view.times} />
      </dd>
      {Object.entries(facts).map(([name, value]) => (
        <>
          <dt>{wordText(name)}</dt>
          <dd>
            <Value value={value} times={view.times} />
          </dd>
        </>
      ))}
      <dt>Event</dt>
      <dd>
        <code>{id}</code>
      </dd>
    </dl>
  );
}
