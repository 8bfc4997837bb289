# Muster's server and agent. One image for both: the command says which.
#   docker build -t muster .
FROM node:20.20.2-bookworm-slim AS build
# For better-sqlite3, where its prebuilt binary cannot be had.
RUN apt-get update && apt-get install -y --no-install-recommends g++ make python3 && rm -rf /var/lib/apt/lists/*
RUN install -d -o node -g node /muster
USER node
WORKDIR /muster
COPY --chown=node:node package.json package-lock.json ./
# No package's install script runs but the one that is needed.
RUN npm ci --ignore-scripts --no-audit --no-fund && npm rebuild better-sqlite3
COPY --chown=node:node tsconfig.base.json bundle.js ./
COPY --chown=node:node domain domain
COPY --chown=node:node projections projections
COPY --chown=node:node agents agents
COPY --chown=node:node src src
RUN npx --no-install tsc -b src && npm run --silent bundle && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production MUSTER_DATA_DIR=/data
RUN install -d -o node -g node -m 0711 /data
WORKDIR /muster
COPY --from=build /muster/package.json ./
COPY --from=build /muster/node_modules node_modules
COPY --from=build /muster/bundle bundle
COPY examples examples
COPY openapi openapi
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MUSTER_PORT ?? 8080}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# node itself is the process that gets the signals; where it starts tasks (an agent, also the server's own), run it under an init, which
# collects what tasks leave behind: docker run --init, compose `init: true`.
CMD ["node", "bundle/src/cli/main.js", "server"]
