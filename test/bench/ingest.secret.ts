/** The secret the load generator signs with and both servers check. */
export const secret = "a secret for benchmarks only";
