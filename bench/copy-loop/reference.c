/* The yardstick: the C library's memcpy and memset, called from C on whole blocks. */
#include <stdint.h>
#include <string.h>
#include <time.h>

/* Processor time of this thread: what other programs took from it does not count. */
static int64_t now_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Keeps the compiler from merging or dropping calls. */
#define TOUCHED() __asm__ volatile("" ::: "memory")

int64_t reference_copy(
        char *target, char *source, int64_t bytes, const int64_t *offsets, int64_t blocks) {
    int64_t start = now_nanos();
    for (int64_t block = 0; block < blocks; block++) {
        memcpy(target + offsets[block], source + offsets[block], bytes);
        TOUCHED();
    }
    return now_nanos() - start;
}

int64_t reference_fill(
        char *target, char *source, int64_t bytes, const int64_t *offsets, int64_t blocks) {
    int64_t start = now_nanos();
    (void) source; /* same shape as reference_copy, so that Java links one shape */
    for (int64_t block = 0; block < blocks; block++) {
        memset(target + offsets[block], 7, bytes);
        TOUCHED();
    }
    return now_nanos() - start;
}
