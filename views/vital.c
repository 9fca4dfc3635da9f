#include "app_private.h"
#include "gauge.h"

static void add_count(struct line *l, unsigned style, uint64_t n, const char *what)
{
	struct buf b = BUF_INIT;

	gauge_count(&b, n);
	line_addf(l, style, "%s %s", b.data, what);
	buf_release(&b);
}

static void project_signs(const struct load_graph *g, struct line *left)
{
	line_addf(left, STYLE_HEADER, "  %s", g->main_path);
	if (g->go_version[0])
		line_addf(left, STYLE_QUIET, "   go %s", g->go_version);
	line_add(left, STYLE_NORMAL, "   ");
	add_count(left, STYLE_QUIET, g->n_modules, "modules");
	line_add(left, STYLE_NORMAL, "  ");
	add_count(left, STYLE_QUIET, g->n_edges, "edges");
}

/* "✗2 !3 ?1": how many findings there are, worst first. */
static void finding_signs(const struct app *app, struct line *right)
{
	struct findings fs;
	enum finding_severity worst[] = { FINDING_ERROR, FINDING_WARNING, FINDING_UNKNOWN };
	bool any = false;

	snapshot_findings(app->snapshot, &fs);
	for (size_t i = 0; i < ARRAY_LEN(worst); i++) {
		size_t n = findings_count(&fs, worst[i]);

		if (!n)
			continue;
		any = true;
		line_glyph(right, severity_style(worst[i]), severity_glyph(worst[i]));
		line_addf(right, severity_style(worst[i]), "%zu ", n);
	}
	if (!any && app->snapshot->n)
		line_glyph(right, STYLE_GOOD, GLYPH_GOOD);
	line_add(right, STYLE_NORMAL, " ");
	findings_release(&fs);
}

void app_vital_signs(const struct app *app, struct line *left, struct line *right)
{
	const struct load_graph *g = app_part(app, PART_GRAPH, "");

	if (g)
		project_signs(g, left);
	finding_signs(app, right);
}

size_t app_module_count(const struct app *app)
{
	const struct load_graph *g = app_part(app, PART_GRAPH, "");

	return g ? g->n_modules : 0;
}

const char *app_module_name(const struct app *app, size_t i)
{
	const struct load_graph *g = app_part(app, PART_GRAPH, "");

	return g && i < g->n_modules ? g->modules[i].path : "";
}
