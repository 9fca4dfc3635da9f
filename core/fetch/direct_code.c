#include "fetch/direct_code.h"

#include <unistd.h>

#include "fetch/direct_code_impl.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"

/* Checks the time and base of a pseudo-version before anything is returned under its name. */
static bool check_version(struct direct_code *c, const char *version, struct err *e)
{
	struct direct_code_version info;

	if (!modpath_version_is_canonical_n(version, strlen(version)))
		return err_set(e, ERR_SYNTAX, "version %s is not canonical", version);
	return !pseudo_is(version) || direct_code_stat(c, version, &info, e);
}

static bool get_mod(struct direct_code *c, const char *version, struct buf *out, struct err *e)
{
	const char *rev, *dir, *gomod;
	size_t len;

	if (!check_version(c, version, e) ||
	    !direct_code_find_dir(c, version, &rev, &dir, &gomod, &len, e))
		return false;
	if (gomod)
		buf_add(out, gomod, len);
	else
		buf_addf(out, "module %s\n", c->path);
	return true;
}

bool direct_code_gomod(struct direct_code *c, const char *version, struct buf *out, struct err *e)
{
	bool ok;

	githost_reads(c->host, true);
	ok = get_mod(c, version, out, e);
	githost_reads(c->host, false);
	return ok;
}

static bool write_zip(struct direct_code *c, struct gitzip *z, const char *version,
		      const struct cancel *cancel, int fd, struct err *e)
{
	struct arena scratch = ARENA_INIT;
	char sum[DIRHASH_LEN + 1];
	struct modfiles files;
	bool ok = modfiles_check(&files, &scratch, gitzip_source(z), e) &&
		  modfiles_valid(&files, e) &&
		  modfiles_write(sum, fd, &files, (struct modver){ c->path, version }, cancel, e);

	arena_release(&scratch);
	return ok;
}

static bool get_zip(struct direct_code *c, const char *version, const char *go_version,
		    const char *running, const struct cancel *cancel, int fd, struct err *e)
{
	const char *rev, *dir, *gomod;
	struct gitzip *z;
	size_t len;
	bool ok;

	if (!check_version(c, version, e) ||
	    !direct_code_find_dir(c, version, &rev, &dir, &gomod, &len, e))
		return false;
	if (gomod) {
		const char *go = gover_lookup(&c->arena, gomod, len, "go");

		if (gover_compare(go, go_version) > 0) {
			err_set(e, ERR_REFUSED, "%s@%s requires go >= %s (running go %s)", c->path,
				version, go, running);
			return err_mark(e, ERR_FORM_BARE);
		}
	}
	if (lseek(fd, 0, SEEK_SET) || ftruncate(fd, 0))
		return err_set(e, ERR_SYS, "create zip: the file cannot be rewound");
	/* go names no version in these: they come from the repository and its files */
	if (!githost_zip(c->host, rev, dir, &z, e))
		return err_mark(e, ERR_FORM_BARE);
	ok = write_zip(c, z, version, cancel, fd, e);
	gitzip_free(z);
	return ok || err_mark(e, ERR_FORM_BARE);
}

bool direct_code_zip(struct direct_code *c, const char *version, const char *go_version,
		     const char *running, const struct cancel *cancel, int fd, struct err *e)
{
	bool ok;

	githost_reads(c->host, true);
	ok = get_zip(c, version, go_version, running, cancel, fd, e);
	githost_reads(c->host, false);
	return ok;
}
