#!/bin/sh
# Makes a deployment's secrets once: `sh docker/secrets.sh FOLDER GATEWAY_FOLDER`. Run again it makes what is missing and
# leaves the rest as it is: a new root key would make every sealed thing unreadable. Files end without a newline.
# FOLDER holds all of them and is for the database and its owner; GATEWAY_FOLDER holds copies of what the gateway needs, among
# them no way to become the owner. To change the gateway's password: remove gateway-password and run it again.
set -eu
umask 077
dir=${1:?usage: secrets.sh FOLDER GATEWAY_FOLDER}
gateway=${2:?usage: secrets.sh FOLDER GATEWAY_FOLDER}
mkdir -p "$dir" "$gateway"

random() { # 32 bytes as hex: safe in a URL, in a header and in a shell
  od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n'
}

keep() { # NAME MODE VALUE
  [ ! -e "$dir/$1" ] || return 0
  new=$(mktemp "$dir/.new.XXXXXX")
  printf '%s' "$3" >"$new"
  chmod "$2" "$new"
  # A link appears with all its bytes or not at all, and never takes the place of a file that is there.
  ln "$new" "$dir/$1" 2>/dev/null || [ -e "$dir/$1" ]
  rm -f "$new"
}

give() { # NAME VALUE: a copy for the gateway, which follows what it was made from
  [ ! -e "$gateway/$1" ] || [ "$(cat "$gateway/$1")" != "$2" ] || return 0
  new=$(mktemp "$gateway/.new.XXXXXX")
  printf '%s' "$2" >"$new"
  chmod 0400 "$new"
  mv -f "$new" "$gateway/$1"
}

# The owner is the gateway's user, the group is Postgres; only the password is for both.
keep root-key 0400 "$(random)"
keep admin-token 0400 "$(random)"
keep database-password 0440 "$(random)"
keep database-url 0400 "postgres://gatehouse:$(cat "$dir/database-password")@postgres:5432/gatehouse"
keep gateway-password 0400 "$(random)"

for name in root-key admin-token database-password database-url gateway-password; do
  [ -s "$dir/$name" ] || { echo "secrets: $dir/$name is empty" >&2; exit 1; }
done

give root-key "$(cat "$dir/root-key")"
give admin-token "$(cat "$dir/admin-token")"
give database-url "postgres://gatehouse_gateway:$(cat "$dir/gateway-password")@postgres:5432/gatehouse"
echo "secrets: complete in $dir and $gateway"
