import { Hono } from "hono";
import type { Access } from "../access.ts";
import { notFound } from "../errors.ts";
import type { Portal } from "../portal.ts";

/** The token endpoint, form in and JSON out; v1 refresh tokens do not rotate. */
export function oauthRoutes(portal: Portal, access: Access): Hono {
  const app = new Hono();

  app.post("/token", async (c) => {
    const form = Object.fromEntries(new URLSearchParams(await c.req.text()));
    const { accessToken, refreshToken, expiresIn } = access.refresh(form);
    return c.json({
      token_type: "bearer",
      refresh_token: refreshToken,
      access_token: accessToken,
      expires_in: expiresIn,
      hub_id: portal.id,
    });
  });

  app.get("/access-tokens/:token", (c) => {
    const token = c.req.param("token");
    const issued = access.expiry(token);
    if (!issued || issued.expiresAt <= portal.settings.now()) throw notFound("access token not found");
    const { clientId } = portal.settings.credentials;
    return c.json({
      token,
      user: "demo@example.com",
      hub_domain: "demo.example.com",
      scopes: ["oauth"],
      hub_id: portal.id,
      app_id: 1,
      client_id: clientId,
      expires_in: Math.floor((issued.expiresAt - portal.settings.now()) / 1000),
      user_id: 1,
      token_type: "access",
    });
  });

  return app;
}
