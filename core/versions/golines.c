#include "versions/golines.h"

#include "base/buf.h"
#include "fetch/source.h"
#include "gofiles/gover.h"

static const char question[] = "golines";

void golines_put(struct golines *g, const char *version, const char *go)
{
	if (map_put(&g->lines, arena_strdup(&g->arena, version), arena_strdup(&g->arena, go)))
		g->changed = true;
}

const char *golines_get(const struct golines *g, const char *version)
{
	return map_get(&g->lines, version);
}

void golines_load(struct golines *g, struct source *s, const char *path)
{
	struct buf b = BUF_INIT;

	if (source_recall(s, path, question, &b)) {
		for (char *line = b.data, *next; line && *line; line = next) {
			char *go;

			next = strchr(line, '\n');
			if (next)
				*next++ = '\0';
			go = strchr(line, ' ');
			if (!go)
				continue;
			*go++ = '\0';
			if (str_eq(go, "-") || gover_valid(go))
				golines_put(g, line, str_eq(go, "-") ? "" : go);
		}
	}
	g->changed = false;
	buf_release(&b);
}

void golines_save(struct golines *g, struct source *s, const char *path)
{
	struct buf b = BUF_INIT;

	if (!g->changed)
		return;
	for (size_t i = 0; i < g->lines.n; i++) {
		const char *go = g->lines.entries[i].value;

		buf_addf(&b, "%s %s\n", g->lines.entries[i].key, *go ? go : "-");
	}
	source_keep(s, path, question, &b);
	g->changed = false;
	buf_release(&b);
}

void golines_release(struct golines *g)
{
	map_release(&g->lines);
	arena_release(&g->arena);
	*g = (struct golines)GOLINES_INIT;
}
