#include "packages/goedit_impl.h"

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "base/textdiff.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/gowork.h"
#include "packages/tidy.h"

/* Files */

static const char *real_path(struct arena *a, const char *path)
{
	char *real = realpath(path, NULL);
	const char *out = arena_strdup(a, real ? real : path);

	free(real);
	return out;
}

/* overlay: NULL for what reads the file itself. */
static bool read_file(struct goedit *g, struct goedit_file *f, const char *name, const char *path,
		      const struct overlay *overlay, size_t max, struct err *e)
{
	struct err own = ERR_INIT;
	const char *actual = overlay_actual(overlay, path);

	f->name = name;
	f->path = real_path(&g->arena, path);
	f->in_overlay = !str_eq(actual, path);
	f->there = fs_read_buf(&f->before, f->in_overlay ? actual : f->path, max, &own);
	if (!f->there && own.code != ERR_NOT_FOUND)
		return err_move(e, &own);
	err_release(&own);
	goedit_put(&f->after, &f->before);
	return true;
}

/* The files and their contents; go mod edit does not see the overlay. */
static bool open_files(struct goedit *g, const struct goedit_options *o, bool edits, struct err *e)
{
	const struct overlay *over = edits ? NULL : goenv_overlay(o->env);
	struct goedit_loader l = { 0 };
	const struct modproject_main *mains;
	bool ok = goedit_open(&l, g, o, false, e);

	if (ok) {
		modproject_mains(modload_project(l.ml), &mains);
		ok = read_file(g, &g->gomod, "go.mod", mains[0].gomod, over, FS_MAX_MOD, e) &&
		     read_file(g, &g->gosum, "go.sum", modproject_gosum_file(modload_project(l.ml)),
			       over, FS_MAX_SUM, e);
	}
	goedit_close(&l);
	buf_clear(&g->messages); /* they will be repeated */
	return ok;
}

/* go mod edit */

static void drop_replaces(struct gomod *f, const char *path)
{
	for (size_t i = f->replace.n; i-- > 0;)
		if (i < f->replace.n && str_eq(f->replace.items[i].from.path, path))
			gomod_drop_replace(f, f->replace.items[i].from);
}

static void set_toolchain(struct gomod *f, const char *name)
{
	if (str_eq(name, "none"))
		gomod_drop_toolchain(f);
	else
		gomod_add_toolchain(f, name, NULL);
}

static bool edit(struct goedit *g, const struct whatif_step *s, struct err *e)
{
	struct buf *text = &g->gomod.after;
	struct gomod *f;

	if (!gomod_parse(&f, &g->arena, &(struct gomod_options){ .name = "go.mod" }, text->data,
			 text->len, e))
		return err_wrap(e, "errors parsing go.mod:\n");
	if (s->kind == WHATIF_PIN && str_eq(s->path, "go"))
		gomod_add_go(f, s->version, NULL);
	else if (str_eq(s->path, "toolchain") && s->kind != WHATIF_UNREPLACE)
		set_toolchain(f, s->kind == WHATIF_PIN ? s->version : "none");
	else if (s->kind == WHATIF_PIN)
		gomod_add_require(f, s->path, s->version);
	else if (s->kind == WHATIF_DROP)
		gomod_drop_require(f, s->path);
	else
		drop_replaces(f, s->path);
	gomod_sort_blocks(f);
	gomod_cleanup(f);
	buf_clear(text);
	gomod_format(text, f);
	return true;
}

/* Appends the command that drops the lines for the path, unless there are none. */
static void name_lines(struct buf *b, const char *command, const struct gomod_replaces *lines,
		       const char *path)
{
	size_t n = 0;

	for (size_t i = 0; i < lines->n; i++) {
		const struct modver *from = &lines->items[i].from;

		if (!str_eq(from->path, path))
			continue;
		if (!n++)
			buf_addf(b, "%s%s", b->len ? " && " : "", command);
		buf_addf(b, " -dropreplace=%s%s%s", path, *from->version ? "@" : "", from->version);
	}
}

