/*
 * What every peer needs. A peer keeps running: it reads a line of parameters for each turn, does the turn, and answers
 * with a line that begins with the figure; it ends with its input. What is wrong is told on standard error, and ends it
 * too: with 1 what should have worked, with 77 what this machine lacks.
 */
#ifndef PEER_H
#define PEER_H
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

#define CACHE_LINE_BYTES 64

#define fail(...) end(1, __VA_ARGS__)
#define cannot(...) end(77, __VA_ARGS__)

__attribute__((noreturn, format(printf, 2, 3))) static inline void end(int code, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vfprintf(stderr, format, values);
	va_end(values);
	fputc('\n', stderr);
	exit(code);
}

/* Between its turns it is stopped, and would stay so for ever if the harness were killed. */
__attribute__((constructor)) static void end_with_harness(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static inline int64_t now_nanos(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static inline void spin(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb");
#endif
}

/* The calling thread stays on this core; a negative one leaves it where it likes. */
static inline void pin(int core)
{
	cpu_set_t set;

	if (core < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(core, &set);
	errno = pthread_setaffinity_np(pthread_self(), sizeof set, &set);
	if (errno)
		cannot("core %d: %s", core, strerror(errno));
}

static inline pthread_t begin_thread(void *(*work)(void *), void *argument)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, work, argument);
	if (errno)
		fail("pthread_create: %s", strerror(errno));
	return thread;
}

/* Of whole pages, each of which is there before anything is measured. */
static inline char *pages(size_t bytes)
{
	char *memory = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory == MAP_FAILED)
		cannot("memory of %zu bytes: %s", bytes, strerror(errno));
	return memory;
}

static inline uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline void fill_random(char *memory, size_t bytes, uint64_t seed)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15 | 1;

	for (size_t i = 0; i < bytes; i += sizeof state) {
		next_random(&state);
		memcpy(memory + i, &state, bytes - i < sizeof state ? bytes - i : sizeof state);
	}
}

static inline void answer(double figure)
{
	printf("%.4f\n", figure);
	fflush(stdout);
}
#endif
