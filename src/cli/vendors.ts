/** The vendors that are simulated. */
export const vendors = ["salesforce", "hubspot", "netsuite"] as const;
export type Vendor = (typeof vendors)[number];
