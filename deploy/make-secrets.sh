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

for name in s3-access-key-id s3-secret-access-key cursor viewer refresh postgres-password redis-password grafana-password; do make "$name" random; done
make signing-key.pem openssl genpkey -algorithm ed25519
# The 32 bytes of a key on P-256: they follow 7 others in its DER (RFC 5915).
vapid() { openssl ecparam -name prime256v1 -genkey -noout -outform DER | tail -c +8 | head -c 32 | base64 | tr '+/' '-_' | tr -d '=\n'; }
make vapid-private-key vapid
# Theirs alone can make these: without them, no pushes to such devices.
for name in apns-key.p8 fcm-service-account.json; do make "$name" true; done
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
