import { address, date, type Field, pick, reference, text, textarea } from "./field.ts";

/** Where accounts, contacts, leads and deals say they came from. */
export const sources = ["Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Trade Show", "Other"];
const salutations = ["Mr.", "Ms.", "Mrs.", "Dr.", "Prof."];
/** Leads, cases and tasks may belong to a queue. */
export const groupOrUser = ["Group", "User"];

/** The owner; the org fills in the user the call runs as. */
export const owner = (targets = ["User"]) => reference("OwnerId", targets, { nillable: false, defaultValue: null });
/** Kept by the vendor from tasks and events. */
export const lastActivity = () => date("LastActivityDate", { readOnly: true });

/** Street, city, state, postal code and country with the compound field that reads them all. */
export function addressFields(prefix: string): Field[] {
  return [
    textarea(`${prefix}Street`, 255),
    text(`${prefix}City`, 40),
    text(`${prefix}State`, 80),
    text(`${prefix}PostalCode`, 20),
    text(`${prefix}Country`, 80),
    address(`${prefix}Address`),
  ];
}

/** Last, first and salutation, with the Name that the org puts together from them. */
export function personName(): Field[] {
  return [
    text("LastName", 80, { required: true }),
    text("FirstName", 40),
    pick("Salutation", salutations),
    text("Name", 121, { label: "Full Name", readOnly: true, nameField: true, nillable: false, defaultValue: null }),
  ];
}
