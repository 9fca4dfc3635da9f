#include "screens/proxy_cells.h"
#include "screens/proxy_doc.h"
#include "texts/describe.h"

/* The defaults of modscope proxy --watch. */
static const struct monitor_options watching = { .every_ms = 30000,
						 .threshold_ms = 500,
						 .strikes = 3 };

static struct proxy_view *state(const void *v)
{
	return view_state(v, "proxy");
}

static const struct proxy_view_row *row_at(const void *v, size_t i)
{
	return &state(v)->rows.items[i];
}

static const struct proxy_view_row *row_here(const struct view *v)
{
	size_t i = list_row(v->list);

	return i == LIST_NONE ? NULL : row_at(v, i);
}

/* Modules by route */

static enum proxy_view_group group_of(const struct chain *c, const struct chain_module *m)
{
	const char *route = proxy_text_route(c, m);

	return str_eq(route, "proxy")	 ? PROXY_VIEW_BY_PROXY
	       : str_eq(route, "direct") ? PROXY_VIEW_BY_DIRECT
					 : PROXY_VIEW_BY_NONE;
}

static void match(struct proxy_view *s, struct arena *a, struct proxy_view_module *m)
{
	const struct load_proxy *lp = proxy_view_chain(s);

	chain_match(&m->match, lp->env->env, a, m->from.path);
	m->group = group_of(lp->chain, &m->match);
}

/* Whether go would fetch it: not a main module or a directory. */
static void take_modules(struct proxy_view *s, struct part *graph)
{
	const struct load_graph *g = graph->data;

	part_ref(graph);
	part_unref(s->graph);
	s->graph = graph;
	arena_release(&s->arena);
	s->arena = (struct arena)ARENA_INIT;
	s->modules = arena_calloc(&s->arena, g->n_modules + 1, sizeof(*s->modules));
	s->n_modules = 0;
	for (size_t i = 0; i < g->n_modules; i++) {
		const struct load_module *from = &g->modules[i];
		struct proxy_view_module *m = &s->modules[s->n_modules];

		*m = (struct proxy_view_module){ .path = from->path, .version = from->version };
		m->from = *from->replaced.path ? from->replaced
					       : (struct modver){ m->path, m->version };
		if (from->kind == LOAD_MAIN || from->kind == LOAD_LANGUAGE || !*m->from.version)
			continue;
		match(s, &s->arena, m);
		s->n_modules++;
	}
	for (size_t i = 0; i < s->others.n; i++)
		match(s, &s->arena, &s->others.items[i]);
}

static void make_group(struct proxy_view *s, enum proxy_view_group group,
		       const struct proxy_view_module *modules, size_t n)
{
	s->n_in[group] = 0;
	for (size_t i = 0; i < n; i++) {
		if (group != PROXY_VIEW_TRIED && modules[i].group != group)
			continue;
		if (!s->n_in[group]++)
			vec_push(&s->rows,
				 (struct proxy_view_row){ PROXY_VIEW_ROW_GROUP, 0, group, NULL });
		if (s->unfolded & 1u << group)
			vec_push(&s->rows, (struct proxy_view_row){ PROXY_VIEW_ROW_MODULE, 0, group,
								    &modules[i] });
	}
}

static void make_rows(struct proxy_view *s)
{
	const struct load_proxy *lp = proxy_view_chain(s);
	size_t n = lp ? lp->chain->n : 0;

	s->rows.n = 0;
	if (!lp)
		return;
	vec_push(&s->rows, (struct proxy_view_row){ .kind = PROXY_VIEW_ROW_CHAIN });
	for (size_t i = 0; i < n; i++) {
		vec_push(&s->rows, (struct proxy_view_row){ .kind = PROXY_VIEW_ROW_HOP, .hop = i });
		if (i + 1 < n)
			vec_push(&s->rows,
				 (struct proxy_view_row){ .kind = PROXY_VIEW_ROW_THEN, .hop = i });
	}
	vec_push(&s->rows, (struct proxy_view_row){ .kind = PROXY_VIEW_ROW_SUMDB });
	for (int group = 0; group < PROXY_VIEW_TRIED; group++)
		make_group(s, (enum proxy_view_group)group, s->modules, s->n_modules);
	make_group(s, PROXY_VIEW_TRIED, s->others.items, s->others.n);
}

/* The list */

static size_t row_count(void *ctx)
{
	return state(ctx)->rows.n;
}

static uint64_t row_key(void *ctx, size_t i)
{
	const struct proxy_view_row *r = row_at(ctx, i);
	uint64_t h = hash_bytes(&r->hop, sizeof(r->hop), (uint64_t)r->kind * 16 + r->group);

	if (r->module) {
		h = hash_bytes(r->module->path, strlen(r->module->path), h);
		h = hash_bytes(r->module->version, strlen(r->module->version), h);
	}
	return h | 1;
}

