// Lightning Attention on the card: correct first (attention_check), then milliseconds, as JSON lines.
// attention_bench [N]: all of it, or only the times of N rows, for a profiler.
#define ATTENTION_NO_MAIN
#include "attention_check.cu"

namespace bench {

struct Timer {
  cudaEvent_t start, stop;
  Timer() {
    cudaEventCreate(&start);
    cudaEventCreate(&stop);
  }
  // Median of milliseconds; the first runs are not counted.
  template <class F>
  double median(F f, int times = 21) {
    std::vector<float> all;
    for (int i = 0; i < times + 3; i++) {
      cudaEventRecord(start);
      f();
      cudaEventRecord(stop);
      require(cudaEventSynchronize(stop), "run");
      float ms;
      cudaEventElapsedTime(&ms, start, stop);
      if (i >= 3) all.push_back(ms);
    }
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
  }
};

__global__ void fillNormal(bf16* x, size_t n, unsigned seed, bool silu) {
  size_t i = blockIdx.x * size_t(blockDim.x) + threadIdx.x;
  if (i >= n) return;
  auto uniform = [](unsigned long long z) {
    z += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return float((z ^ (z >> 31)) >> 40) * 0x1p-24f;
  };
  unsigned long long at = (unsigned long long)seed << 40 | i << 1;
  float y = sqrtf(-2 * logf(1e-7f + uniform(at))) * cospif(2 * uniform(at + 1));
  x[i] = __float2bfloat16_rn(silu ? y / (1 + expf(-y)) : y);
}

struct Inputs {
  DeviceArray<bf16> x;
  Inputs(size_t n, unsigned seed, bool silu) : x(n) {
    fillNormal<<<unsigned((n + 255) / 256), 256>>>(x.at(), n, seed, silu);
    require(cudaGetLastError(), "fill");
  }
};

void attention(int batch, int heads, int time, int ek, int ev, int processors) {
  Timer timer;
  size_t rows = size_t(batch) * time;
  Inputs q(rows * heads * ek, 1, true), k(rows * heads * ek, 2, true), v(rows * heads * ev, 3, false);
  Inputs dO(rows * heads * ev, 4, false);
  DeviceArray<bf16> o(rows * heads * ev), dq(rows * heads * ek), dk(rows * heads * ek), dv(rows * heads * ev);
  std::vector<float> rates;
  for (int h = 0; h < heads; h++) rates.push_back(std::exp2(-8.f * (h + 1) / heads));
  int every = 512;
  int slice = AttentionKernels<bf16>::slice(ek);
  int tasks = batch * heads * ((ev + slice - 1) / slice);
  AttentionShape shape{batch, time, heads, ek, ev, every, segmentFor(tasks, time, every, processors, 1)};
  AttentionShape backwardShape = shape;
  backwardShape.segment = segmentFor(tasks, time, every, processors, 3);
  DeviceArray<float> rateArray(rates), state(std::vector<float>(shape.states()));
  DeviceArray<float> saved(shape.states() * shape.count()), work(shape.states() * shape.count());
  AttentionRun<bf16> run{shape, rateArray.at(), nullptr};
  auto keys = [&](DeviceArray<bf16>& x) { return Rows<bf16>{x.at(), heads * ek}; };
  auto values = [&](DeviceArray<bf16>& x) { return Rows<bf16>{x.at(), heads * ev}; };
  auto in = [](Rows<bf16> x) { return Rows<const bf16>{x.at, x.stride}; };
  bool one = shape.segments() == 1;
  double forward = timer.median([&] {
    run.forward(values(o), state.at(), one ? nullptr : saved.at(), in(keys(q.x)), in(keys(k.x)), in(values(v.x)));
  });
  double saving = timer.median(
      [&] { run.forward(values(o), state.at(), saved.at(), in(keys(q.x)), in(keys(k.x)), in(values(v.x))); });
  AttentionRun<bf16> back{backwardShape, rateArray.at(), nullptr};
  double backward = timer.median([&] {
    back.backward(keys(dq), keys(dk), values(dv), state.at(), in(values(dO.x)), in(keys(q.x)), in(keys(k.x)),
                 in(values(v.x)), saved.at(), work.at());
  });
  double bytes = 2.0 * rows * heads * (2 * ek + 2 * ev);
  printf("{\"what\": \"lightning\", \"batch\": %d, \"heads\": %d, \"n\": %d, \"ek\": %d, \"ev\": %d, \"segment\": %d, \"segment_backward\": %d, "
         "\"forward_ms\": %.4f, \"forward_saving_ms\": %.4f, \"backward_ms\": %.4f, \"forward_gb_s\": %.0f, "
         "\"extra_forward_mb\": %.0f, \"extra_backward_mb\": %.0f}\n",
         batch, heads, time, ek, ev, shape.segment, backwardShape.segment, forward, saving, backward, bytes / forward / 1e6,
         one ? 0.0 : saved.size() * 4 / 1e6, (backwardShape.segments() == 1 ? 0.0 : work.size() * 4 / 1e6) + saved.size() * 4 / 1e6);
  fflush(stdout);
}

void step(int sequences, int heads, int ek, int ev, int columns) {
  Timer timer;
  size_t n = size_t(heads) * ek * ev;
  int copies = int(std::max<size_t>(1, (size_t(1) << 28) / (n * sequences * 4)));  // so that the cache does not hold them
  Inputs q(size_t(sequences) * heads * ek, 1, true), v(size_t(sequences) * heads * ev, 3, false);
  DeviceArray<bf16> o(size_t(sequences) * heads * ev);
  DeviceArray<float> states(std::vector<float>(n * sequences * copies)), rates(std::vector<float>(heads, 0.01f));
  std::vector<float*> pointers;
  for (int i = 0; i < sequences * copies; i++) pointers.push_back(states.at() + n * i);
  DeviceArray<float*> pointerArray(pointers);
  double ms = timer.median([&] {
    for (int i = 0; i < copies; i++) {
      launch("attention_step_bf16_" + std::to_string(columns),
             Grid{unsigned(sequences * heads), unsigned((ev + columns - 1) / columns)}, 8 * columns, 0, o.at(),
             heads * ev, pointerArray.at() + i * sequences, (const bf16*)q.x.at(), heads * ek, (const bf16*)q.x.at(),
             heads * ek, (const bf16*)v.x.at(), heads * ev, rates.at(), heads, ek, ev, 0, 0);
    }
  }) / copies;
  printf("{\"what\": \"step\", \"sequences\": %d, \"heads\": %d, \"ek\": %d, \"ev\": %d, \"columns\": %d, \"us\": %.2f, \"gb_s\": %.0f}\n",
         sequences, heads, ek, ev, columns, ms * 1e3, 8.0 * n * sequences / ms / 1e6);
  fflush(stdout);
}

void copy() {
  Timer timer;
  size_t bytes = size_t(4) << 30;
  DeviceArray<char> a(bytes), b(bytes);
  double ms = timer.median([&] { cudaMemcpyAsync(a.at(), b.at(), bytes, cudaMemcpyDeviceToDevice); });
  printf("{\"what\": \"copy\", \"gb_s\": %.0f}\n", 2.0 * bytes / ms / 1e6);
}

}  // namespace bench

