#!/bin/sh
# Installs the worker's packages into a folder, without the parts that Cifra never uses.
set -eu
requirements=$1
folder=$2

apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends binutils >/dev/null

# With bytecode: the containers are read-only, and compiling takes 30 s at each start.
pip install --require-hashes --prefix "$folder" --requirement "$requirements"
cd "$folder"/lib/python*/site-packages

rm -rf tensorflow/include            # C++ headers, for those who build on TensorFlow: 290 MB
rm -rf clang libclang-*.dist-info    # for the build of TensorFlow's own bindings: 60 MB
rm -rf numpy/tests numpy/*/tests
# The symbols of functions that nothing links to, which only a debugger shows: 240 MB.
find tensorflow -name '*.so*' -type f -size +1M -exec strip --strip-unneeded {} +
