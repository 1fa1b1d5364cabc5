#!/bin/sh
# What a CI job runs: start the simulator, wait for it, test against it, stop it.
set -eu
port=${PORT:-4000}
export PLUGGY_API_URL="http://127.0.0.1:$port" # no slash at the end
export PLUGGY_CLIENT_ID=5b3c0b1e-7a54-4c1b-9d0e-70dada000001
export PLUGGY_CLIENT_SECRET=tomada-simulator-secret

tomada simulate --seed 7 --port "$port" --speed instant >simulator.log &
trap "kill $!" EXIT
curl --silent --fail --output /dev/null \
  --retry 60 --retry-delay 1 --retry-connrefused "$PLUGGY_API_URL/_simulator/clock"

npm test
