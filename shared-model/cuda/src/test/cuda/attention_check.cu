// Lightning Attention's kernels beside the recurrence in double: every shape of head, ragged ends, documents, segments,
// wide and odd strides, states in and out. Linked with the kernels: by emulation (emulator/build.sh) or for a card (card.sh).
// Arguments: a seed and part of a case's name, or nothing for all.
#include "check.h"

#include "attention_runs.h"

namespace check {

struct Case {
  const char* what;
  int batch, time, heads, keyWidth, valueWidth;
  int every, segment;
  std::vector<int> documents;  // rows at which documents begin, of every sequence; -1 first: the first one continues
  int padding = 8;             // columns between matrices that lie side by side
};

// The recurrence and its gradient in double, of all heads or of head 0 of sequence 0.
struct Reference {
  std::vector<double> o, state, dq, dk, dv, dState;

  template <class T>
  Reference(const Case& c, const std::vector<float>& rates, const std::vector<int>& starts, const Matrix<T>& q,
            const Matrix<T>& k, const Matrix<T>& v, const Matrix<T>& dO, const std::vector<float>& first,
            const std::vector<float>& dLast, int heads)
      : o(v.values.size()), state(first.begin(), first.end()), dq(q.values.size()), dk(q.values.size()),
        dv(v.values.size()), dState(dLast.begin(), dLast.end()) {
    int ek = c.keyWidth;
    int ev = c.valueWidth;
    for (int n = 0; n < heads; n++) {
      int b = n / c.heads;
      int h = n % c.heads;
      double lambda = std::exp(-double(rates[h]));
      double* s = state.data() + size_t(n) * ek * ev;
      double* r = dState.data() + size_t(n) * ek * ev;
      auto keys = [&](int t) { return (size_t(b) * c.time + t) * c.heads * ek + size_t(h) * ek; };
      auto values = [&](int t) { return (size_t(b) * c.time + t) * c.heads * ev + size_t(h) * ev; };
      auto begins = [&](int t) { return !starts.empty() && starts[size_t(b) * c.time + t] == t; };
      for (int t = 0; t < c.time; t++) {
        for (int i = 0; i < ek; i++) {
          double ki = k.values[keys(t) + i];
          double qi = q.values[keys(t) + i];
          double sum = 0;
          for (int j = 0; j < ev; j++) {
            double& x = s[i * ev + j];
            x = (begins(t) ? 0 : lambda * x) + ki * v.values[values(t) + j];
            o[values(t) + j] += qi * x;
            sum += x * dO.values[values(t) + j];
          }
          dq[keys(t) + i] = sum;
        }
      }
      for (int t = c.time - 1; t >= 0; t--) {
        for (int i = 0; i < ek; i++) {
          double qi = q.values[keys(t) + i];
          double ki = k.values[keys(t) + i];
          double sum = 0;
          for (int j = 0; j < ev; j++) {
            double& x = r[i * ev + j];
            x += qi * dO.values[values(t) + j];
            dv[values(t) + j] += ki * x;
            sum += x * v.values[values(t) + j];
            x = begins(t) ? 0 : lambda * x;
          }
          dk[keys(t) + i] = sum;
        }
      }
    }
  }
};

template <class T>
std::vector<float> part(const std::vector<float>& all, const Case& c, int width, int heads) {
  if (heads == c.batch * c.heads) return all;
  std::vector<float> some(all.size());
  for (int t = 0; t < c.time; t++) {
    for (int i = 0; i < width; i++) some[size_t(t) * c.heads * width + i] = all[size_t(t) * c.heads * width + i];
  }
  return some;
}

// heads: how many of the first heads of the first sequence are compared; all of them or 1.
template <class T>
void attention(const Case& c, double tolerance, int compared = 0) {
  int all = c.batch * c.heads;
  int heads = compared == 0 ? all : compared;
  int rows = c.batch * c.time;
  AttentionShape shape{c.batch, c.time, c.heads, c.keyWidth, c.valueWidth, c.every, c.segment};
  std::vector<float> rates;
  for (int h = 0; h < c.heads; h++) rates.push_back(h % 3 == 0 ? 0.3f : h % 3 == 1 ? 0.02f : 4e-6f);
  std::vector<int> starts;
  if (!c.documents.empty()) {
    for (int r = 0; r < rows; r++) {
      int begin = -1;
      for (int d : c.documents) begin = d <= r % c.time ? d : begin;
      starts.push_back(begin);
    }
  }
  Matrix<T> q(rows, c.heads * c.keyWidth, c.padding), k(rows, c.heads * c.keyWidth, c.padding);
  Matrix<T> v(rows, c.heads * c.valueWidth, c.padding), dO(rows, c.heads * c.valueWidth, c.padding);
  Matrix<T> o(rows, c.heads * c.valueWidth, c.padding), dq(rows, c.heads * c.keyWidth, c.padding);
  Matrix<T> dk(rows, c.heads * c.keyWidth, c.padding), dv(rows, c.heads * c.valueWidth, c.padding);
  q.fill(true);
  k.fill(true);
  v.fill(false);
  dO.fill(false);
  std::vector<float> first(shape.states()), dLast(shape.states());
  for (float& x : first) x = normal();
  for (float& x : dLast) x = normal();
  DeviceArray<float> rateArray(rates), state(first), dState(dLast);
  DeviceArray<float> saved(shape.states() * shape.count()), work(shape.states() * shape.count());
  DeviceArray<int> startArray(starts);
  AttentionRun<T> run{shape, rateArray.at(), starts.empty() ? nullptr : startArray.at()};

  run.forward(o.at(), state.at(), saved.at(), q, k, v);
  run.backward(dq.at(), dk.at(), dv.at(), dState.at(), dO, q, k, v, saved.at(), work.at());

  Reference expected(c, rates, starts, q, k, v, dO, first, dLast, heads);
  auto ofHeads = [&](std::vector<float> x) {
    x.resize(shape.state() * heads);
    return x;
  };
  auto ofHeadsExpected = [&](std::vector<double> x) {
    x.resize(shape.state() * heads);
    return x;
  };
  int ek = c.keyWidth;
  int ev = c.valueWidth;
  expect(c.what, "o", error(part<T>(o.read(), c, ev, heads), expected.o), tolerance);
  expect(c.what, "state", error(ofHeads(state.read()), ofHeadsExpected(expected.state)), tolerance);
  expect(c.what, "dq", error(part<T>(dq.read(), c, ek, heads), expected.dq), tolerance);
  expect(c.what, "dk", error(part<T>(dk.read(), c, ek, heads), expected.dk), tolerance);
  expect(c.what, "dv", error(part<T>(dv.read(), c, ev, heads), expected.dv), tolerance);
  expect(c.what, "dState", error(ofHeads(dState.read()), ofHeadsExpected(expected.dState)), tolerance);
  for (const Matrix<T>* m : {&o, &dq, &dk, &dv}) {
    if (!m->paddingUntouched()) expect(c.what, "beside", 1, 0);
  }
}

// One step from a state equals the recurrence, wherever the sequence stands and whoever stands beside it.
template <class T>
void step(const char* what, int sequences, int heads, int ek, int ev, double tolerance, const std::string& type) {
  std::vector<float> rates;
  for (int h = 0; h < heads; h++) rates.push_back(h % 2 == 0 ? 0.5f : 3e-6f);
  Matrix<T> q(sequences, heads * ek, 8), k(sequences, heads * ek, 8), v(sequences, heads * ev, 8), o(sequences, heads * ev, 8);
  q.fill(true);
  k.fill(true);
  v.fill(false);
  size_t n = size_t(heads) * ek * ev;
  std::vector<float> first(n * sequences);
  for (float& x : first) x = normal();
  DeviceArray<float> rateArray(rates), states(first);
  std::vector<float*> pointers;
  for (int m = 0; m < sequences; m++) pointers.push_back(states.at() + n * (sequences - 1 - m));
  DeviceArray<float*> pointerArray(pointers);
  auto go = [&](int from, int count, int columns) {
    launch("attention_step_" + type + "_" + std::to_string(columns),
           Grid{unsigned(count * heads), unsigned((ev + columns - 1) / columns)}, 8 * columns, 0, o.at().at + from * o.stride, o.stride,
           pointerArray.at() + from, q.at().at + from * q.stride, q.stride, k.at().at + from * k.stride, k.stride,
           v.at().at + from * v.stride, v.stride, rateArray.at(), heads, ek, ev, 0, 0);
  };
  go(0, sequences, 64);
  std::vector<float> together = o.read();
  std::vector<float> after = states.read();

  std::vector<double> expected(together.size()), state(first.begin(), first.end());
  for (int m = 0; m < sequences; m++) {
    for (int h = 0; h < heads; h++) {
      double* s = state.data() + n * (sequences - 1 - m) + size_t(h) * ek * ev;
      for (int i = 0; i < ek; i++) {
        for (int j = 0; j < ev; j++) {
          double& x = s[i * ev + j];
          x = std::exp(-double(rates[h])) * x +
              double(k.values[(size_t(m) * heads + h) * ek + i]) * v.values[(size_t(m) * heads + h) * ev + j];
          expected[(size_t(m) * heads + h) * ev + j] += q.values[(size_t(m) * heads + h) * ek + i] * x;
        }
      }
    }
  }
  expect(what, "o", error(together, expected), tolerance);
  expect(what, "state", error(after, state), 1e-6);
  states.write(first);
  o.device.poison();
  for (int m = 0; m < sequences; m++) go(m, 1, 32);
  expect(what, "alone", together == o.read() && after == states.read() ? 0 : 1, 0);
}

// Two runs give equal bits.
template <class T>
void repeats() {
  Case c{"repeats", 1, 200, 3, 128, 128, 64, 128, {}};
  auto bits = [&] {
    random.seed(7);
    std::vector<float> all;
    int rows = c.batch * c.time;
    AttentionShape shape{c.batch, c.time, c.heads, c.keyWidth, c.valueWidth, c.every, c.segment};
    Matrix<T> q(rows, 384, 0), k(rows, 384, 0), v(rows, 384, 0), o(rows, 384, 0);
    q.fill(true);
    k.fill(true);
    v.fill(false);
    DeviceArray<float> rates(std::vector<float>{0.3f, 0.02f, 4e-6f}), state(std::vector<float>(shape.states()));
    DeviceArray<float> saved(shape.states() * shape.count());
    AttentionRun<T>{shape, rates.at(), nullptr}.forward(o.at(), state.at(), saved.at(), q, k, v);
    return o.read();
  };
  expect("two runs give equal bits", "o", bits() == bits() ? 0 : 1, 0);
}

void all(const std::string& part) {
  std::vector<Case> cases = {
      {"128 wide, one segment, ragged", 2, 150, 3, 128, 128, 64, 192, {}},
      {"128 wide, segments of one chunk", 1, 193, 2, 128, 128, 64, 64, {}},
      {"64 wide, segments of two chunks", 2, 320, 3, 64, 64, 64, 128, {}},
      {"256 and 128 wide, as in layer 0", 1, 150, 2, 256, 128, 128, 256, {}},
      {"256 and 128 wide, segments", 1, 150, 2, 256, 128, 64, 64, {}},
      {"fewer rows than a chunk", 1, 5, 3, 64, 64, 64, 64, {}},
      {"one row", 2, 1, 1, 128, 128, 64, 64, {}},
      {"40 and 24 wide, padded", 1, 100, 2, 40, 24, 64, 128, {}},
      {"36 and 21 wide, not aligned", 1, 70, 2, 36, 21, 64, 128, {}, 3},
      {"192 and 96 wide", 1, 90, 1, 192, 96, 64, 64, {}},
      {"64 and 256 wide, four slices", 1, 100, 1, 64, 256, 64, 128, {}},
      {"documents, one segment", 2, 200, 3, 64, 64, 64, 256, {-1, 10, 64, 100, 101, 150}},
      {"documents, segments", 2, 200, 3, 64, 64, 64, 64, {0, 70, 128, 199}},
      {"documents, segments of two chunks", 1, 330, 3, 128, 128, 64, 128, {-1, 60, 190, 193}},
      {"documents, 256 and 128 wide", 1, 140, 1, 256, 128, 64, 64, {-1, 66}},
  };
  for (const Case& c : cases) {
    if (std::string(c.what).find(part) == std::string::npos) continue;
    printf("fp32\n");
    attention<float>(c, EXACT);
    printf("bf16\n");
    attention<bf16>(c, ROUNDED);
  }
  if (!part.empty()) return;
  repeats<float>();
  repeats<bf16>();
  step<float>("step, 128 wide", 5, 3, 128, 128, EXACT, "f32");
  step<float>("step, 256 and 128 wide", 2, 2, 256, 128, EXACT, "f32");
  step<float>("step, 20 and 13 wide", 3, 2, 20, 13, EXACT, "f32");
  step<bf16>("step, 128 wide, bf16", 4, 2, 128, 128, ROUNDED, "bf16");
}

}  // namespace check

#ifndef ATTENTION_NO_MAIN
int main(int count, char** arguments) { return check::run(count, arguments, check::all); }
#endif
