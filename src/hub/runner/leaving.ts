/** The connections that are taken out of a running hub: what is done for one ends with its signal. */
export interface Leaving {
  /** Aborted when the hub is to stop, or the connection is taken out. */
  signalOf(connection: string): AbortSignal;
  /** Ends what is done for the connection. Should it come again, it has another signal. */
  leave(connection: string, reason: Error): void;
}

export function createLeaving(stopping: AbortSignal): Leaving {
  const known = new Map<string, { own: AbortController; signal: AbortSignal }>();
  const of = (connection: string) => {
    const found = known.get(connection);
    if (found) return found;
    const own = new AbortController();
    const made = { own, signal: AbortSignal.any([stopping, own.signal]) };
    known.set(connection, made);
    return made;
  };
  return {
    signalOf: (connection) => of(connection).signal,
    leave(connection, reason) {
      of(connection).own.abort(reason);
      known.delete(connection);
    },
  };
}
