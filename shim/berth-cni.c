/*
 * The CNI executable. It decides nothing: it hands its name, its CNI_* variables and its standard input to
 * the node's daemon over a Unix socket, and does what the answer says: print and exit, or run another
 * plugin or read a file here, where the runtime called us, and report back. src/cni/wire.ts describes both directions.
 * Only VERSION is answered here: its input names no socket, and runtimes ask it before any daemon runs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_SOCKET "/run/ipam/ipam.sock"
#define SUPPORTED_VERSIONS "\"0.1.0\", \"0.2.0\", \"0.3.0\", \"0.3.1\", \"0.4.0\", \"1.0.0\", \"1.1.0\""
#define STDIN_LIMIT (4u << 20)
#define ANSWER_LIMIT (16u << 20)
#define RUN_LIMIT 4
#define DEFAULT_TIMEOUT_MS 15000
#define FIRST_PAUSE_MS 10
#define LONGEST_PAUSE_MS 1000

struct buffer { char *data; size_t length, capacity; };

static char failure[2048]; /* of the last try of a series */
static char cni_version[16] = "0.4.0";
static long long deadline; /* of all that the daemon is waited for, on the clock that nobody sets */

#include "kube-ipam.h"

static void print_escaped(const char *before, const char *text)
{
	fputs(before, stdout);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c == '"' || c == '\\' || c < 0x20) printf("\\u%04x", c);
		else putchar(c);
	}
}

__attribute__((noreturn, format(printf, 2, 3))) static void fail(int code, const char *format, ...)
{
	char message[4096];
	va_list values;
	va_start(values, format);
	vsnprintf(message, sizeof message, format, values);
	va_end(values);
	log_outcome("error", message, strlen(message));
	print_escaped("{ \"cniVersion\": \"", cni_version);
	printf("\", \"code\": %d", code);
	print_escaped(", \"msg\": \"", message);
	puts("\" }");
	exit(1);
}

static void append(struct buffer *buffer, const void *bytes, size_t length)
{
	if (buffer->length + length + 1 > buffer->capacity) {
		size_t capacity = buffer->capacity ? buffer->capacity : 4096;
		while (capacity < buffer->length + length + 1) capacity *= 2;
		char *data = realloc(buffer->data, capacity);
		if (!data) fail(5, "out of memory");
		buffer->data = data;
		buffer->capacity = capacity;
	}
	if (length) memcpy(buffer->data + buffer->length, bytes, length);
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
}

static void append_field(struct buffer *buffer, const char *name, const void *bytes, size_t length)
{
	char head[64];
	append(buffer, head, (size_t)snprintf(head, sizeof head, "%s %zu\n", name, length));
	append(buffer, bytes, length);
	append(buffer, "\n", 1);
}

static long long now_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (long long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Until the daemon takes or sends more; -1 when its time is over: one that drips is one that is away. */
static int wait_daemon(int connection, short what)
{
	struct pollfd one = { .fd = connection, .events = what };
	for (;;) {
		long long left = deadline - now_ms();
		int ready = left < 0 ? 0 : poll(&one, 1, left > INT_MAX ? INT_MAX : (int)left);
		if (ready > 0) return 0;
		if (ready == 0) errno = ETIMEDOUT;
		if (ready == 0 || errno != EINTR) return -1;
	}
}

/* Reads to the end. Returns 0, or -1 on an error, or 1 past the limit. The daemon, unlike others, has a deadline. */
static int read_all(int file, struct buffer *into, size_t limit, int is_daemon)
{
	char chunk[16384];
	for (;;) {
		if (is_daemon && wait_daemon(file, POLLIN) < 0) return -1;
		ssize_t got = read(file, chunk, sizeof chunk);
		if (got == 0) return 0;
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return -1;
		if (into->length + (size_t)got > limit) return 1;
		append(into, chunk, (size_t)got);
	}
}

static int write_all(int file, const char *bytes, size_t length)
{
	for (ssize_t put = 0; length > 0; bytes += put, length -= (size_t)put) {
		put = write(file, bytes, length);
		if (put < 0 && errno != EINTR) return -1;
		if (put < 0) put = 0;
	}
	return 0;
}

static int send_all(int connection, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t put = send(connection, bytes, length, MSG_DONTWAIT);
		if (put < 0 && errno == EINTR) continue;
		if (put < 0 && (errno != EAGAIN || wait_daemon(connection, POLLOUT) < 0)) return -1;
		if (put > 0) bytes += put, length -= (size_t)put;
	}
	return 0;
}

/* The text value of a key, found by a plain scan. A value with a backslash is not taken. */
static void scan_text(const struct buffer *json, const char *key, char *value, size_t size)
{
	char quoted[64];
	int quoted_length = snprintf(quoted, sizeof quoted, "\"%s\"", key);
	const char *at = json->data, *end = json->data + json->length;
	while ((at = memmem(at, (size_t)(end - at), quoted, (size_t)quoted_length))) {
		at += quoted_length;
		const char *text = at + strspn(at, " \t\r\n");
		if (*text++ != ':') continue; /* a value, not a key */
		text += strspn(text, " \t\r\n");
		if (*text++ != '"') return;
		size_t length = strcspn(text, "\"\\");
		if (text[length] == '"' && length > 0 && length < size) snprintf(value, size, "%.*s", (int)length, text);
		return;
	}
}

