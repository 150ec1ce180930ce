import { lookup as systemLookup } from "node:dns";
import http from "node:http";
import https from "node:https";
import { BlockList, isIP, type LookupFunction, Socket } from "node:net";
import { SourceError } from "./errors.ts";

/** Agents for outgoing calls that connect only where the connection may go. */
export interface GuardedAgents {
  http: http.Agent;
  https: https.Agent;
}

/**
 * Agents that check the *resolved* address of every connection: private, loopback and link-local addresses are refused unless
 * `allowedHosts` names the host (`crm.internal`, `127.0.0.1:8361`, `[::1]`). Checking the socket, not the URL, also covers redirects
 * and rebinding: the address that was checked is the one connected to.
 */
export function guardedAgents(
  allowedHosts: readonly string[],
  lookup: LookupFunction = systemLookup as LookupFunction,
  connectMaxMs = connectDefaultMs,
): GuardedAgents {
  const names = new Set(allowedHosts.map((host) => host.toLowerCase()));
  const allowed = (host: string, port: string) => {
    const name = isIP(host) === 6 ? `[${host}]` : host.toLowerCase();
    return names.has(name) || names.has(`${name}:${port}`) || names.has(host.toLowerCase());
  };
  const gate: Gate = { allowed, lookup: publicOnly(lookup), connectMaxMs };
  return {
    http: guard(new http.Agent({ keepAlive: true }), gate),
    https: guard(new https.Agent({ keepAlive: true }), gate),
  };
}

/** An address that swallows packets must not take the whole time of an exchange. */
const connectDefaultMs = 10_000;

interface Gate {
  connectMaxMs: number;
  allowed(host: string, port: string): boolean;
  lookup: LookupFunction;
}
type Connect = (
  this: http.Agent,
  options: { host?: string; port?: number | string; lookup?: LookupFunction },
  callback?: (error: Error) => void,
) => unknown;

function guard<A extends http.Agent>(agent: A, { allowed, lookup, connectMaxMs }: Gate): A {
  const target = agent as unknown as { createConnection: Connect };
  const create = target.createConnection;
  const connect: Connect = function (options, callback) {
    return withinTime(create.call(this, options, callback), connectMaxMs);
  };
  target.createConnection = (options, callback) => {
    const host = options.host ?? "localhost";
    if (allowed(host, String(options.port ?? ""))) return connect.call(agent, options, callback);
    if (isIP(host) === 0) return connect.call(agent, { ...options, lookup }, callback);
    if (!isPrivate(host)) return connect.call(agent, options, callback);
    // Told as a failed connection, not thrown: clients expect no exception from building a request.
    if (!callback) throw refusal(host, host);
    callback(refusal(host, host));
    return undefined;
  };
  return agent;
}

/** Ends a connection that is not made in time. */
function withinTime(socket: unknown, connectMaxMs: number): unknown {
  if (!(socket instanceof Socket) || !socket.connecting) return socket;
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error("nobody answered in time"), { code: "CONNECT_TIMEOUT" }));
  }, connectMaxMs);
  for (const event of ["connect", "close"]) socket.once(event, () => clearTimeout(timer));
  return socket;
}

/** A name with one private address is refused as a whole: which of them would be taken is the answering server's choice. */
function publicOnly(lookup: LookupFunction): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, "", 0);
      const addresses = typeof found === "string" ? [{ address: found, family: isIP(found) }] : found;
      const [first] = addresses;
      const bad = addresses.find(({ address }) => isPrivate(address));
      if (bad || !first) return callback(refusal(host, bad?.address ?? "no address"), "", 0);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

function refusal(host: string, address: string): SourceError {
  const name = isIP(host) === 6 ? `"[${host}]"` : host;
  return new SourceError("stop", `Refused to connect to ${host}: ${address} is a private or local address`, {
    field: "allowedHosts",
    remedy: `If this is meant, name the host under allowedHosts of the connection, e.g. allowedHosts: [${name}].`,
  });
}

/** IPv4 blocks that are not the public internet (IANA's special-purpose registry), multicast and reserved ones included. */
const closedIpv4 = blocks("ipv4", [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
]);
/** The only IPv6 block that is routed publicly, and the parts of it that lead elsewhere: Teredo and its like, documentation, 6to4. */
const openIpv6 = blocks("ipv6", [["2000::", 3]]);
const closedIpv6 = blocks("ipv6", [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
]);

function blocks(family: "ipv4" | "ipv6", networks: readonly (readonly [network: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family);
  return list;
}

/**
 * True for every address that does not lie in the public internet, and for what is no address. IPv4 mapped into IPv6 counts as IPv4;
 * other embeddings (NAT64, 6to4, Teredo) are refused.
 * @example isPrivate("::ffff:10.0.0.1") // true
 */
export function isPrivate(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  if (family === 4) return closedIpv4.check(address, "ipv4");
  const mapped = ipv4In(address);
  if (mapped) return closedIpv4.check(mapped, "ipv4");
  return !openIpv6.check(address, "ipv6") || closedIpv6.check(address, "ipv6");
}

function ipv4In(address: string): string | null {
  const host = `http://[${address}]/`;
  const [, high, low] = (URL.canParse(host) && /^\[::ffff:(\w+):(\w+)\]$/.exec(new URL(host).hostname)) || [];
  if (!high || !low) return null;
  const bytes = [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]);
  return bytes.join(".");
}
