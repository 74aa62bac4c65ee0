#!/bin/sh
# Makes a deployment's secrets once: `sh docker/secrets.sh FOLDER`. Run again it makes what is missing and leaves the
# rest as it is: a new root key would make every sealed thing unreadable. Files end without a newline.
set -eu
umask 077
dir=${1:?usage: secrets.sh FOLDER}
mkdir -p "$dir"

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

# The owner is the gateway, the group is Postgres; only the password is for both.
keep root-key 0400 "$(random)"
keep admin-token 0400 "$(random)"
keep database-password 0440 "$(random)"
keep database-url 0400 "postgres://gatehouse:$(cat "$dir/database-password")@postgres:5432/gatehouse"

for name in root-key admin-token database-password database-url; do
  [ -s "$dir/$name" ] || { echo "secrets: $dir/$name is empty" >&2; exit 1; }
done
echo "secrets: complete in $dir"
