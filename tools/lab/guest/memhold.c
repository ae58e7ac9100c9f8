// SPDX-License-Identifier: GPL-2.0
/*
 * Hold memory and watch it: fill MIB mebibytes with a pattern that depends on
 * the seed and on the place, then verify it over and over. A byte that changed
 * is reported with its place and ends the program with status 1.
 *
 *   memhold MIB [SEED]
 *
 * Prints "memhold: ready" when filled. SIGUSR1: verify all now and print
 * "memhold: verified N". SIGTERM: verify once more, say so, end with status 0.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static volatile sig_atomic_t asked, ending;

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		asked = 1;
	else
		ending = 1;
}

/* A bijective mix (of the splitmix kind): neighbours share no pattern. */
static uint64_t word_at(uint64_t seed, size_t i)
{
	uint64_t x = seed + (i + 1) * 0x9e3779b97f4a7c15ull;

	x = (x ^ (x >> 31)) * 0xbf58476d1ce4e5b9ull;
	return x ^ (x >> 29);
}

static void fill(uint64_t *mem, size_t words, uint64_t seed)
{
	for (size_t i = 0; i < words; i++)
		mem[i] = word_at(seed, i);
}

static void report(const uint64_t *mem, uint64_t seed, size_t i)
{
	uint64_t now = mem[i], want = word_at(seed, i);

	for (size_t b = 0; b < sizeof(now); b++) {
		uint8_t is = now >> (8 * b), was = want >> (8 * b);

		if (is != was)
			printf("memhold: CHANGED byte %zu: 0x%02x, was 0x%02x\n",
			       i * sizeof(now) + b, is, was);
	}
}

static size_t verify(const uint64_t *mem, size_t words, uint64_t seed)
{
	size_t changed = 0;

	for (size_t i = 0; i < words; i++) {
		if (mem[i] == word_at(seed, i))
			continue;
		if (changed++ < 8)
			report(mem, seed, i);
	}
	return changed;
}

static int watch(const uint64_t *mem, size_t words, uint64_t seed)
{
	const struct timespec rest = { .tv_nsec = 100 * 1000 * 1000 };
	unsigned long rounds = 0;

	for (;;) {
		int last = ending, answer = asked;
		size_t changed = verify(mem, words, seed);

		rounds++;
		if (changed) {
			printf("memhold: %zu words changed\n", changed);
			return 1;
		}
		if (answer || last)
			printf("memhold: verified %lu\n", rounds);
		if (last)
			return 0;
		if (answer)
			asked = 0;
		nanosleep(&rest, NULL);
	}
}

int main(int argc, char **argv)
{
	size_t bytes = argc > 1 ? strtoul(argv[1], NULL, 0) << 20 : 0;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	struct sigaction sa = { .sa_handler = on_signal };
	uint64_t *mem;

	if (!bytes) {
		fprintf(stderr, "usage: memhold MIB [SEED]\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED) {
		perror("memhold: mmap");
		return 2;
	}
	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	fill(mem, bytes / sizeof(*mem), seed);
	printf("memhold: ready, %zu MiB, seed %llu\n", bytes >> 20,
	       (unsigned long long)seed);
	return watch(mem, bytes / sizeof(*mem), seed);
}
