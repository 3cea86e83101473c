// Kernels of rows, products of few and of many rows, optimizer and embedding beside their formulas in double: ragged
// widths, odd strides, targets and tokens that are left out. Attention has attention_check.cu.
#include "check.h"

namespace check {

unsigned threadsFor(int columns) { return std::min(256, ((columns + 7) / 8 + 31) / 32 * 32); }

template <class T>
struct Filled : Matrix<T> {
  Filled(int rows, int columns, int padding) : Matrix<T>(rows, columns, padding) { this->fill(false); }
};

template <class T>
void expectRight(const std::string& what, const char* which, const Matrix<T>& x, const std::vector<double>& expected,
                 double tolerance) {
  expect(what.c_str(), which, error(x.read(), expected), tolerance);
  if (!x.paddingUntouched()) expect(what.c_str(), "beside", 1, 0);
}

const double EPSILON = 1e-6;

// y = x r, z = u o r, and their gradients.
void norm(int columns, int padding) {
  std::string what = "norm, " + std::to_string(columns) + " columns";
  const int rows = 3;
  const unsigned threads = threadsFor(columns);
  Matrix<float> x(rows, columns, padding), u(rows, columns, padding), dz(rows, columns, padding);
  for (Matrix<float>* m : {&x, &u, &dz}) m->fill(false);
  Matrix<float> y(rows, columns, padding), dx(rows, columns, padding), dU(rows, columns, padding);
  DeviceArray<float> r(rows);
  std::vector<double> normed, gated, ofX, ofO, ofU;
  for (int n = 0; n < rows; n++) {
    auto row = [&](const Matrix<float>& m) { return m.values.data() + size_t(n) * columns; };
    double squares = 0, products = 0, gatedProducts = 0;
    for (int j = 0; j < columns; j++) squares += double(row(x)[j]) * row(x)[j];
    double scale = 1 / std::sqrt(squares / columns + EPSILON);
    for (int j = 0; j < columns; j++) {
      products += double(row(dz)[j]) * row(x)[j] * scale;
      gatedProducts += double(row(dz)[j]) * row(u)[j] * row(x)[j] * scale;
    }
    for (int j = 0; j < columns; j++) {
      double normal = row(x)[j] * scale;
      normed.push_back(normal);
      gated.push_back(row(u)[j] * normal);
      ofX.push_back(scale * (row(dz)[j] - normal * products / columns));
      ofO.push_back(scale * (row(dz)[j] * row(u)[j] - normal * gatedProducts / columns));
      ofU.push_back(row(dz)[j] * normal);
    }
  }
  auto at = [](const Matrix<float>& m) { return m.at().at; };
  const int stride = x.stride;
  launch("norm_f32_f32", Grid{rows}, threads, 0, at(y), stride, r.at(), at(x), stride, columns, float(EPSILON));
  expectRight(what, "y", y, normed, EXACT);
  launch("norm_backward_f32", Grid{rows}, threads, 0, at(dx), stride, at(dz), stride, at(y), stride, r.at(), columns, 0);
  expectRight(what, "dx", dx, ofX, EXACT);
  r.poison();
  y.device.poison();
  launch("gated_norm_f32", Grid{rows}, threads, 0, at(y), stride, r.at(), at(x), stride, at(u), stride, columns,
         float(EPSILON));
  expectRight(what, "z", y, gated, EXACT);
  dx.device.poison();
  launch("gated_norm_backward_f32", Grid{rows}, threads, 0, at(dx), stride, at(dU), stride, at(dz), stride, at(x),
         stride, at(u), stride, r.at(), columns);
  expectRight(what, "dO", dx, ofO, EXACT);
  expectRight(what, "dU", dU, ofU, EXACT);
}

void loss(int vocab, int padding) {
  std::string what = "loss, " + std::to_string(vocab) + " tokens";
  const int rows = 3;
  const double scale = 0.25, zLoss = 1e-2;
  Filled<float> x(rows, vocab, padding);
  for (float& v : x.values) v *= 4;
  std::vector<float> all = x.device.read();
  for (int n = 0; n < rows; n++) {
    for (int j = 0; j < vocab; j++) all[size_t(n) * x.stride + x.offset + j] = x.values[size_t(n) * vocab + j];
  }
  x.device.write(all);
  std::vector<int> targets = {vocab - 1, -100, 0};
  std::vector<double> expected, gradient;
  for (int n = 0; n < rows; n++) {
    const float* row = x.values.data() + size_t(n) * vocab;
    double z = 0;
    for (int j = 0; j < vocab; j++) z += std::exp(double(row[j]));
    bool counts = targets[n] >= 0;
    expected.push_back(counts ? std::log(z) - row[targets[n]] : 0);
    for (int j = 0; j < vocab; j++) {
      double share = (1 + 2 * zLoss * std::log(z)) * std::exp(double(row[j])) / z;
      gradient.push_back(counts ? scale * (share - (j == targets[n])) : 0);
    }
  }
  DeviceArray<double> nats(rows);
  DeviceArray<int> targetArray(targets);
  launch("cross_entropy_f32", Grid{rows}, threadsFor(vocab), 0, nats.at(), x.at().at, x.stride, targetArray.at(), vocab,
         1, scale, zLoss);
  std::vector<double> read = nats.read();
  expect(what.c_str(), "nats", error(std::vector<float>(read.begin(), read.end()), expected), EXACT);
  expectRight(what, "dx", x, gradient, EXACT);
}

// y (+)= x w^T
std::vector<double> product(const Matrix<bf16>& x, const Matrix<bf16>& w, const std::vector<float>& before) {
  std::vector<double> y(before.begin(), before.end());
  for (int n = 0; n < x.rows; n++) {
    for (int o = 0; o < w.rows; o++) {
      for (int i = 0; i < w.columns; i++) {
        y[size_t(n) * w.rows + o] += double(x.values[size_t(n) * x.columns + i]) * w.values[size_t(o) * w.columns + i];
      }
    }
  }
  return y;
}

void fewRows(int groups, int rows, int outputs, int width) {
  std::string what = "few rows: " + std::to_string(rows);
  Filled<bf16> x(rows, width, 8), w(outputs, width, 0);
  Filled<float> y(rows, outputs, 4);
  std::vector<double> expected = product(x, w, y.values);
  Grid grid{unsigned((outputs + 15) / 16), unsigned((rows + 8 * groups - 1) / (8 * groups))};
  launch("few_rows_" + std::to_string(groups) + "_f32", grid, 256, 0, y.at().at, y.stride, (const bf16*)x.at().at,
         x.stride, (const bf16*)w.at().at, rows, outputs, width, 1);
  expectRight(what, "y", y, expected, EXACT);
}

void manyRows(int rows, int outputs, int width) {
  std::string what = "many rows: " + std::to_string(rows);
  Filled<bf16> x(rows, width, 8), w(outputs, width, 0);
  Matrix<float> y(rows, outputs, 4);
  std::vector<double> expected = product(x, w, std::vector<float>(size_t(rows) * outputs));
  launch("many_rows_f32", Grid{unsigned((outputs + 127) / 128), unsigned((rows + 63) / 64)}, 256, 96 * 1024,
         y.at().at, y.stride, (const bf16*)x.at().at, x.stride, (const bf16*)w.at().at, rows, outputs, width);
  expectRight(what, "y", y, expected, EXACT);
}

// An update of n parameters that begin so many floats after an aligned address, and the sum of squares of a gradient.
void optimizer(int n, int offset) {
  std::string what = "optimizer, " + std::to_string(n) + " from " + std::to_string(offset);
  Matrix<float> w(1, n, offset), m(1, n, offset), v(1, n, offset), g(1, n, offset);
  Matrix<bf16> rounded(1, n, offset);
  for (Matrix<float>* x : {&w, &m, &v, &g}) x->fill(false);
  for (float& x : v.values) x *= x;
  std::vector<float> all = v.device.read();
  for (int i = 0; i < n; i++) all[offset + i] = v.values[i];
  v.device.write(all);
  const float scale = 0.5f, keepM = 0.9f, keepV = 0.95f, shrink = 0.99f, step = 0.1f, root = 1.5f, eps = 1e-8f;
  std::vector<double> newW, newM, newV;
  double squares = 0;
  for (int i = 0; i < n; i++) {
    double d = double(scale) * g.values[i];
    newM.push_back(double(keepM) * m.values[i] + (1 - double(keepM)) * d);
    newV.push_back(double(keepV) * v.values[i] + (1 - double(keepV)) * d * d);
    newW.push_back(double(shrink) * w.values[i] - step * newM[i] / (std::sqrt(newV[i]) * root + eps));
    squares += double(g.values[i]) * g.values[i];
  }
  DeviceArray<double> parts(3), sum(1);
  launch("sum_of_squares", Grid{3}, 64, 0, parts.at(), (const float*)g.at().at, (long long)n);
  launch("sum_of_parts", Grid{1}, 32, 0, sum.at(), (const double*)parts.at(), 3);
  expect(what.c_str(), "squares", error({float(sum.read()[0])}, {squares}), EXACT);
  launch("adamw", Grid{unsigned((n + 255) / 256)}, 64, 0, w.at().at, m.at().at, v.at().at, (const float*)g.at().at,
         rounded.at().at, (long long)n, scale, keepM, 1 - keepM, keepV, 1 - keepV, shrink, step, root, eps);
  expectRight(what, "w", w, newW, EXACT);
  expectRight(what, "m", m, newM, EXACT);
  expectRight(what, "v", v, newV, EXACT);
  expectRight(what, "rounded", rounded, newW, ROUNDED);
}

// Tokens that come often, once and never; one that is padding.
void embedding(int columns, int padding) {
  std::string what = "embedding, " + std::to_string(columns) + " columns";
  const std::vector<int> tokens = {3, 1, 3, 3, 5, 3, 3, 3, 3, 3, 3, 1};  // 3 more often than loads are under way
  const std::vector<int> order = {1, 11, 0, 2, 3, 5, 6, 7, 8, 9, 10, 4}, begins = {0, 2, 11, 12};
  const int rows = int(tokens.size()), vocab = 6, padToken = 5;
  const float scale = 3;
  Filled<bf16> table(vocab, columns, padding);
  Matrix<float> x(rows, columns, padding);
  Filled<float> dx(rows, columns, padding);
  Filled<float> dTable(vocab, columns, padding);
  std::vector<double> looked, gradient(dTable.values.begin(), dTable.values.end());
  for (int n = 0; n < rows; n++) {
    for (int j = 0; j < columns; j++) {
      looked.push_back(scale * double(table.values[size_t(tokens[n]) * columns + j]));
      if (tokens[n] != padToken) {
        gradient[size_t(tokens[n]) * columns + j] += scale * double(dx.values[size_t(n) * columns + j]);
      }
    }
  }
  DeviceArray<int> tokenArray(tokens), orderArray(order), beginArray(begins), count(std::vector<int>{3});
  launch("embedding_f32_bf16", Grid{unsigned(rows)}, threadsFor(columns), 0, x.at().at, x.stride,
         (const bf16*)table.at().at, table.stride, (const int*)tokenArray.at(), columns, scale);
  expectRight(what, "x", x, looked, EXACT);
  launch("embedding_backward_f32", Grid{unsigned(rows), unsigned((columns + 63) / 64)}, 64, 0, dTable.at().at,
         dTable.stride, (const float*)dx.at().at, dx.stride, (const int*)tokenArray.at(), (const int*)orderArray.at(),
         (const int*)beginArray.at(), (const int*)count.at(), columns, scale, padToken);
  expectRight(what, "dTable", dTable, gradient, EXACT);
}

void all(const std::string& part) {
  auto wanted = [&](const char* what) { return std::string(what).find(part) != std::string::npos; };
  if (wanted("norm")) {
    norm(600, 8);
    norm(332, 4);  // aligned rows, and a part of eight columns at their end
    norm(333, 3);
  }
  if (wanted("loss")) {
    loss(700, 4);
    loss(333, 3);
  }
  if (wanted("few rows")) {
    fewRows(1, 5, 37, 264);
    fewRows(2, 13, 24, 72);
  }
  if (wanted("many rows")) manyRows(70, 133, 328);
  if (wanted("optimizer")) {
    optimizer(1000, 4);
    optimizer(1003, 4);
    optimizer(517, 3);
  }
  if (wanted("embedding")) {
    embedding(72, 8);
    embedding(67, 3);
  }
}

}  // namespace check

int main(int count, char** arguments) { return check::run(count, arguments, check::all); }
