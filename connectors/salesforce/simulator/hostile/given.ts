import type { FieldValue, SObjectName } from "../values.ts";
import { pickId, type Scene } from "./scene.ts";
import * as words from "./words.ts";

type Given = Record<string, FieldValue>;

/** The objects people make and change; how often, against the others, is their number here. */
const workedOn = {
  Account: 3,
  Contact: 5,
  Lead: 4,
  Opportunity: 3,
  OpportunityContactRole: 2,
  Case: 2,
  Task: 4,
  Event: 2,
} satisfies Partial<Record<SObjectName, number>>;

export type WorkedOn = keyof typeof workedOn;

const isWorkedOn = (name: string): name is WorkedOn => Object.hasOwn(workedOn, name);
const tickets = Object.entries(workedOn).flatMap(([name, count]) =>
  isWorkedOn(name) ? Array<WorkedOn>(count).fill(name) : [],
);

/** One of the objects people work on, the busier ones more often. */
export function pickObject({ chance }: Scene): WorkedOn {
  return chance.pick(tickets);
}

/** What someone enters for a new row; null when what it needs is not there (a role without a deal or a contact). */
export function newRow(scene: Scene, object: WorkedOn): Given | null {
  const required = essentials[object](scene);
  return required && { ...required, ...someOf(scene, object, 0.6) };
}

/** One to three fields of a row, entered anew. */
export function editedFields(scene: Scene, object: WorkedOn): Given {
  const edits = scene.chance.shuffled(Object.entries(fields[object]));
  return Object.fromEntries(edits.slice(0, scene.chance.int(1, 3)).map(([name, enter]) => [name, enter(scene)]));
}

function someOf(scene: Scene, object: WorkedOn, share: number): Given {
  const chosen = Object.entries(fields[object]).filter(() => scene.chance.chance(share));
  return Object.fromEntries(chosen.map(([name, enter]) => [name, enter(scene)]));
}

type Enter = (scene: Scene) => FieldValue;
const oneOf =
  (list: readonly string[]): Enter =>
  ({ chance }) =>
    chance.pick(list);
const refTo =
  (object: SObjectName): Enter =>
  (scene) =>
    pickId(scene, object);
const email: Enter = ({ chance }) => `${chance.pick(words.firstNames)}.${chance.int(1, 40)}@example.com`.toLowerCase();
const phone: Enter = ({ chance }) => `+41 44 ${chance.int(100, 999)} ${chance.int(10, 99)} ${chance.int(10, 99)}`;
const amount: Enter = ({ chance }) => chance.int(1, 90_000) / 10;
const company: Enter = ({ chance }) => `${chance.pick(words.companies)} ${chance.int(1, 99)}`;
const dayMs = 86_400_000;
const day: Enter = ({ org, chance }) => new Date(org.now() + chance.int(-30, 90) * dayMs).toISOString().slice(0, 10);
const instant: Enter = ({ org, chance }) => new Date(org.now() + chance.int(0, 30) * dayMs).toISOString();

const person: Record<string, Enter> = { FirstName: oneOf(words.firstNames), LastName: oneOf(words.lastNames) };

/** What the org asks for in a new row. */
const essentials: Record<WorkedOn, (scene: Scene) => Given | null> = {
  Account: (scene) => ({ Name: company(scene) }),
  Contact: (scene) => ({ LastName: scene.chance.pick(words.lastNames), AccountId: pickId(scene, "Account") }),
  Lead: (scene) => ({ LastName: scene.chance.pick(words.lastNames), Company: company(scene) }),
  Opportunity: (scene) => ({
    Name: `${scene.chance.pick(words.companies)} deal`,
    StageName: scene.chance.pick(words.openStages.filter(isInList(scene))),
    CloseDate: day(scene),
  }),
  OpportunityContactRole(scene) {
    const [OpportunityId, ContactId] = [pickId(scene, "Opportunity"), pickId(scene, "Contact")];
    return OpportunityId && ContactId ? { OpportunityId, ContactId } : null;
  },
  Case: (scene) => ({ Subject: scene.chance.pick(words.subjects) }),
  Task: (scene) => ({ Subject: scene.chance.pick(words.subjects) }),
  Event: (scene) => ({ Subject: scene.chance.pick(words.subjects), ActivityDateTime: instant(scene) }),
};

/** What people fill in and change later, lookups among it. */
const fields: Record<WorkedOn, Record<string, Enter>> = {
  Account: {
    Name: company,
    Phone: phone,
    Industry: oneOf(words.industries),
    BillingCity: oneOf(words.cities),
    NumberOfEmployees: ({ chance }) => chance.int(1, 5_000),
    OwnerId: refTo("User"),
  },
  Contact: {
    ...person,
    Email: email,
    Phone: phone,
    Title: oneOf(words.titles),
    MailingCity: oneOf(words.cities),
    AccountId: refTo("Account"),
    OwnerId: refTo("User"),
  },
  Lead: {
    ...person,
    Company: company,
    Email: email,
    Phone: phone,
    Title: oneOf(words.titles),
    City: oneOf(words.cities),
    OwnerId: refTo("User"),
  },
  Opportunity: {
    Amount: amount,
    CloseDate: day,
    NextStep: oneOf(words.subjects),
    AccountId: refTo("Account"),
    OwnerId: refTo("User"),
  },
  OpportunityContactRole: { Role: oneOf(words.roles), IsPrimary: ({ chance }) => chance.chance(0.3) },
  Case: {
    Status: oneOf(words.caseStatuses),
    Priority: oneOf(words.priorities),
    ContactId: refTo("Contact"),
    AccountId: refTo("Account"),
  },
  Task: {
    Status: oneOf(words.taskStatuses),
    ActivityDate: day,
    WhoId: refTo("Contact"),
    WhatId: refTo("Account"),
    OwnerId: refTo("User"),
  },
  Event: {
    Location: oneOf(words.cities),
    DurationInMinutes: ({ chance }) => chance.int(15, 120),
    WhoId: refTo("Lead"),
  },
};

/** An administrator may have taken a stage out of the list; never so many that none of the open ones is left. */
function isInList({ org }: Scene): (stage: string) => boolean {
  const listed = org.object("Opportunity").byName.get("stagename")?.picklistValues ?? [];
  return (stage) => listed.includes(stage);
}
