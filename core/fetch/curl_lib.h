/*
 * curl_lib.h - libcurl, loaded when the network is first needed.
 *
 * Loading libcurl and the dozen libraries behind it takes longer than most answers that need no network, so the program
 * is not linked with it. Types and constants come from its header, the functions from this struct.
 * Loaded and initialised once per process, for all threads; never unloaded.
 *
 *	const struct curl_lib *curl = curl_lib_get(&e);
 *	if (!curl)
 *		return false;		// ERR_NETWORK: "libcurl.so.4: cannot open shared object file ..."
 *	CURL *easy = curl->easy_init();
 */
#ifndef MODSCOPE_CURL_LIB_H
#define MODSCOPE_CURL_LIB_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "base/err.h"

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

struct curl_lib {
	CURLcode (*global_init)(long flags);
	CURL *(*easy_init)(void);
	void (*easy_cleanup)(CURL *easy);
	void (*easy_reset)(CURL *easy);
	CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
	CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
	curl_version_info_data *(*version_info)(CURLversion age);
	const char *(*easy_strerror)(CURLcode code);
	CURLM *(*multi_init)(void);
	CURLMcode (*multi_cleanup)(CURLM *multi);
	CURLMcode (*multi_setopt)(CURLM *multi, CURLMoption option, ...);
	CURLMcode (*multi_add_handle)(CURLM *multi, CURL *easy);
	CURLMcode (*multi_remove_handle)(CURLM *multi, CURL *easy);
	CURLMcode (*multi_perform)(CURLM *multi, int *running);
	CURLMcode (*multi_poll)(CURLM *multi, struct curl_waitfd *extra, unsigned n, int timeout_ms,
				int *n_ready);
	CURLMcode (*multi_wakeup)(CURLM *multi);
	CURLMsg *(*multi_info_read)(CURLM *multi, int *left);
	struct curl_slist *(*slist_append)(struct curl_slist *list, const char *s);
	void (*slist_free_all)(struct curl_slist *list);
};

const struct curl_lib *curl_lib_get(struct err *e);

#endif