/* A connection to the daemon, -1 when it may come back soon. Refusals that waiting does not mend end here. */
static int connect_daemon(const char *path)
{
	long long left_ms = deadline - now_ms();
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address.sun_path) fail(7, "daemonSocket %s is longer than %zu bytes", path, sizeof address.sun_path - 1);
	strcpy(address.sun_path, path);
	int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connection < 0) fail(5, "cannot make a socket: %s", strerror(errno));
	/* For the connect, which waits while the daemon accepts nobody. */
	struct timeval limit = { left_ms > 0 ? left_ms / 1000 : 0, left_ms > 0 ? left_ms % 1000 * 1000 + 1 : 1 };
	setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0) {
		int error = errno;
		close(connection);
		if (error == EACCES || error == EPERM) fail(5, "no permission to connect to %s: %s", path, strerror(error));
		snprintf(failure, sizeof failure, "cannot connect to %s: %s", path, strerror(error));
		return -1;
	}
	struct ucred peer;
	socklen_t size = sizeof peer;
	if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) fail(5, "cannot tell who listens on %s", path);
	if (peer.uid != 0 && peer.uid != geteuid()) fail(5, "%s belongs to user %u, who is neither root nor the caller", path, (unsigned)peer.uid);
	return connection;
}

/* A header's value within the head, copied; an empty text when it is not there. */
static void header_value(const char *head, const char *name, char *value, size_t size)
{
	value[0] = '\0';
	for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
		line += 2;
		size_t length = strlen(name);
		if (strncasecmp(line, name, length) != 0 || line[length] != ':') continue;
		line += length + 1 + strspn(line + length + 1, " \t");
		length = strcspn(line, "\r");
		if (length >= size) fail(5, "header %s of the daemon's answer is too long", name);
		snprintf(value, size, "%.*s", (int)length, line);
		return;
	}
}

/* One try. Returns the body (after a head cut off by a zero at its end) or NULL to try again. */
static char *exchange_once(const char *path, const struct buffer *call, struct buffer *answer, size_t *body_length)
{
	char head[256], status[16], size[32];
	int connection = connect_daemon(path);
	if (connection < 0) return NULL;
	int length = snprintf(head, sizeof head,
		"POST /cni HTTP/1.1\r\nHost: ipam\r\nConnection: close\r\n"
		"Content-Type: application/x-berth-cni\r\nContent-Length: %zu\r\n\r\n", call->length);
	answer->length = 0;
	/* A write may fail because the daemon has answered and closed: what it said still counts. */
	int sent = !send_all(connection, head, (size_t)length) && !send_all(connection, call->data, call->length);
	int got = read_all(connection, answer, ANSWER_LIMIT, 1), is_late = got < 0 && errno == ETIMEDOUT;
	close(connection);
	if (got > 0) fail(5, "the daemon's answer is over %u bytes", ANSWER_LIMIT);
	char *end = got == 0 && answer->length ? strstr(answer->data, "\r\n\r\n") : NULL;
	if (!end) {
		if (is_late) snprintf(failure, sizeof failure, "no whole answer in time on %s", path);
		else snprintf(failure, sizeof failure, "%s went away %s", path, sent ? "before it answered" : "during the call");
		return NULL;
	}
	*end = '\0';
	char *body = end + 4;
	*body_length = answer->length - (size_t)(body - answer->data);
	header_value(answer->data, "content-length", size, sizeof size);
	if (strtoull(size, NULL, 10) != *body_length) {
		snprintf(failure, sizeof failure, "%s went away in the middle of its answer", path);
		return NULL;
	}
	if (sscanf(answer->data, "HTTP/1.1 %15s", status) != 1) fail(5, "%s does not speak HTTP", path);
	if (strcmp(status, "200") == 0) return body;
	if (status[0] != '5') fail(5, "%s answered HTTP %s; is it ipam-daemon of this version?", path, status);
	snprintf(failure, sizeof failure, "%s answered HTTP %s", path, status);
	return NULL;
}

/* Every verb may be repeated, so a call whose answer was lost is sent again. */
static char *exchange(const char *path, const struct buffer *call, struct buffer *answer, size_t *body_length)
{
	for (long pause = FIRST_PAUSE_MS;; pause = pause * 2 > LONGEST_PAUSE_MS ? LONGEST_PAUSE_MS : pause * 2) {
		char *body = exchange_once(path, call, answer, body_length);
		if (body) return body;
		if (now_ms() + pause > deadline) fail(11, "ipam-daemon does not answer: %s", failure);
		nanosleep(&(struct timespec){ pause / 1000, pause % 1000 * 1000000 }, NULL);
	}
}

