#include "graph/whatif_impl.h"

#include "gofiles/goenv.h"
#include "gofiles/gover.h"

static const char *const names[] = {
	[WHATIF_DROP] = "drop",
	[WHATIF_PIN] = "pin",
	[WHATIF_GET] = "get",
	[WHATIF_UPGRADE] = "upgrade",
	[WHATIF_UNREPLACE] = "unreplace",
};

const char *whatif_kind_name(enum whatif_kind k)
{
	return names[k];
}

void whatif_step_text(const struct whatif_step *s, struct buf *b)
{
	buf_addf(b, "%s %s", names[s->kind], s->path);
	if (s->version[0])
		buf_addf(b, " %s", s->version);
}

/* go and toolchain have their own lines. */
static void edit_command(const struct whatif_step *s, struct buf *b)
{
	bool line = str_eq(s->path, "go") || str_eq(s->path, "toolchain"),
	     drop = s->kind == WHATIF_DROP;

	if (line)
		buf_addf(b, "go mod edit -%s=%s", s->path, drop ? "none" : s->version);
	else if (drop)
		buf_addf(b, "go mod edit -droprequire=%s", s->path);
	else
		buf_addf(b, "go mod edit -require=%s@%s", s->path, s->version);
}

static void get_command(const struct whatif_step *s, size_t n, struct buf *b)
{
	buf_addstr(b, "go get");
	for (size_t i = 0; i < n; i++) {
		bool upgrade = s[i].kind == WHATIF_UPGRADE;

		buf_addf(b, " %s", s[i].path);
		if (s[i].version[0] || upgrade)
			buf_addf(b, "@%s", s[i].version[0] ? s[i].version : "upgrade");
	}
}

void whatif_steps_command(const struct whatif_steps *s, struct buf *b)
{
	for (size_t i = 0, n; i < s->n; i += n) {
		const struct whatif_step *step = &s->items[i];

		n = whatif_steps_together(s, i);
		buf_addstr(b, i ? " && " : "");
		if (whatif_is_get(step))
			get_command(step, n, b);
		else if (step->kind == WHATIF_UNREPLACE)
			buf_addf(b, "go mod edit -dropreplace=%s", step->path);
		else
			edit_command(step, b);
	}
}

static bool parse_edit(struct whatif_step *s, struct arena *a, const char *arg, struct err *e)
{
	const char *at = strchr(arg, '@');

	if (!at || at == arg || !at[1] || strpbrk(arg, " \n"))
		return err_set(e, ERR_USAGE,
			       "%s: not of the form MODULE@VERSION, MODULE@none or MODULE@original",
			       arg);
	*s = (struct whatif_step){ .path = arena_strndup(a, arg, (size_t)(at - arg)),
				   .version = "" };
	if (str_eq(at + 1, "none")) {
		s->kind = WHATIF_DROP;
	} else if (str_eq(at + 1, "upgrade")) {
		s->kind = WHATIF_UPGRADE;
	} else {
		s->kind = WHATIF_PIN;
		s->version = arena_strdup(a, at + 1);
	}
	return true;
}

/* CleanPatterns. */
static const char *clean_pattern(struct arena *a, const char *p)
{
	const char *clean = path_clean(a, p);

	if (!str_has_prefix(p, "./") || str_eq(clean, "."))
		return clean;
	return arena_fmt(a, "./%s", clean);
}

/* go get's newQuery. */
static bool parse_get(struct whatif_step *s, struct arena *a, const char *arg, struct err *e)
{
	const char *at = strchr(arg, '@'), *version = at ? at + 1 : "";
	const char *path = clean_pattern(a, at ? arena_strndup(a, arg, (size_t)(at - arg)) : arg);

	if (at && (version[0] == '-' || version[0] == '/'))
		return err_set(e, ERR_USAGE, "invalid module version \"%s\"", version);
	if (at && (!version[0] || strchr(version, '@')))
		return err_set(e, ERR_USAGE, "invalid module version syntax \"%s@%s\"", path,
			       version);
	if (!*arg || strpbrk(arg, " \n"))
		return err_set(e, ERR_USAGE, "%s: not of the form PATH or PATH@VERSION", arg);
	if (!at && str_has_suffix(arg, ".go") && !strchr(arg, '/'))
		return err_set(e, ERR_USAGE, "%s: arguments must be package or module paths", arg);
	*s = (struct whatif_step){ .kind = WHATIF_GET,
				   .path = path,
				   .version = arena_strdup(a, version) };
	return true;
}

bool whatif_step_parse(struct whatif_step *s, struct arena *a, const char *arg, bool get,
		       struct err *e)
{
	const char *at = strchr(arg, '@');

	if (!at || at == arg || !str_eq(at + 1, "original"))
		return get ? parse_get(s, a, arg, e) : parse_edit(s, a, arg, e);
	*s = (struct whatif_step){ .kind = WHATIF_UNREPLACE,
				   .path = arena_strndup(a, arg, (size_t)(at - arg)),
				   .version = "" };
	return true;
}

