import http from "node:http";
import { type AddressInfo, createServer, isIP, type LookupFunction, type Server } from "node:net";
import { createTransport, guardedAgents, isPrivate, SourceError } from "journey-hub/connector";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";

/** Listens on 127.0.0.1 and, where this machine has it, on ::1 at the same port, and counts whoever connects. */
const canary = { port: 0, connections: 0, hasIpv6: false };
const servers: Server[] = [];

async function listen(host: string, port: number): Promise<AddressInfo | null> {
  const server = createServer((socket) => {
    canary.connections += 1;
    socket.on("error", () => socket.destroy()).resume();
    socket.end("HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\ncanary");
  });
  servers.push(server);
  return new Promise((resolve) => {
    server.on("error", () => resolve(null));
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

beforeAll(async () => {
  canary.port = (await listen("127.0.0.1", 0))?.port ?? 0;
  canary.hasIpv6 = (await listen("::1", canary.port)) !== null;
});
beforeEach(() => {
  canary.connections = 0;
});
afterAll(() => {
  for (const server of servers) server.close();
});

/** Sends to a URL through a transport with these exceptions: the reply's text, or what refused it. */
async function fetchText(url: string, allowedHosts: string[] = []): Promise<string | SourceError> {
  const transport = createTransport({ limits: { concurrency: 1 }, clock: systemClock, allowedHosts });
  return transport.send({ method: "GET", url }, AbortSignal.timeout(5_000)).then(
    ({ text }) => text,
    (cause: unknown) => {
      if (cause instanceof SourceError) return cause;
      throw cause;
    },
  );
}

/** Ways to write an address of this machine or of its neighbours that a URL takes; each with the canary's port. */
const localTargets = [
  ...["127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "127.1", "127.0.1", "0", "0.0.0.0", "0.1.2.3"],
  ...["2130706433", "017700000001", "0x7f000001", "0x7F.1", "0x7f.0.0.1", "0177.0.0.1", "0177.0.0.01", "127.0x0.0.1"],
  ...["127.0.0.1.", "127.1.", "2130706433.", "①②⑦.⓪.⓪.①", "127。0。0。1", "127%2e0%2e0%2e1", "１２７.0.0.1"],
  ...["user@127.0.0.1", "api.hubapi.com@127.0.0.1", "api.hubapi.com:x@127.0.0.1", "api.hubapi.com%40@127.0.0.1"],
  ...["localhost", "LOCALHOST", "user@localhost", "api.hubapi.com@localhost"],
  ...["[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[0::0]", "[::0.0.0.1]", "user@[::1]"],
  ...["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]", "[::FFFF:127.0.0.1]", "[::ffff:0.0.0.0]"],
  ...["[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]", "[::ffff:0:7f00:1]"],
  ...["[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[64:ff9b::a9fe:a9fe]"],
  ...["[2002:7f00:1::]", "[2002:7f00:0001::1]", "[2002:a9fe:a9fe::]", "[2001:0:7f00:1::]", "[2001::1]"],
  ...["[fe80::1]", "[fe80::a9fe:a9fe]", "[febf::1]", "[fec0::1]", "[fc00::1]", "[fd00:ec2::254]", "[fdff::1]"],
  ...["[ff02::1]", "[ff05::2]", "[100::1]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]", "[4000::1]"],
  ...["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255"],
  ...["100.64.0.1", "100.127.255.255", "169.254.169.254", "169.254.170.2", "169.254.0.1", "0xa9fea9fe", "2852039166"],
  ...["[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::ffff:10.0.0.1]", "[::ffff:192.168.0.1]"],
  ...["192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1"],
  ...["203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"],
];

test("the list of local targets is as long as it should be and names none twice", () => {
  expect(localTargets.length).toBeGreaterThanOrEqual(100);
  expect(new Set(localTargets).size).toBe(localTargets.length);
});

describe.each(["http", "https"])("by %s", (scheme) => {
  test.each(localTargets)("%s is not connected to", async (host) => {
    const failure = await fetchText(`${scheme}://${host}:${canary.port}/latest/meta-data`);
    expect(failure).toMatchObject({ next: "stop", details: { field: "allowedHosts" } });
    expect(canary.connections).toBe(0);
  });
});

// Whether a name server knows these is its business; that nothing is connected to is ours.
test.each(["localhost.", "LocalHost.", "ip6-localhost", "x.localhost", "localhost.localdomain", "localhost6"])(
  "%s is not connected to",
  async (host) => {
    expect(await fetchText(`http://${host}:${canary.port}/`)).toBeInstanceOf(SourceError);
    expect(canary.connections).toBe(0);
  },
);

test.each(["http://127.0.0.1\r\nHost: x", "http://[::1", "http://[fe80::1%25lo]/", "http://999.1.1.1/", "http://"])(
  "%j is no address at all",
  async (url) => {
    await expect(fetchText(url)).rejects.toThrow("Invalid URL");
    expect(canary.connections).toBe(0);
  },
);

test("a refusal says which host, which address and what to do", async () => {
  expect(await fetchText("http://localhost:1/")).toMatchObject({
    message: expect.stringMatching(
      /^Refused to connect to localhost: (127\.0\.0\.1|::1) is a private or local address$/,
    ),
    details: { remedy: expect.stringContaining("allowedHosts: [localhost]") },
  });
  expect(await fetchText("http://[::1]:1/")).toMatchObject({
    details: { remedy: expect.stringContaining('allowedHosts: ["[::1]"]') },
  });
});

describe("what the connection allows", () => {
  const at = (host: string) => `http://${host}:${canary.port}/`;

  test("is connected to, by host or by host and port", async () => {
    expect(await fetchText(at("127.0.0.1"), ["127.0.0.1"])).toBe("canary");
    expect(await fetchText(at("127.0.0.1"), [`127.0.0.1:${canary.port}`])).toBe("canary");
    expect(await fetchText(at("0x7f.1"), ["127.0.0.1"])).toBe("canary"); // the same address, as the URL reads it
    expect(await fetchText(at("localhost"), ["LocalHost"])).toBe("canary");
  });

  test("may be an IPv6 address, with or without brackets", async ({ skip }) => {
    skip(!canary.hasIpv6, "this machine has no ::1");
    expect(await fetchText(at("[::1]"), ["::1"])).toBe("canary");
    expect(await fetchText(at("[::1]"), ["[::1]"])).toBe("canary");
    expect(await fetchText(at("[::1]"), [`[::1]:${canary.port}`])).toBe("canary");
    expect(canary.connections).toBe(3);
  });

  test.each([
    ["another port", "127.0.0.1", ["127.0.0.1:1"]],
    ["another address", "127.0.0.2", ["127.0.0.1"]],
    ["a name for the address", "127.0.0.1", ["localhost"]],
    ["the address of a name", "localhost", ["127.0.0.1", "[::1]"]],
    ["a longer name", "localhost", ["evil.localhost", "localhost.example"]],
    ["a pattern", "127.0.0.1", ["*", "127.*", "127.0.0.0/8", ""]],
    ["an IPv4 address written as IPv6", "[::ffff:127.0.0.1]", ["127.0.0.1"]],
  ])("is no more than that: not %s", async (_, host, allowedHosts) => {
    expect(await fetchText(at(host), allowedHosts)).toMatchObject({ next: "stop" });
    expect(canary.connections).toBe(0);
  });
});

describe("redirects", () => {
  test.each([301, 302, 303, 307, 308])(
    "by %i from an allowed host to this machine are handed back, not followed",
    async (status) => {
      const server = http.createServer((_, response) => {
        response.writeHead(status, { location: `http://localhost:${canary.port}/` }).end();
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect(await fetchText(`http://${host}/`, [host])).toBe("");
      expect(canary.connections).toBe(0);
      server.closeAllConnections();
      server.close();
    },
  );
});

/** A name server that gives each question the next of these answers, and the last one from then on. */
function answering(...answers: (string | string[])[]): LookupFunction {
  let asked = 0;
  return (_, options, callback) => {
    const answer = answers[Math.min(asked++, answers.length - 1)] ?? [];
    const found = [answer].flat().map((address) => ({ address, family: isIP(address) }));
    setImmediate(() => callback(null, options.all ? found : (found[0]?.address ?? ""), found[0]?.family));
  };
}

/**
 * Asks for a name that the given name server answers for. The socket is bound to 127.0.0.1: this machine can be reached from there,
 * while the system refuses what leads to a public address, so that no test knocks at a stranger's door.
 */
function connectTo(lookup: LookupFunction, agents = guardedAgents([], lookup)): Promise<string> {
  const options = { agent: agents.http, localAddress: "127.0.0.1" };
  return new Promise((resolve) => {
    const request = http.get(`http://crm.example:${canary.port}/`, options, (reply) => {
      reply.resume();
      resolve("connected");
    });
    request.on("error", (error) => resolve(error.message));
  });
}

describe("names", () => {
  const refused = /^Refused to connect to crm\.example: .* is a private or local address$/;

  test.each<[string, string | string[]]>([
    ["this machine", "127.0.0.1"],
    ["this machine by IPv6", "::1"],
    ["this machine by IPv4 in IPv6", "::ffff:127.0.0.1"],
    ["this machine by NAT64", "64:ff9b::7f00:1"],
    ["a cloud's metadata", "169.254.169.254"],
    ["a link-local address with its zone", "fe80::1%lo"],
    ["a public address first and a private one then", ["93.184.215.14", "127.0.0.1"]],
    ["a private address first and a public one then", ["127.0.0.1", "93.184.215.14"]],
    ["a public IPv6 address and a private IPv4 one", ["2606:2800:21f:cb07::1", "10.0.0.1"]],
    ["nothing", []],
    ["something that is no address", "localhost"],
  ])("that stand for %s are refused", async (_, answer) => {
    expect(await connectTo(answering(answer))).toMatch(refused);
    expect(canary.connections).toBe(0);
  });

  test("that stood for a public address and now stand for this machine are refused", async () => {
    const lookup = answering("192.0.3.1", "127.0.0.1");
    const agents = guardedAgents([], lookup);
    expect(await connectTo(lookup, agents)).toMatch(/^connect EINVAL 192\.0\.3\.1/); // let through, as far as the system went
    expect(await connectTo(lookup, agents)).toMatch(refused);
    expect(canary.connections).toBe(0);
  });

  test("are asked for once a connection: the address that was checked is the one connected to", async () => {
    let asked = 0;
    const answer = answering("192.0.3.1", "127.0.0.1");
    const counting: LookupFunction = (...question) => {
      asked += 1;
      answer(...question);
    };
    expect(await connectTo(counting)).toMatch(/^connect EINVAL 192\.0\.3\.1/);
    expect(asked).toBe(1);
    expect(canary.connections).toBe(0);
  });
});

test("a connection that is not made in time is given up as one that nobody answered", async () => {
  const never: LookupFunction = () => undefined;
  expect(await connectTo(never, guardedAgents([], never, 50))).toBe("nobody answered in time");
});

test.each([
  "8.8.8.8",
  "1.1.1.1",
  "192.0.3.1",
  "172.32.0.1",
  "100.128.0.1",
  "2606:4700::1111",
  "2a00:1450::1",
  "::ffff:8.8.8.8",
])("%s is a public address", (address) => expect(isPrivate(address)).toBe(false));
test.each(["", "localhost", "127.1", "::ffff:127.0.0.1", "fe80::1%eth0", "::ffff:127.0.0.1%lo"])(
  "%j is not",
  (address) => expect(isPrivate(address)).toBe(true),
);
