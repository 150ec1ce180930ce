import { sfId } from "../ids.ts";
import { type SalesforceRow, stampText } from "../values.ts";
import { create, happen } from "./happenings.ts";
import { earlier, type Scene } from "./scene.ts";
import { firstNames } from "./words.ts";

const dayMs = 86_400_000;
const historyMs = 120 * dayMs;
/** The newest row is that old, so that what a client reads first has come to rest. */
const quietMs = dayMs / 24;
/** Of what happened, the share that made a row. */
const madeShare = 0.8;

/** Lets four months pass in the org, in which about so many rows were made: ids and stamps rise together, as in true orgs. */
export function seedAccount(scene: Scene, records: number): void {
  const { org, chance } = scene;
  const users = userRows(scene, records);
  earlier(scene, historyMs + quietMs, () => org.load({ orgId: sfId("00D", 1), objects: { User: users } }));
  const count = Math.round((records - users.length - org.table("OpportunityStage").size) / madeShare);
  for (let n = 0; n < count; n++) {
    const backMs = quietMs + Math.floor(((count - n) / count) * historyMs);
    earlier(scene, backMs, () => (chance.chance(madeShare) ? create(scene) : happen(scene)));
  }
}

function userRows({ clock }: Scene, records: number): SalesforceRow[] {
  const at = stampText(clock.now() - historyMs - quietMs - dayMs);
  const count = Math.max(3, Math.round(records / 60));
  return Array.from({ length: count }, (_, n) => {
    const name = firstNames[n % firstNames.length] ?? "Ana";
    const login = n === 0 ? "integration@hostile.example" : `user${n}@hostile.example`;
    const stamps = { CreatedDate: at, LastModifiedDate: at, SystemModstamp: at };
    return {
      Id: sfId("005", n + 1),
      Username: login,
      FirstName: name,
      LastName: `Colleague ${n}`,
      Email: login,
      Alias: `user${n}`,
      IsActive: true,
      UserType: "Standard",
      ...stamps,
    };
  });
}