static bool parse_one(struct whatif_step *s, struct arena *a, const char *arg, bool get,
		      struct err *e)
{
	return whatif_step_parse(s, a, arg, get, e) &&
	       (!get || s->kind != WHATIF_GET || whatif_step_check(s, e));
}

bool whatif_step_joins(const struct whatif_step *s, const struct whatif_step *before)
{
	return s->kind == WHATIF_GET && before->kind == WHATIF_GET;
}

bool whatif_steps_parse(struct whatif_steps *s, struct arena *a, const char *const *args, size_t n,
			bool get, struct err *e)
{
	struct whatif_step *items = arena_calloc(a, n + 1, sizeof(*items));
	struct err all = ERR_INIT, one = ERR_INIT;

	*s = (struct whatif_steps){ items, n };
	for (size_t i = 0; i < n; i++) {
		if (!parse_one(&items[i], a, args[i], get, &one))
			whatif_step_add_error(&all, &one);
		else
			items[i].joined = get && i && whatif_step_joins(&items[i], &items[i - 1]);
		if (!get && err_is_set(&all))
			break;
	}
	return !err_is_set(&all) || err_move(e, &all);
}

/* The commands that take roots do not support a workspace. */
static bool in_workspace(const struct whatif_options *o, struct arena *a)
{
	const char *file = NULL;

	return goenv_find_gowork(o->env, a, &file, NULL) && file && *file && !str_eq(file, "off");
}

static struct modver copy_modver(struct arena *a, struct modver m)
{
	return (struct modver){ arena_strdup(a, m.path), arena_strdup(a, m.version) };
}

/* What the steps change */

/* The last version that steps asked for; NULL if none did. */
static const char *pinned_version(const struct whatif_run *r, const char *path)
{
	for (size_t i = r->n_steps; i-- > 0;)
		if (r->steps[i].version[0] && str_eq(r->steps[i].path, path))
			return str_eq(r->steps[i].version, "none") ? NULL : r->steps[i].version;
	return NULL;
}

static void add_delta(const struct whatif_run *r, struct whatif *w, struct whatif_delta d)
{
	/* A pin without effect gets a row. */
	if (str_eq(d.before, d.after) && !pinned_version(r, d.path)) {
		w->n_unchanged += !gover_is_toolchain(d.path);
		return;
	}
	d.by = d.lowered = (struct modver){ "", "" };
	w->deltas[w->n_deltas++] = d;
}

/* The nearest requirer of the version selected afterwards. */
static void set_decider(struct whatif_run *r, const struct modgraph *mg, struct whatif_delta *d)
{
	struct modtab *t = modload_tab(r->top.ml);
	uint32_t node = modtab_find(t, (struct modver){ d->path, d->after });
	const uint32_t *chain;
	size_t n;

	if (node == MODTAB_NONE)
		return;
	n = modgraph_chain(mg, node, r->a, &chain);
	if (n >= 2)
		d->by = copy_modver(r->a, t->nodes[chain[n - 2]].mod);
}

static bool asks_for_more(const struct modtab *t, const uint32_t *req, size_t n, const char *path,
			  const char *pin)
{
	for (size_t k = 0; k < n; k++)
		if (str_eq(t->nodes[req[k]].mod.path, path) &&
		    modtab_compare_versions(path, t->nodes[req[k]].mod.version, pin) > 0)
			return true;
	return false;
}

/* All that require more than a pin, without the main module, which only does after repair has raised its root. */
static void set_keepers(struct whatif_run *r, const struct modgraph *mg, struct whatif_delta *d,
			const char *pin)
{
	const struct modtab *t = modload_tab(r->top.ml);
	ARENA_VEC(struct modver) list = { 0 };
	size_t n, n_req;
	const uint32_t *order = modgraph_order(mg, &n);

	for (size_t i = 0; i < n; i++) {
		const struct modver *from = &t->nodes[order[i]].mod;
		const uint32_t *req = modgraph_required(mg, order[i], &n_req);

		if ((from->version[0] || r->workspace) &&
		    asks_for_more(t, req, n_req, d->path, pin))
			arena_vec_push(r->a, &list, copy_modver(r->a, *from));
	}
	d->keepers = list.items;
	d->n_keepers = list.n;
	if (list.n)
		d->by = list.items[0];
}

static void judge_pin(struct whatif_run *r, const struct modgraph *mg, struct whatif_delta *d)
{
	const char *pin = pinned_version(r, d->path);

	d->above_pin = pin && d->after[0] && modtab_compare_versions(d->path, d->after, pin) > 0;
	if (d->above_pin)
		set_keepers(r, mg, d, pin);
}

static void set_lowered(const struct whatif_run *r, struct whatif_delta *d)
{
	for (size_t i = 0; i < r->lowered.n; i++) {
		const struct goget_lowered *l = &r->lowered.items[i];

		if (str_eq(l->before.path, d->path) && !str_eq(l->because.path, d->path))
			d->lowered = copy_modver(r->a, l->because);
	}
}

