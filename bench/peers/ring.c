/*
 * What the kernel gives through a bare io_uring: reads or writes of a file at a constant depth, with a registered file
 * and registered buffers, without any contract. The floor that the engine is compared with; the ring is used as liburing
 * and fio's t/io_uring.c use it.
 *
 *   ring FILE read|write BLOCK DEPTH random|sequential cached|direct CORE
 *
 * Parameters: how many SECONDS, and whether the figure is to be transfers per second (speed) or the processor time of each
 * in ns (processor).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "peer.h"

struct access {
	int fd, writing, random;
	unsigned block_bytes, depth;
	uint64_t blocks;
};

struct ring {
	int fd, fixed;
	unsigned *sq_tail, *array, sq_mask, tail, to_submit;
	unsigned *cq_head, *cq_tail, cq_mask, head;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	/* A buffer for each transfer in flight; those that are not, as a stack of their numbers. */
	char *memory;
	unsigned *idle, idle_count;
};

static int64_t processor_nanos(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * INT64_C(1000000000) +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * INT64_C(1000);
}

static void *map(int fd, size_t bytes, uint64_t what)
{
	void *at = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, what);

	if (at == MAP_FAILED)
		fail("mapping the ring: %s", strerror(errno));
	return at;
}

static struct ring open_ring(const struct access *access)
{
	struct io_uring_params p = {
		.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL,
	};
	int fd = syscall(__NR_io_uring_setup, access->depth, &p);

	if (fd < 0)
		cannot("io_uring_setup: %s", strerror(errno));
	size_t cq_bytes = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
	size_t sq_bytes = p.sq_off.array + p.sq_entries * sizeof(unsigned);
	char *rings = map(fd, cq_bytes > sq_bytes ? cq_bytes : sq_bytes, IORING_OFF_SQ_RING);
	struct ring ring = {
		.fd = fd,
		.sq_tail = (unsigned *)(rings + p.sq_off.tail),
		.array = (unsigned *)(rings + p.sq_off.array),
		.sq_mask = *(unsigned *)(rings + p.sq_off.ring_mask),
		.cq_head = (unsigned *)(rings + p.cq_off.head),
		.cq_tail = (unsigned *)(rings + p.cq_off.tail),
		.cq_mask = *(unsigned *)(rings + p.cq_off.ring_mask),
		.sqes = map(fd, p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES),
		.cqes = (struct io_uring_cqe *)(rings + p.cq_off.cqes),
		.memory = pages((size_t)access->depth * access->block_bytes),
		.idle = malloc(access->depth * sizeof(unsigned)),
	};
	struct iovec buffers = { ring.memory, (size_t)access->depth * access->block_bytes };

	if (syscall(__NR_io_uring_register, fd, IORING_REGISTER_FILES, &access->fd, 1))
		fail("registering the file: %s", strerror(errno));
	/* Beyond the limit of locked memory it goes without. */
	ring.fixed = !syscall(__NR_io_uring_register, fd, IORING_REGISTER_BUFFERS, &buffers, 1);
	while (ring.idle_count < access->depth) {
		ring.idle[ring.idle_count] = ring.idle_count;
		ring.idle_count++;
	}
	return ring;
}

static void begin(struct ring *ring, const struct access *access, uint64_t block)
{
	static const int opcodes[2][2] = {
		{ IORING_OP_READ, IORING_OP_READ_FIXED },
		{ IORING_OP_WRITE, IORING_OP_WRITE_FIXED },
	};
	unsigned buffer = ring->idle[--ring->idle_count], at = ring->tail++ & ring->sq_mask;

	ring->sqes[at] = (struct io_uring_sqe){
		.opcode = opcodes[access->writing][ring->fixed],
		.flags = IOSQE_FIXED_FILE,
		.off = block * access->block_bytes,
		.addr = (uintptr_t)(ring->memory + (size_t)buffer * access->block_bytes),
		.len = access->block_bytes,
		.user_data = buffer,
	};
	ring->array[at] = at;
	ring->to_submit++;
}

/* Submits what was begun, waits for one at least, and tells how many have ended. */
static unsigned enter(struct ring *ring, const struct access *access)
{
	__atomic_store_n(ring->sq_tail, ring->tail, __ATOMIC_RELEASE);
	int taken = syscall(__NR_io_uring_enter, ring->fd, ring->to_submit, 1, IORING_ENTER_GETEVENTS, 0, 0);

	if (taken < 0 && errno != EINTR)
		fail("io_uring_enter: %s", strerror(errno));
	ring->to_submit -= taken > 0 ? taken : 0;
	unsigned ready = __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE), ended = ready - ring->head;

	for (; ring->head != ready; ring->head++) {
		struct io_uring_cqe *cqe = &ring->cqes[ring->head & ring->cq_mask];

		if (cqe->res != (int)access->block_bytes)
			fail("a transfer ended with %d", cqe->res);
		ring->idle[ring->idle_count++] = cqe->user_data;
	}
	__atomic_store_n(ring->cq_head, ring->head, __ATOMIC_RELEASE);
	return ended;
}

static double run(struct ring *ring, const struct access *access, double seconds, const char *figure)
{
	static uint64_t state = 0x9e3779b97f4a7c15, position;
	uint64_t done = 0;
	int64_t used = processor_nanos(), begun = now_nanos(), end = begun + (int64_t)(seconds * 1e9);
	int more = 1;

	while (more || ring->idle_count < access->depth) {
		while (more && ring->idle_count)
			begin(ring, access, (access->random ? next_random(&state) : position++) % access->blocks);
		done += enter(ring, access);
		more = more && now_nanos() < end;
	}
	if (!strcmp(figure, "speed"))
		return done * 1e9 / (now_nanos() - begun);
	return (double)(processor_nanos() - used) / done;
}

int main(int argc, char **argv)
{
	if (argc != 8)
		fail("usage: ring FILE read|write BLOCK DEPTH random|sequential cached|direct CORE");
	struct access access = {
		.writing = !strcmp(argv[2], "write"),
		.block_bytes = atoi(argv[3]),
		.depth = atoi(argv[4]),
		.random = !strcmp(argv[5], "random"),
	};
	struct stat st;
	double seconds;
	char figure[16];

	pin(atoi(argv[7]));
	access.fd = open(argv[1], (access.writing ? O_RDWR : O_RDONLY) | (strcmp(argv[6], "direct") ? 0 : O_DIRECT));
	if (access.fd < 0 && errno == EINVAL)
		cannot("%s has no direct access", argv[1]);
	if (access.fd < 0 || fstat(access.fd, &st))
		fail("%s: %s", argv[1], strerror(errno));
	access.blocks = st.st_size / access.block_bytes;
	struct ring ring = open_ring(&access);

	while (scanf("%lf %15s", &seconds, figure) == 2)
		answer(run(&ring, &access, seconds, figure));
	return 0;
}
