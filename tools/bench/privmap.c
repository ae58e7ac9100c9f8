// SPDX-License-Identifier: GPL-2.0
/*
 * privmap DOMID GFN ROUNDS: map 64 MiB of another domain as the toolstack does, by
 * /dev/xen/privcmd, touch nothing, and unmap it. A line a round, nanoseconds:
 * "map N unmap N".
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#define NR_FRAMES	16384
#define LENGTH		(NR_FRAMES * 4096UL)

/* The kernel's <uapi/xen/privcmd.h>, which no package has. */
struct mmap_batch {
	unsigned int num;
	uint16_t dom;
	uint64_t addr;
	const uint64_t *arr;
	int *err;
};

#define MMAP_BATCH	_IOC(_IOC_NONE, 'P', 4, sizeof(struct mmap_batch))

static uint64_t frames[NR_FRAMES];
static int errors[NR_FRAMES];

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static int all_there(void)
{
	unsigned int i;

	for (i = 0; i < NR_FRAMES; i++)
		if (errors[i])
			return 0;
	return 1;
}

static void *map(int fd, unsigned int domid)
{
	struct mmap_batch batch = {
		.num = NR_FRAMES,
		.dom = domid,
		.arr = frames,
		.err = errors,
	};
	void *at = mmap(NULL, LENGTH, PROT_READ, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return NULL;
	batch.addr = (uintptr_t)at;
	return ioctl(fd, MMAP_BATCH, &batch) ? NULL : at;
}

static int one_round(int fd, unsigned int domid)
{
	uint64_t start = now(), mapped, unmapped;
	void *at = map(fd, domid);

	mapped = now() - start;
	if (!at || !all_there()) {
		perror("privmap");
		return 1;
	}
	start = now();
	munmap(at, LENGTH);
	unmapped = now() - start;
	printf("map %llu unmap %llu\n", (unsigned long long)mapped,
	       (unsigned long long)unmapped);
	return 0;
}

int main(int argc, char **argv)
{
	int fd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
	unsigned int i;
	int rounds;

	if (argc != 4 || fd < 0)
		return 1;
	for (i = 0; i < NR_FRAMES; i++)
		frames[i] = strtoull(argv[2], NULL, 0) + i;
	for (rounds = atoi(argv[3]); rounds > 0; rounds--)
		if (one_round(fd, atoi(argv[1])))
			return 1;
	return 0;
}