static int by_path(const void *path, const void *mod)
{
	return strcmp(path, ((const struct modver *)mod)->path);
}

static void list_deltas(struct whatif_run *r, struct whatif *w, const struct modgraph *mg,
			const struct modver *before, size_t n_before)
{
	struct modtab *t = modload_tab(r->top.ml);
	size_t n;
	const uint32_t *list = modgraph_build_list(mg, &n);

	w->deltas = arena_calloc(r->a, n_before + n + 1, sizeof(*w->deltas));
	for (size_t i = 0; i < n_before; i++) {
		const char *after = modgraph_selected(mg, before[i].path);

		if (!before[i].version[0])
			continue;
		after = str_eq(after, "none") ? "" : arena_strdup(r->a, after);
		add_delta(r, w,
			  (struct whatif_delta){ .path = before[i].path,
						 .before = before[i].version,
						 .after = after });
	}
	for (size_t i = 0; i < n; i++) {
		struct modver m = t->nodes[list[i]].mod;

		if (bsearch(m.path, before, n_before, sizeof(*before), by_path))
			continue;
		m = copy_modver(r->a, m);
		add_delta(r, w,
			  (struct whatif_delta){
				  .path = m.path, .before = "", .after = m.version });
	}
}

static void count(struct whatif *w)
{
	for (size_t i = 0; i < w->n_deltas; i++) {
		const struct whatif_delta *d = &w->deltas[i];
		int c = d->before[0] && d->after[0]
				? modtab_compare_versions(d->path, d->after, d->before)
				: 0;

		w->n_gone += !d->after[0];
		w->n_new += !d->before[0];
		w->n_up += c > 0;
		w->n_down += c < 0;
	}
}

static void compare(struct whatif_run *r, struct whatif *w, const struct modgraph *mg,
		    const struct modver *before, size_t n_before)
{
	list_deltas(r, w, mg, before, n_before);
	for (size_t i = 0; i < w->n_deltas; i++) {
		struct whatif_delta *d = &w->deltas[i];

		if (d->after[0])
			set_decider(r, mg, d);
		judge_pin(r, mg, d);
		set_lowered(r, d);
	}
	count(w);
}

static void take_answer(const struct whatif_run *r, struct whatif *w)
{
	w->steps = (struct whatif_steps){ r->steps, r->n_steps };
	w->commands = arena_memdup(r->a, r->commands.items,
				   r->commands.n * sizeof(*r->commands.items));
	w->n_commands = r->commands.n;
	w->warnings = arena_strndup(r->a, r->warnings.data ? r->warnings.data : "",
				    r->warnings.len);
}

bool whatif_compute(struct whatif *w, struct arena *a, const struct whatif_options *o,
		    const struct whatif_steps *steps, const struct modver *before, size_t n_before,
		    struct err *e)
{
	struct whatif_run r = {
		.o = o, .a = a, .messages = BUF_INIT, .warnings = BUF_INIT, .said = BUF_INIT
	};
	const struct modgraph *mg = NULL;
	bool ok;

	*w = (struct whatif){ 0 };
	ok = whatif_run_begin(&r, steps, false, e);
	take_answer(&r, w);
	if (ok && !requirements_expand(r.top.ml, &r.top.rs, &mg, &w->broken) && !mg)
		ok = err_move(e, &w->broken);
	if (ok)
		compare(&r, w, mg, before, n_before);
	whatif_run_end(&r, e);
	return ok;
}

bool whatif_roots(struct whatif_roots *out, struct arena *a, const struct whatif_options *o,
		  const struct whatif_steps *steps, struct err *e)
{
	struct whatif_run r = {
		.o = o, .a = a, .messages = BUF_INIT, .warnings = BUF_INIT, .said = BUF_INIT
	};
	bool ok = whatif_run_begin(&r, steps, in_workspace(o, a), e);

	if (ok) {
		const struct requirements *rs = r.top.rs;
		struct modver *roots = arena_calloc(a, rs->n_roots + 1, sizeof(*roots));
		const char **direct = arena_calloc(a, rs->direct->n + 1, sizeof(*direct));

		/* what opening the files has said is said again */
		buf_add(&r.messages, r.said.data, r.said.len);
		for (size_t i = 0; i < rs->n_roots; i++)
			roots[i] = copy_modver(a, rs->roots[i]);
		for (size_t i = 0; i < rs->direct->n; i++)
			direct[i] = arena_strdup(a, rs->direct->entries[i].key);
		*out = (struct whatif_roots){ .roots = roots,
					      .n = rs->n_roots,
					      .pruning = rs->pruning,
					      .loaded = r.loaded,
					      .read = r.read,
					      .said = arena_strndup(a, r.messages.data + r.n_opened,
								    r.messages.len - r.n_opened),
					      .direct = direct,
					      .unreplaced = r.unreplaced,
					      .steps = { r.steps, r.n_steps } };
	}
	whatif_run_end(&r, e);
	return ok;
}

void whatif_release(struct whatif *w)
{
	err_release(&w->broken);
}
