/*
 * A datagram to a Unix socket, which Node.js has no way to send: how a supervisor is told that its service serves
 * (sd_notify(3)). One function: notify(path, text). A path that begins with @ is an abstract name.
 */
#include <errno.h>
#include <node_api.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LONGEST_TEXT 2048

static napi_value fail(napi_env env, const char *what) {
	napi_throw_error(env, NULL, what);
	return NULL;
}

static napi_value notify(napi_env env, napi_callback_info info) {
	napi_value arguments[2];
	size_t count = 2, path = 0, length = 0;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char text[LONGEST_TEXT];
	if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 2 ||
	    napi_get_value_string_utf8(env, arguments[0], address.sun_path, sizeof(address.sun_path), &path) != napi_ok ||
	    napi_get_value_string_utf8(env, arguments[1], text, sizeof(text), &length) != napi_ok)
		return fail(env, "notify: give it the path of a socket and a text");
	if (address.sun_path[0] == '@')
		address.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(env, strerror(errno));
	/* Nobody waits for a supervisor that does not read. */
	ssize_t sent = sendto(fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address,
	                      offsetof(struct sockaddr_un, sun_path) + path);
	int failure = errno;
	close(fd);
	if (sent < 0)
		return fail(env, strerror(failure));
	return NULL;
}

NAPI_MODULE_INIT() {
	napi_value function;
	napi_create_function(env, "notify", NAPI_AUTO_LENGTH, notify, NULL, &function);
	napi_set_named_property(env, exports, "notify", function);
	return exports;
}
