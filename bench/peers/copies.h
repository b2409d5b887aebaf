/*
 * A turn of small copies through a queue, the same for every kind of queue: whoever includes this has defined the three
 * operations of the queue above. At most DEPTH copies are in flight; they are begun BURST at a time, with one doorbell
 * for each burst. So a great depth is a pipeline, and a depth of 1 the round trip.
 *
 * Parameters: BYTES of a copy; SLOTS, the pairs of source and target that take turns; DEPTH; BURST; COPIES to do.
 * The figure is nanoseconds for each copy. All targets are compared with their sources after the turn.
 */
#include "peer.h"

/* Takes a copy into the queue; 0 when it is full. */
static int queue_copy(char *target, char *source, uint32_t bytes);
static void queue_doorbell(void);
/* How many have ended since the last call. */
static unsigned queue_ended(unsigned most);

struct copies {
	uint32_t bytes, slots, depth, burst;
	uint64_t copies;
};

static int read_copies(struct copies *turn)
{
	int found = scanf("%u %u %u %u %lu", &turn->bytes, &turn->slots, &turn->depth, &turn->burst, &turn->copies);

	if (found == EOF)
		return 0;
	if (found != 5 || !turn->bytes || !turn->burst || turn->depth < turn->burst || turn->slots < turn->depth)
		fail("not BYTES SLOTS DEPTH BURST COPIES with BURST <= DEPTH <= SLOTS");
	return 1;
}

static void run_copies(const struct copies *turn, char *target, char *source)
{
	uint64_t begun = 0, ended = 0;
	uint32_t slot = 0;

	while (ended < turn->copies) {
		if (begun < turn->copies && turn->depth - (begun - ended) >= turn->burst) {
			for (uint32_t i = 0; i < turn->burst && begun < turn->copies; i++, begun++) {
				size_t at = (size_t)slot * turn->bytes;

				if (!queue_copy(target + at, source + at, turn->bytes))
					break;
				slot = slot + 1 == turn->slots ? 0 : slot + 1;
			}
			queue_doorbell();
		}
		ended += queue_ended(turn->depth);
	}
}

/* Turn after turn, until the input ends. */
static void serve_copies(void)
{
	static const size_t HALF_BYTES = 64 << 20;
	char *target = pages(HALF_BYTES), *source = pages(HALF_BYTES);
	struct copies turn;

	for (uint64_t seed = 1; read_copies(&turn); seed++) {
		size_t bytes = (size_t)turn.bytes * turn.slots;
		size_t touched = (size_t)turn.bytes * (turn.copies < turn.slots ? turn.copies : turn.slots);

		if (bytes > HALF_BYTES)
			fail("%zu bytes are more than the %zu there are", bytes, HALF_BYTES);
		fill_random(source, bytes, seed);
		int64_t begin = now_nanos();
		run_copies(&turn, target, source);
		int64_t nanos = now_nanos() - begin;
		if (memcmp(target, source, touched))
			fail("the bytes are wrong");
		answer((double)nanos / turn.copies);
	}
}
