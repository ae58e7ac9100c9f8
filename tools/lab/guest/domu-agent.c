// SPDX-License-Identifier: GPL-2.0
/*
 * Runs in a domU: takes commands from the host through xenstore and answers there,
 * so that the console stays the kernel's.
 *
 *   data/lab/command  "ID COMMAND", written by the host
 *   data/lab/out/N    the output in pieces, standard output and error together
 *   data/lab/status   "ID STATUS PIECES", written last
 *
 * Speaks xenstore's wire protocol itself: one request, then messages until its reply.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>

/* xenstored takes nodes of 2048 bytes, everything included. */
#define PIECE 1024
#define MAX_PIECES 64
#define COMMAND_PATH "data/lab/command"
#define STATUS_PATH "data/lab/status"

static int bus;
static int events; /* watch events that have arrived and were not looked at */
static char body[XENSTORE_PAYLOAD_MAX + 1];

static void die(const char *what)
{
	fprintf(stderr, "domu-agent: %s: %m\n", what);
	exit(1);
}

static void read_all(void *to, size_t len)
{
	char *at = to;

	while (len) {
		ssize_t got = read(bus, at, len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			die("read");
		at += got;
		len -= got;
	}
}

/* One message, its text in body; the length of the text. */
static size_t receive(struct xsd_sockmsg *msg)
{
	read_all(msg, sizeof(*msg));
	if (msg->len > XENSTORE_PAYLOAD_MAX)
		die("message too long");
	read_all(body, msg->len);
	body[msg->len] = 0;
	if (msg->type == XS_WATCH_EVENT)
		events++;
	return msg->len;
}

/*
 * A request of two strings, the second without its end where it is a value.
 * 0, or -1 when xenstore refuses; its answer is in body.
 */
static int request(unsigned int type, const char *path, const char *more, size_t len)
{
	static char out[sizeof(struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX];
	struct xsd_sockmsg msg = { .type = type };
	size_t path_len = strlen(path) + 1;

	msg.len = path_len + len;
	memcpy(out, &msg, sizeof(msg));
	memcpy(out + sizeof(msg), path, path_len);
	memcpy(out + sizeof(msg) + path_len, more, len);
	if (write(bus, out, sizeof(msg) + msg.len) < 0)
		die("write");
	do
		receive(&msg);
	while (msg.type == XS_WATCH_EVENT);
	return msg.type == XS_ERROR ? -1 : 0;
}

static void put(const char *path, const char *data, size_t len)
{
	if (request(XS_WRITE, path, data, len))
		fprintf(stderr, "domu-agent: %s: %s\n", path, body);
}

static int write_pieces(FILE *from)
{
	char piece[PIECE], path[32];
	int pieces = 0;
	size_t len;

	/* Beyond the limit the output is drained, so that the command can end. */
	while ((len = fread(piece, 1, sizeof(piece), from)) > 0) {
		if (pieces == MAX_PIECES)
			continue;
		snprintf(path, sizeof(path), "data/lab/out/%d", pieces++);
		put(path, piece, len);
	}
	return pieces;
}

static int exit_status(int wstatus)
{
	return WIFEXITED(wstatus) ? WEXITSTATUS(wstatus) : 128 + WTERMSIG(wstatus);
}

static void answer(unsigned long long id, const char *command)
{
	char full[XENSTORE_PAYLOAD_MAX + 64], status[64];
	int pieces = 0, rc = 127;
	FILE *out;

	snprintf(full, sizeof(full), "exec 2>&1 </dev/null\n%s", command);
	out = popen(full, "r");
	if (out) {
		pieces = write_pieces(out);
		rc = exit_status(pclose(out));
	}
	snprintf(status, sizeof(status), "%llu %d %d", id, rc, pieces);
	put(STATUS_PATH, status, strlen(status));
}

/* Look at the mailbox; a command is carried out once, by its identity. */
static void look(unsigned long long *done)
{
	unsigned long long id;
	char *command;

	if (request(XS_READ, COMMAND_PATH, "", 0))
		return;
	id = strtoull(body, &command, 10);
	if (command == body || *command != ' ' || id == *done)
		return;
	*done = id;
	command = strdup(command + 1);
	answer(id, command);
	free(command);
}

int main(void)
{
	unsigned long long done = 0;
	struct xsd_sockmsg msg;

	bus = open("/dev/xen/xenbus", O_RDWR | O_CLOEXEC);
	if (bus < 0)
		die("/dev/xen/xenbus");
	put(STATUS_PATH, "0 0 0", 5);
	if (request(XS_WATCH, COMMAND_PATH, "lab", sizeof("lab"))) {
		fprintf(stderr, "domu-agent: watch: %s\n", body);
		return 1;
	}
	for (;;) {
		while (!events)
			receive(&msg);
		events = 0;
		look(&done);
	}
}
