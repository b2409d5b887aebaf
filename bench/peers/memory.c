/*
 * Large copies in plain C, each by one of three methods; which is the best depends on size and temperature.
 *
 *   memory POOL_BYTES [CORE...]   each worker has a source and a target of so many bytes, and stays on its core
 *
 * Parameters: METHOD, memcpy of the C library, movsb (the processor's string instruction) or stream (stores that go past
 * the caches); BYTES of a block; hot (the same block again and again) or cold (another block each time, out of the whole
 * pool in random order); WORKERS; BLOCKS for each of them. The figure is GB/s of all workers together.
 *
 * What a turn has to copy is spoiled before it, and compared after it.
 */
#define _GNU_SOURCE
#include "methods.h"
#include "peer.h"

#define WORKERS_MAX 8

struct turn {
	void (*copy)(char *target, const char *source, size_t bytes);
	size_t bytes, blocks;
	int cold;
};

struct worker {
	char *source, *target;
	/* The blocks in the order in which they are taken, and how many have been. */
	size_t *order, order_length, order_bytes, taken;
	uint64_t random;
	int core;
	const struct turn *turn;
	pthread_barrier_t *start;
	int64_t begun_nanos, ended_nanos;
};

static struct worker workers[WORKERS_MAX];
static size_t pool_bytes;

static void make_pool(struct worker *worker)
{
	if (worker->source)
		return;
	worker->source = pages(pool_bytes);
	worker->target = pages(pool_bytes);
	worker->random = 1 + (worker - workers);
	fill_random(worker->source, pool_bytes, worker->random);
}

/* Another order for each size; a turn goes on where the last one ended, so that its blocks have cooled down. */
static void shuffle(struct worker *worker, size_t bytes)
{
	uint64_t state = 7;

	if (worker->order_bytes == bytes)
		return;
	worker->order_bytes = bytes;
	worker->order_length = pool_bytes / bytes;
	worker->order = realloc(worker->order, worker->order_length * sizeof *worker->order);
	for (size_t i = 0; i < worker->order_length; i++) {
		size_t j = next_random(&state) % (i + 1);

		worker->order[i] = worker->order[j];
		worker->order[j] = i;
	}
	worker->taken = 0;
}

/* Where the turn's block of this number is. */
static size_t place(const struct worker *worker, size_t block)
{
	return worker->turn->cold ? worker->order[(worker->taken + block) % worker->order_length] * worker->turn->bytes : 0;
}

/* How many different blocks the turn takes. */
static size_t places(const struct worker *worker)
{
	size_t there = worker->turn->cold ? worker->order_length : 1;

	return worker->turn->blocks < there ? worker->turn->blocks : there;
}

/* A byte at each end of a block and one in between: enough to tell a copy from none, and too few to warm it. */
static void spoil(struct worker *worker)
{
	size_t bytes = worker->turn->bytes;

	for (size_t block = 0; block < places(worker); block++) {
		size_t at = place(worker, block);
		size_t each[] = { at, at + next_random(&worker->random) % bytes, at + bytes - 1 };

		for (int i = 0; i < 3; i++)
			worker->target[each[i]] = ~worker->source[each[i]];
	}
}

static void compare(const struct worker *worker)
{
	for (size_t block = 0; block < places(worker); block++) {
		size_t at = place(worker, block);

		if (memcmp(worker->target + at, worker->source + at, worker->turn->bytes))
			fail("the bytes are wrong");
	}
}

static void *run(void *argument)
{
	struct worker *worker = argument;
	const struct turn *turn = worker->turn;

	pin(worker->core);
	if (!turn->cold)
		turn->copy(worker->target, worker->source, turn->bytes);
	spoil(worker);
	pthread_barrier_wait(worker->start);
	worker->begun_nanos = now_nanos();
	for (size_t block = 0; block < turn->blocks; block++) {
		size_t at = place(worker, block);

		turn->copy(worker->target + at, worker->source + at, turn->bytes);
	}
	worker->ended_nanos = now_nanos();
	compare(worker);
	return NULL;
}

static double measure(const struct turn *turn, unsigned count)
{
	pthread_t threads[WORKERS_MAX];
	pthread_barrier_t start;
	int64_t begun = INT64_MAX, ended = 0;

	pthread_barrier_init(&start, NULL, count);
	for (unsigned i = 0; i < count; i++) {
		make_pool(&workers[i]);
		shuffle(&workers[i], turn->bytes);
		workers[i].turn = turn;
		workers[i].start = &start;
	}
	for (unsigned i = 0; i < count; i++)
		threads[i] = begin_thread(run, &workers[i]);
	for (unsigned i = 0; i < count; i++) {
		pthread_join(threads[i], NULL);
		begun = workers[i].begun_nanos < begun ? workers[i].begun_nanos : begun;
		ended = workers[i].ended_nanos > ended ? workers[i].ended_nanos : ended;
		if (turn->cold)
			workers[i].taken += turn->blocks;
	}
	pthread_barrier_destroy(&start);
	return (double)turn->bytes * turn->blocks * count / (ended - begun);
}

int main(int argc, char **argv)
{
	char method[16], temperature[16];
	unsigned count;
	struct turn turn;

	if (argc < 2 || argc > 2 + WORKERS_MAX)
		fail("usage: memory POOL_BYTES [CORE...]");
	pool_bytes = strtoull(argv[1], NULL, 10);
	for (int i = 0; i < WORKERS_MAX; i++)
		workers[i].core = 2 + i < argc ? atoi(argv[2 + i]) : -1;
	while (scanf("%15s %zu %15s %u %zu", method, &turn.bytes, temperature, &count, &turn.blocks) == 5) {
		turn.copy = copy_method(method);
		turn.cold = !strcmp(temperature, "cold");
		if (!turn.copy)
			cannot("this processor has no %s", method);
		if (turn.bytes < 8 || turn.bytes > pool_bytes || !count || count > WORKERS_MAX || !turn.blocks)
			fail("cannot do '%s %zu %s %u %zu'", method, turn.bytes, temperature, count, turn.blocks);
		answer(measure(&turn, count));
	}
	return 0;
}
