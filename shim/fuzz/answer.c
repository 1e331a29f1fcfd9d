/*
 * libFuzzer over the CNI executable: the whole of its main, with the input as what the daemon answers, and
 * what stands before a byte 0xff as the network configuration. Sockets, memory and the end of the process are
 * replaced, so that a hundred thousand executions fit in one; no program is found to be run.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static int fuzz_connect(int connection, const struct sockaddr *address, socklen_t size);
static int fuzz_clock(clockid_t clock, struct timespec *time);
static void *fuzz_realloc(void *data, size_t size);
static void fuzz_free(void *data);
__attribute__((noreturn)) static void fuzz_exit(int status);

#define connect fuzz_connect
#define clock_gettime fuzz_clock
#define realloc fuzz_realloc
#define free fuzz_free
#define exit fuzz_exit
#define main shim_main
#include "../berth-cni.c"
#undef main
#undef exit
#undef free
#undef realloc
#undef clock_gettime
#undef connect

/* Below what a socket takes at once, so that nobody has to read meanwhile. */
#define ANSWER_MOST 65536
#define ALLOCATIONS_MOST 64

static const uint8_t *the_answer;
static size_t answer_length;
static jmp_buf ended;
static int peers[RUN_LIMIT + 2], peer_count;
static void *allocations[ALLOCATIONS_MOST];

static void must(int holds)
{
	if (!holds) abort();
}

/* The daemon has answered already, whatever it is asked. */
static int fuzz_connect(int connection, const struct sockaddr *address, socklen_t size)
{
	int pair[2];
	(void)address, (void)size;
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	must(write(pair[1], the_answer, answer_length) == (ssize_t)answer_length && shutdown(pair[1], SHUT_WR) == 0);
	must(dup2(pair[0], connection) == connection && close(pair[0]) == 0);
	must(peer_count < (int)(sizeof peers / sizeof *peers));
	peers[peer_count++] = pair[1];
	return 0;
}

/* It stands still: how long an execution takes decides nothing. */
static int fuzz_clock(clockid_t clock, struct timespec *time)
{
	(void)clock;
	*time = (struct timespec){ 1000, 0 };
	return 0;
}

/* The executable leaves its memory to the end of the process, which does not come here. */
static void **place_of(void *data)
{
	for (int at = 0; at < ALLOCATIONS_MOST; at++) if (allocations[at] == data) return &allocations[at];
	abort();
}

static void *fuzz_realloc(void *data, size_t size)
{
	void **place = place_of(data);
	return *place = realloc(data, size);
}

static void fuzz_free(void *data)
{
	*place_of(data) = NULL;
	free(data);
}

static void fuzz_exit(int status)
{
	longjmp(ended, status + 1);
}

static void set_stdin(const void *bytes, size_t length)
{
	must(ftruncate(0, 0) == 0 && lseek(0, 0, SEEK_SET) == 0);
	must(write(0, bytes, length) == (ssize_t)length && lseek(0, 0, SEEK_SET) == 0);
}

static void clean_up(void)
{
	while (peer_count > 0) close(peers[--peer_count]);
	for (int at = 0; at < ALLOCATIONS_MOST; at++) {
		free(allocations[at]);
		allocations[at] = NULL;
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	int null = open("/dev/null", O_WRONLY), in = memfd_create("stdin", 0);
	must(null >= 0 && in >= 0 && dup2(null, 1) == 1 && dup2(in, 0) == 0);
	/* One try, no pause; and no program anywhere. */
	must(setenv("BERTH_CNI_TIMEOUT_MS", "0", 1) == 0 && setenv("CNI_COMMAND", "ADD", 1) == 0 && unsetenv("CNI_PATH") == 0);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *arguments[] = { "/opt/cni/bin/ipam-cni", NULL };
	const uint8_t *split = size ? memchr(data, 0xff, size) : NULL;
	if (size > ANSWER_MOST) return -1;
	set_stdin(data, split ? (size_t)(split - data) : 0);
	the_answer = split ? split + 1 : data;
	answer_length = split ? size - (size_t)(the_answer - data) : size;
	if (setjmp(ended) == 0) shim_main(1, arguments);
	clean_up();
	return 0;
}