int main(int count, char** arguments) {
  cudaDeviceProp device;
  require(cudaGetDeviceProperties(&device, 0), "a card");
  int processors = device.multiProcessorCount;
  printf("{\"what\": \"device\", \"name\": \"%s\", \"processors\": %d}\n", device.name, processors);
  if (count > 1) {
    bench::attention(4, 32, std::atoi(arguments[1]), 128, 128, processors);
    return 0;
  }
  check::all("");
  check::Case large{"1,100 rows, segments of 512", 2, 1100, 4, 128, 128, 512, 512, {}};
  check::attention<bf16>(large, check::ROUNDED);
  check::Case longest{"8,192 rows, 4 x 32 heads (the first)", 4, 8192, 32, 128, 128, 512, 8192, {}};
  check::attention<bf16>(longest, check::ROUNDED, 1);
  printf("%s\n", check::failures == 0 ? "all right" : "failed");
  if (check::failures > 0) return 1;
  bench::copy();
  for (int n = 512; n <= 65536; n *= 2) bench::attention(4, 32, n, 128, 128, processors);
  bench::attention(4, 32, 8192, 256, 128, processors);
  bench::attention(8, 8, 2048, 128, 128, processors);
  bench::attention(8, 8, 2048, 256, 128, processors);
  bench::attention(8, 16, 2048, 128, 128, processors);
  bench::attention(1, 8, 16384, 128, 128, processors);
  bench::attention(4, 32, 8192, 64, 64, processors);
  for (int columns : {32, 64}) {
    for (int m : {1, 8, 64, 256}) bench::step(m, 8, 128, 128, columns);
    for (int m : {1, 8, 64, 256}) bench::step(m, 16, 128, 128, columns);
    bench::step(64, 8, 256, 128, columns);
  }
  return 0;
}
