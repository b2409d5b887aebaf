/* Turns of as many stops as fit into their time, each timed by itself. */
#ifndef STOPS_H
#define STOPS_H
#include <unistd.h>

#include "peer.h"

#define STOPS_MAX 1000000

static int compare_nanos(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

	return (one > other) - (one < other);
}

static void answer_turn(int64_t (*stop)(void), unsigned pause_micros, double seconds)
{
	static int64_t nanos[STOPS_MAX];
	int64_t end = now_nanos() + (int64_t)(seconds * 1e9);
	size_t count = 0;

	do {
		if (pause_micros)
			usleep(pause_micros);
		nanos[count++] = stop();
	} while (now_nanos() < end && count < STOPS_MAX);
	qsort(nanos, count, sizeof *nanos, compare_nanos);
	printf("%.4f", nanos[count / 2] / 1e3);
	for (size_t i = 0; i < count; i++)
		printf(" %ld", (long)nanos[i]);
	putchar('\n');
	fflush(stdout);
}

/* Reads how many seconds each turn takes, until there is no more to read. */
static inline void answer_stops(int64_t (*stop)(void), unsigned pause_micros)
{
	double seconds;

	while (scanf("%lf", &seconds) == 1)
		answer_turn(stop, pause_micros, seconds);
}
#endif
