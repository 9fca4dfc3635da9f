#include "graph/modinfo.h"

#include "base/fs.h"
#include "fetch/source.h"
#include "gofiles/gomod.h"
#include "gofiles/gosum.h"
#include "gofiles/gover.h"
#include "graph/query.h"

struct modinfo *modinfo_new(struct modload *ml, const char *path, const char *version)
{
	struct modinfo *m = arena_calloc(modload_arena(ml), 1, sizeof(*m));

	m->path = path;
	m->version = version;
	m->query = m->time = m->dir = m->gomod = m->go_version = m->deprecated = m->error =
		m->unknown = m->sum = m->gomod_sum = "";
	return m;
}

void modinfo_fail(struct modload *ml, struct modinfo *m, const char *text)
{
	if (!*m->error)
		m->error = arena_strdup(modload_arena(ml), text);
}

const char *modinfo_time(const char *time)
{
	return *time ? time : "0001-01-01T00:00:00Z";
}

static bool sum_ok(struct modload *ml, const struct requirements *rs, struct modver m,
		   enum gosum_kind kind)
{
	return !rs || !*m.version || !modproject_must_have_sums(modload_project(ml)) ||
	       gosum_have(modproject_sums(modload_project(ml)), m, kind);
}

/* The fields of a row that only the JSON form shows. mod is as requested, m->version as in the .info file. */
static void complete_full(struct modload *ml, const struct requirements *rs, struct modinfo *m,
			  struct modver mod)
{
	struct modver now = { m->path, m->version };
	struct arena *a = modload_arena(ml);
	const char *s;

	if (!*m->version)
		return;
	if (sum_ok(ml, rs, now, GOSUM_MOD)) {
		s = source_cached_gomod_file(modproject_source(modload_project(ml)), mod);
		m->gomod = s ? arena_strdup(a, s) : "";
		s = gosum_recorded(modproject_sums(modload_project(ml)), mod, GOSUM_MOD);
		m->gomod_sum = s ? s : "";
	}
	if (sum_ok(ml, rs, now, GOSUM_ZIP)) {
		s = source_cached_dir(modproject_source(modload_project(ml)), mod);
		m->dir = s ? arena_strdup(a, s) : "";
		s = gosum_recorded(modproject_sums(modload_project(ml)), mod, GOSUM_ZIP);
		m->sum = s ? s : "";
	}
}

/* go reads the go.mod of each row. If its go line is not shown, that matters only if go.sum has a hash for it, which may
 * not match. */
static void complete_go_version(struct modload *ml, const struct requirements *rs,
				struct modinfo *m, struct modver mod, bool full)
{
	if (!*m->go_version && modload_was_read(ml, mod))
		m->go_version = modload_raw_go_version(ml, mod);
	if (*m->go_version || modload_was_read(ml, mod) ||
	    !sum_ok(ml, rs, (struct modver){ m->path, m->version }, GOSUM_MOD) ||
	    (rs && !full && !gosum_have(modproject_sums(modload_project(ml)), mod, GOSUM_MOD)))
		return;
	m->go_version = modload_read_go_version(ml, mod);
}

/* Version and time are those of the .info file, right or wrong. */
static void complete(struct modload *ml, const struct requirements *rs, struct modinfo *m,
		     bool full)
{
	struct modver mod = { m->path, m->version };
	struct query_result r;
	struct err e = ERR_INIT;

	if (gover_is_toolchain(m->path))
		return;
	if (*m->version) {
		if (query_version(ml, m->path, m->version, "", QUERY_ANY, &r, &e)) {
			if (!str_eq(r.version, m->version))
				modproject_message(
					modload_project(ml),
					"modscope: the .info file of %s@%s names version %s, which go uses\n",
					m->path, m->version, r.version);
			m->version = r.version;
			m->time = modinfo_time(r.time);
			m->origin = rs ? NULL : r.origin;
		} else {
			modinfo_fail(ml, m, e.text);
			err_release(&e);
		}
		modproject_read_sums(modload_project(ml));
	}
	complete_go_version(ml, rs, m, mod, full);
	if (full)
		complete_full(ml, rs, m, mod);
}

struct modinfo *modinfo_of_main(struct modload *ml, const struct modproject_main *mm)
{
	struct modinfo *m = modinfo_new(ml, mm->mod.path, "");

	m->main = true;
	m->go_version = *mm->go_version				      ? mm->go_version
			: mm->go_added				      ? mm->file->go
			: modproject_gowork_file(modload_project(ml)) ? ""
								      : GOVER_DEFAULT_GOMOD;
	m->dir = mm->dir;
	m->gomod = mm->gomod_name;
	return m;
}

static void replacement_info(struct modload *ml, const struct requirements *rs, struct modinfo *m,
			     struct modver r, bool full)
{
	struct arena *a = modload_arena(ml);
	struct modinfo *to = modinfo_new(ml, r.path, r.version);

	m->replace = to;
	to->go_version = modload_raw_go_version(ml, (struct modver){ m->path, m->version });
	if (!*r.version) {
		to->dir = modproject_dir_of(modload_project(ml), r);
		to->gomod = path_join(a, to->dir, "go.mod");
	}
	if (modproject_build_mod(modload_project(ml)) != MODPROJECT_MOD_VENDOR) {
		complete(ml, rs, to, full);
		m->dir = to->dir;
		m->gomod = to->gomod;
	}
	m->go_version = to->go_version;
}

struct modinfo *modinfo_of(struct modload *ml, const struct requirements *rs, struct modver m,
			   bool full)
{
	const struct modproject_main *mm = *m.version
						   ? NULL
						   : modproject_main(modload_project(ml), m.path);
	struct modinfo *info;
	struct modver r;

	if (mm)
		return modinfo_of_main(ml, mm);
	info = modinfo_new(ml, m.path, m.version);
	info->indirect = rs && !requirements_is_direct(rs, m.path);
	info->go_version = modload_raw_go_version(ml, m);
	r = rs ? modproject_replacement(modload_project(ml), m) : (struct modver){ "", "" };
	if (*r.path)
		replacement_info(ml, rs, info, r, full);
	else if (!rs || modproject_build_mod(modload_project(ml)) != MODPROJECT_MOD_VENDOR)
		complete(ml, rs, info, full);
	return info;
}
