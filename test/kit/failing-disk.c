/*
 * Loaded before libc: while the file that BERTH_DISK_FAULT names is there, writes to databases (data.mdb), or their syncs,
 * fail with the number of the error that is in it, behind the name of what fails: `write 5`, `sync 5`, or `commit 5` for the
 * write after the sync, which makes a transaction the last.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int fails(const char *what, int fd) {
	char link[64], path[4096], word[16];
	int number = 0;
	const char *fault = getenv("BERTH_DISK_FAULT");
	FILE *file = fault == NULL ? NULL : fopen(fault, "r");
	if (file == NULL) return 0;
	int fields = fscanf(file, "%15s %d", word, &number);
	fclose(file);
	if (fields != 2 || strcmp(word, what) != 0) return 0;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof path - 1);
	if (length < 0) return 0;
	path[length] = 0;
	if (strstr(path, "/data.mdb") == NULL) return 0;
	errno = number;
	return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* The first two pages say which state of the database is the last. */
#define WHICH(at) ((at) < 8192 ? "commit" : "write")

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
	return fails(WHICH(at), fd) ? -1 : REAL(pwrite)(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
	return fails(WHICH(at), fd) ? -1 : REAL(pwrite64)(fd, data, size, at);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
	return fails("write", fd) ? -1 : REAL(pwritev)(fd, parts, count, at);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
	return fails("write", fd) ? -1 : REAL(pwritev64)(fd, parts, count, at);
}
int fdatasync(int fd) {
	return fails("sync", fd) ? -1 : REAL(fdatasync)(fd);
}
