/** The vendors that are simulated. */
export const vendors = ["salesforce", "hubspot", "netsuite"] as const;
export type Vendor = (typeof vendors)[number];

/** Whether it is one of the shipped vendors. */
export const isVendor = (name: string): name is Vendor => vendors.some((vendor) => vendor === name);
