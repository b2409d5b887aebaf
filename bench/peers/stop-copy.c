/*
 * How soon one thread stops a copy of another one, without any contract: a worker copies in pieces and looks at a word
 * between two of them; who stops it writes the word and waits for the answer, at first by looking, then asleep. Each
 * has a core, and who stops shares its own with the workers beyond the first. So what this takes at its longest is the
 * scheduler's and the machine's.
 *
 *   stop-copy WORKERS MICROS CORE OTHER   one of them is stopped, on the other core, when it has copied for so long;
 *                                         the others copy small blocks
 *
 * Parameters: how many SECONDS. The figure is the median in microseconds; behind it stands each stop in nanoseconds.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "peer.h"
#include "stops.h"

#define LONG_BYTES ((size_t)1 << 30)
#define PIECE_BYTES ((size_t)384 << 10)
#define SMALL_BYTES 4096
#define SPIN_NANOS 20000

/* AWAITED: STOPPING, and who stops sleeps. */
enum { IDLE, WANTED, COPYING, STOPPING, AWAITED };

/* Who writes it passes on what was done before: WANTED and STOPPING by who stops, COPYING and IDLE by the worker. */
static uint32_t state = IDLE;
static char *source, *target;
static int64_t copied_nanos;
static int core, other;

static uint32_t look(void)
{
	return __atomic_load_n(&state, __ATOMIC_ACQUIRE);
}

static int change(uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(&state, &from, to, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static void await_stopped(void)
{
	int64_t begun = now_nanos();

	while (look() == STOPPING && now_nanos() - begun < SPIN_NANOS)
		spin();
	if (change(STOPPING, AWAITED))
		while (look() == AWAITED)
			syscall(SYS_futex, &state, FUTEX_WAIT_PRIVATE, AWAITED, NULL, NULL, 0);
}

static void *copy_until_stopped(void *unused)
{
	(void)unused;
	pin(other);
	for (;;) {
		while (look() != WANTED)
			spin();
		memcpy(target, source, PIECE_BYTES);
		change(WANTED, COPYING);
		for (size_t at = PIECE_BYTES; look() == COPYING && at + PIECE_BYTES <= LONG_BYTES; at += PIECE_BYTES)
			memcpy(target + at, source + at, PIECE_BYTES);
		if (__atomic_exchange_n(&state, IDLE, __ATOMIC_ACQ_REL) == AWAITED)
			syscall(SYS_futex, &state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	}
	return NULL;
}

static void *copy_small(void *unused)
{
	static char blocks[2][SMALL_BYTES];

	(void)unused;
	pin(core);
	for (;;) {
		memcpy(blocks[1], blocks[0], SMALL_BYTES);
		__asm__ volatile("" ::: "memory");
	}
	return NULL;
}

static int64_t stop(void)
{
	int64_t begun;

	do {
		change(IDLE, WANTED);
		while (look() == WANTED)
			spin();
		for (begun = now_nanos(); now_nanos() - begun < copied_nanos;)
			spin();
		begun = now_nanos();
		/* Once more where this thread was kept away until the copy was over. */
	} while (!change(COPYING, STOPPING));
	await_stopped();
	return now_nanos() - begun;
}

int main(int argc, char **argv)
{
	int workers = argc == 5 ? atoi(argv[1]) : 0;

	if (workers < 1)
		fail("usage: stop-copy WORKERS MICROS CORE OTHER");
	copied_nanos = atol(argv[2]) * 1000;
	core = atoi(argv[3]);
	other = atoi(argv[4]);
	pin(core);
	source = pages(LONG_BYTES);
	target = pages(LONG_BYTES);
	/* When both are mapped: touched each behind its own mapping, the first second of stops took fifty times as long. */
	memset(source, 1, LONG_BYTES);
	memset(target, 2, LONG_BYTES);
	begin_thread(copy_until_stopped, NULL);
	while (--workers > 0)
		begin_thread(copy_small, NULL);
	answer_stops(stop, 0);
	return 0;
}