static void name_member(struct goedit *g, struct buf *b, const char *root, const char *dir,
			const char *path)
{
	const char *at = *dir == '/' ? dir : path_join(&g->arena, root, dir);
	const char *file = path_join(&g->arena, at, "go.mod");
	struct buf text = BUF_INIT, command = BUF_INIT;
	struct gomod *m;

	if (!str_eq(real_path(&g->arena, file), g->gomod.path) &&
	    fs_read_buf(&text, file, FS_MAX_MOD, NULL) &&
	    gomod_parse(&m, &g->arena, &(struct gomod_options){ .name = "go.mod" }, text.data,
			text.len, NULL)) {
		buf_addstr(&command, "go -C ");
		text_shell_word(&command, at);
		buf_addstr(&command, " mod edit");
		name_lines(b, command.data, &m->replace, path);
	}
	buf_release(&command);
	buf_release(&text);
}

/* Only this module's go.mod is written: with lines in other files of the workspace the module would stay replaced. */
static bool check_elsewhere(struct goedit *g, const struct goedit_options *o, const char *path,
			    struct err *e)
{
	struct buf text = BUF_INIT, commands = BUF_INIT;
	const char *file = NULL;
	struct gowork *w;
	bool ok = goenv_find_gowork(o->env, &g->arena, &file, e);

	if (ok && file && *file && !str_eq(file, "off") &&
	    fs_read_buf(&text, file, FS_MAX_MOD, NULL) &&
	    gowork_parse(&w, &g->arena, &(struct gomod_options){ .name = "go.work" }, text.data,
			 text.len, NULL)) {
		name_lines(&commands, "go work edit", &w->replace, path);
		for (size_t i = 0; i < w->use.n; i++)
			name_member(g, &commands, path_dir(&g->arena, file), w->use.items[i].path,
				    path);
	}
	if (commands.len)
		ok = err_set(e, ERR_REFUSED,
			     "%s is replaced in other files of the workspace than %s: %s", path,
			     g->gomod.path, commands.data);
	buf_release(&commands);
	buf_release(&text);
	return ok;
}

/* Refuses impossible steps; resolves a query against the current requirements. */
static bool pin_or_drop(struct goedit *g, const struct goedit_options *o,
			const struct whatif_steps *s, struct err *e)
{
	const struct modproject_overlay over = { &g->gomod.after, &g->gosum.after };
	const struct whatif_options wo = { .env = o->env,
					   .offline = o->offline,
					   .cancel = o->cancel,
					   .log = o->log,
					   .once = o->once,
					   .overlay = &over,
					   .messages = &g->messages };
	struct whatif_roots roots;

	return whatif_roots(&roots, &g->arena, &wo, s, e) && edit(g, roots.steps.items, e);
}

/* The steps of one command. */
static bool take_steps(struct goedit *g, const struct goedit_options *o,
		       const struct whatif_steps *s, bool *got, struct err *e)
{
	switch (s->items->kind) {
	case WHATIF_PIN:
	case WHATIF_DROP: return pin_or_drop(g, o, s, e);
	case WHATIF_UNREPLACE:
		return check_elsewhere(g, o, s->items->path, e) && edit(g, s->items, e);
	case WHATIF_UPGRADE:
	case WHATIF_GET: *got = true; return goedit_get(g, o, s, e);
	}
	return true;
}

/* go mod tidy */

static bool run_tidy(struct goedit *g, const struct goedit_options *o, struct err *e)
{
	const struct tidy_options to = {
		.go = o->go, .leaves = true, .compat = o->compat, .allow_errors = o->allow_errors
	};
	struct goedit_loader l = { 0 };
	struct tidy *t = NULL;
	bool ok = goedit_open(&l, g, o, true, e) && tidy_run(&t, l.ml, &to, e);

	if (ok) {
		goedit_put(&g->gomod.after, &t->gomod_after);
		goedit_put(&g->gosum.after, &t->gosum_left);
	}
	tidy_free(t);
	goedit_close(&l);
	return ok;
}

