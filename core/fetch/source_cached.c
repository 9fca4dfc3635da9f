#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "fetch/source_impl.h"

/* What is in GOMODCACHE, without a network. */

static bool work_cached_gomod(struct source *s, struct source_answer *a, struct modver m,
			      struct err *e)
{
	struct buf name = BUF_INIT;
	bool has, ok = s->gomodcache.dir && source_disk_cached_name(&name, m, "mod", e);

	if (ok) {
		a->data = source_disk_file(&s->gomodcache, name.data);
		ok = source_disk_has(AT_FDCWD, a->data, a->data, S_IFREG, &has, e) && has;
	}
	buf_release(&name);
	return ok;
}

/* go takes what it cannot look at for absent. */
static bool of_this_moment(int errnum)
{
	return errnum != ELOOP && errnum != EACCES;
}

const char *source_cached_answer(struct source *s, const struct source_answer *a)
{
	if (a->ok)
		return a->data;
	if (a->err.code == ERR_SYS && of_this_moment(a->err.sys_errno)) {
		pthread_mutex_lock(&s->mutex);
		if (!err_is_set(&s->cached_err))
			err_copy(&s->cached_err, &a->err);
		pthread_mutex_unlock(&s->mutex);
	}
	return NULL;
}

bool source_cached_ok(struct source *s, struct err *e)
{
	bool ok;

	if (s->gomodcache.open_errno && of_this_moment(s->gomodcache.open_errno))
		return err_sys(e, s->gomodcache.open_errno, "open %s/cache/download",
			       s->gomodcache.dir);
	pthread_mutex_lock(&s->mutex);
	ok = !err_is_set(&s->cached_err);
	if (!ok && e && !err_is_set(e))
		err_copy(e, &s->cached_err);
	pthread_mutex_unlock(&s->mutex);
	return ok;
}

const char *source_cached_gomod_file(struct source *s, struct modver m)
{
	const struct source_answer *a = source_ask(s, ASK_CACHED_MOD, m, work_cached_gomod);

	return source_cached_answer(s, a);
}

bool source_cached_gomod_told(struct source *s, struct modver m, struct err *e)
{
	const struct source_answer *a = source_ask(s, ASK_CACHED_MOD, m, work_cached_gomod);

	if (a->ok || a->err.code != ERR_SYS)
		return source_cached_ok(s, e);
	err_copy(e, &a->err);
	return false;
}
