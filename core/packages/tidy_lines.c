#include "gofiles/gomod.h"
#include "packages/tidy_impl.h"

/* The kept part of a parsed file: much smaller than its syntax tree. */
struct reading {
	struct tidy_text *m;
	struct arena *a;
};

static void put_entry(const struct reading *to, const struct modsyntax_line *line,
		      struct tidy_entry e)
{
	struct tidy_text *m = to->m;

	if (!line || line->line <= 0 || (size_t)line->line > m->n)
		return;
	if (e.mod.path) {
		e.mod.path = arena_strdup(to->a, e.mod.path);
		e.mod.version = arena_strdup(to->a, e.mod.version);
	}
	m->lines[line->line - 1] = e;
	if (e.kind == TIDY_ENTRY_REQUIRE)
		map_put(&m->requires, e.mod.path, (void *)(intptr_t)line->line);
}

static void put_entries(const struct reading *m, const struct gomod *f)
{
	put_entry(m, f->module_line, (struct tidy_entry){ .kind = TIDY_ENTRY_MODULE });
	put_entry(m, f->go_line,
		  (struct tidy_entry){ .kind = TIDY_ENTRY_GO, .mod = { "go", f->go } });
	put_entry(m, f->toolchain_line,
		  (struct tidy_entry){ .kind = TIDY_ENTRY_TOOLCHAIN,
				       .mod = { "toolchain", f->toolchain } });
	for (size_t i = 0; i < f->require.n; i++) {
		const struct gomod_require *q = &f->require.items[i];

		put_entry(m, q->line,
			  (struct tidy_entry){ TIDY_ENTRY_REQUIRE, q->mod, q->indirect });
	}
	for (size_t i = 0; i < f->exclude.n; i++)
		put_entry(m, f->exclude.items[i].line,
			  (struct tidy_entry){ .kind = TIDY_ENTRY_EXCLUDE,
					       .mod = f->exclude.items[i].mod });
	for (size_t i = 0; i < f->replace.n; i++)
		put_entry(m, f->replace.items[i].line,
			  (struct tidy_entry){ .kind = TIDY_ENTRY_REPLACE,
					       .mod = f->replace.items[i].from });
	for (size_t i = 0; i < f->retract.n; i++)
		put_entry(m, f->retract.items[i].line,
			  (struct tidy_entry){ .kind = TIDY_ENTRY_RETRACT });
	for (size_t i = 0; i < f->tool.n; i++)
		put_entry(m, f->tool.items[i].line,
			  (struct tidy_entry){ .kind = TIDY_ENTRY_PATH,
					       .mod = { f->tool.items[i].path, "" } });
	for (size_t i = 0; i < f->ignore.n; i++)
		put_entry(m, f->ignore.items[i].line,
			  (struct tidy_entry){ .kind = TIDY_ENTRY_PATH });
}

static bool blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void trim(const char **s, size_t *n)
{
	while (*n && blank((*s)[0]))
		++*s, --*n;
	while (*n && blank((*s)[*n - 1]))
		--*n;
}

int tidy_lines_find(const struct tidy_text *m, const char *s, size_t n)
{
	const struct map_entry *e;

	trim(&s, &n);
	e = map_find_n(&m->keys, s, n);
	return e ? (int)(intptr_t)e->value : 0;
}

static void put_keys(struct tidy_text *m, const char *data, size_t len)
{
	for (size_t i = 0; i < m->n; i++) {
		const char *nl = memchr(data, '\n', len);
		size_t n = nl ? (size_t)(nl - data) : len;
		const char *key = data;
		size_t key_len = n;
		struct map_entry *e;
		bool added;

		trim(&key, &key_len);
		e = map_entry(&m->keys, key, key_len, &added);
		if (added)
			e->value = (void *)(intptr_t)(i + 1);
		data += MIN(n + 1, len);
		len -= MIN(n + 1, len);
	}
}

void tidy_lines_read(struct tidy_text *m, struct arena *a, const char *data, size_t len)
{
	struct gomod_options o = { .name = "go.mod", .lax = true };
	struct arena parsed = ARENA_INIT;
	struct gomod *f;

	*m = (struct tidy_text){ .n = len > 0 };
	for (size_t i = 0; i < len; i++)
		m->n += data[i] == '\n';
	m->lines = arena_calloc(a, m->n + 1, sizeof(*m->lines));
	put_keys(m, data, len);
	if (gomod_parse(&f, &parsed, &(struct gomod_options){ .name = "go.mod" }, data, len,
			NULL) ||
	    gomod_parse(&f, &parsed, &o, data, len, NULL))
		put_entries(&(struct reading){ m, a }, f);
	arena_release(&parsed);
}

void tidy_lines_release(struct tidy_text *m)
{
	map_release(&m->requires);
	map_release(&m->keys);
}
