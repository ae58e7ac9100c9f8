// SPDX-License-Identifier: GPL-2.0
/*
 * Fragment the guest's memory: fill MIB mebibytes, then let go of every other
 * page, and stay until SIGTERM.
 *
 *   fragment MIB
 *
 * Prints "fragment: ready".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	size_t bytes = argc > 1 ? strtoul(argv[1], NULL, 0) << 20 : 0;
	size_t page = sysconf(_SC_PAGESIZE);
	char *mem;

	if (!bytes) {
		fprintf(stderr, "usage: fragment MIB\n");
		return 2;
	}
	mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED || madvise(mem, bytes, MADV_NOHUGEPAGE)) {
		perror("fragment");
		return 2;
	}
	memset(mem, 0x5a, bytes);
	for (size_t i = 0; i < bytes; i += 2 * page)
		madvise(mem + i, page, MADV_DONTNEED);
	puts("fragment: ready");
	fflush(stdout);
	pause();
	return 0;
}