/* Whether CNI_IFNAME is in CNI_NETNS: an ADD that comes again is judged by it. A namespace that is gone has none. */
static const char *interface_presence(const char *netns, const char *ifname)
{
	int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), other = open(netns, O_RDONLY | O_CLOEXEC);
	const char *presence = other < 0 && errno == ENOENT ? "absent" : "unknown";
	if (own >= 0 && other >= 0 && setns(other, CLONE_NEWNET) == 0) {
		presence = if_nametoindex(ifname) ? "present" : errno == ENODEV ? "absent" : "unknown";
		if (setns(own, CLONE_NEWNET) < 0) fail(5, "cannot return from %s: %s", netns, strerror(errno));
	} else if (own >= 0 && other >= 0 && errno == EINVAL) presence = "absent";
	if (own >= 0) close(own);
	if (other >= 0) close(other);
	return presence;
}

/* What tells this execution from every other: a call that is sent again is the same, one that a runtime makes again is not. */
static void append_execution(struct buffer *call)
{
	const char *command = getenv("CNI_COMMAND"), *netns = getenv("CNI_NETNS"), *ifname = getenv("CNI_IFNAME");
	const char *presence = "unknown";
	unsigned long long number;
	char text[17];
	if (getrandom(&number, sizeof number, 0) != sizeof number) return;
	if (command && strcmp(command, "ADD") == 0 && netns && *netns && ifname && *ifname) presence = interface_presence(netns, ifname);
	append_field(call, "execution", text, (size_t)snprintf(text, sizeof text, "%016llx", number));
	append_field(call, "interface", presence, strlen(presence));
}

#include "steps.h"

int main(int argc, char **argv)
{
	struct buffer input = {0}, call = {0}, answer = {0};
	char socket_path[1024] = DEFAULT_SOCKET, exit_text[16], program[256], command[32], what[16], step[65536];
	const char *name = argc > 0 ? basename(argv[0]) : "";
	signal(SIGPIPE, SIG_IGN);
	if (strcmp(name, "kube-ipam") == 0) begin_kube_ipam(argc, argv);
	append(&input, "", 0); /* so that there is a text to scan */
	int got = read_all(0, &input, STDIN_LIMIT, 0);
	if (got > 0) fail(7, "the network configuration on standard input is over %u bytes", STDIN_LIMIT);
	if (got < 0) fail(5, "cannot read standard input: %s", strerror(errno));
	scan_text(&input, "cniVersion", cni_version, sizeof cni_version);
	scan_text(&input, "ipam_unix_socket_path", socket_path, sizeof socket_path); /* Spiderpool's name for it */
	scan_text(&input, "daemonSocket", socket_path, sizeof socket_path);
	if (getenv("CNI_COMMAND") && strcmp(getenv("CNI_COMMAND"), "VERSION") == 0) {
		print_escaped("{ \"cniVersion\": \"", cni_version);
		return puts("\", \"supportedVersions\": [" SUPPORTED_VERSIONS "] }") < 0;
	}
	append_field(&call, "argv0", name, strlen(name));
	for (char **variable = environ; *variable; variable++)
		if (strncmp(*variable, "CNI_", 4) == 0) append_field(&call, "env", *variable, strlen(*variable));
	append_field(&call, "stdin", input.data, input.length);
	append_execution(&call);
	append_field(&call, "can", "read", 4);
	size_t call_length = call.length;
	const char *timeout = getenv("BERTH_CNI_TIMEOUT_MS");
	deadline = now_ms() + (timeout ? atoll(timeout) : DEFAULT_TIMEOUT_MS);
	for (int runs = 0; runs <= RUN_LIMIT; runs++) {
		size_t body_length;
		char *body = exchange(socket_path, &call, &answer, &body_length);
		header_value(answer.data, "berth-exit", exit_text, sizeof exit_text);
		if (exit_text[0]) {
			log_outcome(atoi(exit_text) == 0 ? "info" : "error", body, body_length);
			return write_all(1, body, body_length) < 0 ? 1 : atoi(exit_text);
		}
		header_value(answer.data, "berth-run", program, sizeof program);
		header_value(answer.data, "berth-command", command, sizeof command);
		header_value(answer.data, "berth-step", step, sizeof step);
		header_value(answer.data, "berth-read", what, sizeof what);
		if (!program[0] && !what[0]) fail(5, "the daemon's answer says neither exit nor run nor read");
		struct buffer output = {0};
		append(&output, "", 0);
		/* What the other plugin takes is not the daemon's time. */
		long long begun = now_ms();
		int status = what[0] ? read_file(body, &output) : run_program(program, command, body, body_length, &output);
		deadline += now_ms() - begun;
		call.length = call_length; /* without the step before */
		append_field(&call, "step", step, strlen(step));
		append_field(&call, "exit", exit_text, (size_t)snprintf(exit_text, sizeof exit_text, "%d", status));
		append_field(&call, "stdout", output.data, output.length);
		free(output.data);
	}
	fail(5, "the daemon asked for more than %d programs or files", RUN_LIMIT);
}
