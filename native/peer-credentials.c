/*
 * Who is on the other side of a Unix socket, as the kernel noted it when the connection was made. Node.js does not
 * offer it. One function: peerCredentials(fd) -> [pid, uid, gid, other gids ...].
 */
#define _GNU_SOURCE
#include <errno.h>
#include <node_api.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

/* As many as Linux lets a process have (NGROUPS_MAX). */
#define MOST_GROUPS 65536

static napi_value fail(napi_env env, const char *what) {
	napi_throw_error(env, NULL, what);
	return NULL;
}

static void put(napi_env env, napi_value list, uint32_t index, double number) {
	napi_value value;
	napi_create_double(env, number, &value);
	napi_set_element(env, list, index, value);
}

static napi_value peer_credentials(napi_env env, napi_callback_info info) {
	napi_value argument, list;
	size_t count = 1;
	int32_t fd;
	if (napi_get_cb_info(env, info, &count, &argument, NULL, NULL) != napi_ok || count < 1 ||
	    napi_get_value_int32(env, argument, &fd) != napi_ok)
		return fail(env, "peerCredentials: give it a file descriptor");

	struct ucred peer;
	socklen_t size = sizeof peer;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return fail(env, strerror(errno));

	gid_t *groups = malloc(MOST_GROUPS * sizeof *groups);
	if (groups == NULL) return fail(env, strerror(ENOMEM));
	socklen_t groups_size = MOST_GROUPS * sizeof *groups;
	/* Kernels before 4.13 know only the first group. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &groups_size) < 0) groups_size = 0;

	napi_create_array(env, &list);
	put(env, list, 0, peer.pid);
	put(env, list, 1, peer.uid);
	put(env, list, 2, peer.gid);
	for (size_t index = 0; index < groups_size / sizeof *groups; index += 1) put(env, list, 3 + index, groups[index]);
	free(groups);
	return list;
}

NAPI_MODULE_INIT() {
	napi_value function;
	napi_create_function(env, "peerCredentials", NAPI_AUTO_LENGTH, peer_credentials, NULL, &function);
	napi_set_named_property(env, exports, "peerCredentials", function);
	return exports;
}
