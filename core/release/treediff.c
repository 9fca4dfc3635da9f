#include "release/treediff.h"

#include "base/fs.h"
#include "base/textdiff.h"

bool treediff_read(struct treediff *d, struct arena *a, const char *was_dir, const char *is_dir,
		   const struct cancel *cancel, struct err *e)
{
	ARENA_VEC(struct treediff_file) files = { 0 };
	struct moddir was, is;
	size_t i = 0, k = 0;

	*d = (struct treediff){ 0 };
	if (!moddir_read(&was, a, was_dir, NULL, cancel, e) ||
	    !moddir_read(&is, a, is_dir, NULL, cancel, e))
		return false;
	while (i < was.n || k < is.n) {
		int c = i == was.n  ? 1
			: k == is.n ? -1
				    : strcmp(was.files[i].name, is.files[k].name);
		const struct moddir_file *x = c <= 0 ? &was.files[i++] : NULL;
		const struct moddir_file *y = c >= 0 ? &is.files[k++] : NULL;

		if (x && y && memcmp(x->digest, y->digest, sizeof(x->digest)) == 0)
			d->n_same++;
		else
			arena_vec_push(a, &files,
				       (struct treediff_file){ !x   ? '+'
							       : !y ? '-'
								    : '~',
							       x ? x->name : y->name,
							       x ? x->file : NULL,
							       y ? y->file : NULL });
	}
	d->files = files.items;
	d->n = files.n;
	return true;
}

static bool is_text(const struct buf *b)
{
	return !b->len || !memchr(b->data, '\0', b->len);
}

bool treediff_text(struct buf *out, const struct treediff_file *f, struct err *e)
{
	struct buf was = BUF_INIT, is = BUF_INIT;
	struct arena a = ARENA_INIT;
	struct err too_large = ERR_INIT;
	const char *old = f->was ? arena_fmt(&a, "a/%s", f->name) : "/dev/null";
	const char *new = f->is ? arena_fmt(&a, "b/%s", f->name) : "/dev/null";
	bool ok = (!f->was || fs_read_buf(&was, f->was, TREEDIFF_MAX_TEXT, &too_large)) &&
		  (!f->is || fs_read_buf(&is, f->is, TREEDIFF_MAX_TEXT, &too_large));

	if (ok && is_text(&was) && is_text(&is))
		textdiff(out, old, was.data, was.len, new, is.data, is.len);
	else if (ok || too_large.code == ERR_LIMIT)
		buf_addf(out, "Binary files %s and %s differ\n", old, new);
	ok = ok || too_large.code == ERR_LIMIT || err_move(e, &too_large);
	err_release(&too_large);
	buf_release(&was);
	buf_release(&is);
	arena_release(&a);
	return ok;
}
