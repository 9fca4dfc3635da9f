#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/steady.h"
#include "change/apply_impl.h"
#include "change/relocate.h"

bool apply_stage(struct apply *t, const char *path, const char *lock, const char *tmp,
		 const struct content *content, struct err *e)
{
	struct apply_step s = { .op = "replace",
				.path = arena_strdup(&t->arena, path),
				.kept = strrchr(tmp, '/') + 1,
				.lock = path_under(lock, t->root) ? lock : "",
				.mark = "",
				.at = steady_ns(),
				.new = *content };

	if (!fs_mkdir_all(path_dir(&t->arena, path), e) || !apply_line(&t->staged, &s, e))
		return false;
	vec_push(&t->steps, s);
	t->n_staged++;
	return true;
}

bool apply_staged(struct apply *t, struct err *e)
{
	bool ok = !t->staged.len || apply_append(t, t->staged.data, t->staged.len, e);

	if (!ok)
		t->steps.n -= t->n_staged;
	t->n_staged = 0;
	buf_clear(&t->staged);
	return ok;
}

bool apply_place(struct apply *t, size_t i, struct err *e)
{
	const struct apply_step *s = &t->steps.items[i];
	struct relocate r = { .mark = "" };
	bool ok = fs_is_gone(s->path) || err_sys(e, EEXIST, "rename to %s", s->path);

	ok = ok && relocate_move(&r, arena_fmt(&t->arena, "%s/%s", t->dir, s->kept), s->path, e);
	apply_log(t, s->op, s->path, ok, e);
	return ok;
}

void apply_drop(struct apply *t, size_t i)
{
	apply_note_back(t, i);
}
