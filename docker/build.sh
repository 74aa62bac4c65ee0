#!/bin/sh
# Puts all the image runs into a folder: `sh docker/build.sh FOLDER`, after `npm ci`. The tests start what it makes.
set -eu
out=${1:?usage: build.sh FOLDER}
cd "$(dirname "$0")/.."
mkdir -p "$out"
out=$(cd "$out" && pwd)

node scripts/bundle.ts "$out"
cp LICENSE "$out/LICENSE"

# The embedded database: only what an import of it loads.
pglite=node_modules/@electric-sql/pglite
mkdir -p "$out/$pglite/dist/fs"
cp "$pglite/package.json" "$pglite/LICENSE" "$out/$pglite/"
for file in "$pglite"/dist/*.js "$pglite"/dist/*.wasm "$pglite"/dist/*.data; do
  cp "$file" "$out/$pglite/dist/"
done
cp "$pglite"/dist/fs/*.js "$out/$pglite/dist/fs/"
