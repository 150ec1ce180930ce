import type { Random } from "journey-hub/connector/testing";
import type { NetsuiteRow } from "../seed.ts";
import type { ObjectName } from "./records.ts";

/** What the fields of a new record are made of. */
export interface Making {
  chance: Random;
  /** The id of some record of that object; null where there is none yet. */
  idOf(object: ObjectName): number | null;
  /** The account's day. */
  today: string;
}

/** The fields of a new record, without id, type and stamps; every object of the account has a maker. */
export const makers: Readonly<Record<ObjectName, (making: Making) => NetsuiteRow>> = {
  employee: ({ chance }) => ({
    ...person(chance),
    title: chance.pick(["Sales Rep", "Account Manager", "Support Agent"]),
    isinactive: "F",
    issalesrep: "T",
    subsidiary: 1,
  }),
  customer: (making) => (making.chance.chance(0.7) ? company(making) : consumer(making)),
  contact: ({ chance, idOf }) => ({
    ...person(chance),
    title: chance.pick(titles),
    company: idOf("customer"),
    isinactive: "F",
    subsidiary: 1,
  }),
  opportunity: (making) => ({
    ...deal(making),
    title: `${making.chance.pick(things)} for ${making.chance.pick(names)}`,
    entitystatus: making.chance.int(8, 12),
    status: "A",
    probability: making.chance.int(1, 9) * 10,
    expectedclosedate: making.today,
  }),
  estimate: (making) => ({ ...deal(making), opportunity: making.idOf("opportunity"), status: "A", voided: "F" }),
  salesorder: (making) => ({ ...deal(making), status: "B" }),
  invoice: (making) => {
    const fields = deal(making);
    const { foreigntotal = null } = fields;
    return { ...fields, duedate: making.today, status: "A", foreignamountunpaid: foreigntotal, foreignamountpaid: 0 };
  },
  customerpayment: (making) => ({ ...deal(making), status: "C" }),
  creditmemo: (making) => {
    const fields = deal(making);
    return { ...fields, foreigntotal: -Number(fields.foreigntotal), total: -Number(fields.total), status: "A" };
  },
  supportcase: ({ chance, idOf }) => ({
    title: `${chance.pick(things)}: ${chance.pick(["does not fit", "arrived late", "is broken", "has the wrong colour"])}`,
    company: idOf("customer"),
    contact: chance.chance(0.5) ? idOf("contact") : null,
    assigned: idOf("employee"),
    status: chance.pick([1, 2, 4]),
    priority: chance.pick(["Low", "Medium", "High"]),
    origin: "E-mail",
    isinactive: "F",
  }),
};

function company({ chance, ...making }: Making): NetsuiteRow {
  const name = `${chance.pick(names)} ${chance.pick(["Bikes", "Sports", "Trading", "Works", "Outfitters"])} ${chance.int(1, 999)}`;
  const domain = `${name.toLowerCase().replaceAll(/[^a-z0-9]/g, "-")}.example`;
  return {
    ...customer({ chance, ...making }),
    isperson: "F",
    companyname: name,
    email: `office@${domain}`,
    url: `https://${domain}`,
    terms: chance.pick(["Net 30", "Net 60"]),
  };
}

function consumer(making: Making): NetsuiteRow {
  return { ...customer(making), ...person(making.chance), isperson: "T" };
}

function customer({ chance, idOf }: Making): NetsuiteRow {
  return {
    phone: phone(chance),
    billcity: chance.pick(["Oslo", "Leeds", "Lyon", "Graz", "Austin"]),
    entitystatus: chance.int(6, 16),
    salesrep: idOf("employee"),
    currency: chance.int(1, 2),
    subsidiary: chance.int(1, 2),
    isinactive: "F",
  };
}

function person(chance: Random): NetsuiteRow {
  const [firstname, lastname] = [chance.pick(firstNames), chance.pick(names)];
  const email = `${firstname}.${lastname}.${chance.int(1, 9_999)}@mail.example`.toLowerCase();
  return { firstname, lastname, entityid: `${firstname} ${lastname}`, email, phone: phone(chance) };
}

function deal({ chance, idOf, today }: Making): NetsuiteRow {
  const [total, currency] = [chance.int(1_000, 900_000) / 100, chance.int(1, 2)];
  return {
    entity: idOf("customer"),
    contact: chance.chance(0.3) ? idOf("contact") : null,
    employee: idOf("employee"),
    currency,
    exchangerate: 1,
    subsidiary: currency,
    foreigntotal: total,
    total,
    trandate: today,
    memo: chance.chance(0.5) ? chance.pick(things) : null,
  };
}

const phone = (chance: Random) => `+1 555 ${String(chance.int(0, 9_999)).padStart(4, "0")}`;

/** Names people and firms are given. */
export const names = ["Adams", "Berg", "Costa", "Dahl", "Evans", "Fox", "Gray", "Haas", "Ito", "Jones", "Kaur", "Lind"];
const firstNames = ["Ana", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gita", "Hugo", "Ines", "Jon", "Kim", "Lea"];
/** What people at firms are. */
export const titles = ["Buyer", "Head of Purchasing", "Store Manager", "Mechanic", "Owner"];
/** What is sold. */
export const things = ["Road bikes", "Helmets", "Winter tyres", "Frames", "Repair stands", "Bells"];
