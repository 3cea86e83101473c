# How sources are compiled for the emulator; sourced. Array bounds and alignment are checked by the compiler's traps,
# memory bounds by the emulator. CXX names the compiler.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
flags=(-std=c++20 -O2 -g1 -fPIC -fvisibility=hidden -DTNL_EMULATED -Wall -Wno-unknown-pragmas -Wno-unused-function
  -Wno-sign-compare -fsanitize=bounds,alignment,integer-divide-by-zero -fsanitize-undefined-trap-on-error
  -I"$here" -I"$here/.." -I"$here/../../../main/cuda" ${TNL_CXXFLAGS:-})
compile() { "${CXX:-g++}" "${flags[@]}" -x c++ -c "$1" -o "$2"; }
compile_emulator() { "${CXX:-g++}" "${flags[@]}" -fvisibility=default -c "$here/emulator.cpp" -o "$1"; }
