/*
 * What the executable does for the daemon where the runtime called it: run another plugin, and read a file. A part of
 * berth-cni.c, which includes it where all that it uses is there.
 */
#define FILE_LIMIT 65536
#define FILE_TIMEOUT_MS 2000

/* Looks a plugin up along CNI_PATH. */
static int find_program(const char *name, char *path, size_t size)
{
	const char *at = getenv("CNI_PATH");
	while (at && *at) {
		size_t length = strcspn(at, ":");
		if (length && snprintf(path, size, "%.*s/%s", (int)length, at, name) < (int)size && access(path, X_OK) == 0) return 0;
		at += length + (at[length] == ':');
	}
	return -1;
}

/* Where distributions and installers put plugins. One that is there only is not run, as the runtime did not offer it: the
 * answer says where it is. */
static void append_usual_place(const char *name, struct buffer *output)
{
	static const char *const places[] = {"/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni", "/usr/local/lib/cni", "/usr/local/libexec/cni"};
	char path[PATH_MAX];
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		int length = snprintf(path, sizeof path, "%s/%s", places[i], name);
		if (length < (int)sizeof path && access(path, X_OK) == 0) return append(output, path, (size_t)length);
	}
}

/* Runs a plugin with our environment but its own command and input. Returns its exit status; 127 when CNI_PATH has none. */
static int run_program(const char *name, const char *command, const char *input, size_t length, struct buffer *output)
{
	char path[PATH_MAX];
	if (strchr(name, '/')) return 127;
	if (find_program(name, path, sizeof path) < 0) {
		append_usual_place(name, output);
		return 127;
	}
	int out[2], in = memfd_create("stdin", 0);
	if (in < 0 || write_all(in, input, length) < 0 || lseek(in, 0, SEEK_SET) < 0) fail(5, "cannot prepare the input of %s: %s", name, strerror(errno));
	if (pipe2(out, O_CLOEXEC) < 0) fail(5, "cannot make a pipe: %s", strerror(errno));
	pid_t child = fork();
	if (child < 0) fail(5, "cannot fork: %s", strerror(errno));
	if (child == 0) {
		signal(SIGPIPE, SIG_DFL);
		if (dup2(in, 0) < 0 || dup2(out[1], 1) < 0 || setenv("CNI_COMMAND", command, 1) < 0) _exit(126);
		execl(path, name, (char *)NULL);
		_exit(126);
	}
	close(in), close(out[1]);
	int got = read_all(out[0], output, STDIN_LIMIT, 0), status = 0;
	close(out[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
	if (got != 0) fail(5, "%s printed more than %u bytes", name, STDIN_LIMIT);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Only what is a file, and not a large one: others may never end, or do something when they are opened. */
static const char *copy_file(const char *path, int to)
{
	struct stat about;
	char chunk[4096];
	size_t length = 0;
	if (stat(path, &about) < 0) return strerror(errno);
	if (!S_ISREG(about.st_mode)) return "it is no regular file";
	int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file < 0 || fstat(file, &about) < 0) return strerror(errno);
	if (!S_ISREG(about.st_mode)) return "it is no regular file";
	for (ssize_t got; (got = read(file, chunk, sizeof chunk)) != 0; length += (size_t)got) {
		if (got < 0) return strerror(errno);
		if (length + (size_t)got > FILE_LIMIT) return "it has more than 65536 bytes";
		if (write_all(to, chunk, (size_t)got) < 0) return strerror(errno);
	}
	return NULL;
}

/* Reads a file for the daemon, which may live in a container. Returns 0, or 1 with the reason in the output. A child
 * reads: of a disk that does not answer nobody waits for long. */
static int read_file(const char *path, struct buffer *output)
{
	int out[2], status = 0;
	if (pipe2(out, O_CLOEXEC) < 0) fail(5, "cannot make a pipe: %s", strerror(errno));
	pid_t child = fork();
	if (child < 0) fail(5, "cannot fork: %s", strerror(errno));
	if (child == 0) {
		const char *why = copy_file(path, out[1]);
		/* A zero, which no such file has, parts what was read from what went wrong. */
		if (why) _exit(write_all(out[1], "", 1) < 0 || write_all(out[1], why, strlen(why)) < 0 ? 2 : 1);
		_exit(0);
	}
	close(out[1]);
	long long own_deadline = deadline;
	deadline = now_ms() + FILE_TIMEOUT_MS;
	int got = read_all(out[0], output, FILE_LIMIT + 256, 1);
	deadline = own_deadline;
	close(out[0]);
	if (got != 0) kill(child, SIGKILL);
	/* One that waits for its disk cannot even be killed; it is no child of anybody who waits. */
	if (got == 0) while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
	if (got == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
	char *zero = got == 0 ? memrchr(output->data, '\0', output->length) : NULL;
	const char *why = zero ? zero + 1 : "it does not come within 2000 ms";
	size_t length = strlen(why);
	memmove(output->data, why, length + 1);
	output->length = length;
	return 1;
}
