/*
 * Executes a CNI plugin many times from several workers: a verb for every container, then the next verb.
 * Prints a line for each execution: the verb, how long it took and when it began after the first of its verb, in
 * microseconds, and the exit status. It forks small processes, so that what is measured is the plugin.
 * usage: cni-driver PLUGIN WORKERS CALLS PREFIX ADD|DEL|ADD,DEL [NAMESPACE] < network configuration
 * With a namespace, each container is the sandbox of the Pod of its name.
 */
#define _GNU_SOURCE
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

struct call {
	double start, taken;
	int status;
};

/* Shared by the workers. */
struct board {
	atomic_int next[2];
	struct call calls[];
};

static double now_us(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void run(struct call *call, const char *plugin, const char *command, const char *id, const char *namespace, const char *config, size_t length)
{
	char command_text[64], id_text[128], args_text[512] = "CNI_ARGS=";
	snprintf(command_text, sizeof command_text, "CNI_COMMAND=%s", command);
	snprintf(id_text, sizeof id_text, "CNI_CONTAINERID=%s", id);
	if (namespace) snprintf(args_text, sizeof args_text, "CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=%s;K8S_POD_NAME=%s", namespace, id);
	char *environment[] = { command_text, id_text, args_text, "CNI_NETNS=/var/run/netns/none", "CNI_IFNAME=eth0", "CNI_PATH=/usr/lib/cni", "PATH=/usr/bin:/bin", NULL };
	char *arguments[] = { (char *)plugin, NULL };
	int input = memfd_create("stdin", 0);
	if (write(input, config, length) != (ssize_t)length || lseek(input, 0, SEEK_SET) < 0) exit(2);
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	pid_t child;
	call->start = now_us();
	if (posix_spawn(&child, plugin, &actions, NULL, arguments, environment) != 0) exit(2);
	if (waitpid(child, &call->status, 0) < 0) exit(2);
	call->taken = now_us() - call->start;
	close(input);
	posix_spawn_file_actions_destroy(&actions);
}

int main(int argc, char **argv)
{
	static char config[65536];
	static const char *verbs[] = { "ADD", "DEL" };
	if (argc != 6 && argc != 7) return 2;
	size_t length = fread(config, 1, sizeof config, stdin);
	int workers = atoi(argv[2]), calls = atoi(argv[3]), broken = 0, status;
	size_t size = sizeof(struct board) + sizeof(struct call) * 2 * calls;
	struct board *board = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int verb = 0; verb < 2; verb++) {
		if (!strstr(argv[5], verbs[verb])) continue;
		struct call *all = board->calls + verb * calls;
		for (int worker = 0; worker < workers; worker++) {
			if (fork() != 0) continue;
			for (int index; (index = atomic_fetch_add(&board->next[verb], 1)) < calls;) {
				char id[64];
				snprintf(id, sizeof id, "%s-%d", argv[4], index);
				run(&all[index], argv[1], verbs[verb], id, argc == 7 ? argv[6] : NULL, config, length);
			}
			_exit(0);
		}
		while (wait(&status) > 0) broken |= status;
		double first = calls > 0 ? all[0].start : 0;
		for (int index = 0; index < calls; index++)
			printf("%s %.1f %.1f %d\n", verbs[verb], all[index].taken, all[index].start - first, WIFEXITED(all[index].status) ? WEXITSTATUS(all[index].status) : 255);
	}
	return broken ? 1 : 0;
}
