// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's end of the private channel: what the lab believes is only what
 * arrives here, not what the console shows.
 *
 *   channel tell TEXT...   one line to the lab
 *   channel send FILE      a whole file, of any bytes, beside the lines
 *   channel off            end the machine at once
 *
 * LAB_CHANNEL names the way out: "port:0x4e9" (a debug console of QEMU's, with
 * its exit device at 0x4f4) or a terminal such as "/dev/ttyS1" (UML); LAB_PARCEL
 * that for files.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <termios.h>
#include <unistd.h>

#define EXIT_PORT 0x4f4

/* One instruction for all of it: a PV guest's port accesses are emulated by Xen. */
static void put_port(unsigned short port, const char *text, size_t len)
{
	if (iopl(3)) {
		perror("channel: iopl");
		exit(1);
	}
	outsb(port, text, len);
}

/* A terminal must not translate what a file has in it. */
static void make_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t))
		return;
	cfmakeraw(&t);
	tcsetattr(fd, TCSANOW, &t);
}

static void put_file(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_NOCTTY);
	ssize_t done;

	make_raw(fd);
	for (; len; text += done, len -= done) {
		done = write(fd, text, len);
		if (done <= 0) {
			perror(path);
			exit(1);
		}
	}
	tcdrain(fd);
	close(fd);
}

static void put(const char *way, const char *text, size_t len)
{
	if (!way)
		return;
	if (!strncmp(way, "port:", 5))
		put_port(strtoul(way + 5, NULL, 0), text, len);
	else
		put_file(way, text, len);
}

static int tell(int argc, char **argv)
{
	char line[4096];
	size_t len = 0;

	for (int i = 0; i < argc && len < sizeof(line) - 2; i++)
		len += snprintf(line + len, sizeof(line) - 1 - len, "%s%s",
				i ? " " : "", argv[i]);
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	/* One line, whatever was in the text. */
	for (size_t i = 0; i < len; i++)
		if (line[i] == '\n')
			line[i] = ' ';
	line[len++] = '\n';
	put(getenv("LAB_CHANNEL"), line, len);
	return 0;
}

static int send(const char *path)
{
	static char piece[65536];
	FILE *file = fopen(path, "r");
	size_t len;

	if (!file) {
		perror(path);
		return 1;
	}
	while ((len = fread(piece, 1, sizeof(piece), file)) > 0)
		put(getenv("LAB_PARCEL"), piece, len);
	fclose(file);
	return 0;
}

static int off(void)
{
	const char *way = getenv("LAB_CHANNEL");

	if (way && !strncmp(way, "port:", 5))
		put_port(EXIT_PORT, "", 1);
	return 1;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "tell"))
		return tell(argc - 2, argv + 2);
	if (argc == 3 && !strcmp(argv[1], "send"))
		return send(argv[2]);
	if (argc > 1 && !strcmp(argv[1], "off"))
		return off();
	fprintf(stderr, "usage: channel tell TEXT... | send FILE | off\n");
	return 2;
}