static bool row_skip(void *ctx, size_t i)
{
	return row_at(ctx, i)->kind == PROXY_VIEW_ROW_THEN;
}

static const struct list_ops list_ops = {
	.count = row_count, .key = row_key, .cell = proxy_cells_fill, .skip = row_skip
};

static void proxy_open(struct view *v)
{
	struct proxy_view *s = state(v);

	list_init(&s->list, &list_ops, v, proxy_cells_columns, PROXY_CELLS);
	s->list.header = true;
	s->list.sort = -1;
	s->list.no_marks = true;
	s->list.empty = "Reading the settings.";
	s->unfolded = ~(1u << PROXY_VIEW_BY_PROXY);
	v->list = &s->list;
}

static void proxy_release(struct view *v)
{
	struct proxy_view *s = state(v);

	list_release(&s->list);
	vec_release(&s->rows);
	for (size_t i = 0; i < s->tried.n; i++) {
		free(s->tried.items[i].request);
		part_unref(s->tried.items[i].part);
	}
	vec_release(&s->tried);
	for (size_t i = 0; i < s->others.n; i++) {
		free((char *)(uintptr_t)s->others.items[i].path);
		free((char *)(uintptr_t)s->others.items[i].version);
	}
	vec_release(&s->others);
	monitor_release(&s->history);
	free(s->history_of);
	arena_release(&s->arena);
	part_unref(s->graph);
	part_unref(s->set);
	part_unref(s->asked);
}

/* Results */

static void tell_alarm(struct view *v, const struct monitor_hop *h)
{
	if (h->event == MONITOR_ALARM)
		app_message(v->app, STYLE_BAD, "alarm: hop %zu %s was bad %d times in a row",
			    h->hop + 1, h->url, h->bad_in_row);
	else if (h->event == MONITOR_CLEAR)
		app_message(v->app, STYLE_GOOD, "all clear: hop %zu %s", h->hop + 1, h->url);
}

static void take_answers(struct view *v, const struct load_proxy *lp)
{
	struct proxy_view *s = state(v);

	if (!s->history_of || !str_eq(s->history_of, lp->list)) {
		monitor_release(&s->history);
		s->history = (struct monitor){ .n = 0 };
		free(s->history_of);
		s->history_of = xstrdup(lp->list);
	}
	monitor_take(&s->history, lp->chain, &watching);
	for (size_t i = 0; i < s->history.n; i++)
		tell_alarm(v, &s->history.hops[i]);
}

static bool take(struct view *v, struct part **mine, const struct request *r)
{
	struct part *p = snapshot_part(app_snapshot(v->app), r);

	if (!p || p == *mine)
		return false;
	part_ref(p);
	part_unref(*mine);
	*mine = p;
	return true;
}

/* New settings discard the answers for old ones. */
static void drop_answers(struct proxy_view *s)
{
	const struct load_proxy *set = s->set->data;
	const struct load_proxy *asked = s->asked ? s->asked->data : NULL;

	if (asked && !str_eq(set->list, asked->list)) {
		part_unref(s->asked);
		s->asked = NULL;
	}
}

static void take_parts(struct view *v)
{
	struct proxy_view *s = state(v);
	struct part *graph = snapshot_part(app_snapshot(v->app), REQUEST(PART_GRAPH));
	bool set = take(v, &s->set, REQUEST(PART_PROXY, .proxy = { .glance = true }));

	if (set)
		drop_answers(s);
	if (take(v, &s->asked, proxy_text_probe()))
		take_answers(v, s->asked->data);
	for (size_t i = 0; i < s->tried.n; i++)
		take(v, &s->tried.items[i].part, s->tried.items[i].request);
	if (graph && proxy_view_chain(s) && (graph != s->graph || set))
		take_modules(s, graph);
}

static bool is_known(void *ctx)
{
	return proxy_view_chain(state(ctx)) != NULL;
}

static void ask_hops(struct view *v)
{
	app_reload(v->app, proxy_text_probe());
	view_touch(v);
}

static void watch_turn(struct view *v)
{
	struct proxy_view *s = state(v);

	if (!app_loading(v->app, proxy_text_probe(), NULL))
		ask_hops(v);
	app_after(v, monitor_pause(&watching, s->history.round), watch_turn);
}

static void run_watch(void *ctx, int arg)
{
	struct view *v = ctx;
	struct proxy_view *s = state(v);

	(void)arg;
	s->watching = !s->watching;
	if (s->watching)
		watch_turn(v);
	else
		app_after(v, 0, NULL);
	view_touch(v);
}

static bool proxy_option(struct view *v, const char *name, const char *value)
{
	(void)value;
	state(v)->watch_first = true;
	return str_eq(name, "watch");
}

