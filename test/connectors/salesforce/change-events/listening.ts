import type { Delivery, Heard, OpenChannel } from "journey-hub/connector";
import { afterEach } from "vitest";
import type { SalesforceSimulatorOptions } from "../../../../connectors/salesforce/simulator/index.ts";
import { contacts, startOrg, type TestOrg } from "../org.ts";

/** One who listens as the hub does: asks for more only after it has kept what it heard. */
export interface Ear {
  /** What is heard next. */
  next(): Promise<Heard>;
  /** Ends the listening as the hub does when it stops. */
  end(): void;
}

/** An org of three contacts for each test and those who listen to it; both are gone behind it. */
export function listeners() {
  const ears: Ear[] = [];
  let org: TestOrg;
  afterEach(async () => {
    for (const ear of ears.splice(0)) ear.end();
    await org.close();
  });
  return {
    async openOrg(options: SalesforceSimulatorOptions = {}): Promise<TestOrg> {
      org = await startOrg({ Contact: contacts(3) }, { capturedObjects: "all", ...options });
      return org;
    },
    ear(after: string | null = null, config: Record<string, unknown> = {}): Ear {
      const made = listenTo(org, after, config);
      ears.push(made);
      return made;
    },
  };
}

/** Which calls were made, in order, each with how it ended: `connect ok`. */
export const operationsOf = ({ exchanges }: TestOrg): string[] =>
  exchanges.map(({ operation, outcome }) => `${operation.split(".").at(-1)} ${outcome}`);

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
