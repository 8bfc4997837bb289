#!/bin/sh
# Makes the secrets of docker-compose.yml: one file each, in ./secrets or the folder that is named. A file that is there stays as it is.
# A variable of the environment gives a value, so those of an older .env are taken over by: set -a; . ./.env; sh deploy/containers/make-secrets.sh
# Usage: sh deploy/containers/make-secrets.sh [FOLDER]
set -eu
folder="${1:-./secrets}"
umask 022
mkdir -p "$folder"
# Only its owner may enter the folder. The files can be read by all users of the containers that get them, because each of these runs no one else's programs.
chmod 700 "$folder"
# Those of agents can be read by their owner alone, because tasks run in the container: by root, and by `node`, the user of the image, where root makes them.
node=1000

random_hex() { head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
random_key() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }

# Name of the file, its content, its mode.
write() {
  [ -e "$folder/$1" ] && return
  printf '%s\n' "$2" >"$folder/$1.new"
  chmod "${3:-444}" "$folder/$1.new"
  [ "${3:-}" != 400 ] || [ "$(id -u)" != 0 ] || chown "$node" "$folder/$1.new"
  mv "$folder/$1.new" "$folder/$1"
  echo "made $folder/$1"
}

# What nodes prove to have when they join.
write join_token "${MUSTER_JOIN_TOKEN:-$(random_hex)}"
write agent_join_token "$(cat "$folder/join_token")" 400
# The password of the first administrator, `admin`.
write admin_password "${MUSTER_ADMIN_PASSWORD:-$(random_hex)}"
# Signs the tokens of logins.
write jwt_secret "${MUSTER_JWT_SECRET:-$(random_hex)}"
# Wraps the keys that seal personal and secret fields: without it nobody reads them again.
write data_key "${MUSTER_DATA_KEY:-$(random_key)}"
# The user `muster` of MongoDB and of NATS, for their servers and for Muster.
write mongodb_password "${MONGODB_PASSWORD:-$(random_hex)}"
write mongodb_url "mongodb://muster:$(cat "$folder/mongodb_password")@mongodb:27017/muster?authSource=admin"
nats_password="${NATS_PASSWORD:-$(random_hex)}"
[ -e "$folder/nats_url" ] && nats_password="$(sed 's#^nats://muster:##; s#@.*##' "$folder/nats_url")"
write nats_url "nats://muster:$nats_password@nats:4222"
write agent_nats_url "$(cat "$folder/nats_url")" 400
# `watcher` may read published events, and nothing else.
write nats_passwords "muster_password: \"$nats_password\"
watcher_password: \"${NATS_WATCHER_PASSWORD:-$(random_hex)}\""
