/*
 * Small copies in plain C, without any contract: the floor of what a queue of descriptors costs.
 *
 *   descriptor inline CORE             the doorbell copies on the caller's core: no hand-off at all
 *   descriptor ring CORE ENGINE_CORE   a ring with one producer; a thread on another core spins and copies
 *
 * Turns are those of copies.h. The ring is Lamport's with one producer and one consumer (1977), with each side's copy of
 * the other's cursor as in FastForward (Giacomoni and others, 2008) and its successors.
 */
#define _GNU_SOURCE
#include "copies.h"

#define RING_SLOTS 2048
/* The engine publishes what it has done at the latest after so many. */
#define ENGINE_BATCH 32

struct descriptor {
	char *target, *source;
	uint32_t bytes;
} __attribute__((aligned(32)));

static struct descriptor ring[RING_SLOTS];

/* Of the producer. */
static struct {
	uint64_t tail, told, seen_head;
} __attribute__((aligned(2 * CACHE_LINE_BYTES))) producer;

/* Written with release by the producer, read with acquire by the engine. */
static uint64_t tail __attribute__((aligned(2 * CACHE_LINE_BYTES)));
/* Written with release by the engine after its copies, read with acquire by the producer. */
static uint64_t head __attribute__((aligned(2 * CACHE_LINE_BYTES)));
static int stop __attribute__((aligned(2 * CACHE_LINE_BYTES)));

static int has_engine;

/* All from the head to this place. */
static void run_until(uint64_t end)
{
	uint64_t at = head;

	while (at < end) {
		uint64_t batch = end - at < ENGINE_BATCH ? end : at + ENGINE_BATCH;

		for (; at < batch; at++) {
			struct descriptor *each = &ring[at % RING_SLOTS];

			memcpy(each->target, each->source, each->bytes);
		}
		__atomic_store_n(&head, at, __ATOMIC_RELEASE);
	}
}

static void *engine(void *core)
{
	pin(*(int *)core);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		uint64_t end = __atomic_load_n(&tail, __ATOMIC_ACQUIRE);

		if (end == head)
			spin();
		else
			run_until(end);
	}
	return NULL;
}

static int queue_copy(char *target, char *source, uint32_t bytes)
{
	if (producer.tail - producer.seen_head == RING_SLOTS) {
		producer.seen_head = __atomic_load_n(&head, __ATOMIC_ACQUIRE);
		if (producer.tail - producer.seen_head == RING_SLOTS)
			return 0;
	}
	ring[producer.tail++ % RING_SLOTS] = (struct descriptor){ target, source, bytes };
	return 1;
}

static void queue_doorbell(void)
{
	__atomic_store_n(&tail, producer.tail, __ATOMIC_RELEASE);
	if (!has_engine)
		run_until(producer.tail);
}

static unsigned queue_ended(unsigned most)
{
	uint64_t now = __atomic_load_n(&head, __ATOMIC_ACQUIRE);
	uint64_t ended = now - producer.told < most ? now - producer.told : most;

	producer.told += ended;
	return ended;
}

int main(int argc, char **argv)
{
	int cores[2] = { argc > 2 ? atoi(argv[2]) : -1, argc > 3 ? atoi(argv[3]) : -1 };
	pthread_t thread = 0;

	has_engine = argc == 4 && !strcmp(argv[1], "ring");
	if (!has_engine && (argc != 3 || strcmp(argv[1], "inline")))
		fail("usage: descriptor inline CORE | descriptor ring CORE ENGINE_CORE");
	pin(cores[0]);
	if (has_engine)
		thread = begin_thread(engine, &cores[1]);
	serve_copies();
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	if (has_engine)
		pthread_join(thread, NULL);
	return 0;
}
