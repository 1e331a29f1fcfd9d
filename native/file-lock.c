/*
 * flock(2), which Node.js does not offer. One function: tryLock(fd) -> is it locked now, and until the descriptor or its
 * process ends? false: another open file has it.
 */
#include <errno.h>
#include <node_api.h>
#include <string.h>
#include <sys/file.h>

static napi_value try_lock(napi_env env, napi_callback_info info) {
	napi_value argument, answer;
	size_t count = 1;
	int32_t fd;
	if (napi_get_cb_info(env, info, &count, &argument, NULL, NULL) != napi_ok || count < 1 ||
	    napi_get_value_int32(env, argument, &fd) != napi_ok) {
		napi_throw_error(env, NULL, "tryLock: give it a file descriptor");
		return NULL;
	}
	int failed = flock(fd, LOCK_EX | LOCK_NB);
	if (failed && errno != EWOULDBLOCK) {
		napi_throw_error(env, NULL, strerror(errno));
		return NULL;
	}
	napi_get_boolean(env, !failed, &answer);
	return answer;
}

NAPI_MODULE_INIT() {
	napi_value function;
	napi_create_function(env, "tryLock", NAPI_AUTO_LENGTH, try_lock, NULL, &function);
	napi_set_named_property(env, exports, "tryLock", function);
	return exports;
}
