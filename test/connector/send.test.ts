import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { createTransport, SourceError } from "journey-hub/connector";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { type Answer, type LoopbackVendor, loopbackVendor, ok } from "./loopback-vendor.ts";

const vendors: LoopbackVendor[] = [];
afterEach(async () => {
  await Promise.all(vendors.splice(0).map((vendor) => vendor.close()));
});

const mebibyte = 1_048_576;
const text = JSON.stringify({ name: "Zoë Müller", notes: "ß".repeat(5_000) });

/** One exchange with a vendor that answers so. */
async function exchange(
  answer: Answer,
  request: { headers?: Record<string, string>; method?: string; body?: string } = {},
) {
  const vendor = await loopbackVendor([answer]);
  vendors.push(vendor);
  const transport = createTransport({
    limits: { concurrency: 1 },
    clock: systemClock,
    allowedHosts: [vendor.host],
    replyBytesMax: mebibyte,
  });
  const { signal } = new AbortController();
  const reply = transport.send({ method: "GET", url: vendor.url, ...request }, signal);
  return { vendor, reply };
}

const encoded =
  (encoding: string, body: Buffer, status = 200): Answer =>
  (response) => {
    response.writeHead(status, { "content-encoding": encoding, "content-type": "application/json" }).end(body);
  };

async function failureOf(reply: Promise<unknown>): Promise<SourceError> {
  const cause = await reply.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(cause instanceof SourceError)) throw new Error(`expected a SourceError, got ${String(cause)}`);
  return cause;
}

describe("compressed replies", () => {
  test("are asked for, unless the request says otherwise", async () => {
    const usual = await exchange(ok);
    await usual.reply;
    expect(usual.vendor.requests[0]?.headers["accept-encoding"]).toBe("gzip, deflate, br");
    const own = await exchange(ok, { headers: { "accept-encoding": "identity" } });
    await own.reply;
    expect(own.vendor.requests[0]?.headers["accept-encoding"]).toBe("identity");
  });

  test.each([
    ["gzip", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    ["GZIP", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateRawSync(text)],
    ["br", brotliCompressSync(text)],
    ["identity", Buffer.from(text)],
    ["deflate, gzip", gzipSync(deflateSync(text))],
  ])("by %s are read", async (encoding, body) => {
    const { reply } = await exchange(encoded(encoding, body));
    const { status, headers, text: read } = await reply;
    expect(read).toBe(text);
    expect({ status, ...headers }).toMatchObject({ status: 200, "content-type": "application/json" });
    expect(headers).not.toHaveProperty("content-encoding");
    expect(headers).not.toHaveProperty("content-length");
  });

  test("are read of a refusal too, and an empty body needs no decoding", async () => {
    const refused = await exchange(encoded("gzip", gzipSync('{"error":"x"}'), 429));
    expect(await refused.reply).toMatchObject({ status: 429, text: '{"error":"x"}' });
    const empty = await exchange(encoded("gzip", Buffer.alloc(0), 204));
    expect(await empty.reply).toMatchObject({ status: 204, text: "" });
  });

  test.each([
    ["cut off", "gzip", gzipSync(text).subarray(0, 40)],
    ["no gzip at all", "gzip", Buffer.from("<html>")],
    ["in an encoding that was not asked for", "zstd", Buffer.from(text)],
  ])("%s count as a failed exchange", async (_, encoding, body) => {
    const { reply } = await exchange(encoded(encoding, body));
    expect(await failureOf(reply)).toMatchObject({ next: "retry" });
  });
});

describe("a reply over the limit", () => {
  const big = Buffer.alloc(mebibyte + 1, "x");
  test.each<[string, Answer]>([
    ["as sent", (response) => response.end(big)],
    ["as decoded from gzip", encoded("gzip", gzipSync(big))],
    ["as decoded from deflate", encoded("deflate", deflateSync(big))],
    ["as decoded from br", encoded("br", brotliCompressSync(big))],
    ["as decoded in two steps", encoded("br, gzip", gzipSync(brotliCompressSync(big)))],
  ])("%s is refused and not asked for again", async (_, answer) => {
    const { reply } = await exchange(answer);
    const failure = await failureOf(reply);
    expect(failure).toMatchObject({ next: "stop" });
    expect(failure.message).toMatch(/the reply is larger than 1 MiB$/);
  });

  test("that never ends is cut off", async () => {
    const endless: Answer = (response) => {
      const more = () => {
        while (!response.destroyed && response.write(big));
      };
      response.on("drain", more);
      more();
    };
    expect(await failureOf((await exchange(endless)).reply)).toMatchObject({ next: "stop" });
  });

  test("by less than a byte is no such thing", async () => {
    const { reply } = await exchange((response) => response.end(big.subarray(1)));
    expect((await reply).text).toHaveLength(mebibyte);
  });
});

test("what is sent arrives: method, path, body and its length", async () => {
  const echo: Answer = (response, request) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => response.end(Buffer.concat(chunks)));
  };
  const { reply, vendor } = await exchange(echo, { method: "POST", body: '{"name":"Zoë"}' });
  expect((await reply).text).toBe('{"name":"Zoë"}');
  expect(vendor.requests[0]).toMatchObject({ method: "POST", path: "/contacts", headers: { "content-length": "15" } });
});

test("a redirect is handed back, not followed", async () => {
  const { reply, vendor } = await exchange((response) => response.writeHead(302, { location: "/elsewhere" }).end());
  expect(await reply).toMatchObject({ status: 302, headers: { location: "/elsewhere" } });
  expect(vendor.requests).toHaveLength(1);
});

test("an exchange that is called off fails with the reason", async () => {
  const vendor = await loopbackVendor([() => undefined]);
  vendors.push(vendor);
  const transport = createTransport({ limits: { concurrency: 1 }, clock: systemClock, allowedHosts: [vendor.host] });
  const ending = new AbortController();
  const reply = failureOf(transport.send({ method: "GET", url: vendor.url }, ending.signal));
  ending.abort(new DOMException("too long", "TimeoutError"));
  expect(await reply).toMatchObject({ next: "retry", message: `${vendor.host}: no answer in time (ETIMEDOUT)` });
});