static void proxy_refresh(struct view *v)
{
	struct proxy_view *s = state(v);

	app_want(v->app, REQUEST(PART_PROXY, .proxy = { .glance = true }));
	take_parts(v);
	if (s->watch_first && is_known(v)) {
		s->watch_first = false;
		run_watch(v, 0);
	}
	make_rows(s);
	list_refresh(&s->list);
	view_touch(v);
}

static void proxy_heading(struct view *v, struct line *l)
{
	const struct proxy_view *s = state(v);
	const struct err *e = app_error(v->app, proxy_text_probe());

	if (e)
		line_addf(l, STYLE_BAD, "  %s", e->text);
	else if (app_loading(v->app, proxy_text_probe(), NULL))
		line_add(l, STYLE_GO, "  asking");
	else if (!s->asked)
		line_add(l, STYLE_QUIET, "  nothing is asked yet: F asks the hops, E watches them");
	if (s->watching)
		line_add(l, STYLE_NORMAL, "  every 30 s   alarm over 500 ms, 3 in a row");
}

static void proxy_detail(struct view *v, struct doc *d)
{
	const struct proxy_view_row *r = row_here(v);

	if (r)
		proxy_doc_fill(v, r, d);
}

/* Actions */

/* Traces go's requests for it. A repeated request gets a new answer. */
static void trace(struct view *v, struct modver m, bool zip)
{
	struct proxy_view *s = state(v);
	const struct request_proxy q = {
		.mods = &m, .n_mods = 1, .no_zips = !zip, .timeout_ms = 30000
	};
	const struct request *r = REQUEST(PART_PROXY, .proxy = q);
	size_t i = 0;

	while (i < s->tried.n &&
	       (!str_eq(s->tried.items[i].request->proxy.mods->path, m.path) ||
		!str_eq(s->tried.items[i].request->proxy.mods->version, m.version)))
		i++;
	if (i == s->tried.n)
		vec_push(&s->tried, (struct proxy_view_tried){ request_copy(r), NULL });
	if (!request_eq(s->tried.items[i].request, r)) {
		free(s->tried.items[i].request);
		s->tried.items[i].request = request_copy(r);
	}
	app_reload(v->app, s->tried.items[i].request);
	view_touch(v);
}

static bool is_module(void *ctx)
{
	const struct proxy_view_row *r = row_here(ctx);

	return r && r->kind == PROXY_VIEW_ROW_MODULE;
}

static void run_trace(void *ctx, int arg)
{
	const struct proxy_view_module *m = row_here(ctx)->module;

	trace(ctx, (struct modver){ m->path, m->version }, arg);
}

static void run_fetch(void *ctx, int arg)
{
	if (is_module(ctx)) {
		run_trace(ctx, arg);
	} else {
		ask_hops(ctx);
		app_message(((struct view *)ctx)->app, STYLE_QUIET, "asking the hops");
	}
}

static bool is_it(const struct proxy_view_module *m, struct modver what)
{
	return str_eq(m->path, what.path) && (!*what.version || str_eq(m->version, what.version));
}

/* The module in the build list or among those tried; else adds it to these. */
static const struct proxy_view_module *find_module(struct proxy_view *s, struct modver m)
{
	for (size_t i = 0; i < s->n_modules; i++)
		if (is_it(&s->modules[i], m))
			return &s->modules[i];
	for (size_t i = 0; i < s->others.n; i++)
		if (is_it(&s->others.items[i], m))
			return &s->others.items[i];
	vec_push(&s->others, (struct proxy_view_module){
				     .path = xstrdup(m.path),
				     .version = xstrdup(*m.version ? m.version : "latest") });
	s->others.items[s->others.n - 1].from = (struct modver){
		s->others.items[s->others.n - 1].path, s->others.items[s->others.n - 1].version
	};
	match(s, &s->arena, &s->others.items[s->others.n - 1]);
	return &s->others.items[s->others.n - 1];
}

static const struct proxy_view_module *select_module(struct view *v, const char *text)
{
	struct proxy_view *s = state(v);
	char *path = xstrdup(text), *at = strchr(path, '@');
	const struct proxy_view_module *m;

	if (at)
		*at++ = '\0';
	m = find_module(s, (struct modver){ path, at ? at : "" });
	free(path);
	s->unfolded |= 1u << (m >= s->modules && m < s->modules + s->n_modules ? m->group
									       : PROXY_VIEW_TRIED);
	make_rows(s);
	list_refresh(&s->list);
	for (size_t i = 0; i < s->rows.n; i++)
		if (s->rows.items[i].module == m)
			list_go(&s->list, i);
	view_touch(v);
	return m;
}

static void try_now(struct view *v, const char *text)
{
	const struct proxy_view_module *m;

	if (!text[0] || !is_known(v))
		return;
	m = select_module(v, text);
	trace(v, (struct modver){ m->path, m->version }, false);
}

