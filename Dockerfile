# One image for the four services, the command line and the one-shot that makes the secrets; `command` in docker-compose.yml chooses.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY tsconfig.json ./
COPY apps apps
COPY libs libs
COPY tools tools
COPY scripts scripts
COPY docs/postman-collection.json docs/
RUN node scripts/build-image.mjs /image

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
# The owner of the volumes that are first mounted there: Docker gives an empty volume the owner of the folder it covers.
RUN mkdir -p /secrets/gateway /secrets/directory /secrets/keys /secrets/validation /secrets/operator /secrets/team /secrets/nats /secrets/redis /secrets/mongo \
      /volumes/nats /volumes/mongo \
  && chown -R 1000:1000 /secrets /volumes && chmod -R 0700 /secrets /volumes
COPY --from=build /image ./
COPY nest-cli.json ./
COPY deploy deploy
USER 1000:1000
CMD ["node", "--enable-source-maps", "dist/gateway/main.js"]
