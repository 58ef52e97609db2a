"""The wavefront of `deploy/bench wavefront` on Dask distributed: each task waits for the ones to the left, above and on
both diagonals above, and returns 512 bytes; two worker processes of one thread.

Usage: dask_wavefront.py SIDE WARM_UP_RUNS COUNTED_RUNS     prints a line a run, then the median of those that count:
result TASKS_PER_SECOND
"""

import logging
import statistics
import sys
import time

from distributed import Client, LocalCluster

RESULT = b"\0" * 512


def render(*context):
    return RESULT


def wavefront(run, side):
    graph = {}
    for row in range(side):
        for column in range(side):
            context = []
            if column:
                context.append((run, column - 1, row))
            if row:
                context += [(run, near, row - 1) for near in range(max(0, column - 1), min(side, column + 2))]
            graph[run, column, row] = (render, *context)
    return graph


def main():
    side, warm_up, counted = map(int, sys.argv[1:4])
    logging.getLogger("distributed").setLevel(logging.ERROR)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
    ) as cluster, Client(cluster) as client:
        rates = []
        for number in range(warm_up + counted):
            run = f"run-{number}"
            graph = wavefront(run, side)
            # All others lead to the lowest row.
            last = [(run, column, side - 1) for column in range(side)]
            began = time.perf_counter()
            client.get(graph, last)
            rate = side * side / (time.perf_counter() - began)
            print(f"{side}x{side} run {number + 1}: {rate:.0f} tasks/s", flush=True)
            if number >= warm_up:
                rates.append(rate)
        print(f"result {statistics.median(rates):.0f}", flush=True)


if __name__ == "__main__":
    main()
