// What tests of kernels share: random matrices on the device with NaN around them, errors against double, a main. Linked
// with the kernels: by emulation (emulator/build.sh) or for a card (card.sh).
#pragma once

#include <cmath>
#include <random>

#include "device_memory.h"

#include "device.cuh"

namespace check {

inline std::mt19937_64 random(1);

inline float normal() { return std::normal_distribution<float>()(random); }

template <class T>
float round(float x);
template <>
inline float round<float>(float x) {
  return x;
}
template <>
inline float round<bf16>(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
  memcpy(&x, &bits, 4);
  return x;
}
template <class T>
T narrow(float x);
template <>
inline float narrow<float>(float x) {
  return x;
}
template <>
inline bf16 narrow<bf16>(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  uint16_t half = uint16_t(bits >> 16);
  bf16 y;
  memcpy(&y, &half, 2);
  return y;
}
inline float widen(float x) { return x; }
inline float widen(bf16 x) {
  uint16_t half;
  memcpy(&half, &x, 2);
  uint32_t bits = uint32_t(half) << 16;
  float y;
  memcpy(&y, &bits, 4);
  return y;
}

// [rows, columns] numbers in a matrix on the device whose rows are `stride` apart and begin after an offset.
template <class T>
struct Matrix {
  int rows, columns, stride, offset;
  std::vector<float> values;
  DeviceArray<T> device;

  Matrix(int rows, int columns, int padding)
      : rows(rows), columns(columns), stride(columns + padding), offset(padding), values(size_t(rows) * columns),
        device(size_t(rows) * stride + padding) {}
  void fill(bool silu) {
    for (float& x : values) {
      float n = normal();
      x = round<T>(silu ? n / (1 + std::exp(-n)) : n);
    }
    std::vector<T> host = device.read();
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) host[size_t(r) * stride + offset + c] = narrow<T>(values[size_t(r) * columns + c]);
    }
    device.write(host);
  }
  std::vector<float> read() const {
    std::vector<T> host = device.read();
    std::vector<float> all(size_t(rows) * columns);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) all[size_t(r) * columns + c] = widen(host[size_t(r) * stride + offset + c]);
    }
    return all;
  }
  // Everything beside the matrix is as it was.
  bool paddingUntouched() const {
    std::vector<T> host = device.read();
    for (size_t i = 0; i < host.size(); i++) {
      long long at = (long long)i - offset;
      bool inside = at >= 0 && at / stride < rows && at % stride < columns;
      if (!inside && !std::isnan(widen(host[i]))) return false;
    }
    return true;
  }
  Rows<T> at() const { return {device.at() + offset, stride}; }
  operator Rows<const T>() const { return {device.at() + offset, stride}; }
};

// ||a - b|| / ||b||; NaN never passes.
inline double error(const std::vector<float>& a, const std::vector<double>& b) {
  double difference = 0;
  double norm = 0;
  for (size_t i = 0; i < a.size(); i++) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return norm == 0 ? std::sqrt(difference) : std::sqrt(difference / norm);
}

inline int failures = 0;

inline void expect(const char* what, const char* which, double error, double tolerance) {
  bool right = error <= tolerance;
  if (!right) failures++;
  printf("%s %-44s %-7s %.2e (at most %.0e)\n", right ? "ok  " : "FAIL", what, which, error, tolerance);
}

const double EXACT = 1e-5;   // fp32
const double ROUNDED = 3e-3;  // bf16

// Arguments: a seed and part of a case's name, or nothing for all.
inline int run(int count, char** arguments, void (*all)(const std::string& part)) {
  if (count > 1) random.seed(std::strtoull(arguments[1], nullptr, 10));
#ifndef TNL_CARD
  if (count > 1) tnl_emulator_seed(std::strtoull(arguments[1], nullptr, 10));
#endif
  all(count > 2 ? arguments[2] : "");
  printf("%s\n", failures == 0 ? "all right" : "failed");
  return failures == 0 ? 0 : 1;
}

}  // namespace check
