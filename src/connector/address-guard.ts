import { lookup } from "node:dns";
import http from "node:http";
import https from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { SourceError } from "./errors.ts";

/** Agents for outgoing calls that connect only where the connection may go. */
export interface GuardedAgents {
  http: http.Agent;
  https: https.Agent;
}

/**
 * Agents that check the *resolved* address of every connection: private, loopback and link-local addresses are refused unless
 * `allowedHosts` names the host (`crm.internal` or `127.0.0.1:8361`). Checking the socket, not the URL, also covers redirects and rebinding.
 */
export function guardedAgents(allowedHosts: readonly string[]): GuardedAgents {
  const allowed = (host: string, port: string) =>
    allowedHosts.includes(host) || allowedHosts.includes(`${host}:${port}`);
  return {
    http: guard(new http.Agent({ keepAlive: true }), allowed),
    https: guard(new https.Agent({ keepAlive: true }), allowed),
  };
}

type Allowed = (host: string, port: string) => boolean;
type Connect = (
  this: http.Agent,
  options: { host?: string; port?: number | string; lookup?: LookupFunction },
  callback?: unknown,
) => unknown;

function guard<A extends http.Agent>(agent: A, allowed: Allowed): A {
  const target = agent as unknown as { createConnection: Connect };
  const connect = target.createConnection;
  target.createConnection = (options, callback) => {
    const host = options.host ?? "localhost";
    if (allowed(host, String(options.port ?? ""))) return connect.call(agent, options, callback);
    if (isIP(host) !== 0) {
      if (isPrivate(host)) throw refusal(host, host);
      return connect.call(agent, options, callback);
    }
    return connect.call(agent, { ...options, lookup: guardedLookup }, callback);
  };
  return agent;
}

const guardedLookup: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "", 0);
    const bad = addresses.find(({ address }) => isPrivate(address));
    if (bad) return callback(refusal(host, bad.address), "", 0);
    const [first] = addresses;
    if (options.all) return callback(null, addresses);
    return first ? callback(null, first.address, first.family) : callback(refusal(host, "no address"), "", 0);
  });
};

function refusal(host: string, address: string): SourceError {
  return new SourceError("stop", `Refused to connect to ${host}: ${address} is a private or local address`, {
    field: "allowedHosts",
    remedy: `If this is meant, name the host under allowedHosts of the connection, e.g. allowedHosts: [${host}].`,
  });
}

const privateAddresses = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  privateAddresses.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 128],
  ["::1", 128],
  ["64:ff9b::", 96],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  privateAddresses.addSubnet(network, prefix, "ipv6");
}

/** True for every address that does not lie in the public internet; IPv4 written inside IPv6 counts as IPv4. */
export function isPrivate(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  return privateAddresses.check(address, family === 4 ? "ipv4" : "ipv6");
}
