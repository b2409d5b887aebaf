/*
 * How soon one thread stops another one that waits in a bare io_uring, without any contract: what a termination costs
 * that has to wake somebody.
 *
 *   stop wake     the waiting thread answers as soon as it is awake
 *   stop cancel   it first cancels its read of an empty pipe, and answers when that read has its completion entry
 *
 * Parameters: how many SECONDS. The figure is the median in microseconds; behind it stands each stop in nanoseconds.
 */
#define _GNU_SOURCE
#include <linux/io_uring.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "peer.h"
#include "stops.h"

#define ENTRIES 8
/* As long as the other one needs to wait again; nothing tells. */
#define PAUSE_MICROS 1000

enum { WAKE = 1, READ, CANCEL };

static int cancelling, event, reader, ring_fd;
static unsigned *sq_tail, *array, sq_mask, *cq_head, *cq_tail, cq_mask;
static struct io_uring_sqe *sqes;
static struct io_uring_cqe *cqes;
static struct io_uring_params parameters = {
	.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_R_DISABLED,
};

/* Written with release by the waiting thread, read with acquire by the one that stops it. */
static uint64_t answered;

static void *map(size_t bytes, uint64_t what)
{
	void *at = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring_fd, what);

	if (at == MAP_FAILED)
		fail("mapping the ring: %s", strerror(errno));
	return at;
}

static void open_ring(void)
{
	struct io_uring_params *p = &parameters;

	ring_fd = syscall(__NR_io_uring_setup, ENTRIES, p);
	if (ring_fd < 0)
		cannot("io_uring_setup: %s", strerror(errno));
	size_t cq_bytes = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
	size_t sq_bytes = p->sq_off.array + p->sq_entries * sizeof(unsigned);
	char *rings = map(cq_bytes > sq_bytes ? cq_bytes : sq_bytes, IORING_OFF_SQ_RING);

	sqes = map(p->sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	sq_tail = (unsigned *)(rings + p->sq_off.tail);
	array = (unsigned *)(rings + p->sq_off.array);
	sq_mask = *(unsigned *)(rings + p->sq_off.ring_mask);
	cq_head = (unsigned *)(rings + p->cq_off.head);
	cq_tail = (unsigned *)(rings + p->cq_off.tail);
	cq_mask = *(unsigned *)(rings + p->cq_off.ring_mask);
	cqes = (struct io_uring_cqe *)(rings + p->cq_off.cqes);
}

static void begin(struct io_uring_sqe entry)
{
	unsigned tail = *sq_tail, at = tail & sq_mask;

	sqes[at] = entry;
	array[at] = at;
	__atomic_store_n(sq_tail, tail + 1, __ATOMIC_RELEASE);
}

/* Hands over so many entries, waits for a completion, and tells which kinds have ended, as bits. */
static unsigned enter(unsigned entries)
{
	unsigned ended = 0;

	if (syscall(__NR_io_uring_enter, ring_fd, entries, 1, IORING_ENTER_GETEVENTS, 0, 0) < 0 && errno != EINTR)
		fail("io_uring_enter: %s", strerror(errno));
	unsigned head = *cq_head, tail = __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE);

	for (; head != tail; head++)
		ended |= 1u << cqes[head & cq_mask].user_data;
	__atomic_store_n(cq_head, head, __ATOMIC_RELEASE);
	return ended;
}

static void *wait_and_answer(void *unused)
{
	static uint64_t count;
	static char byte;
	struct io_uring_sqe wake = { .opcode = IORING_OP_READ, .fd = event, .addr = (uintptr_t)&count, .len = sizeof count, .user_data = WAKE };
	struct io_uring_sqe read = { .opcode = IORING_OP_READ, .fd = reader, .off = -1, .addr = (uintptr_t)&byte, .len = 1, .user_data = READ };
	struct io_uring_sqe cancel = { .opcode = IORING_OP_ASYNC_CANCEL, .fd = -1, .addr = READ, .user_data = CANCEL };

	(void)unused;
	/* Who enables the ring is its one issuer. */
	if (syscall(__NR_io_uring_register, ring_fd, IORING_REGISTER_ENABLE_RINGS, 0, 0))
		fail("enabling the ring: %s", strerror(errno));
	for (;;) {
		unsigned begun = 1;

		begin(wake);
		if (cancelling) {
			begin(read);
			begun++;
		}
		for (unsigned ended = 0; !(ended & 1u << WAKE); begun = 0)
			ended = enter(begun);
		if (cancelling) {
			begin(cancel);
			begun = 1;
			for (unsigned ended = 0; !(ended & 1u << READ); begun = 0)
				ended |= enter(begun);
		}
		__atomic_store_n(&answered, answered + 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

static int64_t stop(void)
{
	static const uint64_t one = 1;
	uint64_t before = answered;
	int64_t begun = now_nanos();

	if (write(event, &one, sizeof one) != sizeof one)
		fail("write: %s", strerror(errno));
	while (__atomic_load_n(&answered, __ATOMIC_ACQUIRE) == before)
		sched_yield();
	return now_nanos() - begun;
}

int main(int argc, char **argv)
{
	int ends[2];

	if (argc != 2 || (strcmp(argv[1], "wake") && strcmp(argv[1], "cancel")))
		fail("usage: stop wake|cancel");
	cancelling = !strcmp(argv[1], "cancel");
	event = eventfd(0, 0);
	if (event < 0 || pipe(ends))
		fail("eventfd or pipe: %s", strerror(errno));
	reader = ends[0];
	open_ring();
	begin_thread(wait_and_answer, NULL);
	answer_stops(stop, PAUSE_MICROS);
	return 0;
}
