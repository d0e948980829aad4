#!/usr/bin/env bash
# Makes what docker-compose.yml mounts as secrets, once: deploy/secrets/*. What is there already is kept.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
cd secrets
# The files are read by containers that run as other users than the one who makes them.
umask 022

# make NAME COMMAND...: what the command prints becomes the secret.
make() {
  local name=$1
  shift
  [ -s "$name" ] || "$@" > "$name"
}
random() { openssl rand -hex 32; }

for name in cursor viewer refresh postgres-password redis-password grafana-password; do make "$name" random; done
make signing-key.pem openssl genpkey -algorithm ed25519
postgres() { printf 'postgresql://parley:%s@%s:5432/parley' "$(cat postgres-password)" "$1"; }
make database-url postgres directory
shards() { printf 'shard0=%s,shard1=%s' "$(postgres shard0)" "$(postgres shard1)"; }
make shard-urls shards
redis() { printf 'redis://default:%s@redis:6379' "$(cat redis-password)"; }
make redis-url redis
redis_config() { printf 'requirepass %s\nsave ""\nappendonly no\nmaxmemory-policy noeviction\n' "$(cat redis-password)"; }
make redis.conf redis_config
certificate() {
  local key
  key=$(mktemp)
  openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$key" 2> /dev/null
  cat "$key"
  rm "$key"
}
make tls.pem certificate
echo 'deploy/secrets is complete.'
