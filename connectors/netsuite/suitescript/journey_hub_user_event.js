/**
 * Tells journey-hub which record was saved or deleted; the hub then reads it with its own rights. Set up as README.md, "Webhooks", says.
 *
 * @NApiVersion 2.1
 * @NScriptType UserEventScript
 */
define(["N/crypto", "N/encode", "N/https", "N/log", "N/runtime"], (crypto, encode, https, log, runtime) => {
  /** Signs `<seconds>.<body>` with the API secret; the secret itself never comes into the script. */
  const sign = (secret, text) => {
    const key = crypto.createSecretKey({ secret, encoding: encode.Encoding.UTF_8 });
    const hmac = crypto.createHmac({ algorithm: crypto.HashAlg.SHA256, key });
    hmac.update({ input: text, inputEncoding: encode.Encoding.UTF_8 });
    return hmac.digest({ outputEncoding: encode.Encoding.HEX });
  };

  const tell = ({ type, oldRecord, newRecord }) => {
    const script = runtime.getCurrentScript();
    const url = script.getParameter({ name: "custscript_journey_hub_url" });
    const secret = script.getParameter({ name: "custscript_journey_hub_secret" });
    const record = newRecord || oldRecord;
    const now = Date.now();
    const told = { record: String(record.type), id: String(record.id), event: String(type), at: now };
    const body = JSON.stringify(told);
    const seconds = String(Math.floor(now / 1000));
    const headers = {
      "Content-Type": "application/json",
      "X-Journey-Hub-Timestamp": seconds,
      "X-Journey-Hub-Signature": sign(secret, `${seconds}.${body}`),
    };
    const { code } = https.post({ url, body, headers });
    if (code < 200 || code > 299) log.error({ title: "journey-hub did not take it", details: `${code} for ${body}` });
  };

  const afterSubmit = (context) => {
    try {
      tell(context);
    } catch (cause) {
      // A save must not fail because the hub is away: its next poll finds the change.
      log.error({ title: "journey-hub was not told", details: cause });
    }
  };

  return { afterSubmit };
});
