/**
 * A request's bytes as they came, read no further than `bytesMax`. With a declared length they are read in one go, else as they come.
 * @example await readBody(c.req.raw, 1024 * 1024)
 */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array | "too large" | "cut short"> {
  const declared = request.headers.get("content-length");
  try {
    if (declared === null || request.headers.has("transfer-encoding")) return await readStream(request, bytesMax);
    if (Number(declared) > bytesMax) return "too large";
    const bytes = new Uint8Array(await request.arrayBuffer());
    return bytes.length > bytesMax ? "too large" : bytes;
  } catch (cause) {
    if (cause instanceof Error) return "cut short"; // the sender went away
    throw cause;
  }
}

async function readStream(request: Request, bytesMax: number): Promise<Uint8Array | "too large"> {
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > bytesMax) return "too large";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
