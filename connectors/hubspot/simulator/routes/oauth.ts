import { Hono } from "hono";
import type { Access } from "../access.ts";
import { notFound } from "../errors.ts";
import type { Portal } from "../portal.ts";

/** The consent of a person: answered at once, and led back to the app's address or, where that is wrong, to a page of HubSpot's. */
export function authorizeRoutes({ approvals }: Access): Hono {
  const app = new Hono();
  app.get("/authorize", (c) => {
    const answer = approvals.authorize(new URL(c.req.url).searchParams);
    if ("to" in answer) return c.redirect(answer.to, 302);
    return c.html(`<html><body>Authorization failed: ${answer.refused}</body></html>`, 400);
  });
  return app;
}

/** The token endpoint, form in and JSON out; v1 refresh tokens do not rotate unless the switch says so. */
export function oauthRoutes(portal: Portal, access: Access): Hono {
  const app = new Hono();

  app.post("/token", async (c) => {
    const { accessToken, refreshToken, expiresIn } = access.exchange(new URLSearchParams(await c.req.text()));
    return c.json({
      token_type: "bearer",
      refresh_token: refreshToken,
      access_token: accessToken,
      expires_in: expiresIn,
      ...(portal.settings.switches.tokensNameAccount ? { hub_id: portal.id } : {}),
    });
  });

  app.delete("/refresh-tokens/:token", (c) => {
    access.approvals.revoke(c.req.param("token"));
    return c.body(null, 204);
  });

  app.get("/access-tokens/:token", (c) => {
    const token = c.req.param("token");
    const issued = access.expiry(token);
    if (!issued || issued.expiresAt <= portal.settings.now()) throw notFound("access token not found");
    const { clientId, appId } = portal.settings.credentials;
    return c.json({
      token,
      user: "demo@example.com",
      hub_domain: "demo.example.com",
      scopes: issued.scopes ?? ["oauth"],
      hub_id: portal.id,
      app_id: appId,
      client_id: clientId,
      expires_in: Math.floor((issued.expiresAt - portal.settings.now()) / 1000),
      user_id: 1,
      token_type: "access",
    });
  });

  return app;
}
