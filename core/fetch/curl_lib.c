#include "fetch/curl_lib.h"

#include <pthread.h>

#include "base/dynlib.h"

#ifndef CURL_SONAME
#ifdef __APPLE__
#define CURL_SONAME "libcurl.4.dylib"
#else
#define CURL_SONAME "libcurl.so.4"
#endif
#endif

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct curl_lib once_lib;
static char once_problem[256]; /* "" if lib is usable */

#define SYMBOL(name)                                           \
	{                                                      \
		"curl_" #name, offsetof(struct curl_lib, name) \
	}
static const struct dynlib_symbol symbols[] = {
	SYMBOL(global_init),	  SYMBOL(easy_init),	       SYMBOL(easy_cleanup),
	SYMBOL(easy_setopt),	  SYMBOL(easy_getinfo),	       SYMBOL(easy_strerror),
	SYMBOL(multi_init),	  SYMBOL(multi_cleanup),       SYMBOL(multi_setopt),
	SYMBOL(multi_add_handle), SYMBOL(multi_remove_handle), SYMBOL(multi_perform),
	SYMBOL(multi_poll),	  SYMBOL(multi_wakeup),	       SYMBOL(multi_info_read),
	SYMBOL(slist_append),	  SYMBOL(slist_free_all),      SYMBOL(easy_reset),
	SYMBOL(version_info),
};

static void load(void)
{
	const char *why = dynlib_load(CURL_SONAME, symbols, ARRAY_LEN(symbols), &once_lib);

	if (!why && once_lib.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		why = CURL_SONAME ": cannot be initialised";
	if (why)
		snprintf(once_problem, sizeof(once_problem), "%s", why);
}

const struct curl_lib *curl_lib_get(struct err *e)
{
	pthread_once(&once, load);
	if (!*once_problem)
		return &once_lib;
	err_set(e, ERR_NETWORK, "the network cannot be used: %s", once_problem);
	return NULL;
}
