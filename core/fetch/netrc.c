#include "fetch/netrc.h"

#include "base/fs.h"
#include "gofiles/goenv.h"

#define NETRC_MAX ((size_t)1 << 20)

/* Splits a line into its words, which are terminated in place; returns their number, at most max. */
static size_t split(char *line, char **words, size_t max)
{
	size_t n = 0;

	for (;;) {
		line += strspn(line, " \t\r\v\f");
		if (!*line || n == max)
			return n;
		words[n++] = line;
		line += strcspn(line, " \t\r\v\f");
		if (*line)
			*line++ = '\0';
	}
}

static void add(struct netrc *rc, const struct netrc_entry *entry)
{
	if (rc->n == rc->cap) {
		rc->cap = rc->cap ? rc->cap * 2 : 8;
		rc->entries = xreallocarray(rc->entries, rc->cap, sizeof(*rc->entries));
	}
	rc->entries[rc->n++] = *entry;
}

struct parser {
	struct netrc_entry entry; /* the entry being read */
	bool in_macro;
};

/* False at the end: nothing after "default" counts. */
static bool parse_line(struct netrc *rc, struct parser *p, char *line)
{
	char *words[256];
	size_t n, i;

	if (p->in_macro) {
		p->in_macro = *line != '\0';
		return true;
	}
	n = split(line, words, ARRAY_LEN(words));
	for (i = 0; i + 1 < n; i += 2) {
		if (str_eq(words[i], "machine"))
			p->entry = (struct netrc_entry){ .machine = words[i + 1] };
		else if (str_eq(words[i], "login"))
			p->entry.login = words[i + 1];
		else if (str_eq(words[i], "password"))
			p->entry.password = words[i + 1];
		else if (str_eq(words[i], "macdef"))
			p->in_macro = true;
		if (p->entry.machine && p->entry.login && p->entry.password) {
			add(rc, &p->entry);
			p->entry = (struct netrc_entry){ 0 };
		}
	}
	return !(i < n && str_eq(words[i], "default"));
}

void netrc_parse(struct netrc *rc, const char *data, size_t len)
{
	char *copy = arena_strndup(&rc->arena, data, len), *line = copy;
	struct parser p = { 0 };

	while (line) {
		char *nl = strchr(line, '\n');

		if (nl)
			*nl++ = '\0';
		if (!parse_line(rc, &p, line))
			break;
		line = nl;
	}
}

/* GOAUTH is a list of commands; this file implements netrc. */
static bool wants_netrc(const char *goauth)
{
	while (*goauth) {
		size_t n = strcspn(goauth, ";"), lead = strspn(goauth, " \t");

		if (n >= lead + 5 && strncmp(goauth + lead, "netrc", 5) == 0 &&
		    strchr(" \t;", goauth[lead + 5]))
			return true;
		goauth += n + (goauth[n] == ';');
	}
	return false;
}

void netrc_load(struct netrc *rc, const struct goenv *env)
{
	const char *file = goenv_get(env, "NETRC"), *home = goenv_get(env, "HOME");
	char *data;
	size_t len;

	if (!wants_netrc(goenv_get(env, "GOAUTH")))
		return;
	if (!*file)
		file = *home ? path_join(&rc->arena, home, ".netrc") : "";
	if (*file && fs_read(&rc->arena, file, NETRC_MAX, &data, &len, NULL))
		netrc_parse(rc, data, len);
}

void netrc_release(struct netrc *rc)
{
	free(rc->entries);
	arena_release(&rc->arena);
	*rc = (struct netrc)NETRC_INIT;
}

static const struct netrc_entry *find_machine(const struct netrc *rc, const char *name, size_t len)
{
	for (size_t i = 0; i < rc->n; i++) {
		const char *machine = rc->entries[i].machine;
		size_t n;

		machine = str_has_prefix(machine, "https://") ? machine + 8 : machine;
		n = strlen(machine);
		n -= n > 0 && machine[n - 1] == '/';
		if (n == len && strncmp(machine, name, len) == 0)
			return &rc->entries[i];
	}
	return NULL;
}

const struct netrc_entry *netrc_find(const struct netrc *rc, const char *url)
{
	const char *rest = str_cut_prefix(url, "https://");
	size_t len;

	if (!rest || !rc->n)
		return NULL;
	len = strlen(rest);
	len -= len > 0 && rest[len - 1] == '/';
	for (;;) {
		const struct netrc_entry *entry = find_machine(rc, rest, len);

		if (entry)
			return entry;
		while (len > 0 && rest[len - 1] != '/')
			len--;
		if (len == 0)
			return NULL;
		len--;
	}
}
