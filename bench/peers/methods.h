/* The ways in which a C program copies a large block. */
#ifndef METHODS_H
#define METHODS_H
#include <stdint.h>
#include <string.h>

/* Keeps the compiler from merging or dropping copies. */
#define TOUCHED() __asm__ volatile("" ::: "memory")

static void copy_memcpy(char *target, const char *source, size_t bytes)
{
	memcpy(target, source, bytes);
	TOUCHED();
}

#if defined(__x86_64__)
#include <immintrin.h>

static void copy_movsb(char *target, const char *source, size_t bytes)
{
	__asm__ volatile("rep movsb" : "+D"(target), "+S"(source), "+c"(bytes) : : "memory");
}

/* Whole lines from aligned blocks; the rest, if there is one, through the caches. */
__attribute__((target("avx"))) static void copy_stream_avx(char *target, const char *source, size_t bytes)
{
	size_t lines = bytes & ~(size_t)127;

	for (size_t at = 0; at < lines; at += 128) {
		__m256i a = _mm256_loadu_si256((const __m256i *)(source + at));
		__m256i b = _mm256_loadu_si256((const __m256i *)(source + at + 32));
		__m256i c = _mm256_loadu_si256((const __m256i *)(source + at + 64));
		__m256i d = _mm256_loadu_si256((const __m256i *)(source + at + 96));

		_mm256_stream_si256((__m256i *)(target + at), a);
		_mm256_stream_si256((__m256i *)(target + at + 32), b);
		_mm256_stream_si256((__m256i *)(target + at + 64), c);
		_mm256_stream_si256((__m256i *)(target + at + 96), d);
	}
	memcpy(target + lines, source + lines, bytes - lines);
	_mm_sfence();
}

static void copy_stream_sse(char *target, const char *source, size_t bytes)
{
	size_t lines = bytes & ~(size_t)63;

	for (size_t at = 0; at < lines; at += 16)
		_mm_stream_si128((__m128i *)(target + at), _mm_loadu_si128((const __m128i *)(source + at)));
	memcpy(target + lines, source + lines, bytes - lines);
	_mm_sfence();
}
#endif

/* NULL where this processor has no such method. */
static void (*copy_method(const char *name))(char *, const char *, size_t)
{
	if (!strcmp(name, "memcpy"))
		return copy_memcpy;
#if defined(__x86_64__)
	if (!strcmp(name, "movsb"))
		return copy_movsb;
	if (!strcmp(name, "stream"))
		return __builtin_cpu_supports("avx") ? copy_stream_avx : copy_stream_sse;
#endif
	return NULL;
}
#endif
