# Muster's server and agent. One image for both: the command says which.
#   docker build -t muster .
# NODE_IMAGE: a Debian with Node, npm and a user `node` with the number 1000.
ARG NODE_IMAGE=node:20.20.2-bookworm-slim

FROM ${NODE_IMAGE} AS build
# They compile better-sqlite3 where its prebuilt binary cannot be downloaded. The headers of Node are part of its image.
RUN apt-get update && apt-get install -y --no-install-recommends g++ make python3 && rm -rf /var/lib/apt/lists/*
ENV npm_config_nodedir=/usr/local
RUN install -d -o node -g node /muster
USER node
WORKDIR /muster
COPY --chown=node:node package.json package-lock.json ./
# No package's install script runs but the one that is needed.
RUN npm ci --ignore-scripts --no-audit --no-fund && npm rebuild better-sqlite3
COPY --chown=node:node tsconfig.base.json ./
COPY --chown=node:node tools/bundle.js tools/console.js tools/zone-data.js tools/
COPY --chown=node:node domain domain
COPY --chown=node:node projections projections
COPY --chown=node:node agents agents
COPY --chown=node:node src src
COPY --chown=node:node console console
RUN node tools/bundle.js && npm prune --omit=dev --ignore-scripts --no-audit --no-fund
# What is shipped: a bill of materials of the packages that stay, and none of the sources and objects that SQLite was compiled from.
RUN npm sbom --package-lock-only --omit=dev --sbom-format=cyclonedx >sbom.cdx.json \
  && mv node_modules/better-sqlite3/build/Release/better_sqlite3.node . \
  && rm -rf node_modules/better-sqlite3/build node_modules/better-sqlite3/deps node_modules/better-sqlite3/src node_modules/.cache node_modules/.package-lock.json \
  && mkdir -p node_modules/better-sqlite3/build/Release \
  && mv better_sqlite3.node node_modules/better-sqlite3/build/Release/ \
  && chmod 0755 bundle/src/cli/main.js

FROM ${NODE_IMAGE}
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Muster" \
  org.opencontainers.image.description="Runs containers, processes and tasks on a fleet of machines, and keeps every decision as an event." \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.vendor="The maintainers of Muster" \
  org.opencontainers.image.licenses="LicenseRef-UNLICENSED"
# XDG_CONFIG_HOME: `muster login` keeps its token there. The rest of the image cannot be written.
ENV NODE_ENV=production MUSTER_DATA_DIR=/data MUSTER_AGENT_PORT=8090 XDG_CONFIG_HOME=/tmp/config
RUN install -d -o node -g node -m 0711 /data && install -d -o node -g node -m 0700 /backups && ln -s /muster/bundle/src/cli/main.js /usr/local/bin/muster
WORKDIR /muster
# The program belongs to root: the user that runs it cannot change it.
COPY --chown=root:root package.json LICENSE ./
COPY --chown=root:root package-lock.json npm-shrinkwrap.json
COPY --from=build --chown=root:root /muster/sbom.cdx.json ./
COPY --from=build --chown=root:root /muster/node_modules node_modules
COPY --from=build --chown=root:root /muster/bundle bundle
COPY --chown=root:root deploy/containers/healthcheck.mjs deploy/containers/
COPY --chown=root:root examples examples
COPY --chown=root:root openapi openapi
USER node
VOLUME ["/data", "/backups"]
EXPOSE 8080
# It asks the server or the agent, whichever the container runs.
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=6 CMD ["node", "/muster/deploy/containers/healthcheck.mjs"]
# node itself is the process that gets the signals; where it starts tasks (an agent, also the server's own), run it under an init, which
# collects what tasks leave behind: docker run --init, compose `init: true`.
CMD ["node", "bundle/src/cli/main.js", "server"]
