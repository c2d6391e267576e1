// The floor: a Worker that only forwards. The runtime moves the bytes; no JavaScript runs per chunk.
export default {
  fetch(request) {
    return fetch(request.headers.get("x-bench-url"), request);
  },
};
