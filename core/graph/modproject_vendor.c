#include "graph/modproject_impl.h"

const char *modproject_vendor_dir(struct modproject *mp, struct arena *a)
{
	return path_join(a, mp->gowork_file ? path_dir(a, mp->gowork_file) : mp->mains[0].dir,
			 "vendor");
}

const struct modulestxt *modproject_vendor(const struct modproject *mp)
{
	return mp->vendor;
}

bool modproject_vendor_is_workspace(const struct modproject *mp, const char *dir, bool *yes,
				    struct err *e)
{
	struct arena a = ARENA_INIT;
	struct err local = ERR_INIT;
	char *data;
	size_t len;
	bool ok = overlay_read(goenv_overlay(mp->o.env), &a, path_join(&a, dir, "modules.txt"),
			       FS_MAX_SUM, &data, &len, &local);

	*yes = ok && modulestxt_is_workspace(data, len);
	if (!ok && local.code == ERR_NOT_FOUND)
		ok = true;
	else if (!ok)
		err_set(e, local.code, "reading modules.txt for vendor directory: %s", local.text);
	err_release(&local);
	arena_release(&a);
	return ok;
}

/* readVendorList: a missing modules.txt is an empty one. */
static bool read_list(struct modproject *mp, struct err *e)
{
	const char *dir = modproject_vendor_dir(mp, &mp->arena);
	const char *file = path_join(&mp->arena, dir, "modules.txt");
	struct err local = ERR_INIT;
	char *data = NULL;
	size_t len = 0;

	mp->vendor = arena_calloc(&mp->arena, 1, sizeof(*mp->vendor));
	if (!fs_read(&mp->arena, file, FS_MAX_SUM, &data, &len, &local)) {
		/* not ENOTDIR: go checks only for ENOENT */
		if (local.code != ERR_NOT_FOUND || (fs_exists(dir) && !fs_is_dir(dir)))
			return err_move(e, &local);
		err_release(&local);
		data = arena_strdup(&mp->arena, "");
		len = 0;
	}
	return modulestxt_parse(mp->vendor, &mp->arena, data, len, mp->local,
				modproject_short(mp, file), e);
}

struct check {
	struct modproject *mp;
	struct buf *out;
	bool pre114; /* modules.txt lacks the information before that version */
	struct map seen;
};

static void complain(struct check *c, struct modver m, const char *fmt, ...) PRINTF_FMT(3, 4);
static void complain(struct check *c, struct modver m, const char *fmt, ...)
{
	va_list ap;

	buf_addf(c->out, "\n\t%s%s%s: ", m.path, *m.version ? "@" : "", m.version);
	va_start(ap, fmt);
	buf_vaddf(c->out, fmt, ap);
	va_end(ap);
}

static void check_requires(struct check *c, const struct modproject_main *mm)
{
	const struct modulestxt *v = c->mp->vendor;

	for (size_t i = 0; i < mm->file->require.n; i++) {
		struct modver m = mm->file->require.items[i].mod;
		const struct modulestxt_module *vm = modulestxt_find(v, m);
		const char *version;

		if (vm && vm->explicit_mark)
			continue;
		if (!c->pre114) {
			complain(
				c, m,
				"is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt");
			continue;
		}
		version = map_get(&v->versions, m.path);
		if (version && !str_eq(version, m.version))
			complain(
				c, m,
				"is explicitly required in go.mod, but vendor/modules.txt indicates %s@%s",
				m.path, version);
	}
}

static const char *describe(struct check *c, struct modver m)
{
	return *m.version ? arena_fmt(&c->mp->arena, "%s@%s", m.path, m.version) : m.path;
}

static void check_replace(struct check *c, struct modver old)
{
	struct modproject *mp = c->mp;
	const struct modulestxt_module *vm = modulestxt_find(mp->vendor, old);
	struct modver to, want;
	const char *dir, *file, *version;

	if (!map_put(&c->seen, arena_fmt(&mp->arena, "%s@%s", old.path, old.version), NULL))
		return;
	file = modproject_replacement_from(mp, old, &to, &dir);
	want = modproject_replacement(mp, old);
	if (!vm || !*vm->replacement.path) {
		version = map_get(&mp->vendor->versions, old.path);
		if (!*want.path)
			return; /* may be a main module */
		if (c->pre114 && (!*old.version || !version || !str_eq(version, old.version)))
			return;
		complain(c, old,
			 "is replaced in %s, but not marked as replaced in vendor/modules.txt",
			 modproject_short(mp, file));
	} else if (!str_eq(vm->replacement.path, want.path) ||
		   !str_eq(vm->replacement.version, want.version)) {
		complain(
			c, old,
			"is replaced by %s in %s, but marked as replaced by %s in vendor/modules.txt",
			describe(c, to), file ? modproject_short(mp, file) : "go.mod",
			describe(c, vm->replacement));
	}
}

static bool required_by_any(const struct modproject *mp, struct modver m)
{
	for (size_t i = 0; i < mp->n_mains; i++) {
		const struct gomod *f = mp->mains[i].file;

		for (size_t j = 0; j < f->require.n; j++) {
			if (str_eq(f->require.items[j].mod.path, m.path) &&
			    str_eq(f->require.items[j].mod.version, m.version))
				return true;
		}
	}
	return false;
}

static void check_extra(struct check *c)
{
	struct modproject *mp = c->mp;

	for (size_t i = 0; i < mp->vendor->n_list; i++) {
		const struct modulestxt_module *vm = mp->vendor->list[i];

		if (vm->explicit_mark && !required_by_any(mp, vm->mod))
			complain(
				c, vm->mod,
				"is marked as explicit in vendor/modules.txt, but not explicitly required in %sgo.mod",
				mp->gowork_file ? "a " : "");
	}
	for (size_t i = 0; i < mp->vendor->n_replaced; i++) {
		struct modver m = mp->vendor->replaced[i]->mod;

		if (!*modproject_replacement(mp, m).path)
			complain(
				c, m,
				"is marked as replaced in vendor/modules.txt, but not replaced in %s",
				mp->gowork_file ? "the workspace" : "go.mod");
	}
}

static bool check_consistency(struct modproject *mp, struct err *e)
{
	struct buf out = BUF_INIT;
	struct check c = { .mp = mp, .out = &out };
	bool ok;

	c.pre114 = !mp->gowork_file && gover_compare(mp->mains[0].go_version, "1.14") < 0;
	for (size_t i = 0; i < mp->n_mains; i++)
		check_requires(&c, &mp->mains[i]);
	for (size_t i = 0; i < mp->n_mains; i++) {
		for (size_t j = 0; j < mp->mains[i].file->replace.n; j++)
			check_replace(&c, mp->mains[i].file->replace.items[j].from);
	}
	for (size_t j = 0; mp->gowork && j < mp->gowork->replace.n; j++)
		check_replace(&c, mp->gowork->replace.items[j].from);
	check_extra(&c);
	ok = out.len == 0;
	if (!ok)
		err_set(e, ERR_REFUSED,
			"inconsistent vendoring in %s:%s\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n"
			"\tTo sync the vendor directory, run:\n\t\tgo %s vendor",
			path_dir(&mp->arena, modproject_vendor_dir(mp, &mp->arena)), out.data,
			mp->gowork_file ? "work" : "mod");
	buf_release(&out);
	map_release(&c.seen);
	return ok;
}

bool modproject_read_vendor(struct modproject *mp, struct err *e)
{
	return read_list(mp, e) && check_consistency(mp, e);
}
