#include <sys/socket.h>

#include "fetch/http_engine_impl.h"
#include "fetch/http_roots.h"
#include "fetch/ssl_lib.h"

static int64_t info_time(const struct curl_lib *curl, const struct http_engine_transfer *t,
			 CURLINFO info)
{
	curl_off_t v = 0;

	curl->easy_getinfo(t->easy, info, &v);
	return (int64_t)v;
}

static int version_number(long version)
{
	switch (version) {
	case CURL_HTTP_VERSION_1_0: return 10;
	case CURL_HTTP_VERSION_1_1: return 11;
	case CURL_HTTP_VERSION_2_0: return 20;
	case CURL_HTTP_VERSION_3: return 30;
	default: return 0;
	}
}

/* The expiry of the server's own certificate, the first of the chain. */
static void take_certificate(const struct curl_lib *curl, struct http_engine_transfer *t)
{
	static const char name[] = "expire date:";
	const struct curl_certinfo *chain = NULL;

	curl->easy_getinfo(t->easy, CURLINFO_CERTINFO, &chain);
	if (!chain || chain->num_of_certs < 1)
		return;
	for (const struct curl_slist *l = chain->certinfo[0]; l; l = l->next)
		if (!t->hop.certificate_end)
			t->hop.certificate_end = http_hop_value(l->data, strlen(l->data), name);
}

void http_engine_take_facts(const struct curl_lib *curl, struct http_engine_transfer *t)
{
	struct http_hop *hop = &t->hop;
	char *address = NULL;
	long version = 0;

	hop->timing = (struct http_hop_timing){
		.dns = info_time(curl, t, CURLINFO_NAMELOOKUP_TIME_T),
		.connect = info_time(curl, t, CURLINFO_CONNECT_TIME_T),
		.tls = info_time(curl, t, CURLINFO_APPCONNECT_TIME_T),
		.first_byte = info_time(curl, t, CURLINFO_STARTTRANSFER_TIME_T),
		.total = info_time(curl, t, CURLINFO_TOTAL_TIME_T),
	};
	curl->easy_getinfo(t->easy, CURLINFO_PRIMARY_IP, &address);
	snprintf(hop->address, sizeof(hop->address), "%s", address ? address : "");
	curl->easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &version);
	curl->easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &t->connect_status);
	curl->easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &t->os_errno);
	hop->http_version = version_number(version);
	t->connected = info_time(curl, t, CURLINFO_PRETRANSFER_TIME_T) > 0;
	if (t->certificate)
		take_certificate(curl, t);
}

curl_socket_t http_engine_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct http_engine_transfer *t = ctx;

	(void)purpose;
	if (!*t->tried)
		http_hop_address(&a->addr, t->tried, sizeof(t->tried));
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* CURLOPT_SSL_CTX_FUNCTION */
static CURLcode on_tls(CURL *easy, void *ssl_ctx, void *ctx)
{
	struct http_engine_transfer *t = ctx;

	(void)easy;
	tls_peek_watch(ssl_ctx, &t->peek);
	return t->roots ? http_roots_trust(t->roots, ssl_ctx) : CURLE_OK;
}

void http_engine_set_tls(const struct curl_lib *curl, struct http_engine_transfer *t,
			 const struct http_roots *roots)
{
	if (roots)
		http_roots_use(roots, curl, t->easy);
	t->roots = roots && roots->on_demand ? roots : NULL;
	t->no_roots = roots && !roots->certificates.list.n ? roots->failed : NULL;
	if (!ssl_lib_is_of(curl))
		return;
	curl->easy_setopt(t->easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
	curl->easy_setopt(t->easy, CURLOPT_SSL_CTX_DATA, t);
}
