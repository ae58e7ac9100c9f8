// SPDX-License-Identifier: GPL-2.0
/*
 * A file from a domU to its host, through granted pages: no block device, and far
 * faster than the console.
 *
 *   parcel give FILE           in the domU: prints a number and stays until it is taken
 *   parcel take DOMID NUMBER   in the host: the file on standard output
 *
 * The number is the grant of a page that tells the length and all other grants.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xen/sys/gntalloc.h>
#include <xen/sys/gntdev.h>

#define PAGE 4096u
#define MAX_PAGES 1000u
#define WAIT_TENTHS 600

struct label {
	uint32_t length;
	uint32_t taken;
	uint32_t refs[MAX_PAGES];
};

static void die(const char *what)
{
	fprintf(stderr, "parcel: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_device(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return fd;
}

static void *map(int fd, uint32_t pages, uint64_t index)
{
	void *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
			fd, index);

	if (at == MAP_FAILED)
		die("mmap");
	return at;
}

/* New pages that the host may map; their grants in refs. */
static void *granted(int fd, uint32_t pages, uint32_t *refs)
{
	struct ioctl_gntalloc_alloc_gref *op;
	void *at;

	op = calloc(1, sizeof(*op) + pages * sizeof(uint32_t));
	if (!op)
		die("memory");
	op->flags = GNTALLOC_FLAG_WRITABLE;
	op->count = pages;
	if (ioctl(fd, IOCTL_GNTALLOC_ALLOC_GREF, op))
		die("granting");
	memcpy(refs, op->gref_ids, pages * sizeof(uint32_t));
	at = map(fd, pages, op->index);
	free(op);
	return at;
}

static void *taken(int fd, uint32_t domid, uint32_t pages, const uint32_t *refs)
{
	struct ioctl_gntdev_map_grant_ref *op;
	void *at;

	op = calloc(1, sizeof(*op) + pages * sizeof(op->refs[0]));
	if (!op)
		die("memory");
	op->count = pages;
	for (uint32_t i = 0; i < pages; i++) {
		op->refs[i].domid = domid;
		op->refs[i].ref = refs[i];
	}
	if (ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, op))
		die("taking grants");
	at = map(fd, pages, op->index);
	free(op);
	return at;
}

static uint32_t pages_of(uint32_t length)
{
	return (length + PAGE - 1) / PAGE;
}

static void fill(const char *path, char *at, uint32_t length)
{
	FILE *file = fopen(path, "r");

	if (!file || fread(at, 1, length, file) != length)
		die(path);
	fclose(file);
}

static void wait_until_taken(volatile struct label *label)
{
	for (int i = 0; i < WAIT_TENTHS && !label->taken; i++)
		usleep(100000);
	exit(!label->taken);
}

static int give(const char *path)
{
	int fd = open_device("/dev/xen/gntalloc");
	struct label *label;
	struct stat st;
	uint32_t ref;

	if (stat(path, &st))
		die(path);
	errno = EFBIG;
	if (!st.st_size || st.st_size > MAX_PAGES * PAGE)
		die(path);
	label = granted(fd, 1, &ref);
	label->length = st.st_size;
	fill(path, granted(fd, pages_of(label->length), label->refs), label->length);
	printf("%u\n", ref);
	fflush(stdout);
	if (fork())
		return 0;
	/* Whoever reads the number must not wait for the child. */
	fclose(stdout);
	fclose(stderr);
	wait_until_taken(label);
	return 0;
}

static int take(uint32_t domid, uint32_t ref)
{
	int fd = open_device("/dev/xen/gntdev");
	struct label *label = taken(fd, domid, 1, &ref);
	uint32_t length = label->length;
	int status = 0;

	errno = EFBIG;
	if (!length || length > MAX_PAGES * PAGE)
		die("no parcel");
	if (fwrite(taken(fd, domid, pages_of(length), label->refs), 1, length,
		   stdout) != length || fflush(stdout))
		status = 1;
	label->taken = 1;
	return status;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "give"))
		return give(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "take"))
		return take(strtoul(argv[2], NULL, 0), strtoul(argv[3], NULL, 0));
	fprintf(stderr, "usage: parcel give FILE | take DOMID NUMBER\n");
	return 2;
}
