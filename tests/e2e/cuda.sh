#!/bin/sh
# What a machine without CUDA, without a GPU or with an old driver is told. FAKE_CUDA_PATH is a folder with a driver that
# stands in for NVIDIA's.
. "$(dirname "$0")/lib.sh"

export RENSA_CUDA_PATH=/nonexistent
if ldconfig -p 2>/dev/null | grep -q 'libcuda\.so\.1'; then
    skip "there is a driver"
else
    says 0 "none: NVIDIA's driver is not installed (libcuda.so.1)" "$RENSA" devices
    says 1 "\"cuda:0\" cannot be opened: NVIDIA's driver is not installed" "$RENSA" selftest relu --device cuda:0
fi
says 0 "cpu:0" "$RENSA" devices

if [ -z "${FAKE_CUDA_PATH-}" ]; then
    skip "no driver that stands in for NVIDIA's"
    finish
fi
export RENSA_CUDA_PATH="$FAKE_CUDA_PATH"
says 0 "no CUDA-capable device is detected" env FAKE_CUDA=count=0 "$RENSA" devices
says 0 "is too old: it is for CUDA 11.8, needed is 12.0" env FAKE_CUDA=version=11080 "$RENSA" devices
says 0 "cuda:1  Fake 1, 4 processors" env FAKE_CUDA=count=2 "$RENSA" devices
says 1 "there is no GPU 2, the last is cuda:1" env FAKE_CUDA=count=2 "$RENSA" selftest relu --device cuda:2
finish
