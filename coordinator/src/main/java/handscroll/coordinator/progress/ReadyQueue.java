package handscroll.coordinator.progress;

import java.util.Arrays;

/** Ready cells of one stage, those of the smallest depth first; a binary heap of plain numbers. */
final class ReadyQueue {

    private static final long DEEPEST = (1L << 32) - 1;

    private long[] heap = new long[16];
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    /** Depths beyond 32 bits count as equal; among equal ones the smaller index comes first. */
    void add(long depth, int index) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        long key = Math.min(depth, DEEPEST) << 31 | index;
        int at = size++;
        while (at > 0 && heap[(at - 1) / 2] > key) {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = key;
    }

    int firstIndex() {
        return (int) (heap[0] & Integer.MAX_VALUE);
    }

    void removeFirst() {
        long key = heap[--size];
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= key) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = key;
    }
}
