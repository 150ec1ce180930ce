import { type Bonds, type Node, type Proposal, strongestFirst } from "./bonds.ts";
import type { Group, Groups } from "./groups.ts";
import type { Rivalry } from "./rivals.ts";

/*
 * Records that are one customer tell more of it together than each alone: one has the telephone, another the e-mail address. So where a
 * pair's score is too low to join two groups, it is asked whether all that the one group says and all that the other says would.
 */

/** Records a group has at most to be weighed as a whole: the more values it has, the sooner one of them agrees by chance. */
const membersMax = 8;

/**
 * Joins groups by what their records say together, the likeliest pairs first, again until nothing more can be joined: a group that has
 * grown may say enough. Gives the joins that were made.
 */
export function joinTogether(
  nodes: ReadonlyMap<string, Node>,
  { likely = [], together }: Bonds,
  groups: Groups,
  rivalry: Rivalry,
): Proposal[] {
  if (!together) return [];
  const joins: Proposal[] = [];
  let waiting: Waiting[] = [...likely].sort(strongestFirst).flatMap(({ left_key, right_key }) => {
    const [a, b] = [nodes.get(left_key), nodes.get(right_key)];
    return a && b ? [{ a, b, asked: 0 }] : [];
  });
  for (let joined = -1; joined < joins.length; ) {
    joined = joins.length;
    waiting = waiting.filter((pair) => {
      const [left, right] = [groups.of(pair.a), groups.of(pair.b)];
      if (left === right) return false;
      const size = left.members.length + right.members.length;
      // Two single records are what their score says; groups only grow, so those of one size are the same as before.
      if (size === 2 || size === pair.asked || isLarge(left) || isLarge(right)) return true;
      pair.asked = size;
      const match = together(left.members, right.members);
      if (!match) return true;
      const proposal: Proposal = {
        ...{ a: pair.a, b: pair.b, by: "together" },
        together: { match, left: keysOf(left), right: keysOf(right) },
      };
      if (rivalry.isEven(proposal) || !groups.join(proposal)) return true;
      joins.push(proposal);
      return false;
    });
  }
  return joins;
}

interface Waiting {
  a: Node;
  b: Node;
  /** Of how many records the two groups were when they were weighed last. */
  asked: number;
}

function isLarge({ members }: Group): boolean {
  return members.length > membersMax;
}

function keysOf({ members }: Group): string[] {
  return members.map(({ record_key }) => record_key).sort();
}