static void run_try(void *ctx, int arg)
{
	(void)arg;
	app_input(ctx, "Ask for a module, as PATH@VERSION", "", try_now);
}

static void run_fold(void *ctx, int arg)
{
	struct view *v = ctx;
	struct proxy_view *s = state(v);
	const struct proxy_view_row *r = row_here(v);
	unsigned bit;
	size_t i = list_row(v->list);

	if (!r || (r->kind != PROXY_VIEW_ROW_GROUP && r->kind != PROXY_VIEW_ROW_MODULE))
		return;
	bit = 1u << r->group;
	while (arg < 0 && row_at(v, i)->kind == PROXY_VIEW_ROW_MODULE)
		i--;
	s->unfolded = arg > 0	? s->unfolded | bit
		      : arg < 0 ? s->unfolded & ~bit
				: s->unfolded ^ bit;
	if (arg < 0)
		list_go(&s->list, i);
	make_rows(s);
	list_refresh(&s->list);
	view_touch(v);
}

static bool folds(struct view *v, bool shown)
{
	const struct proxy_view_row *r = row_here(v);

	return r && (r->kind == PROXY_VIEW_ROW_GROUP || r->kind == PROXY_VIEW_ROW_MODULE) &&
	       !(state(v)->unfolded & 1u << r->group) == !shown;
}

static bool can_unfold(void *ctx)
{
	return is_known(ctx) && folds(ctx, false);
}

static bool can_fold(void *ctx)
{
	return is_known(ctx) && folds(ctx, true);
}

static bool proxy_opens(struct view *v)
{
	return folds(v, false) || folds(v, true);
}

static void proxy_activate(struct view *v)
{
	const struct proxy_view_row *r = row_here(v);

	if (!proxy_opens(v))
		return;
	if (r->kind == PROXY_VIEW_ROW_MODULE && r->group != PROXY_VIEW_TRIED)
		app_open(v->app, "explain", r->module->path);
	else
		run_fold(v, 0);
}

static bool proxy_go(struct view *v, const char *target)
{
	const struct proxy_view *s = state(v);

	if (!is_known(v) || (!s->graph && !app_error(v->app, REQUEST(PART_GRAPH))))
		return false;
	select_module(v, target);
	return true;
}

static void proxy_place(struct view *v, struct buf *b)
{
	const struct proxy_view_row *r = row_here(v);

	if (r && r->kind == PROXY_VIEW_ROW_MODULE)
		describe_modver(b, (struct modver){ r->module->path, r->module->version });
}

static void proxy_copy(struct view *v, struct buf *b)
{
	const struct proxy_view_row *r = row_here(v);

	if (!r)
		return;
	if (r->kind == PROXY_VIEW_ROW_CHAIN)
		buf_addstr(b, proxy_view_chain(state(v))->list);
	else if (r->kind == PROXY_VIEW_ROW_HOP)
		buf_addstr(b, proxy_view_chain(state(v))->chain->hops[r->hop].hop->shown);
	else
		proxy_place(v, b);
}

static void proxy_command(struct view *v, struct buf *b)
{
	buf_addstr(b, "modscope proxy");
	if (is_module(v)) {
		buf_addch(b, ' ');
		proxy_place(v, b);
	} else if (state(v)->watching) {
		buf_addstr(b, " --watch");
	}
}

static const struct action actions[] = {
	{ "fetch", "F", "ask",
	  "ask the hops; on a module: what go mod download would ask for it, but for the zip",
	  is_known, run_fetch, 0, 0 },
	{ "trace", "X", NULL, "on a module: the same, and the first MiB of the zip", is_module,
	  run_trace, 1, 0 },
	{ "try", "w", "try", "ask so for any module and version", is_known, run_try, 0, 0 },
	{ "watch", "E", "watch", "ask the hops every 30 s, or stop: percentiles, alarm, all clear",
	  is_known, run_watch, 0, 0 },
	{ "unfold", "right l", NULL, "show the modules of the route", can_unfold, run_fold, 1, 0 },
	{ "fold", "left h", NULL, "hide them", can_fold, run_fold, -1, 0 },
	{ 0 },
};

const struct view_ops view_proxy = {
	.name = "proxy",
	.title = "Proxy",
	.help = "the proxies as they answer, how modules are had, what go asks for one",
	.tab = true,
	.needs = NEEDS(PART_GRAPH),
	.state_size = sizeof(struct proxy_view),
	.actions = actions,
	.open = proxy_open,
	.option = proxy_option,
	.release = proxy_release,
	.refresh = proxy_refresh,
	.go = proxy_go,
	.place = proxy_place,
	.heading = proxy_heading,
	.detail = proxy_detail,
	.activate = proxy_activate,
	.opens = proxy_opens,
	.copy = proxy_copy,
	.command = proxy_command,
};
