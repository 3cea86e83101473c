// Streams, events and recorded graphs of the emulated driver. Nothing is done before somebody waits for it, so that a
// copy that is read too early, pinned memory that is filled too early, and a stream that does not wait for another show.
// A stream beside the first, which has a priority, is either done as late as anything waits for it (so that a missing wait
// on it shows) or at once (so that its own missing waits show).
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace driver {

constexpr int SUCCESS = 0, INVALID = 1, UNJOINED = 904, ISOLATED = 905;

using Work = std::function<int()>;

// Work in its order; done up to a place.
struct Lane {
  struct Node {
    Work work;
    Lane* awaited;  // a wait for another lane, where there is no work
    size_t place;
  };
  std::vector<Node> nodes;
  size_t done = 0;
  size_t forgotten = 0;  // places of nodes that are gone
  bool side = false;

  size_t end() const { return forgotten + nodes.size(); }

  int runTo(size_t place) {
    while (forgotten + done < place) {
      Node node = nodes[done++];
      int status = node.awaited != nullptr ? node.awaited->runTo(node.place) : node.work();
      if (status != SUCCESS) return status;
    }
    return SUCCESS;
  }
  int run() {
    int status = runTo(end());
    forgotten += nodes.size();
    nodes.clear();
    done = 0;
    return status;
  }
};

inline std::atomic<bool> sideIsEarly{false};

// What was captured: a lane for each stream that took part, the first for the one that began.
struct Graph {
  std::vector<std::unique_ptr<Lane>> lanes;
  std::vector<std::pair<Lane*, size_t>> order;  // of all nodes, as they were asked for
  bool ended = false;

  Lane* add() {
    lanes.push_back(std::make_unique<Lane>());
    lanes.back()->side = lanes.size() > 1;
    return lanes.back().get();
  }
  int run() {
    for (auto& lane : lanes) lane->done = 0;
    if (sideIsEarly) {
      for (auto& [lane, place] : order) {
        if (!lane->side) continue;
        if (int status = lane->runTo(place)) return status;
      }
    }
    return lanes[0]->runTo(lanes[0]->end());
  }
  // Whether the first lane waits for all that the others do.
  bool joined() const {
    for (auto& lane : lanes) {
      bool awaited = !lane->side || lane->nodes.empty();
      for (auto& node : lanes[0]->nodes) awaited |= node.awaited == lane.get() && node.place == lane->end();
      if (!awaited) return false;
    }
    return true;
  }
};

struct Stream {
  Lane own;
  std::shared_ptr<Graph> capture;
  Lane* captured = nullptr;

  int push(Lane::Node node) {
    Lane& lane = captured != nullptr ? *captured : own;
    lane.nodes.push_back(std::move(node));
    if (captured != nullptr) capture->order.emplace_back(captured, lane.end());
    return captured == nullptr && own.side && sideIsEarly ? own.run() : SUCCESS;
  }
  int push(Work work) { return push({std::move(work), nullptr, 0}); }
  int synchronize() { return captured == nullptr ? own.run() : INVALID; }
};

struct Event {
  Lane* lane = nullptr;
  size_t place = 0;
  std::shared_ptr<Graph> capture;

  void record(Stream& stream) {
    lane = stream.captured != nullptr ? stream.captured : &stream.own;
    place = lane->end();
    capture = stream.capture;
  }
  int synchronize() { return lane == nullptr ? SUCCESS : capture != nullptr ? INVALID : lane->runTo(place); }
};

inline int wait(Stream& stream, const Event& event) {
  if (event.lane == nullptr) return SUCCESS;
  if (event.capture != nullptr && event.capture->ended) return INVALID;
  if (stream.captured != nullptr && event.capture != stream.capture) return ISOLATED;
  if (event.capture != nullptr && stream.captured == nullptr) {
    stream.capture = event.capture;
    stream.captured = event.capture->add();
  }
  return stream.push({nullptr, event.lane, event.place});
}

}  // namespace driver
