/* Any bytes as GOPROXY, as HTTP proxies, as the text of an error, and as a proxy's list of versions. No error detail contains
 * control characters, and every accepted line of the list has a valid version. */
#include "gofiles/goenv.h"
#include "fetch/http_error.h"
#include "fetch/http_proxy.h"
#include "fetch/proxy.h"
#include "gofiles/semver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_route(const char *text)
{
	char *proxy = xasprintf("GOPROXY=%s", text), *http = xasprintf("HTTP_PROXY=%s", text),
	     *no = xasprintf("NO_PROXY=%s", text);
	char *none = xasprintf("GONOPROXY=%s", text);
	const char *vars[] = {
		"HOME=/nonexistent", "GOENV=off", "GOROOT=/nonexistent", proxy, http, no, none, NULL
	};
	struct goenv *env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
	struct route r = ROUTE_INIT;
	struct http_proxy_settings proxies;
	struct err e = ERR_INIT;
	struct arena a = ARENA_INIT;
	struct goenv_note *notes;
	size_t n;

	if (!env)
		__builtin_trap();
	if (!route_init(&r, env, &e) && !e.text)
		__builtin_trap();
	for (size_t i = 0; i < r.n; i++)
		if (!r.hops[i].shown || (r.hops[i].kind == ROUTE_FILE && *r.hops[i].base->path &&
					 r.hops[i].base->path[0] != '/'))
			__builtin_trap();
	route_is_private(&r, "example.com/a/b");
	http_proxy_load(&proxies, env);
	http_proxy_for(&proxies, "http", "a.example", "80");
	http_proxy_for(&proxies, "http", "10.1.2.3", "8080");
	http_proxy_for(&proxies, "http", "[fd00::1]", "80");
	http_proxy_release(&proxies);
	goenv_explain(env, &a, &notes, &n);
	err_release(&e);
	arena_release(&a);
	route_release(&r);
	goenv_free(env);
	free(proxy);
	free(http);
	free(no);
	free(none);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct buf detail = BUF_INIT;

	http_error_detail(&detail, (const char *)data, size);
	for (size_t i = 0; i < detail.len; i++)
		if ((unsigned char)detail.data[i] < ' ' && !strchr("\t\n\r\v\f", detail.data[i]))
			__builtin_trap();
	buf_release(&detail);
	try_route(text);
	for (char *line = text; line;) {
		char *nl = strchr(line, '\n');
		const char *rest, *version;

		if (nl)
			*nl++ = '\0';
		version = proxy_list_line(line, &rest);
		if (version && (!semver_valid(version) || !rest))
			__builtin_trap();
		line = nl;
	}
	free(text);
	return 0;
}
