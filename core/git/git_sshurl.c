#include "git/git_sshurl.h"

#include <stdlib.h>

#include "base/hex.h"
#include "base/text.h"

#define MAX_PORT 65535

static const char *const schemes[] = { "ssh://", "git+ssh://", "ssh+git://" };

bool git_sshurl_is(const char *url)
{
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (str_has_prefix(url, schemes[i]))
			return true;
	return !strstr(url, "://") && url[strcspn(url, ":/")] == ':';
}

/* url_decode */
static char *decode(struct arena *a, const char *url)
{
	char *out = arena_alloc(a, strlen(url) + 1), *p = out;

	while (*url) {
		int high = *url == '%' ? hex_digit(url[1]) : -1;
		int low = high < 0 ? -1 : hex_digit(url[2]);

		if (low >= 0 && high + low > 0) {
			*p++ = (char)(high * 16 + low);
			url += 3;
		} else {
			*p++ = *url++;
		}
	}
	*p = '\0';
	return out;
}

/* host_end: past the brackets of an address, which may follow a user; else the beginning. */
static char *skip_brackets(char *host, bool remove)
{
	char *start = strstr(host, "@["), *end;

	start = start ? start + 1 : host;
	end = *start == '[' ? strchr(start, ']') : NULL;
	if (!end)
		return host;
	if (!remove)
		return end;
	*end = '\0';
	memmove(start, start + 1, (size_t)(end - start));
	return end; /* what was behind "]" is now behind two zeros */
}

static bool is_port(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);

	return end != s && !*end && n >= 0 && n <= MAX_PORT;
}

/* get_host_and_port, then get_port, which finds [user@host:port] */
static void split_port(struct git_sshurl *out, char *host)
{
	char *end = skip_brackets(host, true);

	out->host = host;
	out->port = NULL;
	for (char *colon = strchr(end == host ? host : end + 1, ':'); colon; colon = NULL) {
		if (is_port(colon + 1))
			out->port = colon + 1;
		if (is_port(colon + 1) || !colon[1])
			*colon = '\0';
	}
	end = strchr(host, ':');
	if (out->port || !end || !is_port(end + 1))
		return;
	out->port = end + 1;
	*end = '\0';
}

static bool fail(const char **why, const char *text)
{
	*why = text;
	return false;
}

bool git_sshurl_parse(struct git_sshurl *out, struct arena *a, const char *url, const char **why)
{
	const char *host = strstr(url, "://");
	char *copy = host ? decode(a, host + 3) : arena_strdup(a, url), *path;

	path = strchr(skip_brackets(copy, false), host ? '/' : ':');
	if (!path || !*path)
		return fail(why, "no path specified; see 'git help pull' for valid url syntax");
	if (host) {
		out->path = arena_strdup(a, path[1] == '~' ? path + 1 : path);
		*path = '\0';
	} else {
		*path++ = '\0';
		out->path = path[0] && path[1] == '~' ? path + 1 : path;
	}
	split_port(out, copy);
	if (*out->host == '-')
		return fail(why, arena_fmt(a, "strange hostname '%s' blocked", out->host));
	if (*out->path == '-')
		return fail(why, arena_fmt(a, "strange pathname '%s' blocked", out->path));
	return true;
}
