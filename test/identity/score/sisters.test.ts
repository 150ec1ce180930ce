import { describe, expect, test } from "vitest";
import { companyOf, home, scorers, verdict } from "../../fixtures/identity/scored.ts";

/** What two names come to that share street and telephone; the same both ways. */
function judged(names: string): string {
  const [one = "", other = ""] = names.split(" | ").map((name) => `${name} · · +12025550143 · ${home}`);
  const [a, b] = [companyOf(one), companyOf(other)];
  const scores = [scorers.company.score(a, b), scorers.company.score(b, a)];
  expect(scores[0]).toEqual(scores[1]);
  return verdict(a, scores[0]?.probability ?? 0);
}

describe("of one street and telephone", () => {
  test.each([
    // A town, a campus, a parish.
    "Lincoln Elementary School | Lincoln High School",
    "Springfield Police Department | Springfield Fire Department",
    "Springfield Police Department | City of Springfield Fire Department",
    "Springfield Public Library | Springfield Public Works",
    "Kane County Health Department | Kane County Highway Department",
    "Town of Cary | Village of Cary",
    "Ministry of Health | Ministry of Finance",
    "Springfield College of Law | Springfield College of Medicine",
    "Springfield Boys School | Springfield Girls School",
    "St Mary School | St Mary Church",
    "First Baptist Church | First Methodist Church",
    // Doctors, lawyers, trades.
    "Women's Clinic | Men's Clinic",
    "Springfield Women's Clinic | Springfield Men's Clinic",
    "Dr Smith Dental | Dr Jones Dental",
    "Smith Dental | Smith Orthodontics",
    "Springfield Cardiology | Springfield Radiology",
    "Springfield Neurology | Springfield Urology",
    "Springfield Pediatrics | Springfield Podiatrics",
    "Miller Law Office | Miller Tax Office",
    "Miller and Weber Attorneys | Miller and Weber Accountants",
    "Acme Plumbing | Acme Heating",
    "Acme Printing | Acme Painting",
    "Garage Martin | Boulangerie Martin",
    "Weber Immobilien GmbH | Weber Versicherungen GmbH",
    "Weber Bau GmbH | Weber Holzbau GmbH",
    "Hotel Krone | Gasthof Krone",
    "Amtsgericht Bonn | Landgericht Bonn",
    "Harbor Pain Clinic | Harbor Sleep Clinic",
    "Jones Solicitors | Jones Estate Agents",
    "Jones Trucks | Jones Tracks",
    // A group's firms.
    "Acme Foundation | Acme Trust",
    "Acme Tooling | Acme Tooling Foundation",
    "Friends of Delta Park | Delta Park",
    "Acme Life Insurance | Acme Health Insurance",
    "Acme Import | Acme Export",
    "Acme Inbound | Acme Outbound",
    "Acme Domestic | Acme International",
    "Acme Wholesale | Acme Retail",
    "Acme Industries | Acme Interiors",
    "Acme Medical | Acme Media",
    "Acme Park | Acme Parking",
    "Acme Inn | Acme Innovation",
    "Acme Market | Acme Marketing",
    "Acme Fund I LP | Acme Fund II LP",
    "Eastern Airlines | Western Airlines",
    "Northeast Supply | Northwest Supply",
    // Shops of a mall, houses of a chain.
    "Oakwood Nail Salon | Oakwood Hair Salon",
    "Oakwood Shoe Repair | Oakwood Watch Repair",
    "Thai Palace | Pizza Palace",
    "Pine Day Care | Pine Day Spa",
    "Best Western Airport | Best Western Downtown",
    "Pine Ridge Village | Pine Ridge Estates",
  ])("two come up for review: %s", (names) => {
    expect(judged(names)).toBe("review");
  });

  test.each([
    "Joe's Pizza Restaurant | Joe's Pizza House",
    "Joe's Pizza | Joes Pizzeria",
    "Joe's Pizza | Joe's Pizza Restaurant",
    "Acme Tooling | Acme Tools",
    "Acme Mfg | Acme Manufacturing Co",
    "Acme Engineering | Acme Engineers",
    "Acme Tech | Acme Technologies",
    "Acme Consulting | Acme Consultants",
    "Acme Transport | Acme Transportation",
    "Acme Printing | Acme Printers",
    "Acme Construction | Acme Contracting",
    "Acme Staffing Solutions | Acme Staffing Services",
    "Acme Architects | Acme Architecture",
    "Evergreen Elementary School | Evergreen Grade School",
    "Universität Ulm | Uni Ulm",
    "Acme Medical Center | Acme Medical Ctr",
    "Lincoln High School | Lincoln HS",
    "Lincoln Elementary School | Lincoln Elem. School",
    "St. Mary's Catholic School | St Mary School",
    "Springfield Police Department | Springfield Police",
    "City of Springfield Police Department | Springfield Police Dept",
    "Little Stars Daycare | Little Stars Preschool",
    "Springfield Women's Clinic | Springfield Woman's Clinic",
    "Springfield Dental Office | Springfield Dental Practice",
    "Smith Dentistry | Smith Dental",
    "Dr John Smith Dental | John Smith DDS",
    "Smith & Jones Law Firm | Smith & Jones Law Office",
    "Smith & Jones Attorneys | Smith & Jones Lawyers",
    "Smith Auto Repair | Smith Auto Service",
    "Oakwood Hotel | The Oakwood",
    "Oakwood Restaurant | Oakwood Ristorante",
    "Oakwood Cafe | Oakwood Coffee House",
    "Oakwood Realty | Oakwood Real Estate",
    "Miller Trucking | Miller Transport",
    "Miller Landscaping | Miller Landscape Design",
    "Howard Logan Square | Howard Logan Sq",
    "Rogers Tire Store | Rogers Tier Store",
    "Sharp Young Bikes | Sharp Young Bkes",
    "Quackenbush Velodrome | Quackenbush Velodrom",
    "Springfield YMCA | YMCA of Springfield",
    // What one has before its name and the other behind it.
    "Acme Youth Services Little Hands | Little Hands Child Creative Center",
  ])("one is merged: %s", (names) => {
    expect(judged(names)).toBe("merge");
  });

  test("two of like names are one where a tax number agrees", () => {
    const [one, other] = ["Lincoln Elementary School", "Lincoln High School"].map((name) =>
      companyOf(`${name} · · +12025550143 · ${home} · DE981237546`),
    );
    if (!one || !other) throw new Error("two names make two companies");
    expect(verdict(one, scorers.company.score(one, other).probability)).toBe("merge");
  });
});

describe("of one domain, of which nothing else is known", () => {
  const judgedByDomain = (names: string) => {
    const [one = "", other = ""] = names.split(" | ");
    const [a, b] = [companyOf(`${one} · house.example`), companyOf(`${other} · house.example`)];
    return verdict(a, scorers.company.score(a, b).probability);
  };

  test.each([
    "Acme Plumbing | Acme Heating",
    "Blue Ridge Cyclery | Blue Ridge Bicycles",
    "Springfield Clinic | Springfield Clinic Foundation",
    "Oakwood Bar | Oakwood Cafe",
  ])("two that share a telling word come up for review: %s", (names) => {
    expect(judgedByDomain(names)).toBe("review");
  });

  test.each(["Springfield School 3 | Springfield School 5", "Oak Capital Fund I | Oak Capital Fund II"])(
    "two of a series are two: %s",
    (names) => {
      expect(judgedByDomain(names)).toBe("no");
    },
  );
});
