# syntax=docker/dockerfile:1

# Everything that is needed to build: compilers for better-sqlite3 and the development dependencies.
FROM node:20-bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
COPY connectors ./connectors
RUN npm run build && npm prune --omit=dev

# What runs: no compiler, no development dependency, no root.
FROM node:20-bookworm-slim
ENV NODE_ENV=production JOURNEY_HUB_DATA=/data PORT=8360
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE README.md CHANGELOG.md ./
COPY mappings ./mappings
COPY drizzle/sqlite ./drizzle/sqlite
COPY drizzle/postgres ./drizzle/postgres
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8360
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/cli/main.js"]
CMD ["start", "--host", "0.0.0.0"]
