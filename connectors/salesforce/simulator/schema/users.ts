import { addressFields, personName } from "./composites.ts";
import { audit, dateTime, email, type Field, flag, id, int, phone, pick, reference, text } from "./field.ts";

/** The org itself and the people who work in it. */
export const user: Field[] = [
  id(),
  text("Username", 80, { required: true, unique: true }),
  ...personName().filter((candidate) => candidate.name !== "Salutation"),
  text("CompanyName", 80),
  text("Division", 80),
  text("Department", 80),
  text("Title", 80),
  ...addressFields(""),
  email("Email", { required: true }),
  phone("Phone"),
  phone("MobilePhone"),
  text("Alias", 8),
  flag("IsActive", { label: "Active" }),
  pick("TimeZoneSidKey", []),
  reference("UserRoleId", ["UserRole"]),
  pick("LocaleSidKey", []),
  pick("EmailEncodingKey", []),
  reference("ProfileId", ["Profile"]),
  pick("UserType", [], { readOnly: true }),
  pick("LanguageLocaleKey", []),
  text("EmployeeNumber", 20),
  reference("ManagerId", ["User"]),
  dateTime("LastLoginDate", { readOnly: true }),
  ...audit(),
];

export const organization: Field[] = [
  id(),
  text("Name", 80, { nameField: true }),
  text("Division", 80),
  ...addressFields(""),
  phone("Phone"),
  text("PrimaryContact", 80),
  pick("DefaultLocaleSidKey", []),
  pick("TimeZoneSidKey", []),
  pick("LanguageLocaleKey", []),
  int("FiscalYearStartMonth", 2),
  pick("OrganizationType", []),
  text("NamespacePrefix", 15),
  text("InstanceName", 5),
  flag("IsSandbox"),
  dateTime("TrialExpirationDate"),
  ...audit(),
];