/* go.work, after go get: a module must not require a newer go than its workspace. */
static bool raise_gowork(struct goedit *g, const struct goedit_options *o, struct err *e)
{
	struct goedit_file *f = &g->gowork;
	const char *file = NULL;
	struct gowork *w;
	struct gomod *m;

	if (!goenv_find_gowork(o->env, &g->arena, &file, e))
		return false;
	if (!file || !*file || str_eq(file, "off"))
		return true;
	if (!read_file(g, f, "go.work", file, NULL, FS_MAX_MOD, e))
		return false;
	buf_clear(&f->after);
	if (!gowork_parse(&w, &g->arena, &(struct gomod_options){ .name = "go.work" },
			  f->before.data, f->before.len, NULL) ||
	    !gomod_parse(&m, &g->arena, &(struct gomod_options){ .name = "go.mod" },
			 g->gomod.after.data, g->gomod.after.len, NULL) ||
	    !gowork_raise_go(w, m->go, &f->after))
		f->path = NULL;
	return true;
}

static void name_commands(struct goedit *g, const struct whatif_steps *steps, bool tidy)
{
	struct buf b = BUF_INIT;

	whatif_steps_command(steps, &b);
	if (tidy)
		buf_addf(&b, "%sgo mod tidy", b.len ? " && " : "");
	g->command = arena_strdup(&g->arena, b.data);
	buf_release(&b);
}

static bool is_edited(const struct whatif_steps *steps)
{
	for (size_t i = 0; i < steps->n; i++)
		if (steps->items[i].kind != WHATIF_GET && steps->items[i].kind != WHATIF_UPGRADE)
			return true;
	return false;
}

static bool is_changed(const struct goedit_file *f)
{
	return f->path && (f->before.len != f->after.len ||
			   memcmp(f->before.data, f->after.data, f->after.len) != 0);
}

static bool check_overlay(const struct goedit *g, struct err *e)
{
	const struct goedit_file *const all[] = { &g->gomod, &g->gosum };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i]->in_overlay && is_changed(all[i]))
			return err_set(
				e, ERR_REFUSED,
				"updates to %s needed, but %s is part of the overlay specified with -overlay",
				all[i]->name, all[i]->name);
	return true;
}

bool goedit_make(struct goedit *g, const struct goedit_options *o, const struct whatif_steps *steps,
		 bool tidy, struct err *e)
{
	bool got = false;

	*g = (struct goedit){ .messages = BUF_INIT };
	for (size_t i = 0; i < 3; i++) {
		struct goedit_file *f = (struct goedit_file *[]){ &g->gomod, &g->gosum,
								  &g->gowork }[i];

		buf_init(&f->before);
		buf_init(&f->after);
	}
	name_commands(g, steps, tidy);
	if (!open_files(g, o, is_edited(steps), e))
		return false;
	for (size_t i = 0, n; i < steps->n; i += n) {
		n = whatif_steps_together(steps, i);
		if (!take_steps(g, o, &(struct whatif_steps){ &steps->items[i], n }, &got, e))
			return false;
	}
	return (!tidy || run_tidy(g, o, e)) && check_overlay(g, e) &&
	       (!got || raise_gowork(g, o, e));
}

static void release_file(struct goedit_file *f)
{
	buf_release(&f->before);
	buf_release(&f->after);
}

void goedit_release(struct goedit *g)
{
	release_file(&g->gomod);
	release_file(&g->gosum);
	release_file(&g->gowork);
	buf_release(&g->messages);
	arena_release(&g->arena);
	*g = (struct goedit){ 0 };
}

size_t goedit_changed(const struct goedit *g, const struct goedit_file **files)
{
	const struct goedit_file *const all[] = { &g->gomod, &g->gosum, &g->gowork };
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (is_changed(all[i]))
			files[n++] = all[i];
	return n;
}

void goedit_diff(const struct goedit_file *f, struct buf *out)
{
	char *old = xasprintf("current/%s", f->name), *new = xasprintf("new/%s", f->name);

	textdiff(out, old, f->before.data, f->before.len, new, f->after.data, f->after.len);
	free(old);
	free(new);
}
