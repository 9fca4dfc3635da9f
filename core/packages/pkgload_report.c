#include "gofiles/gover.h"
#include "packages/pkgload_impl.h"

struct requirements *pkgload_requirements(const struct pkgload *ld)
{
	return ld->rs;
}

struct modload *pkgload_modload(const struct pkgload *ld)
{
	return ld->ml;
}

size_t pkgload_pkgs(const struct pkgload *ld, struct pkg *const **pkgs)
{
	*pkgs = ld->pkgs.items;
	return ld->pkgs.n;
}

struct pkg *pkgload_find(const struct pkgload *ld, const char *path)
{
	return map_get(&ld->pkgs_by_path, path);
}

struct pkg *pkgload_find_absent(const struct pkgload *ld, const char *module)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(ld, &pkgs), len = strlen(module);

	for (size_t i = 0; i < n; i++) {
		const char *path = pkgs[i]->path;

		if (!pkgs[i]->mod.path[0] && !pkgs[i]->test_of && str_has_prefix(path, module) &&
		    (path[len] == '/' || path[len] == '\0'))
			return pkgs[i];
	}
	return NULL;
}

size_t pkgload_error_count(const struct pkgload *ld)
{
	return ld->n_errors;
}

const struct err *pkgload_first_error(const struct pkgload *ld)
{
	return &ld->first_error;
}

const struct err *pkgload_unread(const struct pkgload *ld)
{
	return &ld->unread;
}

const char *pkgload_unread_file(const struct pkgload *ld)
{
	return ld->unread_file;
}

const char *pkgload_passed_over(const struct pkgload *ld)
{
	return ld->unread_file ? ld->unread_file : ld->unread_dir;
}

void pkgload_fatal(struct pkgload *ld, const char *text)
{
	/* log.Printf adds a line's end only where there is none */
	modproject_message(modload_project(ld->ml), "go: %s%s", text,
			   str_has_suffix(text, "\n") ? "" : "\n");
	ld->n_errors++;
	err_set(&ld->first_error, ERR_REFUSED, "%s", text);
	err_mark(&ld->first_error, ERR_FORM_TOLD);
}

void pkgload_error(struct pkgload *ld, const char *text)
{
	if (ld->o.allow_errors)
		modproject_message(modload_project(ld->ml), "go: %s\n", text);
	else
		pkgload_fatal(ld, text);
}

void pkgload_tell(struct pkgload *ld, struct err *e)
{
	const char *text = err_text(e);

	if (err_is_final(e)) { /* reported at the end: see pkgload_stopped() */
		err_clear(e);
		return;
	}
	if (!ld->o.allow_errors && e->code != ERR_NONE)
		err_copy(&ld->first_error, e);
	pkgload_error(ld, text);
	err_clear(e);
}

bool pkgload_stopped(struct pkgload *ld, struct err *e)
{
	if (err_is_set(modproject_fatal(modload_project(ld->ml)))) {
		err_clear(e);
		err_copy(e, modproject_fatal(modload_project(ld->ml)));
		return true;
	}
	if (ld->n_errors == 0)
		return modproject_exits(modload_project(ld->ml), e);
	err_copy(e, &ld->first_error);
	return true;
}

const char *pkgload_go_version(const struct pkgload *ld)
{
	if (ld->o.go_version && ld->o.go_version[0])
		return ld->o.go_version;
	return requirements_go_version(ld->rs);
}

bool pkgload_is_external(const struct pkgload *ld, const struct pkg *p)
{
	return p->mod.path[0] && !modproject_is_main(modload_project(ld->ml), p->mod.path);
}

bool pkgload_in_main(const struct pkgload *ld, const struct pkg *p)
{
	return p->mod.path[0] && modproject_is_main(modload_project(ld->ml), p->mod.path);
}

static size_t stack_depth(const struct pkg *p)
{
	size_t n = 0;

	for (; p; p = p->stack)
		n++;
	return n;
}

void pkg_stack_text(const struct pkg *p, struct buf *out)
{
	size_t n = stack_depth(p);
	const struct pkg **stack = xreallocarray(NULL, n + 1, sizeof(*stack));

	for (size_t i = n; p; p = p->stack)
		stack[--i] = p;
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%s%s", stack[i]->path, stack[i]->test_of ? ".test" : "");
		if (i + 1 < n)
			buf_addstr(out, stack[i + 1]->test_of == stack[i] ? " tested by\n\t"
									  : " imports\n\t");
	}
	free(stack);
}

const char *pkgload_error_text(struct pkgload *ld, struct pkg *p)
{
	const char *v;

	if (p->problem.kind == PKG_OK || !p->problem.missing_std || !p->stack)
		return p->problem.kind == PKG_OK ? NULL : p->problem.text;
	v = p->stack->mod.path[0] ? modload_raw_go_version(ld->ml, p->stack->mod) : "";
	if (!v || !v[0] || gover_compare(modproject_local_version(modload_project(ld->ml)), v) >= 0)
		return p->problem.text;
	return arena_fmt(&ld->arena, "%s\nnote: imported by a module that requires go %s",
			 p->problem.text, v);
}
