/*
 * Executes a CNI plugin many times from several workers, and prints the time of each execution in
 * microseconds, one a line: ADD for every container, then DEL for every container. It forks small processes,
 * so that what is measured is the plugin.
 * usage: cni-driver PLUGIN WORKERS CALLS_PER_WORKER PREFIX < network configuration
 */
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

static double now_us(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static double run(const char *plugin, const char *command, const char *id, const char *config, size_t length)
{
	char command_text[64], id_text[128];
	snprintf(command_text, sizeof command_text, "CNI_COMMAND=%s", command);
	snprintf(id_text, sizeof id_text, "CNI_CONTAINERID=%s", id);
	char *environment[] = { command_text, id_text, "CNI_NETNS=/var/run/netns/none", "CNI_IFNAME=eth0", "CNI_PATH=/usr/lib/cni", "PATH=/usr/bin:/bin", NULL };
	char *arguments[] = { (char *)plugin, NULL };
	int input = memfd_create("stdin", 0);
	if (write(input, config, length) != (ssize_t)length || lseek(input, 0, SEEK_SET) < 0) exit(2);
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	pid_t child;
	int status;
	double start = now_us();
	if (posix_spawn(&child, plugin, &actions, NULL, arguments, environment) != 0) exit(2);
	if (waitpid(child, &status, 0) < 0) exit(2);
	double taken = now_us() - start;
	close(input);
	posix_spawn_file_actions_destroy(&actions);
	if (status != 0) { fprintf(stderr, "%s of %s failed with status %d\n", command, id, status); exit(3); }
	return taken;
}

int main(int argc, char **argv)
{
	static char config[65536];
	if (argc != 5) return 2;
	size_t length = fread(config, 1, sizeof config, stdin);
	int workers = atoi(argv[2]), calls = atoi(argv[3]);
	double *times = mmap(NULL, sizeof(double) * 2 * workers * calls, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int failed = 0, status;
	for (int verb = 0; verb < 2; verb++) {
		double start = now_us();
		for (int worker = 0; worker < workers; worker++) {
			if (fork() != 0) continue;
			for (int call = 0; call < calls; call++) {
				char id[64];
				snprintf(id, sizeof id, "%s-%d-%d", argv[4], worker, call);
				times[(verb * workers + worker) * calls + call] = run(argv[1], verb ? "DEL" : "ADD", id, config, length);
			}
			_exit(0);
		}
		while (wait(&status) > 0) failed |= status;
		fprintf(stderr, "%s %.0f\n", verb ? "DEL" : "ADD", workers * calls / ((now_us() - start) / 1e6));
	}
	for (int index = 0; index < 2 * workers * calls; index++) printf("%s %.1f\n", index < workers * calls ? "ADD" : "DEL", times[index]);
	return failed ? 1 : 0;
}
