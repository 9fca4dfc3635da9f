#include <ctype.h>

#include "gofiles/gomod.h"
#include "packages/tidy_impl.h"

static void put_entry(struct tidy_text *m, const struct modsyntax_line *line, struct tidy_entry e)
{
	if (line && line->line > 0 && (size_t)line->line <= m->n)
		m->lines[line->line - 1] = e;
}

static void put_entries(struct tidy_text *m, const struct gomod *f)
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
		if (q->line)
			map_put(&m->requires, q->mod.path, (void *)(intptr_t)q->line->line);
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

const char *tidy_lines_trim(struct arena *a, const char *s, size_t n)
{
	while (n && isspace((unsigned char)s[0]))
		s++, n--;
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

static void put_keys(struct arena *a, struct tidy_text *m, const char *data, size_t len)
{
	for (size_t i = 0; i < m->n; i++) {
		const char *nl = memchr(data, '\n', len);
		size_t n = nl ? (size_t)(nl - data) : len;
		const char *key = tidy_lines_trim(a, data, n);

		if (!map_has(&m->keys, key))
			map_put(&m->keys, key, (void *)(intptr_t)(i + 1));
		data += MIN(n + 1, len);
		len -= MIN(n + 1, len);
	}
}

void tidy_lines_read(struct tidy_text *m, struct arena *a, const char *data, size_t len)
{
	struct gomod_options o = { .name = "go.mod", .lax = true };
	struct gomod *f;

	*m = (struct tidy_text){ .n = len > 0 };
	for (size_t i = 0; i < len; i++)
		m->n += data[i] == '\n';
	m->lines = arena_calloc(a, m->n + 1, sizeof(*m->lines));
	put_keys(a, m, data, len);
	if (gomod_parse(&f, a, &(struct gomod_options){ .name = "go.mod" }, data, len, NULL) ||
	    gomod_parse(&f, a, &o, data, len, NULL))
		put_entries(m, f);
}
