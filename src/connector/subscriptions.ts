/** What is mapped of an account, and where a connection wants to be told of its changes. */
export interface SubscriptionWish {
  /** The connection's hook, as the outside world calls it. */
  targetUrl: string;
  /** Mapped objects with the paths that mapping files read of them. None: the connection wants to be told of nothing any more. */
  objects: readonly { object: string; fields: readonly string[] }[];
}

/** One difference between what a vendor delivers and what is wanted. */
export interface SubscriptionChange {
  /** `target`: where it delivers to; the others are about one subscription. */
  change: "target" | "create" | "activate" | "remove";
  /** In words for a person: `contact.propertyChange of email`. */
  what: string;
  /** Why the vendor refused it; absent where it was made. The hub adds to what is still to be made what it was refused with last. */
  refused?: string;
}

/** How a vendor's subscriptions come to be as wanted: changed by the hub, or by a person where no program may. */
export type SubscriptionPlan =
  | { by: "hub"; changes: readonly SubscriptionChange[] }
  | { by: "person"; instructions: string; file?: { name: string; text: string } };

/**
 * How a vendor is told what to deliver by webhook. Both throw SourceError. Absent: a person sets it up at the vendor.
 * @example subscriptions: { look: (session, wish) => compare(session, wish), apply: (session, wish) => change(session, wish) }
 */
export interface SubscriptionsDeclaration<Session> {
  /** What would be changed; nothing is. */
  look(session: Session, wish: SubscriptionWish): Promise<SubscriptionPlan>;
  /** Changes it, and tells what was changed; one that the vendor refuses does not keep the others from being made. */
  apply(session: Session, wish: SubscriptionWish): Promise<SubscriptionPlan>;
}

/** Subscriptions bound to their session. */
export interface OpenSubscriptions {
  look(wish: SubscriptionWish): Promise<SubscriptionPlan>;
  apply(wish: SubscriptionWish): Promise<SubscriptionPlan>;
}

/** Declared subscriptions with their session closed over. */
export function bindSubscriptions<Session>(
  { look, apply }: SubscriptionsDeclaration<Session>,
  session: Session,
): OpenSubscriptions {
  return { look: (wish) => look(session, wish), apply: (wish) => apply(session, wish) };
}
