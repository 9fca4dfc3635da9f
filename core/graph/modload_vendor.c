#include "graph/modload_impl.h"

const char *modload_vendor_dir(struct modload *ml, struct arena *a)
{
	return path_join(a, ml->gowork_file ? path_dir(a, ml->gowork_file) : ml->mains[0].dir,
			 "vendor");
}

const struct modulestxt *modload_vendor(const struct modload *ml)
{
	return ml->vendor;
}

bool modload_vendor_is_workspace(const char *dir, bool *yes, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct err local = ERR_INIT;
	char *data;
	size_t len;
	bool ok = fs_read(&a, path_join(&a, dir, "modules.txt"), FS_MAX_SUM, &data, &len, &local);

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
bool modload_vendor_open(struct modload *ml, struct err *e)
{
	const char *file = path_join(&ml->arena, modload_vendor_dir(ml, &ml->arena), "modules.txt");
	struct err local = ERR_INIT;
	char *data = NULL;
	size_t len = 0;

	ml->vendor = arena_calloc(&ml->arena, 1, sizeof(*ml->vendor));
	if (!fs_read(&ml->arena, file, FS_MAX_SUM, &data, &len, &local)) {
		if (local.code != ERR_NOT_FOUND)
			return err_move(e, &local);
		err_release(&local);
		data = arena_strdup(&ml->arena, "");
		len = 0;
	}
	return modulestxt_parse(ml->vendor, &ml->arena, data, len, ml->local,
				modload_short(ml, file), e);
}

struct check {
	struct modload *ml;
	struct buf *out;
	bool pre114; /* modules.txt of that time does not tell enough */
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

static void check_requires(struct check *c, const struct main_module *mm)
{
	const struct modulestxt *v = c->ml->vendor;

	for (size_t i = 0; i < mm->file->require.n; i++) {
		struct modver m = mm->file->require.items[i].mod;
		const struct vendor_module *vm = modulestxt_find(v, m);
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
	return *m.version ? arena_fmt(&c->ml->arena, "%s@%s", m.path, m.version) : m.path;
}

static void check_replace(struct check *c, struct modver old)
{
	struct modload *ml = c->ml;
	const struct vendor_module *vm = modulestxt_find(ml->vendor, old);
	struct modver to, want;
	const char *dir, *file, *version;

	if (!map_put(&c->seen, arena_fmt(&ml->arena, "%s@%s", old.path, old.version), NULL))
		return;
	file = modload_replacement_from(ml, old, &to, &dir);
	want = modload_replacement(ml, old);
	if (!vm || !*vm->replacement.path) {
		version = map_get(&ml->vendor->versions, old.path);
		if (!*want.path)
			return; /* perhaps a main module */
		if (c->pre114 && (!*old.version || !version || !str_eq(version, old.version)))
			return;
		complain(c, old,
			 "is replaced in %s, but not marked as replaced in vendor/modules.txt",
			 modload_short(ml, file));
	} else if (!str_eq(vm->replacement.path, want.path) ||
		   !str_eq(vm->replacement.version, want.version)) {
		complain(
			c, old,
			"is replaced by %s in %s, but marked as replaced by %s in vendor/modules.txt",
			describe(c, to), file ? modload_short(ml, file) : "go.mod",
			describe(c, vm->replacement));
	}
}

static bool required_by_any(const struct modload *ml, struct modver m)
{
	for (size_t i = 0; i < ml->n_mains; i++) {
		const struct gomod *f = ml->mains[i].file;

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
	struct modload *ml = c->ml;

	for (size_t i = 0; i < ml->vendor->n_list; i++) {
		const struct vendor_module *vm = ml->vendor->list[i];

		if (vm->explicit_mark && !required_by_any(ml, vm->mod))
			complain(
				c, vm->mod,
				"is marked as explicit in vendor/modules.txt, but not explicitly required in %sgo.mod",
				ml->gowork_file ? "a " : "");
	}
	for (size_t i = 0; i < ml->vendor->n_replaced; i++) {
		struct modver m = ml->vendor->replaced[i]->mod;

		if (!*modload_replacement(ml, m).path)
			complain(
				c, m,
				"is marked as replaced in vendor/modules.txt, but not replaced in %s",
				ml->gowork_file ? "the workspace" : "go.mod");
	}
}

bool modload_vendor_check(struct modload *ml, struct err *e)
{
	struct buf out = BUF_INIT;
	struct check c = { .ml = ml, .out = &out };
	bool ok;

	c.pre114 = !ml->gowork_file && gover_compare(ml->mains[0].go_version, "1.14") < 0;
	for (size_t i = 0; i < ml->n_mains; i++)
		check_requires(&c, &ml->mains[i]);
	for (size_t i = 0; i < ml->n_mains; i++) {
		for (size_t j = 0; j < ml->mains[i].file->replace.n; j++)
			check_replace(&c, ml->mains[i].file->replace.items[j].from);
	}
	for (size_t j = 0; ml->gowork && j < ml->gowork->replace.n; j++)
		check_replace(&c, ml->gowork->replace.items[j].from);
	check_extra(&c);
	ok = out.len == 0;
	if (!ok)
		err_set(e, ERR_REFUSED,
			"inconsistent vendoring in %s:%s\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n"
			"\tTo sync the vendor directory, run:\n\t\tgo %s vendor",
			path_dir(&ml->arena, modload_vendor_dir(ml, &ml->arena)), out.data,
			ml->gowork_file ? "work" : "mod");
	buf_release(&out);
	map_release(&c.seen);
	return ok;
}
