import type { ReviewView } from "../queries/reviews.ts";

/**
 * What two records share, and why they are kept apart all the same, in words.
 * @example sharedText({ claim: "email:ann@a.example", because: "limit:email" })
 */
export function sharedText({ claim, because }: NonNullable<ReviewView["shared"]>): string {
  return `They share ${claim} and are kept apart because ${reason(because)}.`;
}

function reason(because: NonNullable<ReviewView["shared"]>["because"]): string {
  if (because === "names") return "their names disagree";
  if (because === "conflict") return "records of the two contradict each other";
  if (because === "rivals") return "it is shared by others too who are not one, and nothing tells whose the record is";
  return `together they would have more values of ${because.slice("limit:".length)} than the rules allow one customer`;
}
