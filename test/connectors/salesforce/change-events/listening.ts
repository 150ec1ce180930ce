import type { Delivery, Heard, OpenChannel } from "journey-hub/connector";
import type { TestOrg } from "../org.ts";

/** One who listens as the hub does: asks for more only after it has kept what it heard. */
export interface Ear {
  /** What is heard next. */
  next(): Promise<Heard>;
  /** Ends the listening as the hub does when it stops. */
  end(): void;
}

/** Listens to the org's channel behind a place, with settings of its own. */
export function listenTo(org: TestOrg, after: string | null, config: Record<string, unknown> = {}): Ear {
  const { channel } = org.open({ change_data_capture: true, ...config });
  if (!channel) throw new Error("these settings listen to nothing");
  return earOf(channel, after);
}

function earOf(channel: OpenChannel, after: string | null): Ear {
  const ending = new AbortController();
  const heard = channel.listen({ after, signal: ending.signal })[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await heard.next();
      if (done) throw new Error("the listening has ended");
      return value;
    },
    end: () => ending.abort(new Error("enough heard")),
  };
}

/** Which records deliveries name. */
export function recordsIn(deliveries: readonly Delivery[]): string[] {
  return deliveries.map(({ body }) => String((JSON.parse(body) as { record?: string }).record));
}
