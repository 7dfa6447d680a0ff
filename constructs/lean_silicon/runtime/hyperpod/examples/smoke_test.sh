#!/usr/bin/env bash
# Asks every node of a partition for all of its accelerators and says what it finds: smoke_test.sh PARTITION GRES, for instance trainium2 neuron:16
set -euo pipefail

partition="${1:?name the partition, for instance trainium2}"
resource="${2:?name the accelerators of a node, for instance neuron:16}"
nodes="$(sinfo --noheader --partition="$partition" --format=%D)"

# shellcheck disable=SC2016 # the nodes expand it
srun --partition="$partition" --nodes="$nodes" --ntasks-per-node=1 --gres="$resource" bash -c '
    set -eu
    if command -v neuron-ls >/dev/null; then found="$(neuron-ls --json-output | grep -c neuron_device)"
    elif command -v nvidia-smi >/dev/null; then found="$(nvidia-smi --list-gpus | wc -l)"
    else found=unknown; fi
    echo "$SLURMD_NODENAME accelerators=$found"
'
