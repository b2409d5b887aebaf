/*
 * What the kernel gives through a bare ring: reads or writes of a file at a constant depth, with a registered file
 * and registered buffers, without any contract. The floor that the engine is compared with.
 *
 *   ring FILE read|write BLOCK DEPTH random|sequential [direct]
 *
 * For each line of its input, a number of seconds, it runs so long and prints operations per second and processor
 * time per operation in ns.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static double processor_time(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

int main(int argc, char **argv)
{
	if (argc < 6) {
		fprintf(stderr, "usage: ring FILE read|write BLOCK DEPTH random|sequential [direct]\n");
		return 2;
	}
	int writing = !strcmp(argv[2], "write");
	unsigned block = atoi(argv[3]);
	unsigned depth = atoi(argv[4]);
	int random = !strcmp(argv[5], "random");
	int direct = argc > 6 && !strcmp(argv[6], "direct");

	int fd = open(argv[1], (writing ? O_RDWR : O_RDONLY) | (direct ? O_DIRECT : 0));
	struct stat st;
	if (fd < 0 || fstat(fd, &st))
		fail(argv[1]);
	uint64_t blocks = st.st_size / block;

	struct io_uring_params p = {
		.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL,
	};
	int ring = syscall(__NR_io_uring_setup, depth, &p);
	if (ring < 0)
		fail("io_uring_setup");
	size_t bytes = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
	if (p.sq_off.array + p.sq_entries * 4 > bytes)
		bytes = p.sq_off.array + p.sq_entries * 4;
	char *rings = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
	struct io_uring_sqe *sqes = mmap(0, p.sq_entries * sizeof *sqes, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
	char *memory = mmap(0, (size_t)depth * block, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (rings == MAP_FAILED || sqes == MAP_FAILED || memory == MAP_FAILED)
		fail("mmap");
	if (syscall(__NR_io_uring_register, ring, IORING_REGISTER_FILES, &fd, 1))
		fail("registering the file");
	struct iovec buffer = { memory, (size_t)depth * block };
	int fixed = !syscall(__NR_io_uring_register, ring, IORING_REGISTER_BUFFERS, &buffer, 1);

	unsigned *sq_tail = (unsigned *)(rings + p.sq_off.tail);
	unsigned *array = (unsigned *)(rings + p.sq_off.array);
	unsigned *cq_head = (unsigned *)(rings + p.cq_off.head);
	unsigned *cq_tail = (unsigned *)(rings + p.cq_off.tail);
	unsigned sq_mask = *(unsigned *)(rings + p.sq_off.ring_mask);
	unsigned cq_mask = *(unsigned *)(rings + p.cq_off.ring_mask);
	struct io_uring_cqe *cqes = (struct io_uring_cqe *)(rings + p.cq_off.cqes);

	uint64_t state = 0x9e3779b97f4a7c15, position = 0;
	unsigned tail = *sq_tail, head = *cq_head, to_submit = 0;

	/* Every buffer that is free goes into the ring; buffer numbers are the user data. */
	unsigned *idle = malloc(depth * sizeof *idle), idle_count = depth;
	for (unsigned i = 0; i < depth; i++)
		idle[i] = i;
	double seconds;
	while (scanf("%lf", &seconds) == 1) {
		uint64_t done = 0;
		double begun = now(), used = processor_time(), end = begun + seconds;
		int more = 1;
		while (more || idle_count < depth) {
			while (more && idle_count) {
				unsigned i = idle[--idle_count];
				uint64_t at = random ? next_random(&state) % blocks : position++ % blocks;
				struct io_uring_sqe *sqe = &sqes[tail & sq_mask];
				memset(sqe, 0, sizeof *sqe);
				sqe->opcode = fixed ? (writing ? IORING_OP_WRITE_FIXED : IORING_OP_READ_FIXED)
						    : (writing ? IORING_OP_WRITE : IORING_OP_READ);
				sqe->flags = IOSQE_FIXED_FILE;
				sqe->off = at * block;
				sqe->addr = (uintptr_t)(memory + (size_t)i * block);
				sqe->len = block;
				sqe->user_data = i;
				array[tail & sq_mask] = tail & sq_mask;
				tail++;
				to_submit++;
			}
			__atomic_store_n(sq_tail, tail, __ATOMIC_RELEASE);
			int taken = syscall(__NR_io_uring_enter, ring, to_submit, 1, IORING_ENTER_GETEVENTS, 0, 0);
			if (taken < 0 && errno != EINTR)
				fail("io_uring_enter");
			to_submit -= taken > 0 ? taken : 0;
			unsigned ready = __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE);
			for (; head != ready; head++) {
				struct io_uring_cqe *cqe = &cqes[head & cq_mask];
				if (cqe->res != (int)block) {
					fprintf(stderr, "ring: a transfer ended with %d\n", cqe->res);
					return 1;
				}
				idle[idle_count++] = cqe->user_data;
				done++;
			}
			__atomic_store_n(cq_head, head, __ATOMIC_RELEASE);
			if (more && now() >= end)
				more = 0;
		}
		printf("%.0f %.0f\n", done / (now() - begun), (processor_time() - used) * 1e9 / done);
		fflush(stdout);
	}
	return 0;
}
